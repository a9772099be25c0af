# shellcheck shell=sh
# How frakti is taken from a node: its pods first, then what it keeps. install.sh reads this file,
# and scripts/build-deb.sh writes it into the scripts of the package. Who uses it has set
#
#   teller   a frakti that can be asked
#   conf     the configuration that it is asked with, unless the service names another
#   below    "", or the directory below which all of this lies
#
# and has `fail`, which ends with a message, and `run`, which runs a command or says it would.

# How long a frakti may take until it answers: it finds every pod again first.
start_limit_seconds=60
# And one that runs, for its list.
answer_limit_seconds=15
helper=
helper_log=
kept=
# What the service's command says beside the configuration, plain words.
flags=

# exec_start: the command of the unit whose text is read, drop-ins after it, as it is written there; when
# there are several, with ";" between them.
exec_start() {
  value=
  begun=
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line#"${line%%[![:blank:]]*}"}
    case $line in "#"* | ";"*) continue ;; esac
    line=$begun$line
    begun=
    case $line in
      *\\) begun="${line%\\} " ;;
      ExecStart=* | ExecStart[[:blank:]]*=*)
        line=${line#*=}
        line=${line#"${line%%[![:blank:]]*}"}
        # An empty one takes back those before it.
        value=${line:+${value:+$value;}$line}
        ;;
    esac
  done
  # What systemd is told about the program stands before it.
  printf '%s\n' "${value#"${value%%[!-+:!]*}"}"
}

# unit_text: the service's unit and its drop-ins, in the order in which systemd reads them.
unit_text() {
  if [ -z "$below" ] && [ -d /run/systemd/system ] &&
    text=$(systemctl cat frakti.service 2>/dev/null); then
    printf '%s\n' "$text"
    return
  fi
  for dir in etc run usr/local/lib usr/lib lib; do
    [ -f "$below/$dir/systemd/system/frakti.service" ] || continue
    cat "$below/$dir/systemd/system/frakti.service"
    echo
    break
  done
  for dir in etc run usr/local/lib usr/lib lib; do
    for file in "$below/$dir/systemd/system/frakti.service.d"/*.conf; do
      if [ -f "$file" ]; then printf '%s %s\n' "${file##*/}" "$file"; fi
    done
  done | LC_ALL=C sort -u -k 1,1 | while read -r name file; do
    cat "$file"
    echo
  done
}

# learn_command_line: with which configuration and flags the service runs frakti; it is asked with the
# same. What quotes, variables and specifiers come to is systemd's to know: a command that has them is
# not guessed at.
learn_command_line() {
  flags=
  line=$(unit_text | exec_start)
  [ -n "$line" ] || return 0
  # shellcheck disable=SC2086
  case $line in
    *[!A-Za-z0-9/._=:@,+[:blank:]-]* | @*) set -- ;;
    *) set -- $line ;;
  esac
  case ${1:-} in
    frakti | */frakti) shift ;;
    *)
      echo "frakti: the command line of frakti.service cannot be read (plain words of frakti alone can):" \
        "$line" >&2
      echo "frakti: going on with the configuration $conf alone" >&2
      return 0
      ;;
  esac
  while [ $# -gt 0 ]; do
    case $1 in
      serve) ;;
      --config)
        use_configuration "${2:-}"
        [ $# = 1 ] || shift
        ;;
      --config=*) use_configuration "${1#*=}" ;;
      *) flags="$flags $1" ;;
    esac
    shift
  done
}

# use_configuration FILE: the service names it, and runs in /. The one that it may do without is frakti's
# own.
use_configuration() {
  conf=$below/${1#/}
  if [ "$1" = /etc/frakti/config.yaml ] && [ ! -e "$conf" ]; then conf=/dev/null; fi
}

# with_settings COMMAND...: runs it with the settings of the service.
with_settings() {
  # shellcheck disable=SC2086
  "$@" --config "$conf" $flags
}

# learn_kept: what frakti keeps by its settings, as lines of a kind and a path.
learn_kept() {
  kept=$(with_settings "$teller" kept-files)
}

# kept_paths KIND: the paths of that kind.
kept_paths() {
  printf '%s\n' "$kept" | while IFS= read -r line; do
    case $line in "$1 "*) printf '%s\n' "$below${line#* }" ;; esac
  done
}

# has_pods: is there a record of a pod, or the directory of a VM? One that a frakti boots to try KVM is
# no pod's, and goes when that frakti is stopped.
has_pods() {
  {
    kept_paths flat | grep '/sandboxes$' | while IFS= read -r dir; do
      find "$dir/" -maxdepth 1 -name '*.json' 2>/dev/null
    done
    kept_paths mounts | grep '/pods$' | while IFS= read -r dir; do
      find "$dir/" -mindepth 1 -maxdepth 1 -type d ! -name 'probe-*' 2>/dev/null
    done
  } | grep -q .
}

# pods_may_run: no pod outlives the kernel it was started under.
pods_may_run() {
  has_pods || return 1
  recorded=$(cat "$(kept_paths file | grep '/boot_id$')" 2>/dev/null) || return 0
  [ "$recorded" = "$(cat /proc/sys/kernel/random/boot_id)" ]
}

# answers: does the frakti of this node answer? It is asked as its settings say.
answers() {
  with_settings timeout "$answer_limit_seconds" "$teller" pods --quiet >/dev/null 2>&1
}

# until_answers: fails when it does not in time, or the frakti that was started for it has ended.
until_answers() {
  deadline=$(($(date +%s) + start_limit_seconds))
  until answers; do
    [ "$(date +%s)" -lt "$deadline" ] || return 1
    [ -z "$helper" ] || kill -0 "$helper" 2>/dev/null || return 1
    sleep 1
  done
}

# begin_frakti: one that runs for as long as pods are being stopped, where no service does.
begin_frakti() {
  helper_log=$(mktemp)
  with_settings exec "$teller" serve >"$helper_log" 2>&1 </dev/null &
  helper=$!
}

end_frakti() {
  if [ -n "$helper" ]; then
    kill "$helper" 2>/dev/null || :
    waited=0
    while kill -0 "$helper" 2>/dev/null; do
      [ "$waited" -lt "$start_limit_seconds" ] || kill -KILL "$helper" || :
      sleep 1
      waited=$((waited + 1))
    done
    helper=
  fi
  [ -z "$helper_log" ] || rm -f "$helper_log"
  helper_log=
}

# stop_all_pods SERVICE WAY: stops and removes every pod, by a frakti that is started for it when
# none answers: the service when one is named. WAY tells how to leave pods running.
stop_all_pods() {
  answers || has_pods || return 0
  if pidof kubelet >/dev/null 2>&1; then
    fail "the kubelet runs and would start its pods again: stop it first (systemctl stop kubelet)"
  fi
  if [ -z "${dry:-}" ] && ! answers; then
    if [ -n "$1" ]; then systemctl start "$1" || :; else begin_frakti; fi
    if ! until_answers; then
      [ -z "$helper_log" ] || tail -n 3 "$helper_log" >&2
      end_frakti
      [ -z "$1" ] || systemctl stop "$1" || : # As it was.
      fail "there are pods, and frakti does not start to stop them; mend that, or $2"
    fi
  fi
  if ! with_settings run "$teller" stop --all --remove; then
    end_frakti
    fail "not every pod could be stopped; mend that, or $2"
  fi
  end_frakti
}

# mounts_at DIR: what is mounted on it and below it, the innermost first.
mounts_at() {
  real=$(readlink -f "$1") || return 0
  cut -d ' ' -f 2 /proc/self/mounts | sed 's/\\040/ /g; s/\\134/\\/g' | sort -r |
    while IFS= read -r mounted; do
      case $mounted in "$real" | "$real"/*) printf '%s\n' "$mounted" ;; esac
    done
}

# unmount_all: the mounts that are named on standard input.
unmount_all() {
  while IFS= read -r mounted; do run umount -l "$mounted"; done
}

# remove_tree DIR: with all that is below it, but not below what is mounted there, which may be a
# volume of a pod. A mount of the operator's and a link stay, empty.
remove_tree() {
  if mountpoint -q "$1" || [ -L "$1" ]; then
    mounts_at "$1" | grep -vxF "$(readlink -f "$1")" | unmount_all
    run find "$1/" -mindepth 1 -maxdepth 1 -exec rm -rf --one-file-system {} +
  else
    mounts_at "$1" | unmount_all
    run rm -rf --one-file-system "$1"
  fi
}

# remove_dir DIR: unless others keep something in it, or it is a mount or a link.
remove_dir() {
  if [ -n "${dry:-}" ]; then
    echo "would remove: $1 when it is empty"
  else
    rmdir "$1" 2>/dev/null || :
  fi
}

# remove_kept: what frakti keeps, and nothing else that is there.
remove_kept() {
  printf '%s\n' "$kept" | while IFS= read -r line; do
    kind=${line%% *}
    path=$below${line#* }
    [ -e "$path" ] || continue
    case $kind in
      mounts)
        mounts_at "$path" | unmount_all
        remove_tree "$path"
        ;;
      tree) remove_tree "$path" ;;
      flat)
        run find "$path/" -maxdepth 1 -type f -exec rm -f {} +
        remove_dir "$path"
        ;;
      file) [ -d "$path" ] || run rm -f "$path" "$path.tmp" ;;
      dir | root | state) remove_dir "$path" ;;
    esac
  done
}
