#!/bin/sh
# Stands in for systemctl where systemd is not: starts the one service of the unit and ends its main
# process alone, as KillMode=process has it. What is enabled is a link, as systemd has it; drop-ins of
# the operator's count.
set -eu
unit=/etc/systemd/system/frakti.service
[ -e "$unit" ] || unit=/lib/systemd/system/frakti.service
dropins=/etc/systemd/system/frakti.service.d
link=/etc/systemd/system/multi-user.target.wants/frakti.service
state=/run/stand-in-systemd
mkdir -p "$state"

is_active() {
  [ -e "$state/pid" ] && kill -0 "$(cat "$state/pid")" 2>/dev/null
}

cat_unit() {
  [ -e "$unit" ] || { echo "No files found for frakti.service." >&2 && return 1; }
  for file in "$unit" "$dropins"/*.conf; do
    if [ -e "$file" ]; then printf '# %s\n' "$file" && cat "$file" && echo; fi
  done
}

start() {
  is_active && return 0
  [ ! -e "$state/masked" ] || { echo "Unit frakti.service is masked." >&2 && exit 1; }
  command=$(cat_unit | sed -e ':a' -e '/\\$/{N;s/\\\n//;ta' -e '}' | sed -n 's/^ExecStart=//p' | tail -n 1)
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

enable() {
  mkdir -p "${link%/*}"
  ln -sf "$unit" "$link"
}

is_enabled() {
  if [ -L "$link" ]; then echo enabled; else echo disabled && return 1; fi
}

echo "$*" >>"$state/calls"
words=
now=
for word; do
  case $word in
    --now) now=yes ;;
    --quiet | --system | --root=/ | --preset-mode=enable-only | --) ;;
    *) words="$words $word" ;;
  esac
done
case $words in
  " daemon-reload" | " reset-failed frakti.service") ;;
  " enable frakti.service" | " preset frakti.service") enable ;;
  " disable frakti.service")
    rm -f "$link"
    [ -z "$now" ] || stop
    ;;
  " cat frakti.service") cat_unit ;;
  " is-enabled frakti.service") is_enabled ;;
  " is-active frakti.service") if is_active; then echo active; else echo inactive && exit 3; fi ;;
  " start frakti.service") start ;;
  " stop frakti.service") stop ;;
  " restart frakti.service") stop; start ;;
  " try-restart frakti.service")
    # As systemd before 254 has it, also for one that does not run.
    [ ! -e "$state/masked" ] || start
    if is_active; then stop; start; fi
    ;;
  *) echo "systemctl: no stand-in for$words" >&2; exit 1 ;;
esac
