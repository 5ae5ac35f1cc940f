#!/bin/sh
# Every tag that the source puts on an event, and every tag that came out, is in docs/events.md, and so is what to do at each event.
set -u
n=0
failed=0
tags=$(cat daemon/*.c rules/result_records.c | perl -0ne '
	print "$1\n" while /\bevent_(?:text|str|int|money|time)\(\s*&?\w+(?:->\w+)?,\s*"(\w+)"/g;
	print "$1\n" while /\btag(?:_cut|_number)?\(&?w,\s*"(\w+)"/g;' | sort -u)
for tag in $tags; do
	n=$((n + 1))
	if grep -q "^| \`$tag\` |" docs/events.md; then
		echo "ok $n - the manual knows the tag $tag"
	else
		echo "not ok $n - the manual does not know the tag $tag"
		failed=1
	fi
done
n=$((n + 1))
if [ "$n" -gt 40 ]; then
	echo "ok $n - the tags were found in the source"
else
	echo "not ok $n - only $((n - 1)) tags were found in the source: mend this test"
	failed=1
fi
doing=$(sed -n '/^## What operations do/,/^## Tags/p' docs/events.md)
for id in $(sed -n 's/^\t\[EV_[A-Z_]*\] = { "\([A-Z-]*\)".*/\1/p' daemon/event_table.c); do
	n=$((n + 1))
	if printf '%s\n' "$doing" | grep -q "^| \`$id\`[ !*]* | .*\.* |$"; then
		echo "ok $n - the manual says what to do at $id"
	else
		echo "not ok $n - the manual does not say what to do at $id"
		failed=1
	fi
done
echo "1..$n"
exit $failed
