#!/bin/sh
# Installs what building and testing need, when something is missing: Debian 12 packages only.
#
# usage: tests/deps.sh [fuzz | PACKAGE …]     quiet when nothing is missing; fuzz: what fuzzing needs besides
set -eu

packages='build-essential pkg-config libevent-dev liblua5.4-dev libjansson-dev
libsqlite3-dev libseccomp-dev libssl-dev zlib1g-dev libisal-dev libzip-dev libexpat1-dev libcmocka-dev perl python3 jq sqlite3
syslog-ng-core syslog-ng-dev git procps libfuse3-dev fuse3'

case ${1:-} in
fuzz) packages="$packages clang libclang-rt-14-dev" ;;
*) packages="$packages $*" ;;
esac

# A machine of its own for the tests of the service: only root can boot one.
[ "$(id -u)" -ne 0 ] || packages="$packages debootstrap systemd-container"

missing=
for package in $packages; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "Missing packages, and no sudo here. As root: apt-get install$missing" >&2
		exit 1
	}
	as_root=sudo
fi
echo "Installing missing Debian packages:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{
	$as_root apt-get update -q &&
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
} >"$log" 2>&1 || {
	tail -n 20 "$log" >&2
	echo "apt could not install:$missing" >&2
	exit 1
}
