/* words.c - one word, or an iterable of words, as C strings that live as long as a tuple of ours. */
#include "python/words.h"

static PyObject *as_tuple(const char *name, PyObject *argument) {
    if (!argument)
        return PyTuple_New(0);
    if (PyUnicode_Check(argument) || PyBytes_Check(argument))
        return PyTuple_Pack(1, argument);
    if (Py_TYPE(argument)->tp_iter || PySequence_Check(argument))
        return PySequence_Tuple(argument);
    PyErr_Format(PyExc_TypeError, "%s= takes a str or an iterable of them, not %s", name, Py_TYPE(argument)->tp_name);
    return NULL;
}

static const char *borrow_word(const char *name, PyObject *word) {
    if (PyUnicode_Check(word))
        return PyUnicode_AsUTF8(word);
    PyErr_Format(PyExc_TypeError, "%s= takes words of type str, not %s", name, Py_TYPE(word)->tp_name);
    return NULL;
}

bool hf_words_init(struct hf_words *words, const char *name, PyObject *argument) {
    *words = (struct hf_words){.tuple = as_tuple(name, argument)};
    if (!words->tuple)
        return false;
    words->count = (size_t)PyTuple_GET_SIZE(words->tuple);
    words->words = PyMem_New(const char *, words->count + 1);
    if (!words->words) {
        PyErr_NoMemory();
        return false;
    }
    for (size_t i = 0; i < words->count; i++) {
        words->words[i] = borrow_word(name, PyTuple_GET_ITEM(words->tuple, (Py_ssize_t)i));
        if (!words->words[i])
            return false;
    }
    return true;
}

void hf_words_deinit(struct hf_words *words) {
    PyMem_Free(words->words);
    Py_XDECREF(words->tuple);
    *words = (struct hf_words){0};
}
