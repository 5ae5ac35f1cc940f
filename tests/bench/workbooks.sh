#!/bin/sh
# Reading workbooks from bytes to cells, against openpyxl (read-only) and Node's xlsx: the same workbooks in one run, in turn, processor time.
#
# usage: B=build tests/bench/workbooks.sh [FILE.xlsx …]           (make bench-workbooks WORKBOOKS='FILE …')
set -eu
B=$(realpath "${B:-build}")
cd "$(dirname "$0")"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
rounds=${ROUNDS:-3}

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

# NAME READER …: the line with the least seconds so far is kept in $dir/NAME
keep_best()
{
	name=$1
	shift
	"$@" >>"$dir/$name"
	sort -k2 -n -o "$dir/$name" "$dir/$name"
}

one()
{
	rm -f "$dir/ours" "$dir/python" "$dir/node"
	: >"$dir/python"
	: >"$dir/node"
	for _ in $(seq "$rounds"); do
		keep_best ours "$B/tests/bench/workbook" "$1" 5
		[ -z "$python" ] || keep_best python $python read_openpyxl.py "$1" 1
		[ -z "$node" ] || NODE_PATH=$node keep_best node node read_node.js "$1" 2
	done
	echo "$(basename "$1") $(head -n 1 "$dir/ours") $(head -n 1 "$dir/python" | cut -d ' ' -f 2) - $(head -n 1 "$dir/node" | cut -d ' ' -f 2)" |
		awk '{ printf "  %-30s %8d cells: poold %7.1f ms, %9d a second, %3d MB", $1, $2, $3 * 1000, $2 / $3, $4 / 1024
			i = 5
			if ($i != "-") { printf "   openpyxl %7.0f ms (%.0f times)", $i * 1000, $i / $3; i++ }
			if (NF > i) printf "   xlsx %6.0f ms (%.0f times)", $(i + 1) * 1000, $(i + 1) / $3
			print "" }'
}

for shape in council return million; do
	/usr/bin/python3 make_workbook.py $shape >"$dir/$shape.xlsx"
	one "$dir/$shape.xlsx"
done
for file in "$@"; do
	one "$file"
done
