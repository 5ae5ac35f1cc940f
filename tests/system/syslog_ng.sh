#!/bin/sh
# A real syslog-ng of our own, in a folder of its own, for tests and the demonstration.  It needs no
# root and touches nothing outside the folder.
#
# usage: tests/system/syslog_ng.sh start DIR   returns when it listens
#        tests/system/syslog_ng.sh stop DIR    returns when it has ended, everything written
#        tests/system/syslog_ng.sh pid DIR
#
#   FLUSH_LINES (1) and SOURCE_OPTIONS (none) in the environment go into its configuration.
#
#   DIR/socket     where poold sends to (config key: the syslog socket's path)
#   DIR/records    what syslog-ng parsed: one JSON object a record; structured data under _SDATA
#   DIR/messages   the same as people read it: time, message id, readable line
#   DIR/syslog-ng.log   what syslog-ng says of itself
set -eu

action=${1:-}
dir=${2:-}
[ -n "$dir" ] || {
	sed -n 's/^# usage: /usage: /p' "$0" >&2
	exit 64
}
PATH=$PATH:/usr/sbin:/sbin
pidfile=$dir/syslog-ng.pid

# A process that has ended may stay as a zombie where nobody collects it: that is not running.
alive()
{
	case $(ps -o stat= -p "$1" 2>/dev/null) in
	'' | Z*) return 1 ;;
	esac
}

running()
{
	[ -s "$pidfile" ] && alive "$(cat "$pidfile")"
}

configure()
{
	cat >"$dir/syslog-ng.conf" <<EOF
@version: $(syslog-ng --version | sed -n 's/^Config version: *//p')
options { keep-hostname(yes); stats-freq(0); flush-lines(${FLUSH_LINES:-1}); };
source poold { unix-dgram("$dir/socket" flags(syslog-protocol) ${SOURCE_OPTIONS:-}); };
destination records { file("$dir/records" template("\$(format-json --scope rfc5424 --scope nv-pairs)\n")); };
destination messages { file("$dir/messages" template("\$ISODATE \$LEVEL \$MSGID \$MSG\n")); };
log { source(poold); destination(records); destination(messages); };
EOF
}

start()
{
	command -v syslog-ng >/dev/null || {
		echo "syslog-ng is not installed (Debian package syslog-ng-core)." >&2
		exit 1
	}
	! running || return 0
	mkdir -p "$dir"
	configure
	syslog-ng --no-caps --foreground -f "$dir/syslog-ng.conf" -R "$dir/syslog-ng.persist" \
		-c "$dir/syslog-ng.ctl" -p "$dir/syslog-ng.own-pid" </dev/null >>"$dir/syslog-ng.log" 2>&1 &
	echo $! >"$pidfile"
	# A socket that an earlier one left is there at once: ask for the control socket's answer.
	tries=0
	until syslog-ng-ctl stats -c "$dir/syslog-ng.ctl" >/dev/null 2>&1 && [ -S "$dir/socket" ]; do
		tries=$((tries + 1))
		if ! running || [ $tries -gt 200 ]; then
			echo "syslog-ng did not start:" >&2
			tail -n 5 "$dir/syslog-ng.log" >&2
			exit 1
		fi
		sleep 0.05
	done
}

stop()
{
	running || return 0
	pid=$(cat "$pidfile")
	kill "$pid"
	tries=0
	while alive "$pid"; do
		tries=$((tries + 1))
		[ $tries -le 200 ] || kill -9 "$pid"
		sleep 0.05
	done
	rm -f "$pidfile"
}

case $action in
start) start ;;
stop) stop ;;
pid) cat "$pidfile" ;;
*)
	echo "unknown action: $action" >&2
	exit 64
	;;
esac
