#!/bin/sh
# Reading workbooks from bytes to cells, against openpyxl (read-only) and Node's xlsx: the same workbooks, processor time.  The three take turns, a
# round each, so that what else the machine does meets them alike; told are medians over the rounds, and the least and largest ratio of any round.
#
# usage: B=build tests/bench/workbooks.sh [FILE.xlsx …]           (make bench-workbooks WORKBOOKS='FILE …')
set -eu
B=$(realpath "${B:-build}")
cd "$(dirname "$0")"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
rounds=${ROUNDS:-5}

node=
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	echo "  (node or npm is missing: not measured against Node's xlsx)"
elif [ -d "$B/node/node_modules/xlsx" ] || npm install --silent --no-fund --no-audit --prefix "$B/node" xlsx >/dev/null 2>&1; then
	node=$B/node/node_modules
else
	echo "  (npm could not install xlsx: not measured against it)"
fi
python=
if /usr/bin/python3 -c 'import openpyxl' 2>/dev/null; then
	python=/usr/bin/python3
else
	echo "  (python3-openpyxl is missing: not measured against it)"
fi

one()
{
	: >"$dir/rounds"
	for _ in $(seq "$rounds"); do
		ours=$("$B/tests/bench/workbook" "$1" 5)
		theirs=$([ -z "$python" ] || $python read_openpyxl.py "$1" 1)
		nodes=$([ -z "$node" ] || NODE_PATH=$node node read_node.js "$1" 3)
		echo "$ours ${theirs:-0 0} ${nodes:-0 0}" >>"$dir/rounds"
	done
	/usr/bin/python3 - "$(basename "$1")" "$dir/rounds" <<-'END'
		import statistics
		import sys

		rounds = [[float(word) for word in line.split()] for line in open(sys.argv[2])]
		took = statistics.median(r[1] for r in rounds)
		line = f"  {sys.argv[1]:<28} {rounds[0][0]:8.0f} cells: poold {took * 1000:6.1f} ms, {rounds[0][0] / took:9.0f} a second, {max(r[2] for r in rounds) / 1024:3.0f} MB"
		for name, at in ("openpyxl", 4), ("xlsx", 6):
		    ratios = sorted(r[at] / r[1] for r in rounds)
		    if ratios[0] > 0:
		        line += (f"   {name} {statistics.median(r[at] for r in rounds) * 1000:6.0f} ms,"
		                 f" {statistics.median(ratios):4.1f} times ({ratios[0]:.1f} to {ratios[-1]:.1f})")
		print(line)
	END
}

for shape in council return million; do
	/usr/bin/python3 make_workbook.py $shape >"$dir/$shape.xlsx"
	one "$dir/$shape.xlsx"
done
for file in "$@"; do
	one "$file"
done
