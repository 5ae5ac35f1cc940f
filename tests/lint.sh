#!/bin/sh
# Style and static analysis: clang-format and clang-tidy, both from Debian.  Prints what is wrong, exits 1 when something is.
set -eu
cd "$(dirname "$0")/.."
sh tests/deps.sh clang-format clang-tidy
files=$(git ls-files '*.c' '*.h')
clang-format --dry-run -Werror $files
flags="-std=c11 -D_GNU_SOURCE -I. -DPOOLD_VERSION=\"lint\" -DPOOLD_PREFIX=\"/usr/local\"
	$(pkg-config --cflags $(make --no-print-directory -s pkgs))"
git ls-files 'rules/*.c' 'daemon/*.c' | xargs -P "$(nproc)" -I '{}' clang-tidy --quiet '{}' -- $flags
