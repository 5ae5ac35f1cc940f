#!/bin/sh
# Every tag that the source puts on an event, and every tag that came out, is in docs/events.md.
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
echo "1..$n"
exit $failed
