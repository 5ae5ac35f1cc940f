#!/bin/sh
# Style and static analysis: clang-format and clang-tidy, both from Debian.  Prints what is wrong, exits 1 when something is.
set -eu
cd "$(dirname "$0")/.."
for tool in clang-format clang-tidy; do
	command -v $tool >/dev/null || { echo "Linting needs $tool: apt-get install $tool" >&2; exit 1; }
done
files=$(git ls-files '*.c' '*.h')
clang-format --dry-run -Werror $files
flags="-std=c11 -D_GNU_SOURCE -I. -DPOOLD_VERSION=\"lint\" -DPOOLD_PREFIX=\"/usr/local\"
	$(pkg-config --cflags libevent lua5.4 jansson yajl sqlite3)"
git ls-files 'rules/*.c' 'daemon/*.c' | xargs -P "$(nproc)" -I '{}' clang-tidy --quiet '{}' -- $flags
