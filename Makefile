# holdfast: what holds a Python object in memory.
#
# Out-of-tree: everything that is made lies in $(BUILD). `make help` prints the targets from their own comments.

BUILD   ?= build
PYTHON  ?= python3
CC      ?= cc
PREFIX  ?= /usr/local
DESTDIR ?=

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes
ifdef CI
WARNINGS += -Werror
endif
HF_CFLAGS := -std=gnu11 -fPIC -fvisibility=hidden -Iinclude -Ilib -D_GNU_SOURCE $(WARNINGS)

# The library proper knows no Python; capture/ and python/ are built once for each Python release.
LIB_DIRS   := base memory cpython snapshot graph analysis render export
LIB_SRC    := $(foreach dir,$(LIB_DIRS),$(wildcard lib/$(dir)/*.c))
LIB_OBJ    := $(LIB_SRC:%.c=$(BUILD)/%.o)
LIB        := $(BUILD)/libholdfast.a
LIB_LIBS   := -lzstd -lxxhash -ldl -lm

CAPTURE_SRC := $(wildcard lib/capture/*.c)
CAPTURE_OBJ  = $(CAPTURE_SRC:%.c=$(BUILD)/$(PY_TAG)/%.o)
EXT_SRC     := $(wildcard lib/python/*.c)
EXT_OBJ      = $(EXT_SRC:%.c=$(BUILD)/$(PY_TAG)/%.o)
PY_TAG      := $(shell $(PYTHON) -c 'import sys; print(sys.implementation.cache_tag)')
PY_INCLUDE  := $(shell $(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("include"))')
PY_SUFFIX   := $(shell $(PYTHON) -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
EXT          = $(BUILD)/python/holdfast/_core$(PY_SUFFIX)
PACKAGE_SRC := $(wildcard lib/python/holdfast/*.py lib/python/holdfast/*.pyi lib/python/holdfast/py.typed lib/python/holdfast/*/*.py)
PACKAGE      = $(PACKAGE_SRC:lib/python/%=$(BUILD)/python/%)

CLI_SRC := $(wildcard cli/*.c)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o)
CLI     := $(BUILD)/holdfast

.PHONY: all lib cli python
all: $(CLI) python        ## build the command and the Python module into build/
lib: $(LIB)
cli: $(CLI)
python: $(EXT) $(PACKAGE)

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(CLI): $(CLI_OBJ) $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

$(EXT): $(EXT_OBJ) $(CAPTURE_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -o $@ $^ $(LIB_LIBS)

$(BUILD)/python/%: lib/python/%
	@mkdir -p $(@D)
	@cp $< $@

$(BUILD)/$(PY_TAG)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(HF_CFLAGS) -isystem $(PY_INCLUDE) -MMD -c -o $@ $<

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(HF_CFLAGS) -MMD -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
