"""`holdfast run` on programs that people have: a Django project and a SQLAlchemy script, unedited."""
import subprocess
import sys

import holdfast
from conftest import WROTE

SQLALCHEMY = """
from sqlalchemy import create_engine, Column, Integer, String
from sqlalchemy.orm import declarative_base, Session

Base = declarative_base()

class User(Base):
    __tablename__ = 'users'
    id = Column(Integer, primary_key=True)
    name = Column(String)

engine = create_engine('sqlite://')
Base.metadata.create_all(engine)
session = Session(engine)
session.add_all([User(name=f'user {i}') for i in range(100)])
session.commit()
print(session.query(User).filter(User.name.like('user 1%')).count())
LEAKED = session.query(User).all()
"""


def test_django_check(runner, tmp_path):
    subprocess.run([sys.executable, "-m", "django", "startproject", "shop", str(tmp_path)], check=True)
    plain = runner.plain("manage.py", "check")
    watched = runner.watched(["-o", "out.hfs"], "manage.py", "check")
    assert (plain.returncode, plain.stderr) == (0, "")
    assert (watched.returncode, watched.stdout) == (0, plain.stdout)
    assert WROTE.fullmatch(watched.stderr.strip())
    snapshot = holdfast.load(tmp_path / "out.hfs")
    why = snapshot.why(selector="django.apps.registry.Apps")
    assert why.expression.startswith("sys.modules['django.") and why.path.root_kind == "module"
    info = snapshot.info()
    assert info.num_named_edges > 0.99 * info.num_edges and info.num_nodes > 100_000


def test_a_failing_django_command_fails_in_the_same_way(runner, tmp_path):
    subprocess.run([sys.executable, "-m", "django", "startproject", "shop", str(tmp_path)], check=True)
    plain = runner.plain("manage.py", "no_such_command")
    watched = runner.watched(["-o", "out.hfs"], "manage.py", "no_such_command")
    assert plain.returncode == watched.returncode != 0
    assert WROTE.sub("", watched.stderr).strip() == plain.stderr.strip()


def test_sqlalchemy(runner, tmp_path):
    runner.write("app.py", SQLALCHEMY)
    plain = runner.plain("app.py")
    watched = runner.watched(["-o", "out.hfs"], "app.py")
    assert (watched.returncode, watched.stdout) == (0, plain.stdout)
    snapshot = holdfast.load(tmp_path / "out.hfs")
    assert snapshot.types("__main__.User")["__main__.User"].count == 100
    why = snapshot.why(selector="__main__.User")
    assert why.num_unreachable == 0
    assert why.groups[0].owner.endswith("LEAKED[*]") and why.groups[0].count == 100
