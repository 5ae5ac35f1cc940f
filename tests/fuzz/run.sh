#!/bin/sh
# Builds every fuzz target with clang's libFuzzer and sanitizers, and runs them, two at a time: those that
# read what comes from outside for FUZZ_SECONDS (3,600), the small ones for a quarter of it.
#
# usage: FUZZ_SECONDS=60 tests/fuzz/run.sh [TARGET …]      the corpus grows in build-fuzz/corpus/TARGET
set -eu
cd "$(dirname "$0")/../.."
seconds=${FUZZ_SECONDS:-3600}
out=build-fuzz
small='config event guess lua_chunk names register result tree'
mkdir -p $out/corpus $out/found

# One target; a failure leaves its input, and says how to run it again.
run()
{
	for_it=$seconds dict=
	case " $small " in *" $1 "*) for_it=$(((seconds + 3) / 4)) ;; esac
	[ ! -e "tests/fuzz/$1.dict" ] || dict="-dict=tests/fuzz/$1.dict"
	if "$out/fuzz-$1" -max_total_time="$for_it" -timeout=25 -rss_limit_mb=4096 $dict -max_len=65536 -print_final_stats=1 \
	    -verbosity=1 -artifact_prefix="$out/found/$1-" "$out/corpus/$1" "$out/seeds/$1" >"$out/$1.log" 2>&1; then
		echo "ok - $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$1.log") inputs in $for_it s"
		return
	fi
	echo "not ok - $1"
	grep -E 'ERROR|SUMMARY|Test unit written|timeout|#[0-6] ' "$out/$1.log" | head -n 20 | sed 's/^/# /'
	for file in "$out/found/$1-"*; do
		[ ! -e "$file" ] || echo "# run it again: $out/fuzz-$1 $file"
	done
	touch $out/failed
}

if [ "${1:-}" = --one ]; then
	run "$2"
	exit
fi
sh tests/deps.sh fuzz
# The Makefile knows what depends on which header.
make --no-print-directory -s -j"$(nproc)" B=$out CC="${FUZZ_CC:-clang}" SANITIZE=address,undefined OPT='-O1 -g' WARN= HARDEN= \
	CFLAGS=-fsanitize=fuzzer-no-link $out/librules.a $out/libpoold.a
pkgs=$(make --no-print-directory -s pkgs)
flags="-std=c11 -D_GNU_SOURCE -g -O1 -I. -I$out -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
	$(pkg-config --cflags $pkgs)"
libs="$(pkg-config --libs $pkgs) -ldl"

# TARGET BYTE FILE [PART]: a workbook, or one part of it, behind the byte by which a target knows which.
workbook()
{
	{
		printf "$2"
		if [ $# -gt 3 ]; then
			python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' "$3" "$4"
		else
			cat "$3"
		fi
	} >"$out/seeds/$1/$(echo "$3-${4:-whole}" | tr / _)"
}

# What a target begins with: real files where there are some; the dictionaries do the rest.
seed()
{
	case $1 in
	json) find tests/fixtures/submissions -name '*.json' -size -60k ;;
	csv) find tests/fixtures/submissions lua-policies -name '*.csv' -size -60k ;;
	form) find tests/fixtures/submissions -size -60k \( -name '*.json' -o -name '*.csv' \) ;;
	lua_chunk) find lua-policies -name '*.lua' ;;
	register) find lua-policies -name '*.csv' -size -60k ;;
	sheets) echo tests/fixtures/workbooks/sheets-as-text.txt ;;
	config) echo docs/poold.conf.example ;;
	guess) find tests/fixtures/workbooks -type f ;;
	ods)
		workbook ods '\002' tests/fixtures/workbooks/libreoffice.ods
		workbook ods '\000' tests/fixtures/workbooks/libreoffice.ods content.xml ;;
	inflate)
		for level in 0 1 6 9; do
			python3 -c 'import sys, zlib; c = zlib.compressobj(int(sys.argv[1]), 8, -15); sys.stdout.buffer.write(c.compress(open(sys.argv[2], "rb").read()) + c.flush())' \
			    $level docs/poold.conf.example >"$out/seeds/$1/level-$level"
		done ;;
	xlsx)
		for book in tests/fixtures/workbooks/*.xlsx; do
			workbook xlsx '\006' "$book"
			workbook xlsx '\004' "$book" xl/styles.xml
			workbook xlsx '\005' "$book" xl/worksheets/sheet1.xml
		done ;;
	xml)
		for part in xl/workbook.xml xl/sharedStrings.xml xl/worksheets/sheet1.xml; do
			workbook xml '\077' tests/fixtures/workbooks/libreoffice.xlsx $part
		done ;;
	esac | while read -r file; do
		cp "$file" "$out/seeds/$1/$(echo "$file" | tr / _)"
	done
}

build()
{
	rm -rf "$out/seeds/$1"
	mkdir -p "$out/seeds/$1" "$out/corpus/$1"
	seed "$1"
	clang $flags -o "$out/fuzz-$1" "tests/fuzz/$1.c" $out/libpoold.a $out/librules.a $libs
}

[ $# -gt 0 ] || set -- $(ls tests/fuzz/*.c | sed 's,.*/\(.*\)\.c,\1,')
rm -f $out/failed
for target in "$@"; do
	build "$target"
done
printf '%s\n' "$@" | xargs -P "${JOBS:-2}" -n 1 sh tests/fuzz/run.sh --one
[ ! -e $out/failed ]
