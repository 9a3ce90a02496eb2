# holdfast: what holds a Python object in memory.
#
# Out-of-tree: everything that is made lies in $(BUILD). `make help` prints the targets from their own comments.

BUILD   ?= build
PYTHON  ?= python3
CC      ?= cc
PREFIX  ?= /usr/local
DESTDIR ?=

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wno-missing-field-initializers -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes
ifdef CI
WARNINGS += -Werror
endif
# Ranks in bit sets are counted by the instruction for it, which every x86_64 machine since 2008 has.
ARCH_CFLAGS := $(if $(filter x86_64,$(shell uname -m)),-mpopcnt)
HF_CFLAGS := $(ARCH_CFLAGS) -std=gnu11 -fPIC -fvisibility=hidden -Iinclude -Ilib -I. -D_GNU_SOURCE $(WARNINGS)

# The library proper knows no Python; the capture of its own process and python/ are built once for each Python release.
CAPTURE_SRC := lib/capture/self.c $(wildcard lib/capture/own_*.c)
LIB_DIRS   := base memory cpython capture snapshot graph analysis render export
LIB_SRC    := $(filter-out $(CAPTURE_SRC),$(foreach dir,$(LIB_DIRS),$(wildcard lib/$(dir)/*.c lib/$(dir)/*/*.c)))
LIB_OBJ    := $(LIB_SRC:%.c=$(BUILD)/%.o)
LIB        := $(BUILD)/libholdfast.a
LIB_LIBS   := -lzstd -lxxhash -ldl -lm -lpthread

# The shared library's soname ends in the major version; it exports what the public headers declare, and nothing else.
VERSION     := $(shell sed -n 's/^.define HF_VERSION_STRING "\(.*\)"/\1/p' include/holdfast/holdfast.h)
SONAME_END  := so.$(firstword $(subst ., ,$(VERSION)))
SHARED      := $(BUILD)/libholdfast.$(SONAME_END)
SHARED_LINK := -shared -Wl,--version-script=lib/holdfast.map -Wl,-Bsymbolic-functions

PY_TAG      := $(shell $(PYTHON) -c 'import sys; print(sys.implementation.cache_tag)' 2>/dev/null)
PY_INCLUDE  := $(shell $(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("include"))' 2>/dev/null)
PY_SUFFIX   := $(shell $(PYTHON) -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))' 2>/dev/null)
CAPTURE_OBJ := $(CAPTURE_SRC:%.c=$(BUILD)/$(PY_TAG)/%.o)
CAPTURE_LIB := $(BUILD)/libholdfast-$(PY_TAG).a
CAPTURE_SHARED := $(BUILD)/libholdfast-$(PY_TAG).$(SONAME_END)
EXT_SRC     := $(wildcard lib/python/*.c)
EXT_OBJ     := $(EXT_SRC:%.c=$(BUILD)/$(PY_TAG)/%.o)
EXT         := $(BUILD)/python/holdfast/_core$(PY_SUFFIX)
PACKAGE_SRC := $(wildcard $(addprefix lib/python/holdfast/,*.py *.pyi py.typed */*.py */*.pyi))
PACKAGE     := $(PACKAGE_SRC:lib/python/%=$(BUILD)/python/%)

CLI_SRC := $(wildcard cli/*.c cli/commands/*.c)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o)
CLI     := $(BUILD)/holdfast
MANUAL  := $(BUILD)/holdfast.1
COMPLETIONS := $(addprefix $(BUILD)/completions/,bash zsh fish)

.PHONY: all lib cli python
all: lib cli python             ## build the command, the libraries and the Python module into build/
lib: $(LIB) $(SHARED) $(CAPTURE_LIB) $(CAPTURE_SHARED) ## build the libraries alone: for files, and for capture in PYTHON=python3
cli: $(CLI) $(MANUAL) $(COMPLETIONS) ## build the command alone, its manual page and completions
python: $(EXT) $(PACKAGE)       ## build the Python module for PYTHON=python3
	@find $(BUILD)/python -xtype l -delete   # links to what is no longer there

$(LIB): $(LIB_OBJ)
$(CAPTURE_LIB): $(CAPTURE_OBJ)
$(LIB) $(CAPTURE_LIB):
	@rm -f $@
	$(AR) rcs $@ $^

# The one for capture has the other in it, since it needs what that does not export: a program links one of both.
$(SHARED): $(LIB_OBJ)
$(CAPTURE_SHARED): $(CAPTURE_OBJ) $(LIB_OBJ)
$(SHARED) $(CAPTURE_SHARED): lib/holdfast.map
	$(CC) $(CFLAGS) $(LDFLAGS) $(SHARED_LINK) -Wl,-soname,$(@F) -o $@ $(filter %.o,$^) $(LIB_LIBS)

$(CLI): $(CLI_OBJ) $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

# The text of the known patterns is part of the library.
$(BUILD)/lib/analysis/suspects/known.o: lib/analysis/suspects/patterns.txt

# The command knows its own options: it prints their part of the manual page, and the completions. The schema of the
# answers in JSON is in the header.
$(MANUAL): cli/holdfast.1.in include/holdfast/json.h $(CLI)
	@awk '/^@schema@$$/ { while (getline line <"include/holdfast/json.h" && line !~ /\*\//) \
	                          if (sub(/^ \*   /, "", line)) { gsub(/\\/, "\\e", line); print line } \
	                      next } \
	      /^@[a-z-]+@$$/ { gsub("@", ""); fflush(); system("$(CLI) help --mdoc " $$0); next } { print }' $< >$@

$(COMPLETIONS): $(BUILD)/completions/%: $(CLI)
	@mkdir -p $(@D)
	@$(CLI) completion $* >$@

# Not linked with libpython: the interpreter that loads the module has it. What the archives export stays inside, so that
# a program that has another libholdfast loaded does not get mixed up with ours.
$(EXT): $(EXT_OBJ) $(CAPTURE_LIB) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,--exclude-libs,ALL -o $@ $^ $(LIB_LIBS)

# Links, so that edited Python is used without another make.
$(BUILD)/python/%: lib/python/%
	@mkdir -p $(@D)
	@ln -sfn $(abspath $<) $@

# What help() prints is what the stub says.
DOCS        := $(BUILD)/generated/python/docs.h
$(DOCS): lib/python/make_docs.py lib/python/holdfast/_core.pyi
	@mkdir -p $(@D)
	@$(PYTHON) $^ >$@.new && mv $@.new $@
$(EXT_OBJ): HF_CFLAGS += -I$(BUILD)/generated
$(EXT_OBJ): | $(DOCS)

$(EXT_OBJ) $(CAPTURE_OBJ): | python-headers
.PHONY: python-headers
python-headers:
	@case '$(PY_SUFFIX)' in .cpython-[0-9]*t-*) echo "make: '$(PYTHON)' is a free-threaded build, which holdfast does" \
	    "not support yet: choose one with the GIL with PYTHON=" >&2; exit 1 ;; esac
	@test -f '$(PY_INCLUDE)/Python.h' || { echo "make: no C headers for '$(PYTHON)':" \
	    "install python3-dev, or choose another with PYTHON=" >&2; exit 1; }

$(BUILD)/$(PY_TAG)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(HF_CFLAGS) -isystem $(PY_INCLUDE) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(HF_CFLAGS) -MMD -MP -c -o $@ $<

# Tests. Each check-* ends with one line "check-NAME: N passed, N failed".

# The Python that has django, sqlalchemy and numpy: Debian's, unless PYTHON= was given.
TEST_PYTHON := $(or $(if $(filter file,$(origin PYTHON)),$(wildcard /usr/bin/python3)),$(PYTHON))
UNIT_BIN    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
EMBED_BIN   := $(patsubst %.c,$(BUILD)/$(PY_TAG)/%,$(wildcard tests/embed/test_*.c))
EMBED_LIBS   = $(shell $(PYTHON) -c 'from sysconfig import get_config_var as var; \
                   print("-L" + var("LIBDIR"), "-Wl,-rpath," + var("LIBDIR"), "-lpython" + var("LDVERSION"))')
FUZZ_SRC    := $(wildcard tests/fuzz/fuzz_*.c)
REPLAY_BIN  := $(FUZZ_SRC:%.c=$(BUILD)/%)
FIXTURE     := $(BUILD)/tests/cli/make_fixture
ORACLE      := $(BUILD)/$(PY_TAG)/holdfast_oracle.so
COMPARE     := $(BUILD)/tests/matrix/compare $(BUILD)/tests/matrix/sites
SAMPLE_BIN  := $(BUILD)/samples/c/largest_types $(BUILD)/$(PY_TAG)/samples/c/capture_self
FAST_CLOCK  := $(BUILD)/tests/cli/fast_clock.so
MAKER       := $(BUILD)/tests/python/make_snapshot
LEAKY       := $(BUILD)/tests/python/_leaky.abi3.so
BENCH_BIN   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/bench_*.c))
.SECONDARY:

.PHONY: check check-unit check-fuzz check-cli check-python
check: deps-test                ## run all tests (installs what they need)
	@$(MAKE) --no-print-directory -k check-unit check-fuzz check-cli check-python check-cross

check-unit: $(UNIT_BIN) $(EMBED_BIN) ## run the unit tests of the libraries
	@tests/tools/run-unit $(UNIT_BIN) $(EMBED_BIN)

check-fuzz: $(REPLAY_BIN)       ## replay the corpus of every fuzzer
	@tests/tools/run-fuzz $(REPLAY_BIN)

check-cli: all $(FIXTURE) $(FAST_CLOCK) $(SAMPLE_BIN) ## compare the command's words with tests/cli
	@HOLDFAST=$(abspath $(CLI)) MAKE_FIXTURE=$(abspath $(FIXTURE)) FAST_CLOCK=$(abspath $(FAST_CLOCK)) \
	    SAMPLE_BIN="$(abspath $(SAMPLE_BIN))" \
	    tests/tools/run-cli $(CASES)

check-python:                   ## run the tests of the Python module (needs pytest, django, sqlalchemy, numpy)
	@$(MAKE) --no-print-directory all $(MAKER) $(LEAKY) PYTHON=$(TEST_PYTHON)
	@HOLDFAST=$(abspath $(CLI)) MAKE_SNAPSHOT=$(abspath $(MAKER)) PYTHONPATH=$(abspath $(BUILD)/python) \
	    LEAKY=$(abspath $(LEAKY)) TEST_PYTHON=$(TEST_PYTHON) tests/tools/run-python

.PHONY: check-objgraph
check-objgraph:                 ## run objgraph's own tests on holdfast.objgraph (OBJGRAPH_CHECKOUT=folder with its tests.py)
	@$(MAKE) --no-print-directory python PYTHON=$(TEST_PYTHON)
	@PYTHONPATH=$(abspath $(BUILD)/python) TEST_PYTHON=$(TEST_PYTHON) OBJGRAPH_CHECKOUT=$(OBJGRAPH_CHECKOUT) \
	    tests/tools/run-objgraph

# aarch64 is written and has not run yet: that it compiles is all that can be said on another machine. The headers of
# zstd and xxhash are the same everywhere.
CROSS_CC    ?= aarch64-linux-gnu-gcc
CROSS_OBJ   := $(LIB_SRC:%.c=$(BUILD)/aarch64/%.o)
$(BUILD)/aarch64/%.o: %.c
	@mkdir -p $(@D)
	$(CROSS_CC) $(CFLAGS) $(filter-out $(ARCH_CFLAGS),$(HF_CFLAGS)) -Werror -idirafter /usr/include -MMD -MP -c -o $@ $< || \
	    { rm -f $@; exit 1; }

.PHONY: check-cross
check-cross:                    ## compile the library for aarch64 (needs gcc-aarch64-linux-gnu)
	@if command -v $(firstword $(CROSS_CC)) >/dev/null; then \
	    $(MAKE) --no-print-directory --silent -k $(CROSS_OBJ); \
	    made=0; for object in $(CROSS_OBJ); do [ ! -f $$object ] || made=$$((made + 1)); done; \
	    echo "check-cross: $$made passed, $$(($(words $(CROSS_OBJ)) - made)) failed"; [ $$made = $(words $(CROSS_OBJ)) ]; \
	else echo "check-cross: skipped: no $(CROSS_CC) here: apt install gcc-aarch64-linux-gnu libc6-dev-arm64-cross"; fi

.PHONY: check-matrix
check-matrix: deps-matrix $(COMPARE) $(CLI) ## compare the external reader with tp_traverse on each release of Python (root: Debian's)
	@BUILD=$(BUILD) TEST_PYTHON=$(TEST_PYTHON) tests/tools/run-matrix

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LIB_LIBS)

$(EMBED_BIN): %: %.o $(CAPTURE_LIB) $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LIB_LIBS) $(EMBED_LIBS)

# The samples see what a stranger sees: the public headers and the libraries.
SAMPLE_CFLAGS := $(CFLAGS) -std=c11 -Wall -Wextra -Iinclude

$(BUILD)/samples/c/%: samples/c/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(SAMPLE_CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(LIB) $(LIB_LIBS)

$(BUILD)/$(PY_TAG)/samples/c/%: samples/c/%.c $(CAPTURE_LIB) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(SAMPLE_CFLAGS) $(LDFLAGS) -isystem $(PY_INCLUDE) -MMD -MP -o $@ $< $(CAPTURE_LIB) $(LIB) $(LIB_LIBS) $(EMBED_LIBS)

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

# The comparison of the external reader with the capture of the own process.
$(BUILD)/$(PY_TAG)/tests/matrix/oracle.o: | python-headers
.PHONY: oracle
oracle: $(ORACLE)
$(ORACLE): $(BUILD)/$(PY_TAG)/tests/matrix/oracle.o $(CAPTURE_LIB) $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -o $@ $^ $(LIB_LIBS)

$(FIXTURE) $(MAKER) $(BENCH_BIN) $(COMPARE) $(BUILD)/tests/tools/print_dominators: %: %.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

# An extension with mistakes, for any release of Python.
$(LEAKY): tests/python/leaky.c | python-headers
	@mkdir -p $(@D)
	$(CC) -O1 -g -fPIC -shared -isystem $(PY_INCLUDE) -o $@ $<

$(FAST_CLOCK): tests/cli/fast_clock.c
	@mkdir -p $(@D)
	$(CC) -O2 -fPIC -shared -o $@ $<

# Sanitizers. clang's runtime is linked as a shared object, as gcc's is, so that one LD_PRELOAD serves Python too.
SANITIZE      := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
ASAN_SO_gcc    = $(shell gcc -print-file-name=libasan.so)
ASAN_SO_clang  = $(shell clang -print-file-name=libclang_rt.asan-$(shell uname -m).so)
ASAN_LD_clang  = -shared-libasan -Wl,-rpath,$(dir $(ASAN_SO_clang))

# Of the Python tests those that use each part of the module once: scale, oracles and leaks in large heaps take too long.
ASAN_PYTHON_TESTS := $(addprefix tests/python/,test_api.py test_errors.py test_expression.py test_method.py test_text.py)

.PHONY: check-asan check-asan-gcc check-asan-clang fuzz bench demo
check-asan: deps-test           ## run the tests under the sanitizers, with gcc and with clang
	@$(MAKE) --no-print-directory -k check-asan-gcc check-asan-clang

check-asan-gcc check-asan-clang: check-asan-%:
	@HF_TEST_PRELOAD=$(ASAN_SO_$*) PYTHON_TESTS="$(ASAN_PYTHON_TESTS)" $(MAKE) --no-print-directory -k check-unit check-fuzz check-cli check-python \
	    CC=$* BUILD=$(BUILD)/asan-$* CFLAGS='$(SANITIZE)' LDFLAGS='$(ASAN_LD_$*)'

FUZZ_SECONDS ?= 60
FUZZ_BIN     := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/libfuzzer/%)
fuzz: $(FUZZ_BIN)               ## fuzz with libFuzzer for FUZZ_SECONDS=60 each (needs clang)
	@for bin in $(FUZZ_BIN); do tests/tools/run-libfuzzer "$$bin" $(FUZZ_SECONDS) || exit 1; done

$(BUILD)/libfuzzer/%: tests/fuzz/%.c $(LIB_SRC)
	@command -v clang >/dev/null || { echo "make: fuzzing needs clang: apt install clang" >&2; exit 1; }
	@mkdir -p $(@D)
	clang -O1 -g -fsanitize=fuzzer,address,undefined $(HF_CFLAGS) -o $@ $^ $(LIB_LIBS)

bench: $(BENCH_BIN) $(BUILD)/tests/tools/print_dominators ## measure, against gc.collect() and other tools
	@for bin in $(BENCH_BIN); do "$$bin" || exit 1; done
	@$(MAKE) --no-print-directory all PYTHON=$(TEST_PYTHON)
	@PRINT_DOMINATORS=$(abspath $(BUILD)/tests/tools/print_dominators) PYTHONPATH=$(abspath $(BUILD)/python) \
	    $(TEST_PYTHON) tests/bench/bench.py $(BENCH_ARGS)
	@HOLDFAST=$(abspath $(CLI)) $(TEST_PYTHON) tests/bench/questions.py
	@HOLDFAST=$(abspath $(CLI)) $(TEST_PYTHON) tests/bench/loads.py

demo: deps-build                ## find the leak of samples/shop, from installation to picture
	@echo "holdfast: building into $(BUILD)/, which takes about a minute"
	@$(MAKE) --no-print-directory --silent $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc)) all
	@samples/shop/demo $(BUILD)

layouts:                        ## write lib/cpython/layouts anew from the headers of all releases of Python
	@tests/tools/make-layouts

.PHONY: layouts deps-build deps-test deps-matrix
deps-matrix: deps-test
	@[ "$$(id -u)" != 0 ] || tests/tools/install-deps matrix
deps-build:
	@tests/tools/install-deps build
deps-test:
	@tests/tools/install-deps build test

# Installation.

BINDIR     = $(DESTDIR)$(PREFIX)/bin
INCLUDEDIR = $(DESTDIR)$(PREFIX)/include/holdfast
LIBDIR     = $(DESTDIR)$(PREFIX)/lib
PCDIR      = $(LIBDIR)/pkgconfig
SHAREDIR   = $(DESTDIR)$(PREFIX)/share
MANDIR     = $(SHAREDIR)/man/man1
GDBDIR     = $(SHAREDIR)/holdfast
# Where each shell looks for completions.
BASHDIR    = $(SHAREDIR)/bash-completion/completions
ZSHDIR     = $(SHAREDIR)/zsh/site-functions
FISHDIR    = $(SHAREDIR)/fish/vendor_completions.d

# $(call install-pc,NAME,LIBRARIES THAT A STATIC PROGRAM NEEDS AS WELL)
install-pc = sed -e 's|@prefix@|$(PREFIX)|' -e 's|@version@|$(VERSION)|' -e 's|@name@|$1|' -e 's|@static@|$2|' \
                 lib/holdfast.pc.in >$(PCDIR)/$1.pc && chmod 644 $(PCDIR)/$1.pc

.PHONY: install uninstall clean help
install: all                    ## install under PREFIX=/usr/local (DESTDIR= for packagers)
	install -d $(BINDIR) $(INCLUDEDIR) $(LIBDIR)/holdfast/python $(PCDIR) $(MANDIR) $(GDBDIR) $(BASHDIR) $(ZSHDIR) $(FISHDIR)
	install -m 755 $(CLI) $(BINDIR)/holdfast
	install -m 644 include/holdfast/*.h $(INCLUDEDIR)
	install -m 644 $(LIB) $(CAPTURE_LIB) $(LIBDIR)
	@for library in $(SHARED) $(CAPTURE_SHARED); do \
	    file=$$(basename $$library .$(SONAME_END)).so; \
	    install -m 755 $$library $(LIBDIR)/$$file.$(VERSION) && \
	    ln -sf $$file.$(VERSION) $(LIBDIR)/$$(basename $$library) && \
	    ln -sf $$(basename $$library) $(LIBDIR)/$$file || exit 1; \
	done; \
	[ -n "$(DESTDIR)" ] || [ "$$(id -u)" != 0 ] || ldconfig || true   # so that the loader knows them
	$(call install-pc,holdfast,$(LIB_LIBS))
	$(call install-pc,holdfast-$(PY_TAG),-lholdfast $(LIB_LIBS))
	cd $(BUILD)/python && \
	    cp --parents $(PACKAGE:$(BUILD)/python/%=%) holdfast/_core*.so $(abspath $(LIBDIR))/holdfast/python
	install -m 644 $(MANUAL) $(MANDIR)
	install -m 644 cli/gdb/holdfast.py $(GDBDIR)/gdb.py
	install -m 644 $(BUILD)/completions/bash $(BASHDIR)/holdfast
	install -m 644 $(BUILD)/completions/zsh $(ZSHDIR)/_holdfast
	install -m 644 $(BUILD)/completions/fish $(FISHDIR)/holdfast.fish

uninstall:                      ## remove what install put there
	rm -rf $(INCLUDEDIR) $(LIBDIR)/holdfast $(SHAREDIR)/holdfast
	rm -f $(BINDIR)/holdfast $(foreach name,holdfast holdfast-cpython-*,$(LIBDIR)/lib$(name).a $(LIBDIR)/lib$(name).so \
	    $(LIBDIR)/lib$(name).so.* $(PCDIR)/$(name).pc)
	rm -f $(MANDIR)/holdfast.1 $(BASHDIR)/holdfast $(ZSHDIR)/_holdfast $(FISHDIR)/holdfast.fish

clean:                          ## remove build/
	rm -rf $(BUILD)

help:                           ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
