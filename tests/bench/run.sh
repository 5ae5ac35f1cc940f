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
for size in 100 1000 10000; do
	$python tests/bench/generate.py "$size" >"$dir/$size.json"
	n=$((400000 / size))
	: >"$dir/ours"; : >"$dir/theirs"
	for _ in $(seq "$rounds"); do
		"$B/tests/bench/engine" tests/bench/policies "$dir/$size.json" "$n" >>"$dir/ours"
		$python tests/bench/plain.py "$dir/$size.json" $((n / 2)) >>"$dir/theirs"
	done
	ours=$(median <"$dir/ours") theirs=$(median <"$dir/theirs")
	printf '  %6d schemes (%8d bytes): poold %7d   plain Python %7d   ratio %.2f   schemes a second %d\n' "$size" \
		"$(wc -c <"$dir/$size.json")" "$ours" "$theirs" "$(echo "$ours $theirs" | awk '{ print $1 / $2 }')" $((ours * size))
done

echo "A lone file renamed in, durable to report and syslog: milliseconds (median, 90th, 99th of 200)"
printf '  the ten conditions above:   %s\n' "$($python tests/bench/lone.py "$B/poold" tests/bench/policies "$dir/100.json" 200)"
printf '  every pack that ships:      %s\n' "$($python tests/bench/lone.py "$B/poold" lua-policies tests/fixtures/submissions/pass/rotherham-plan.json 200)"
