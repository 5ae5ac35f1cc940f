#!/bin/sh
# The main job on real input: starts a real syslog-ng and poold on a scratch folder at the time of the example, drops six
# files into two regions' inboxes, and shows what becomes of them, where the reports lie, and what syslog-ng parsed.
#
# usage: B=build tests/demo/demo.sh            the scratch folder stays in $B/demo for you to look at
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build}
at=2014-11-28T16:05:00Z
root=$(pwd)/$B/demo
fixtures=tests/fixtures/submissions

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
fail() { echo "demo: $*" >&2; exit 1; }

keeper=''
stop() {
	[ -z "$keeper" ] || { kill "$keeper" 2>/dev/null && wait "$keeper" || true; }
	sh tests/system/syslog_ng.sh stop "$run/syslog-ng"
}
trap 'exit 130' INT TERM HUP PIPE

# Sockets have short names: a checkout may lie deep.
run=$(mktemp -d)
trap 'stop; rm -rf "$run"' EXIT
rm -rf "$root"
mkdir -p "$root/regions/rotherham/inbox" "$root/regions/sheffield/inbox" "$root/state"

sh tests/system/syslog_ng.sh start "$run/syslog-ng"

cat >"$root/poold.conf" <<EOF
root     $root/regions
state    $root/state
policies $(pwd)/lua-policies
syslog   $run/syslog-ng/socket
control  $run/control
EOF
say "poold watches $B/demo/regions, at the time of the example ($at)"
"$B/poold" -d --at "$at" -f "$root/poold.conf" >"$root/poold.log" 2>&1 &
keeper=$!

# wait_for SECONDS COMMAND…
wait_for() {
	tries=$(($1 * 20)); shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		kill -0 "$keeper" 2>/dev/null || { cat "$root/poold.log" >&2; fail "poold has stopped; its words are above"; }
		sleep 0.05
	done
}
ctl() { command=$1; shift; "$B/poolctl" "$command" --socket "$run/control" "$@"; }
wait_for 20 ctl list || { cat "$root/poold.log" >&2; fail "poold did not answer within 20 s; its words are above"; }

# drop FILE REGION NAME: copied beside the inbox, then renamed in, as a well-behaved program does.
drop() {
	cp "$1" "$root/regions/$2/.incoming"
	mv "$root/regions/$2/.incoming" "$root/regions/$2/inbox/$3"
	printf '  %-34s into %s/inbox\n' "$3" "$2"
}
say "Six files are dropped"
drop $fixtures/pass/rotherham-plan.json            rotherham rotherham-plan.json
drop $fixtures/fail/minimum-underpaid.json         rotherham minimum-underpaid.json
drop $fixtures/fail/conflict-by-practice-code.json rotherham conflict-by-practice-code.json
drop $fixtures/fail/three-mistakes.xlsx            rotherham three-mistakes.xlsx
drop $fixtures/fail/messy-schemes.csv              sheffield messy-schemes.csv
drop $fixtures/fail/broken.json                    sheffield broken.json

published() { [ "$(find "$root/regions" -name '*.verdict.html' | wc -l)" -ge 6 ]; }
wait_for 20 published || fail "six reports were expected within 20 s; see $B/demo/poold.log"
told() { [ "$(grep -c '"MSGID":"VERDICT"' "$run/syslog-ng/records")" -ge 6 ]; }
wait_for 10 told || fail "syslog-ng was expected to parse six verdicts within 10 s"
cp "$run/syslog-ng/records" "$root/syslog.json"

say "Six outcomes"
ctl list

say "The report of the plan that pays in too little, as text"
underpaid=$(find "$root/regions/rotherham/non-compliant" -name 'minimum-underpaid~*.json' ! -name '*.verdict.json')
"$B/poolctl" check --at "$at" --region rotherham "$underpaid" || [ $? -eq 1 ]

say "The report of the workbook with three mistakes: each by its sheet and cell"
workbook=$(find "$root/regions/rotherham/non-compliant" -name 'three-mistakes~*.xlsx')
"$B/poolctl" check --at "$at" --region rotherham "$workbook" | sed -n '1,/^Explanations given/p' | sed '$d'

say "Where the reports lie: open them in a browser"
find "$root/regions" -name '*.verdict.html' | sort | sed "s,^$(pwd)/,  ,"

say "What a real syslog-ng parsed: one line a verdict, one a finding (all of it: $B/demo/syslog.json)"
jq -r '._SDATA["poold@32473"] as $d | select(.MSGID == "VERDICT" or .MSGID == "FINDING") |
	[.PRIORITY, .MSGID, "#" + $d.sequence, $d.region, $d.name, ($d.outcome // $d.condition), ($d.headline // $d.message)] |
	"  " + join("  ")' "$root/syslog.json" | cut -c1-170

kill "$keeper" && wait "$keeper" || fail "poold did not stop cleanly"
keeper=''
