#!/bin/sh
# `make demo` as a stranger runs it: a fresh Debian 12 with nothing but make and a shell, and a clean clone of this commit.
#
# usage: tests/demo/clean.sh [TARGET]        needs root, debootstrap and a Debian mirror; TARGET: demo (default) or check
set -eu
cd "$(dirname "$0")/../.."
target=${1:-demo}
mirror=${MIRROR:-http://deb.debian.org/debian}

[ "$(id -u)" -eq 0 ] || { echo "make demo-clean needs root: it makes a Debian of its own with debootstrap." >&2; exit 1; }
command -v debootstrap >/dev/null || apt-get install -y -q --no-install-recommends debootstrap

dir=$(mktemp -d)
clean() {
	for one in proc dev/pts dev; do umount -l "$dir/debian/$one" 2>/dev/null || true; done
	rm -rf --one-file-system "$dir"
}
trap clean EXIT
trap 'exit 130' INT TERM

echo "Making a fresh Debian 12 …"
debootstrap --variant=minbase --include=make,ca-certificates bookworm "$dir/debian" "$mirror" >"$dir/log" 2>&1 || {
	tail -n 20 "$dir/log" >&2
	exit 1
}
# How this machine reaches its mirror holds inside as well.
cp /etc/apt/apt.conf.d/* "$dir/debian/etc/apt/apt.conf.d/" 2>/dev/null || true
cp /etc/apt/sources.list "$dir/debian/etc/apt/" 2>/dev/null || true
cp -r /etc/apt/sources.list.d "$dir/debian/etc/apt/" 2>/dev/null || true
cp -r /usr/local/share/ca-certificates /etc/ssl "$dir/debian/etc/" 2>/dev/null || true
cp /etc/resolv.conf /etc/hosts "$dir/debian/etc/"
mount --bind /dev "$dir/debian/dev"
mount -t devpts devpts "$dir/debian/dev/pts"
mount -t proc proc "$dir/debian/proc"
git clone -q . "$dir/debian/root/poold"
echo "make $target, in it, from a clean clone:"
chroot "$dir/debian" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
	${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
	sh -c "cd /root/poold && make $target"
