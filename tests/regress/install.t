#!/bin/sh
# make install: everything is placed, the installed programs run and find their policies, and a configuration that is there stays.
set -u
B=${B:-build}
top=$(pwd)
case $B in /*) ;; *) B=$top/$B ;; esac
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

ok() { # STATUS DESCRIPTION: what the last command said is in $dir/out
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; sed 's/^/# /' "$dir/out"; fi
}

install_to() { # DESTDIR PREFIX
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make install B="$B" DESTDIR="$1" PREFIX="$2" >"$dir/out" 2>&1
}

# The prefix that was built with stays, so that nothing is built anew under the feet of other tests.
prefix=$(cat "$B/prefix")
to=$dir/root
install_to "$to" "$prefix"
ok $? 'make install DESTDIR= works'

share=$to$prefix/share
for file in "$to$prefix/sbin/poold" "$to$prefix/bin/poolctl" "$to/etc/poold/poold.conf" "$share/poold/lua-policies/site.lua" \
	"$share/poold/lua-policies/README.md" "$share/poold/poold.conf.example" "$share/man/man1/poolctl.1" "$share/man/man5/poold.conf.5" \
	"$share/man/man8/poold.8" "$share/bash-completion/completions/poolctl" "$share/bash-completion/completions/poold" \
	"$to$prefix/lib/systemd/system/poold.service" \
	"$to$prefix/lib/sysusers.d/poold.conf" "$to$prefix/lib/tmpfiles.d/poold.conf" "$to/etc/syslog-ng/conf.d/poold.conf" \
	"$to/etc/logrotate.d/poold" "$share/doc/poold/README.md" "$share/doc/poold/LICENSE" "$share/doc/poold/docs/policies.md" "$share/doc/poold/docs/verdict.schema.json"; do
	echo "missing: $file" >"$dir/out"
	[ -s "$file" ]
	ok $? "it places ${file#"$to"}"
done
(cd lua-policies && find . -type f | sort) >"$dir/ours"
(cd "$share/poold/lua-policies" && find . -type f | sort) >"$dir/theirs"
diff "$dir/ours" "$dir/theirs" >"$dir/out"
ok $? 'it places every file of the policies'
find "$to" ! -perm -a+r ! -type l >"$dir/out"
[ ! -s "$dir/out" ]
ok $? 'everybody may read what it places'
grep -rl "$dir\|@PREFIX@" "$to" >"$dir/out"
[ ! -s "$dir/out" ]
ok $? 'nothing that it places names the folder it was staged in'

grep -q "^ExecStart=$prefix/sbin/poold " "$to$prefix/lib/systemd/system/poold.service"
ok $? 'the unit names the program where it was placed'
if command -v systemd-analyze >/dev/null; then
	level=$(systemd-analyze security --offline=true --no-pager "$to$prefix/lib/systemd/system/poold.service" 2>"$dir/out" |
		sed -n 's/.*exposure level for poold.service: \([0-9.]*\) .*/\1/p')
	[ ! -s "$dir/out" ] && [ -n "$level" ] && awk "BEGIN { exit !($level <= 1.5) }"
	ok $? "systemd-analyze security: 1.5 or below ($level)"
else
	ok 0 'systemd-analyze security: 1.5 or below # SKIP systemd is not installed'
fi
{ printf '@version: 3.38\n@include "scl.conf"\n'; sed 's/owner("[a-z]*")/owner("root")/; s/group("[a-z]*")/group("root")/' "$to/etc/syslog-ng/conf.d/poold.conf"; } >"$dir/syslog-ng.conf"
syslog-ng --syntax-only --no-caps -f "$dir/syslog-ng.conf" >"$dir/out" 2>&1 && [ ! -s "$dir/out" ]
ok $? 'syslog-ng takes its configuration'
sed -i '/^#[a-z}\t]/s/^#//' "$dir/syslog-ng.conf"
grep -q '^destination d_poold_central' "$dir/syslog-ng.conf" && syslog-ng --syntax-only --no-caps -f "$dir/syslog-ng.conf" >"$dir/out" 2>&1
ok $? 'and the part for a central host that is commented out'

mkdir "$dir/build"
cp -a "$B/rules" "$B/daemon" "$B"/lib*.a "$B/poold" "$B/poolctl" "$B/prefix" "$dir/build"
again() { env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make programs B="$dir/build" PREFIX=/elsewhere CFLAGS="${CFLAGS-}" >"$dir/out" 2>&1; }
again && grep -q '/elsewhere/share/poold' "$dir/build/poold" && [ "$(grep -c -- ' -c ' "$dir/out")" -eq 2 ]
ok $? 'another prefix makes anew what has the prefix in it'
again && ! grep -q -- ' -o ' "$dir/out"
ok $? 'and the same one makes nothing anew'

# The programs as they were installed, in a folder where nothing else is.
mkdir "$dir/empty"
cd "$dir/empty" || exit 1
unset POOLD_POLICIES
poolctl=$to$prefix/bin/poolctl
"$poolctl" check --at 2014-11-28T16:05:00Z --region rotherham "$top/tests/fixtures/submissions/pass/rotherham-plan.json" >"$dir/out" 2>&1
ok $? 'the installed poolctl finds the installed policies'
"$poolctl" check --at 2014-11-28T16:05:00Z --region rotherham --format html \
	"$top/tests/fixtures/submissions/fail/minimum-underpaid.json" >"$dir/out" 2>&1
[ $? -eq 1 ] && grep -q '</html>' "$dir/out"
ok $? 'and makes a report'
mkdir "$dir/regions" "$dir/state"
sed "s,^root .*,root $dir/regions,; s,^state .*,state $dir/state,; s,^policies *,policies $to," "$to/etc/poold/poold.conf" >"$dir/poold.conf"
"$to$prefix/sbin/poold" -n -f "$dir/poold.conf" >"$dir/out" 2>&1
ok $? 'the installed poold takes the installed configuration and policies'
cd "$top" || exit 1

echo '# mine' >>"$to/etc/poold/poold.conf"
install_to "$to" "$prefix" && grep -q '^# mine' "$to/etc/poold/poold.conf"
ok $? 'a second installation keeps the configuration that is there'
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make uninstall DESTDIR="$dir/gone" PREFIX="$prefix" >"$dir/out" 2>&1 &&
	install_to "$dir/gone" "$prefix" &&
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make uninstall DESTDIR="$dir/gone" PREFIX="$prefix" >"$dir/out" 2>&1 &&
	find "$dir/gone$prefix" ! -type d >"$dir/out" && [ ! -s "$dir/out" ] && [ -s "$dir/gone/etc/poold/poold.conf" ]
ok $? 'make uninstall takes away all of it but the configuration'
bash -c 'source "$1"; COMP_WORDS=(poolctl li); COMP_CWORD=1; _poolctl; echo "${COMPREPLY[@]}"' - "$share/bash-completion/completions/poolctl" >"$dir/out" 2>&1
[ "$(cat "$dir/out")" = list ]
ok $? 'the completion completes a command'
echo "1..$n"
