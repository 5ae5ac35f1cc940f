#!/bin/sh
# Runs the tests: every cmocka program and every TAP script, under one prove, which counts them.
#
# usage: B=build tests/run.sh [NAME …]     only tests whose path contains one of the names
set -eu
cd "$(dirname "$0")/.."
B=${B:-build}
export B CMOCKA_MESSAGE_OUTPUT=TAP LC_ALL=C.UTF-8
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:exitcode=99}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

# The long ones first, so that none is alone at the end.
all=$(find tests/system -name '*.t' | sort -r
	{
		find tests/unit -name '*.c' | sed "s,tests/unit/\(.*\)\.c,$B/tests/\1,"
		find tests/regress -name '*.t'
	} | sort)
run=
if [ -n "${VALGRIND:-}" ]; then
	sh tests/deps.sh valgrind
	# valgrind cannot follow into the sandbox, where its own calls are refused, nor where this program starts itself
	all=$(echo "$all" | grep "^$B/tests/" | grep -v -e '/sandbox' -e '/evaluator_client$' -e '/evaluators_liar$' \
		-e '/publish$')
	run="valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible
		--child-silent-after-fork=yes"
fi
chosen=
for one in $all; do
	if [ $# -eq 0 ]; then
		chosen="$chosen $one"
		continue
	fi
	for name in "$@"; do
		case $one in *"$name"*) chosen="$chosen $one"; break ;; esac
	done
done
exec prove --timer --failures --jobs "${JOBS:-2}" --exec "$(echo $run)" $chosen
