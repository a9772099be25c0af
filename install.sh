#!/bin/sh
# Installs frakti on this node, from a checkout or a release directory, without a network.
#
#   sudo ./install.sh [--prefix DIR] [--root DIR] [--no-cni] [--no-start] [--dry-run]
#   sudo ./install.sh --upgrade
#   sudo ./install.sh --uninstall [--purge] [--keep-pods]
#
# --prefix DIR   programs go to DIR/bin (/usr/local; for --upgrade and --uninstall: where they are)
# --root DIR     install below DIR, for packaging; nothing is started or stopped
# --no-cni       no example network, even when /etc/cni/net.d is empty
# --no-start     leave the service as it is
# --dry-run      say what would be done
# --upgrade      put this version in place of the one that is there; pods go on, and when the new
#                frakti does not come up the old one is put back
# --uninstall    stop the pods, then stop and remove frakti; configuration and state stay
# --purge        and remove those as well
# --keep-pods    leave pods running: VMs and Docker's containers go on without frakti, and their
#                records stay
#
# It asks nothing. Run again, it changes nothing that is right already.
set -eu

top=$(cd "$(dirname "$0")" && pwd)
prefix=/usr/local
prefix_given=
root=
action=install
dry=
with_cni=yes
with_start=yes
purge=
keep_pods=

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

fail() {
  echo "install: $*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -gt 1 ] || fail "--prefix needs a value"; prefix=$2; prefix_given=yes; shift ;;
    --prefix=*) prefix=${1#*=}; prefix_given=yes ;;
    --root) [ $# -gt 1 ] || fail "--root needs a value"; root=$2; shift ;;
    --root=*) root=${1#*=} ;;
    --no-cni) with_cni= ;;
    --no-start) with_start= ;;
    --dry-run) dry=yes ;;
    --upgrade) action=upgrade ;;
    --uninstall) action=uninstall ;;
    --purge) purge=yes ;;
    --keep-pods) keep_pods=yes ;;
    -h | --help) usage; exit 0 ;;
    *) fail "unknown argument $1 (see --help)" ;;
  esac
  shift
done
case $prefix in
  /*) ;;
  *) fail "--prefix must be an absolute path, not \"$prefix\"" ;;
esac
case $prefix in
  # What systemd or this script would read otherwise in the unit.
  *[!A-Za-z0-9/._+:@-]*) fail "--prefix \"$prefix\" has characters that a unit's command cannot have" ;;
esac
[ "$action" = uninstall ] || [ -z "$purge$keep_pods" ] ||
  fail "--purge and --keep-pods go with --uninstall"
root=${root%/}
[ -n "$root" ] || [ "$(id -u)" = 0 ] || [ -n "$dry" ] || fail "must run as root (or with --root DIR)"

unit=$root/etc/systemd/system/frakti.service
config_dir=$root/etc/frakti
config=$config_dir/config.yaml
lib_dir=$root/usr/lib/frakti
cni_dir=$root/etc/cni/net.d
cni_file=$cni_dir/99-frakti.conflist
changed=
# What a run that does not come to its end takes back: files it has replaced, whose old ones lie
# beside them until then, and files it has added, a line each.
replaced=
added=
# The service was started with them.
restarted=
# The unit was not there: one that is there may have been disabled by the operator.
new_unit=
# Files that are of no use when it ends.
half=
filled=

# For packaging/removal.sh: with which configuration frakti is asked.
below=$root
conf=$config
[ -e "$conf" ] || conf=/dev/null
# shellcheck source=packaging/removal.sh
. "$top/packaging/removal.sh"

# installed_prefix: where the unit that is there runs frakti from, when this script has put it there: the
# program of an operator's own unit may be anything.
installed_prefix() {
  [ -f "$unit" ] || return 1
  there=$(exec_start <"$unit")
  there=${there%%[[:blank:]]*}
  case $there in
    *[!A-Za-z0-9/._+:@-]*) return 1 ;;
    /*/bin/frakti) there=${there%/bin/frakti} ;;
    *) return 1 ;;
  esac
  [ -d "$root$there/share/frakti" ] || return 1
  printf '%s\n' "$there"
}

if [ -z "$prefix_given" ] && [ "$action" != install ] && there=$(installed_prefix); then
  prefix=$there
fi
program=$root$prefix/bin/frakti
teller=$program
share=$root$prefix/share

# has_systemd: is it running here, and is this installation for here?
has_systemd() {
  [ -z "$root" ] && [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1
}

run() {
  if [ -n "$dry" ]; then
    echo "would run:  $*"
  else
    "$@"
  fi
}

# keep_old TARGET: it is about to be replaced, or made.
keep_old() {
  if [ -e "$1" ]; then
    ln -f "$1" "$1.old"
    replaced="$replaced$1
"
  else
    added="$added$1
"
  fi
}

# take_back: what was there before; fails when this run has changed nothing.
take_back() {
  [ -n "$replaced$added" ] || return 1
  printf '%s' "$replaced" | while IFS= read -r path; do mv -f "$path.old" "$path"; done
  printf '%s' "$added" | while IFS= read -r path; do rm -f "$path"; done
  replaced=
  added=
}

forget_old() {
  printf '%s' "$replaced" | while IFS= read -r path; do rm -f "$path.old"; done
  replaced=
  added=
}

# at_exit: a run that was interrupted, or had no room for its files, leaves those that were there.
at_exit() {
  status=$?
  trap '' INT TERM HUP
  end_frakti
  [ -z "$half$filled" ] || rm -f "$half" "$filled"
  if [ "$status" != 0 ] && take_back; then
    [ -z "$restarted" ] || restart_service
    echo "install: not everything could be put in place; what was there before is back" >&2
  fi
  exit "$status"
}
trap at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# put SOURCE TARGET MODE: installs a file unless it is there already, as it should be.
put() {
  if cmp -s "$1" "$2" && [ "$(stat -c %a "$2")" = "$3" ]; then
    echo "unchanged:  $2"
    return
  fi
  changed="$changed $2"
  if [ -n "$dry" ]; then
    echo "would put:  $2"
    return
  fi
  mkdir -p "$(dirname "$2")"
  # Renamed into place: a running program keeps its old file, and nobody sees half a file.
  half=$2.tmp.$$
  cp "$1" "$half"
  chmod "$3" "$half"
  keep_old "$2"
  mv -f "$half" "$2"
  half=
  echo "installed:  $2"
}

remove() {
  [ -e "$1" ] || return 0
  if [ -n "$dry" ]; then
    echo "would remove: $1"
  else
    rm -rf --one-file-system "$1"
    echo "removed:    $1"
  fi
}

remove_empty() {
  [ -n "$dry" ] || rmdir "$1" 2>/dev/null || :
}

find_program() {
  for built in "$top/frakti" "$top/dist/frakti"; do
    [ -f "$built" ] || continue
    if [ "$built" = "$top/dist/frakti" ] && [ -e "$top/.git" ]; then
      # shellcheck source=scripts/lib/built.sh
      . "$top/scripts/lib/built.sh"
      warn_of_other_commit "$top" "$built"
    fi
    return
  done
  [ -f "$top/scripts/build.sh" ] || fail "there is no frakti beside install.sh"
  run "$top/scripts/build.sh"
}

# put_edited SOURCE TARGET: a file that is the operator's once it is there; a new one goes beside it.
put_edited() {
  if [ -f "$2" ] && ! cmp -s "$1" "$2"; then
    echo "kept:       $2"
    put "$1" "$2.new" 644
    return
  fi
  put "$1" "$2" 644
}

put_unit() {
  [ -f "$unit" ] || new_unit=yes
  filled=$(mktemp)
  sed "s|@bindir@|$prefix/bin|" "$top/packaging/systemd/frakti.service" >"$filled"
  # Another command line names other directories, and the pods that are known there.
  if [ -f "$unit" ] && ! grep -qx 'ExecStart=/[^ ]*/frakti serve --config /etc/frakti/config.yaml' "$unit"; then
    put_edited "$filled" "$unit"
  else
    put "$filled" "$unit" 644
  fi
  rm -f "$filled"
  filled=
}

# extras: files that help people, as "SOURCE TARGET" lines.
extras() {
  cat <<LIST
config.schema.json $lib_dir/config.schema.json
crictl.yaml $config_dir/crictl.yaml
grafana/frakti.json $share/frakti/grafana.json
kubernetes/runtimeclasses.yaml $share/frakti/runtimeclasses.yaml
completions/frakti.bash $share/bash-completion/completions/frakti
completions/frakti.zsh $share/zsh/site-functions/_frakti
completions/frakti.fish $share/fish/vendor_completions.d/frakti.fish
LIST
}

put_extras() {
  while read -r source target; do
    case $target in
      "$config_dir"/*) put_edited "$top/packaging/$source" "$target" ;;
      *) put "$top/packaging/$source" "$target" 644 ;;
    esac
  done <<LIST
$(extras)
LIST
}

# put_cni: an example network, only where there is none at all.
put_cni() {
  [ -n "$with_cni" ] || return 0
  for there in "$cni_dir"/*.conf "$cni_dir"/*.conflist "$cni_dir"/*.json; do
    [ -e "$there" ] || continue
    [ "$there" = "$cni_file" ] && continue
    echo "kept:       the networks in $cni_dir"
    return
  done
  if [ -e "$cni_file" ]; then
    echo "kept:       $cni_file"
  else
    put "$top/packaging/cni/99-frakti.conflist" "$cni_file" 644
  fi
}

# put_guest: what VMs boot, when it was built. A VM that runs keeps the files it was booted from.
put_guest() {
  for guest in "$top/guest" "$top/dist/guest"; do
    [ -f "$guest/vmlinux" ] || continue
    for name in vmlinux initrd.img guest.json; do
      put "$guest/$name" "$lib_dir/$name" 644
    done
    return
  done
  [ -e "$lib_dir/vmlinux" ] || echo "no guest:    VMs cannot run; scripts/build-guest.sh makes it"
}

restart_service() {
  run systemctl daemon-reload
  run systemctl restart frakti.service || :
}

# was_stopped: an upgrade leaves a service alone that the operator has stopped.
was_stopped() {
  [ "$action" = upgrade ] && [ "$(systemctl is-active frakti.service 2>/dev/null)" = inactive ]
}

start_service() {
  if [ -n "$root" ]; then
    echo "not started: installed below $root"
  elif ! has_systemd; then
    echo "not started: systemd is not running here; start it with"
    echo "            $prefix/bin/frakti serve --config /etc/frakti/config.yaml"
  elif [ -n "$with_start" ] && was_stopped; then
    run systemctl daemon-reload
    echo "not started: frakti.service was stopped"
  elif [ -n "$with_start" ]; then
    restarted=yes
    run systemctl daemon-reload
    if [ -n "$new_unit" ]; then
      run systemctl enable --quiet frakti.service
    elif ! systemctl is-enabled --quiet frakti.service 2>/dev/null; then
      echo "not enabled: frakti.service does not start with the node (systemctl enable frakti.service)"
    fi
    case $changed in
      *"$program"* | *"$unit"*) run systemctl restart frakti.service || : ;;
      *) run systemctl start frakti.service || : ;;
    esac
    if [ -z "$dry" ]; then
      learn_command_line
      wait_for_service
    fi
    echo "started:    frakti.service (pods that were running go on)"
  fi
}

# wait_for_service: until frakti answers; an upgrade that does not come up is taken back.
wait_for_service() {
  until_answers && return
  if [ "$action" = upgrade ] && take_back; then
    restart_service
    fail "the new frakti does not answer (journalctl -u frakti tells why); the old one is back"
  fi
  forget_old
  fail "frakti does not answer: journalctl -u frakti tells why"
}

install_all() {
  find_program
  put "$built" "$program" 755
  put_guest
  put_edited "$top/packaging/config.yaml" "$config"
  put_unit
  put_extras
  put_cni
  conf=$config
  # An upgrade is taken back also when the new frakti does not come up.
  [ "$action" = upgrade ] || forget_old
  start_service
  forget_old
  [ -n "$changed" ] || echo "Nothing had to be changed."
  [ -n "$root$dry" ] || echo "Next: \"frakti check\" tells what this node still needs."
}

upgrade_all() {
  [ -x "$program" ] || fail "there is no $program to upgrade; leave out --upgrade to install it"
  install_all
  [ -n "$root$dry" ] || "$program" version
}

# find_teller: a frakti that knows what frakti keeps: the installed one, or the one beside install.sh.
find_teller() {
  for teller in "$program" "$top/frakti" "$top/dist/frakti"; do
    [ -x "$teller" ] && return
  done
  teller=
}

# stop_pods: every pod, so that nothing runs that nobody knows any more.
stop_pods() {
  [ -z "$root$keep_pods" ] || return 0
  service=
  if has_systemd && [ -e "$unit" ] && [ "$teller" = "$program" ]; then service=frakti.service; fi
  stop_all_pods "$service" "pass --keep-pods"
}

# check_records: what is known of pods is not removed while they may run.
check_records() {
  if [ -n "$purge" ] && [ -z "$dry" ] && pods_may_run; then
    fail "pods may still run, and --purge would remove all that is known of them${keep_pods:+:
leave out --keep-pods}"
  fi
}

# check_unused: and not under a frakti that systemd did not start.
check_unused() {
  if [ -n "$purge" ] && [ -z "$root$dry" ] && answers; then
    fail "a frakti still runs that is no service: end it, then purge what it keeps"
  fi
}

stop_service() {
  if has_systemd && [ -e "$unit" ]; then
    run systemctl disable --quiet --now frakti.service
  fi
}

uninstall_all() {
  find_teller
  if [ -n "$teller" ]; then
    learn_command_line
    if ! learn_kept && { [ -z "$keep_pods" ] || [ -n "$purge" ]; }; then
      fail "$conf must tell where frakti's pods and records are: mend it, or pass --keep-pods"
    fi
    stop_pods
    check_records
  elif [ -n "$purge" ]; then
    fail "there is no frakti that tells what to purge: neither $program nor one beside install.sh"
  fi
  stop_service
  check_unused
  # The program goes after it: it tells what is left when this has to be repeated.
  if [ -n "$purge" ]; then remove_kept; fi
  remove "$program"
  while read -r source target; do
    case $target in
      "$config_dir"/*)
        remove "$target.new"
        cmp -s "$top/packaging/$source" "$target" || continue
        ;;
    esac
    remove "$target"
  done <<LIST
$(extras)
LIST
  remove "$lib_dir"
  remove_empty "$share/frakti"
  # After what it tells the place of.
  remove "$unit"
  remove "$unit.new"
  remove "$config.new"
  remove "$root/var/cache/frakti"
  if cmp -s "$top/packaging/cni/99-frakti.conflist" "$cni_file"; then
    remove "$cni_file"
  fi
  if has_systemd; then
    run systemctl daemon-reload
    # A service that had failed stays on systemd's list of failures; one that had not is unknown now.
    run systemctl reset-failed frakti.service 2>/dev/null || :
  fi
  if [ -n "$purge" ]; then
    remove "$config_dir"
    remove "$cni_file"
  fi
  {
    printf '%s\n' "$config_dir" "$cni_file"
    kept_paths root
    kept_paths state
  } | while IFS= read -r left; do
    [ ! -e "$left" ] || echo "kept:       $left"
  done
}

# The package's files are dpkg's: neither of the two can take the place of the other. A dry run says
# what the real one would.
if [ -e "$root/lib/systemd/system/frakti.service" ] || [ -e "$root/usr/lib/systemd/system/frakti.service" ]; then
  fail "frakti is installed as a package here: use apt, or remove the package first"
fi

case $action in
  install) install_all ;;
  upgrade) upgrade_all ;;
  uninstall) uninstall_all ;;
esac
