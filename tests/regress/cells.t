#!/bin/sh
# poolctl cells: what is shown of a file, how it ends, and that nothing of the file reaches the terminal.
set -u
B=${B:-build}
cells="$B/poolctl cells"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

ok() { # STATUS DESCRIPTION
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# is DESCRIPTION EXPECTED-STATUS EXPECTED-STDOUT COMMAND…
is() {
	what=$1 status=$2 out=$3
	shift 3
	got=$("$@" 2>"$dir/err")
	code=$?
	[ "$code" -eq "$status" ] && [ "$got" = "$out" ]
	ok $? "$what"
	[ "$code" -eq "$status" ] || echo "# status $code, not $status"
	[ "$got" = "$out" ] || printf '%s\n' "$got" | sed 's/^/# /'
}

says() { # DESCRIPTION PATTERN: the last command said so on standard error
	grep -q -- "$2" "$dir/err"
	code=$?
	ok $code "$1"
	[ $code -eq 0 ] || sed 's/^/# /' "$dir/err"
}

printf '{"b":1.50,"a":[true,null,"x\\ny"],"e":{},"l":[]}' >"$dir/a.json"
is 'values of JSON come in the order of the file, numbers as they are written' 0 \
'{"pointer":"/b","type":"number","value":1.50}
{"pointer":"/a/0","type":"boolean","value":true}
{"pointer":"/a/1","type":"null","value":null}
{"pointer":"/a/2","type":"string","value":"x\ny"}
{"pointer":"/e","type":"object","value":{}}
{"pointer":"/l","type":"array","value":[]}' $cells "$dir/a.json"

printf '{"a":1,"a":2}' >"$dir/twice.json"
is 'duplicate keys are shown' 0 \
'{"pointer":"/a","type":"number","value":1}
{"pointer":"/a","type":"number","value":2}' $cells "$dir/twice.json"

printf 'Name,Amount\n\n"A ""B""\nC",\243(1)\n' >"$dir/a.csv"
is 'cells of CSV have the line of the file and the number of the field' 0 \
'{"line":1,"column":1,"type":"text","value":"Name"}
{"line":1,"column":2,"type":"text","value":"Amount"}
{"line":3,"column":1,"type":"text","value":"A \"B\"\nC"}
{"line":4,"column":2,"type":"text","value":"£(1)"}' $cells "$dir/a.csv"

is 'standard input is read as -' 0 '{"line":1,"column":1,"type":"text","value":"x"}
{"line":1,"column":2,"type":"text","value":"y"}' sh -c "printf 'x,y' | $cells -"

is 'with several files each line names its own' 0 \
"{\"file\":\"$dir/1\",\"line\":1,\"column\":1,\"type\":\"text\",\"value\":\"x\"}
{\"file\":\"$dir/2\",\"line\":1,\"column\":1,\"type\":\"text\",\"value\":\"y\"}" \
	sh -c "printf x >$dir/1; printf y >$dir/2; $cells $dir/1 $dir/2"

$cells "$dir/a.json" >"$dir/out" && [ "$(wc -l <"$dir/out")" -eq 6 ]
ok $? 'output into a file is whole'

awk 'BEGIN { printf "["; for (i = 0; i < 50000; i++) printf "%d,", i; print "0]" }' >"$dir/long.json"
[ "$($cells "$dir/long.json" | wc -l)" -eq 50001 ]
ok $? 'long output is whole'

printf '{"a":1,\n "b":,}' >"$dir/bad.json"
is 'what is no JSON is refused' 2 '' $cells "$dir/bad.json"
says 'with line and column' 'Line 2, column 6: found a comma where a value must stand'

is 'one refused file among several is enough' 2 \
"{\"file\":\"$dir/1\",\"line\":1,\"column\":1,\"type\":\"text\",\"value\":\"x\"}" $cells "$dir/bad.json" "$dir/1"

printf 'PK\003\004................xl/workbook.xml' >"$dir/plan.xlsx"
is 'a damaged workbook is refused' 2 '' $cells "$dir/plan.xlsx"
says 'as what it is, with what to do' 'workbook is damaged.*save it again as .xlsx'

: >"$dir/empty.json"
is 'an empty file is refused' 2 '' $cells "$dir/empty.json"
says 'as empty' 'empty'

truncate -s 10G "$dir/huge.json"
begin=$(date +%s)
is 'a sparse file of 10 GB is refused' 2 '' $cells "$dir/huge.json"
says 'for its size' 'larger than 64 MB'
[ $(($(date +%s) - begin)) -le 2 ]
ok $? 'without reading it'
truncate -s 3M "$dir/large.csv"
is 'the limit can be lowered' 2 '' $cells --max-size 2 "$dir/large.csv"
says 'and is said' 'larger than 2 MB'

is 'a missing file is told' 2 '' $cells "$dir/missing"
says 'with the reason' 'No such file'
is 'a folder is told' 2 '' $cells "$dir"
says 'as none' 'is not a file'
mkfifo "$dir/pipe"
is 'a pipe is not waited for' 2 '' timeout 5 $cells "$dir/pipe"
ln -s /dev/zero "$dir/zero"
is 'a device is not read' 2 '' timeout 5 $cells "$dir/zero"

esc=$(printf '\033')
printf '{"\\u001b[2J\\u202e":"\\u0007\\u009b31m"}' >"$dir/esc.json"
$cells "$dir/esc.json" >"$dir/out"
! grep -q "$esc" "$dir/out" && grep -q 'u001b\[2J' "$dir/out"
ok $? 'escape sequences are shown, not sent to the terminal'
cp "$dir/bad.json" "$dir/${esc}[31mred.json"
$cells "$dir/${esc}[31mred.json" 2>"$dir/err"
[ $? -eq 2 ] && ! grep -q "$esc" "$dir/err"
ok $? 'nor those of a file name'

awk 'BEGIN { for (i = 0; i < 100; i++) printf "["; }' >"$dir/deep.json"
is 'deep nesting is refused' 2 '' $cells "$dir/deep.json"
says 'as such' 'nested'

is 'no file is wrong usage' 64 '' $cells
is 'an unknown option is wrong usage' 64 '' $cells --frobnicate x
is 'a size that is none is wrong usage' 64 '' $cells --max-size 0 x
$cells --help | grep -q '64 MB'
ok $? '--help says the limit'

echo "1..$n"
