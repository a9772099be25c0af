#!/bin/sh
# Stands in for systemctl where systemd is not: starts the one service of the unit and ends its main
# process alone, as KillMode=process has it.
set -eu
unit=/etc/systemd/system/frakti.service
[ -e "$unit" ] || unit=/lib/systemd/system/frakti.service
state=/run/stand-in-systemd
mkdir -p "$state"

is_active() {
  [ -e "$state/pid" ] && kill -0 "$(cat "$state/pid")" 2>/dev/null
}

start() {
  is_active && return 0
  command=$(sed -n 's/^ExecStart=//p' "$unit")
  # shellcheck disable=SC2086
  setsid $command >>"$state/log" 2>&1 </dev/null &
  echo $! >"$state/pid"
}

stop() {
  is_active || return 0
  pid=$(cat "$state/pid")
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

echo "$*" >>"$state/calls"
verb=$1
case "$*" in
  daemon-reload) ;;
  "enable --quiet frakti.service") ;;
  "start frakti.service") start ;;
  "restart frakti.service") stop; start ;;
  "try-restart frakti.service") if is_active; then stop; start; fi ;;
  "disable --quiet --now frakti.service") stop ;;
  *) echo "systemctl: no stand-in for $verb" >&2; exit 1 ;;
esac
