/* test_file.c - a file is written as a whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/file.h"
#include "folder.h"

static enum hf_status write_text(const char *path, const char *text, struct hf_error *error) {
    struct hf_file_writer writer;
    enum hf_status status = hf_file_writer_begin(&writer, path, 0600, error);
    if (status == HF_OK)
        status = hf_file_writer_write(&writer, text, strlen(text), error);
    if (status == HF_OK)
        status = hf_file_writer_commit(&writer, error);
    else
        hf_file_writer_abort(&writer);
    return status;
}

static void check_content(const char *path, const char *expected) {
    size_t num_bytes;
    uint8_t *bytes = read_file(path, &num_bytes);
    assert_int_equal(num_bytes, strlen(expected));
    assert_memory_equal(bytes, expected, num_bytes);
    hf_free(bytes);
}

static void test_a_file_appears_at_once(void **state) {
    struct folder *folder = *state;
    struct hf_file_writer writer;
    const char *path = folder_file(folder, "new");
    assert_int_equal(hf_file_writer_begin(&writer, path, 0600, NULL), HF_OK);
    assert_int_equal(hf_file_writer_write(&writer, "hello world", 11, NULL), HF_OK);
    assert_int_equal(hf_file_writer_write_at(&writer, 0, "H", 1, NULL), HF_OK);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(hf_file_writer_commit(&writer, NULL), HF_OK);
    check_content(path, "Hello world");
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(folder_count(folder, true), 1);
}

static void test_abort_leaves_what_was(void **state) {
    struct folder *folder = *state;
    const char *path = folder_file(folder, "old");
    assert_int_equal(write_text(path, "old", NULL), HF_OK);
    struct hf_file_writer writer;
    assert_int_equal(hf_file_writer_begin(&writer, path, 0600, NULL), HF_OK);
    assert_int_equal(hf_file_writer_write(&writer, "new", 3, NULL), HF_OK);
    hf_file_writer_abort(&writer);
    hf_file_writer_abort(&writer);
    check_content(path, "old");
    assert_int_equal(write_text(path, "newer", NULL), HF_OK);
    check_content(path, "newer");
    assert_int_equal(folder_count(folder, true), 1);
}

static void test_links_are_followed(void **state) {
    struct folder *folder = *state;
    char target[128];
    strcpy(target, folder_file(folder, "target"));
    const char *path = folder_file(folder, "link");
    assert_int_equal(write_text(target, "old", NULL), HF_OK);
    assert_int_equal(symlink("target", path), 0);
    assert_int_equal(write_text(path, "new", NULL), HF_OK);
    check_content(target, "new");
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(folder_count(folder, true), 2);
}

static void check_refusal(const char *path, enum hf_status expected, const char *reason) {
    struct hf_error error;
    char message[256];
    snprintf(message, sizeof message, "cannot write '%s': %s", path, reason);
    assert_int_equal(write_text(path, "x", &error), expected);
    assert_string_equal(error.message, message);
}

static void test_refusals(void **state) {
    struct folder *folder = *state;
    check_refusal(folder->path, HF_ERR_ARGUMENT, "it is a folder");
    check_refusal(folder_file(folder, "no/such"), HF_ERR_IO, "No such file or directory");
    check_refusal("/dev/null", HF_ERR_ARGUMENT, "it is not a regular file");
    assert_int_equal(write_text(folder_file(folder, "file"), "x", NULL), HF_OK);
    check_refusal(folder_file(folder, "file/below"), HF_ERR_IO, "Not a directory");
    struct hf_error error;
    assert_int_equal(write_text("", "x", &error), HF_ERR_ARGUMENT);
    assert_int_equal(folder_count(folder, true), 1);
}

static void test_long_names(void **state) {
    struct folder *folder = *state;
    char path[512], name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    assert_int_equal(write_text(path, "x", NULL), HF_OK);
    snprintf(path, sizeof path, "%s/%sn", folder->path, name);
    assert_int_equal(write_text(path, "x", NULL), HF_ERR_IO);
    assert_int_equal(folder_count(folder, true), 1);
}

/* A process that ends in the middle leaves no file behind, neither beside nothing nor beside an older one. */
static void test_nothing_is_left_behind(void **state) {
    struct folder *folder = *state;
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        if (child == 0) {
            struct hf_file_writer writer;
            if (hf_file_writer_begin(&writer, folder_file(folder, "file"), 0600, NULL) != HF_OK ||
                hf_file_writer_write(&writer, "half", 4, NULL) != HF_OK)
                _exit(1);
            raise(SIGKILL);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(folder_count(folder, false), i);
        assert_int_equal(write_text(folder_file(folder, "file"), "old", NULL), HF_OK);
    }
    check_content(folder_file(folder, "file"), "old");
    assert_int_equal(folder_count(folder, true), 1);
}

static void test_no_room(void **state) {
    struct folder *folder = *state;
    struct rlimit before, limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = (struct rlimit){4, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    struct hf_error error;
    enum hf_status status = write_text(folder_file(folder, "large"), "more than four bytes", &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, HF_ERR_IO);
    assert_int_equal(error.os_errno, EFBIG);
    assert_non_null(strstr(error.message, "large': File too large"));
    assert_int_equal(folder_count(folder, true), 0);
}

static void test_each_allocation_fails(void **state) {
    struct folder *folder = *state;
    enum hf_status status = HF_ERR_NOMEM;
    for (unsigned long n = 1; status != HF_OK; n++) {
        assert_true(n < 100);
        hf_memory_fail_after(n);
        status = write_text(folder_file(folder, "file"), "x", NULL);
        hf_memory_fail_after(0);
        assert_true(status == HF_OK || status == HF_ERR_NOMEM);
        assert_int_equal(folder_count(folder, true), status == HF_OK);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_appears_at_once),
        cmocka_unit_test(test_abort_leaves_what_was),
        cmocka_unit_test(test_links_are_followed),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_nothing_is_left_behind),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_each_allocation_fails),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
