/* python.h - the user's interpreter, and the Python part of holdfast that fits it. */
#ifndef CLI_PYTHON_H
#define CLI_PYTHON_H

/*
 * Finds the folder of the Python package (HOLDFAST_PYTHON_PATH; else next to this program, as built; else where
 * `make install` puts it) and checks that it has an extension module for `interpreter`. Gives CLI_OK and the path of
 * the bootstrap, which the caller frees, or an exit code after a complaint.
 */
int python_find_bootstrap(const char *interpreter, char **out);

#endif
