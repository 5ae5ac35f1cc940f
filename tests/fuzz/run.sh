#!/bin/sh
# Builds every fuzz target with clang's libFuzzer and sanitizers, and runs each for FUZZ_SECONDS (3,600).
#
# usage: FUZZ_SECONDS=60 tests/fuzz/run.sh [TARGET …]      the corpus grows in build-fuzz/TARGET
set -eu
cd "$(dirname "$0")/../.."
seconds=${FUZZ_SECONDS:-3600}
out=build-fuzz
mkdir -p $out

if ! command -v clang >/dev/null || ! ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a >/dev/null 2>&1; then
	echo "Fuzzing needs clang and its run-time library: apt-get install clang libclang-rt-14-dev" >&2
	exit 1
fi
# The Makefile knows what depends on which header.
make --no-print-directory -s -j"$(nproc)" B=$out CC=clang SANITIZE=address,undefined OPT='-O1 -g' WARN= \
	CFLAGS=-fsanitize=fuzzer-no-link $out/librules.a
flags="-std=c11 -D_GNU_SOURCE -g -O1 -I. -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
	$(pkg-config --cflags lua5.4 jansson yajl)"
libs="$(pkg-config --libs lua5.4 jansson yajl zlib libcrypto)"

[ $# -gt 0 ] || set -- $(ls tests/fuzz/*.c | sed 's,.*/\(.*\)\.c,\1,')
for target in "$@"; do
	clang $flags -o "$out/fuzz-$target" "tests/fuzz/$target.c" $out/librules.a $libs
	mkdir -p "$out/$target"
	echo "fuzzing $target for $seconds s"
	(cd "$out" && "./fuzz-$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -print_final_stats=0 \
		-verbosity=0 "$target")
done
