"""A process with django, sqlalchemy, numpy and networkx in use, for the comparison of both readers."""
import sys

import django
import networkx
import numpy
import sqlalchemy
import sqlalchemy.orm
from django.conf import settings

import zoo

settings.configure(
    SECRET_KEY='x', ROOT_URLCONF='none', TEMPLATES=[],
    INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes', 'django.contrib.sessions',
                    'django.contrib.admin', 'django.contrib.messages'],
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}})
django.setup()

import concurrent.futures  # noqa: E402
import email  # noqa: E402
import http.server  # noqa: E402
import logging.config  # noqa: E402
import multiprocessing  # noqa: E402
import ssl  # noqa: E402
import unittest  # noqa: E402
import urllib.request  # noqa: E402
import xml.dom.minidom  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402

Base = sqlalchemy.orm.declarative_base()


class Row(Base):
    __tablename__ = 'rows'
    id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
    name = sqlalchemy.Column(sqlalchemy.String)


def build():
    call_command('migrate', verbosity=0)
    users = [User.objects.create(username='user %d' % number) for number in range(50)]
    engine = sqlalchemy.create_engine('sqlite://')
    Base.metadata.create_all(engine)
    session = sqlalchemy.orm.Session(engine)
    session.add_all([Row(name=str(number)) for number in range(500)])
    session.commit()
    rows = session.query(Row).all()
    zeros = numpy.zeros(1000)
    arrays = [numpy.array([object(), 'a', {}], dtype=object), zeros, zeros[1:], numpy.ma.masked_array([1, 2]),
              numpy.zeros(3, dtype=[('a', 'i4'), ('b', 'O')]), numpy.float64(1.5), numpy.str_('abc'), numpy.int8(1)]
    graph = networkx.path_graph(1000)
    return users, engine, session, rows, arrays, graph


if __name__ == '__main__':
    zoo.add(build())
    import holdfast_oracle
    holdfast_oracle.take(*sys.argv[1:])
