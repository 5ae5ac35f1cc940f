# poold: checks pooled-budget returns.  See README.md.
#
#   make            build build/poold and build/poolctl
#   make check      install what is missing, build, run every test   (SANITIZE=address,undefined)
#   make check VALGRIND=1   the unit programs alone, each under valgrind
#   make demo       show the main job on real input
#   make install    DESTDIR= PREFIX=/usr/local
#   make deps       install what is missing (Debian packages)
#   make lint       clang-format and clang-tidy
#   make bench      speeds, side by side                make fuzz   longer fuzzing
#   make bench-ledger   what the ledger costs with a million verdicts in it
#   make bench-size     what a plan costs with 100 schemes and with 100,000
#   make bench-workbooks   reading workbooks, against openpyxl and Node's xlsx
#   make compare-workbooks DIR=FOLDER   what is read in workbooks, against openpyxl and LibreOffice
#   make bench-memory   the keeper's memory over 100,000 files
#   make properties     what holds of every plan, tried on 20,000 made-up ones
#   make soak       a thousand kills, stalls and reloads under load (minutes)
#   make soak-faults   every system call and allocation fails once (half an hour)
#   make conditions  docs/conditions.md anew, after a change of the policies
#   make hostile    hostile policies, files and workbooks by the thousand
#   make night      a night of trouble in five minutes, with an account of every file

PREFIX     ?= /usr/local
DESTDIR    ?=
SANITIZE   ?=
VERSION    := 0.1
comma      := ,
B          := build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))

CC         ?= cc
CSTD        = -std=c11 -D_GNU_SOURCE
WARN        = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
OPT        ?= -O2 -g
HARDEN      = -fstack-protector-strong -fPIE $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
SAN         = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
PKGS        = libevent lua5.4 jansson sqlite3 libseccomp libcrypto zlib libisal libzip expat
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
ALL_CFLAGS  = $(CSTD) $(OPT) $(WARN) $(HARDEN) $(SAN) -I. -I$(B) $(PKG_CFLAGS) -DPOOLD_VERSION='"$(VERSION)"' \
              -DPOOLD_PREFIX='"$(PREFIX)"' -MMD -MP $(CFLAGS)
ALL_LDFLAGS = $(SAN) -pie -Wl,-z,relro,-z,now $(LDFLAGS)
LIBS_RULES  = $(shell pkg-config --libs lua5.4 jansson zlib libcrypto libzip libisal expat 2>/dev/null) -lm
LIBS_POOLCTL= $(LIBS_RULES) $(shell pkg-config --libs libseccomp)
LIBS_POOLD  = $(LIBS_POOLCTL) $(shell pkg-config --libs libevent sqlite3) -ldl

RULES_SRC   := $(wildcard rules/*.c)
DAEMON_SRC  := $(wildcard daemon/*.c)
POOLCTL_SRC := $(wildcard daemon/poolctl/*.c)
# What poolctl shares with the daemon; these never include libevent.
SHARED_SRC  := $(filter daemon/evaluator.c daemon/evaluator_%.c daemon/ipc.c daemon/write.c daemon/sandbox.c daemon/log.c daemon/policies.c,$(DAEMON_SRC))

obj          = $(patsubst %.c,$(B)/%.o,$(1))
RULES_LIB   := $(B)/librules.a
DAEMON_LIB  := $(B)/libpoold.a
UNIT_SRC    := $(wildcard tests/unit/*.c)
UNIT_BIN    := $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SRC))
PRELOAD     := $(B)/tests/system/faulty.so
HELPER_SRC  := $(filter-out tests/system/faulty.c,$(wildcard tests/system/*.c))
BENCH_BIN   := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c))
# A file system in user space that stands in for a network: only where its library is.
FUSE_BIN    := $(if $(shell pkg-config --exists fuse3 && echo yes),$(B)/tests/system/fuse/mirror)
HELPER_BIN  := $(patsubst tests/system/%.c,$(B)/tests/system/%,$(HELPER_SRC))

.PHONY: all lib pkgs check demo demo-clean install uninstall deps lint format bench bench-ledger bench-size bench-memory fuzz properties soak soak-faults hostile night clean tests programs conditions
.DEFAULT_GOAL := all

all: deps
	@$(MAKE) --no-print-directory programs
programs: $(B)/poold $(B)/poolctl
lib: $(RULES_LIB) $(call obj,$(DAEMON_SRC) $(POOLCTL_SRC))
tests: $(UNIT_BIN) $(HELPER_BIN) $(FUSE_BIN) $(PRELOAD)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

# The catalogue of conditions, as it is committed: after a change of the policies.
conditions: programs
	$(B)/poolctl policy docs --policies lua-policies --format markdown >docs/conditions.md

# What has the prefix in it is made anew for another one.
$(B)/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@
.PHONY: FORCE
$(B)/daemon/config.o $(B)/daemon/poolctl/policies_here.o: $(B)/prefix

$(RULES_LIB): $(call obj,$(RULES_SRC))
	@rm -f $@
	ar rcs $@ $^
# Everything of the daemon but its main(), for tests to link with.
$(DAEMON_LIB): $(call obj,$(filter-out daemon/poold.c,$(DAEMON_SRC)))
	@rm -f $@
	ar rcs $@ $^

$(B)/poold: $(B)/daemon/poold.o $(DAEMON_LIB) $(RULES_LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $(B)/daemon/poold.o $(DAEMON_LIB) $(RULES_LIB) $(LIBS_POOLD)
# `ledger verify` takes the ledger's part out of the library, and nothing of libevent.
$(B)/poolctl: $(call obj,$(POOLCTL_SRC) $(SHARED_SRC)) $(DAEMON_LIB) $(RULES_LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $(call obj,$(POOLCTL_SRC) $(SHARED_SRC)) $(DAEMON_LIB) $(RULES_LIB) $(LIBS_POOLCTL) \
	    $(shell pkg-config --libs sqlite3) -ldl

$(B)/tests/%: $(B)/tests/unit/%.o $(RULES_LIB) $(DAEMON_LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(DAEMON_LIB) $(RULES_LIB) $(LIBS_POOLD) -lcmocka
$(B)/tests/system/%: $(B)/tests/system/%.o $(RULES_LIB) $(DAEMON_LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(DAEMON_LIB) $(RULES_LIB) $(LIBS_POOLD)

$(B)/tests/system/fuse/mirror: tests/system/fuse/mirror.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $$(pkg-config --cflags --libs fuse3)

# Put before the C library by tests: calls that fail, clocks that step.  Never with a sanitizer.
$(PRELOAD): tests/system/faulty.c
	@mkdir -p $(@D)
	$(CC) $(CSTD) -O1 -g $(WARN) -fPIC -shared -Wl,-z,now -o $@ $<

deps:
	@sh tests/deps.sh
# For those who build with other rules (tests/fuzz).
pkgs:
	@echo $(PKGS)

check: deps
	@$(MAKE) --no-print-directory -j2 programs tests
	@B=$(B) VALGRIND=$(VALGRIND) sh tests/run.sh $(TESTS)

# Only the tests whose path contains a word: make check TESTS='money inbox'

demo: deps
	@$(MAKE) --no-print-directory -j2 programs
	@B=$(B) sh tests/demo/demo.sh

# The same in a fresh Debian 12 of its own (root; a Debian mirror).
demo-clean:
	@sh tests/demo/clean.sh demo

bench: deps
	@$(MAKE) --no-print-directory -j2 programs $(BENCH_BIN)
	@B=$(B) sh tests/bench/run.sh
	@$(MAKE) --no-print-directory bench-workbooks

# What grows with the ledger: a thousand verdicts and a million (some minutes).
bench-ledger: deps
	@$(MAKE) --no-print-directory -j2 $(B)/tests/bench/ledger
	@dir=$$(mktemp -d) && $(B)/tests/bench/ledger $$dir $(or $(VERDICTS),1000000); status=$$?; rm -rf "$$dir"; exit $$status

# What a plan costs with every pack, from 100 schemes to 100,000: it grows in proportion.
bench-size: deps
	@$(MAKE) --no-print-directory -j2 $(B)/tests/bench/packs
	@dir=$$(mktemp -d) && for n in 100 1000 10000 100000; do python3 tests/regress/years.py 2019-20 $$n >$$dir/$$n.json; done && \
	 (cd $$dir && ls -v) | sed "s,^,$$dir/,"  | xargs $(B)/tests/bench/packs lua-policies 2019-09-25T09:45:00Z; status=$$?; rm -rf "$$dir"; exit $$status

# Reading workbooks, side by side (a minute): WORKBOOKS='FILE …' for others than those it makes.
bench-workbooks: deps
	@sh tests/deps.sh python3-openpyxl
	@$(MAKE) --no-print-directory -j2 $(B)/tests/bench/workbook
	@echo "Workbooks, from bytes to cells, one core, processor time: medians of rounds in turn, and how far their ratios spread"
	@B=$(B) sh tests/bench/workbooks.sh $(WORKBOOKS)

# What poolctl reads in workbooks, cell by cell, against openpyxl and LibreOffice (minutes): DIR=FOLDER.
compare-workbooks: deps
	@sh tests/deps.sh python3-openpyxl libreoffice-calc-nogui
	@$(MAKE) --no-print-directory -j2 programs
	@/usr/bin/python3 tests/bench/compare_workbooks.py $(B)/poolctl $(or $(DIR),lua-policies/better-care-fund/examples)

# The keeper's memory over very many files, alone (an hour).
bench-memory: deps
	@$(MAKE) --no-print-directory -j2 programs
	@python3 tests/bench/generate.py 100 >$(B)/100.json
	@python3 tests/bench/flood.py $(B)/poold tests/bench/policies $(B)/100.json $(or $(FILES),100000) 4 --memory

$(B)/tests/bench/%: $(B)/tests/bench/%.o $(RULES_LIB) $(DAEMON_LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(DAEMON_LIB) $(RULES_LIB) $(LIBS_POOLD)

# What holds of every plan, tried on 20,000 made-up ones (PLANS=, SEED=).
properties: deps
	@$(MAKE) --no-print-directory -j2 programs
	@B=$(B) PLANS=$(or $(PLANS),20000) SEED=$(or $(SEED),$$(date +%s)) tests/regress/properties.t

# Each fuzz target for FUZZ_SECONDS, two at a time; what it finds stays in build-fuzz/found.  Installs clang.
FUZZ_SECONDS ?= 3600
fuzz: deps
	@FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/fuzz/run.sh $(TARGETS)

# Everything is killed, stopped and reloaded while files pour in; then every file is accounted for.
soak: deps
	@$(MAKE) --no-print-directory -j2 programs
	@B=$(B) python3 tests/system/storm.py $(SOAK)

# Every system call and allocation fails once: half an hour, and less where nothing else runs.  FAULTS='--roles keeper --kinds malloc'
soak-faults: deps
	@$(MAKE) --no-print-directory -j2 programs tests
	@B=$(B) python3 tests/system/faults.py $(FAULTS)
	@B=$(B) python3 tests/system/faults.py --start $(FAULTS)
	@VERDICTS=10000 B=$(B) python3 tests/regress/poold-syslog-ng.t
	@$(MAKE) --no-print-directory hostile

# Hostile policies and documents by the thousand, each time others.
HOSTILE ?= 3000
hostile: deps
	@$(MAKE) --no-print-directory -j2 programs tests
	@B=$(B) python3 tests/system/hostile_lua.py '' $(HOSTILE)
	@B=$(B) python3 tests/system/hostile_documents.py '' $(HOSTILE)
	@B=$(B) python3 tests/system/hostile_workbooks.py '' $(HOSTILE)

# Kills, a full disk, a frozen syslog-ng, a broken and a hostile rulebook: NIGHT="SECONDS SEED".
night: deps
	@$(MAKE) --no-print-directory -j2 programs
	@B=$(B) python3 tests/night/night.py $(NIGHT)

# Programs, policies, manual pages, completion, documents, the service.  A configuration that is there is kept.
DATA = $(DESTDIR)$(PREFIX)/share
# FILE, its place below /etc: an administrator's file is not written over.
keep = [ -e $(DESTDIR)/etc/$(2) ] || install -D -m 644 $(1) $(DESTDIR)/etc/$(2)
install: programs
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)/etc/poold \
	    $(DATA)/poold $(DATA)/doc/poold/docs $(DATA)/bash-completion/completions
	install -m 755 $(B)/poold $(DESTDIR)$(PREFIX)/sbin/poold
	install -m 755 $(B)/poolctl $(DESTDIR)$(PREFIX)/bin/poolctl
	for page in $(wildcard docs/*.[1-8]); do to=$(DATA)/man/man$${page##*.}/$${page##*/}; \
	    install -D -m 644 $$page $$to && sed -i 's,/usr/local/share,$(PREFIX)/share,' $$to || exit 1; done
	install -m 644 docs/poolctl.bash-completion $(DATA)/bash-completion/completions/poolctl
	ln -sf poolctl $(DATA)/bash-completion/completions/poold
	install -m 644 README.md LICENSE $(DATA)/doc/poold
	install -m 644 $(wildcard docs/*.md) docs/verdict.schema.json $(DATA)/doc/poold/docs
	(cd lua-policies && find . -type f) | while read -r file; do install -D -m 644 "lua-policies/$$file" \
	    "$(DATA)/poold/lua-policies/$$file"; done
	sed 's,@PREFIX@,$(PREFIX),g' docs/poold.conf.example >$(DATA)/poold/poold.conf.example
	chmod 644 $(DATA)/poold/poold.conf.example
	$(call keep,$(DATA)/poold/poold.conf.example,poold/poold.conf)
# What systemd, syslog-ng and logrotate are told; systemd looks below /usr/local as well as below /usr.
	for one in system/poold.service sysusers.d/poold.conf tmpfiles.d/poold.conf; do \
	    to=$(DESTDIR)$(PREFIX)/lib/$$(echo $$one | sed 's,^system/,systemd/system/,'); install -d $${to%/*} && \
	    sed 's,@PREFIX@,$(PREFIX),g' systemd/$${one#system/} >$$to && chmod 644 $$to || exit 1; done
	$(call keep,systemd/syslog-ng/poold.conf,syslog-ng/conf.d/poold.conf)
	$(call keep,systemd/logrotate.d/poold,logrotate.d/poold)

# Takes away what install placed, but for what lies in /etc and what poold has written.
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/poold $(DESTDIR)$(PREFIX)/bin/poolctl $(DESTDIR)$(PREFIX)/lib/systemd/system/poold.service \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d/poold.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/poold.conf \
	    $(DATA)/bash-completion/completions/poolctl $(DATA)/bash-completion/completions/poold
	rm -f $(foreach page,$(wildcard docs/*.[1-8]),$(DATA)/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))
	rm -rf $(DATA)/poold $(DATA)/doc/poold

lint: deps
	@sh tests/lint.sh

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build build-*

-include $(shell find $(B) -type f -name '*.d' 2>/dev/null)
.SECONDARY:
