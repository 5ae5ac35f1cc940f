#!/bin/sh
# Speeds, side by side in one run: medians and ratios, since machines are noisy.
#
# usage: B=build tests/bench/run.sh            (make bench)
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build}
rounds=${ROUNDS:-7}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python=/usr/bin/python3

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

echo "Engine, one core, limits on: budgets a second (median of $rounds rounds, taken in turn)"
echo "  plain: a script with the ten checks; careful: the same, and what the form demands (types, codes, unknown, missing, twice)"
for size in 100 1000 10000; do
	$python tests/bench/generate.py "$size" >"$dir/$size.json"
	n=$((400000 / size))
	: >"$dir/ours"; : >"$dir/plain"; : >"$dir/careful"
	for _ in $(seq "$rounds"); do
		"$B/tests/bench/engine" tests/bench/policies "$dir/$size.json" "$n" >>"$dir/ours"
		$python tests/bench/plain.py "$dir/$size.json" $((n / 2)) >>"$dir/plain"
		$python tests/bench/careful.py "$dir/$size.json" $((n / 4)) >>"$dir/careful"
	done
	echo "$size $(wc -c <"$dir/$size.json") $(median <"$dir/ours") $(median <"$dir/plain") $(median <"$dir/careful")" |
		awk '{ printf "  %6d schemes (%8d bytes): poold %6d   plain %6d (ratio %.2f)   careful %6d (ratio %.2f)   schemes a second %d\n",
			$1, $2, $3, $4, $3 / $4, $5, $3 / $5, $1 * $3 }'
done

echo "A lone file renamed in, durable to report and syslog: milliseconds (median, 90th, 99th of 200)"
printf '  the ten conditions above:   %s\n' "$($python tests/bench/lone.py "$B/poold" tests/bench/policies "$dir/100.json" 200)"
printf '  every pack that ships:      %s\n' "$($python tests/bench/lone.py "$B/poold" lua-policies tests/fixtures/submissions/pass/rotherham-plan.json 200)"

echo "Nothing grows with the ledger (make bench-ledger: with a million)"
mkdir "$dir/ledger"
"$B/tests/bench/ledger" "$dir/ledger" 20000 | sed 's/^/  /'

echo "Sustained, end to end: files a second until told to syslog and published (medians of $rounds rounds, taken in turn, fresh folders)"
echo "  poold: durable, with ledger and reports; watchdog: a Python service of inotify, the plain script, two files and a datagram, nothing durable"
files=${FILES:-2000}
for regions in 1 8; do
	: >"$dir/flood"; : >"$dir/watchdog"; : >"$dir/keeper"; : >"$dir/memory"
	for _ in $(seq "$rounds"); do
		$python tests/bench/flood.py "$B/poold" tests/bench/policies "$dir/100.json" "$files" "$regions" >"$dir/one"
		field() { sed "s/.*\"$1\": \([0-9.]*\).*/\1/" "$dir/one"; }
		field published >>"$dir/flood"; field keeper_ms >>"$dir/keeper"; field kB >>"$dir/memory"
		$python tests/bench/watchdog.py "$dir/100.json" "$files" "$regions" | sed 's/[^0-9]//g' >>"$dir/watchdog"
	done
	echo "$regions $(median <"$dir/flood") $(median <"$dir/watchdog") $(median <"$dir/keeper") $(median <"$dir/memory")" |
		awk '{ printf "  %d region%s: poold %5d   watchdog %5d (ratio %.2f)   keeper %.2f ms of processor a file, %d kB\n",
			$1, $1 > 1 ? "s" : " ", $2, $3, $2 / $3, $4, $5 }'
done

[ -z "${MEMORY:-}" ] || {
	echo "The keeper's memory over $MEMORY files (kB, after each tenth)"
	echo "  $($python tests/bench/flood.py "$B/poold" tests/bench/policies "$dir/100.json" "$MEMORY" 4 --memory)"
}
