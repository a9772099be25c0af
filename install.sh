#!/bin/sh
# Installs frakti on this node, from a checkout or a release directory, without a network.
#
#   sudo ./install.sh [--prefix DIR] [--root DIR] [--no-cni] [--no-start] [--dry-run]
#   sudo ./install.sh --upgrade
#   sudo ./install.sh --uninstall [--purge] [--keep-pods]
#
# --prefix DIR   programs go to DIR/bin (/usr/local)
# --root DIR     install below DIR, for packaging; nothing is started or stopped
# --no-cni       no example network, even when /etc/cni/net.d is empty
# --no-start     leave the service as it is
# --dry-run      say what would be done
# --upgrade      put this version in place of the one that is there; pods go on, and when the new
#                frakti does not come up the old one is put back
# --uninstall    stop the pods, then stop and remove frakti; configuration and state stay
# --purge        and remove those as well
# --keep-pods    leave pods running: VMs and Docker's containers go on without frakti
#
# It asks nothing. Run again, it changes nothing that is right already.
set -eu

top=$(cd "$(dirname "$0")" && pwd)
prefix=/usr/local
root=
action=install
dry=
with_cni=yes
with_start=yes
purge=
keep_pods=

# How long a new frakti may take until it answers: it finds every pod again first.
start_limit_seconds=60

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

fail() {
  echo "install: $*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -gt 1 ] || fail "--prefix needs a value"; prefix=$2; shift ;;
    --prefix=*) prefix=${1#*=} ;;
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
case $prefix in /*) ;; *) fail "--prefix must be an absolute path, not \"$prefix\"" ;; esac
[ "$action" = uninstall ] || [ -z "$purge$keep_pods" ] ||
  fail "--purge and --keep-pods go with --uninstall"
root=${root%/}
[ -n "$root" ] || [ "$(id -u)" = 0 ] || [ -n "$dry" ] || fail "must run as root (or with --root DIR)"

program=$root$prefix/bin/frakti
config_dir=$root/etc/frakti
config=$config_dir/config.yaml
unit=$root/etc/systemd/system/frakti.service
lib_dir=$root/usr/lib/frakti
share=$root$prefix/share
cni_dir=$root/etc/cni/net.d
cni_file=$cni_dir/99-frakti.conflist
changed=
# During an upgrade: what an upgrade replaces stays beside it until the new frakti answers.
keeping=

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

# What makes a frakti: all of it, or none, is taken back.
parts() {
  echo "$program"
  echo "$unit"
  for name in vmlinux initrd.img guest.json; do echo "$lib_dir/$name"; done
}

keep_old() {
  [ -n "$keeping" ] && [ -e "$1" ] && parts | grep -qxF "$1" || return 0
  ln -f "$1" "$1.old"
}

# take_back: the kept files; fails when there are none.
take_back() {
  parts | {
    found=1
    while read -r part; do
      [ -e "$part.old" ] || continue
      mv -f "$part.old" "$part"
      found=0
    done
    return "$found"
  }
}

forget_old() {
  parts | while read -r part; do rm -f "$part.old"; done
}

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
  keep_old "$2"
  # Renamed into place: a running program keeps its old file, and nobody sees half a file.
  cp "$1" "$2.tmp.$$"
  chmod "$3" "$2.tmp.$$"
  mv -f "$2.tmp.$$" "$2"
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
    [ -f "$built" ] && return
  done
  [ -f "$top/scripts/build.sh" ] || fail "there is no frakti beside install.sh"
  run "$top/scripts/build.sh"
}

put_config() {
  new=$top/packaging/config.yaml
  if [ -f "$config" ] && ! cmp -s "$new" "$config"; then
    echo "kept:       $config"
    put "$new" "$config.new" 644
    return
  fi
  put "$new" "$config" 644
}

put_unit() {
  filled=$(mktemp)
  sed "s|@bindir@|$prefix/bin|" "$top/packaging/systemd/frakti.service" >"$filled"
  put "$filled" "$unit" 644
  rm -f "$filled"
}

# extras: files that help people, as "SOURCE TARGET" lines.
extras() {
  cat <<LIST
config.schema.json $lib_dir/config.schema.json
crictl.yaml $config_dir/crictl.yaml
grafana/frakti.json $share/frakti/grafana.json
completions/frakti.bash $share/bash-completion/completions/frakti
completions/frakti.zsh $share/zsh/site-functions/_frakti
completions/frakti.fish $share/fish/vendor_completions.d/frakti.fish
LIST
}

put_extras() {
  while read -r source target; do
    put "$top/packaging/$source" "$target" 644
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

# answers: does the frakti of this node answer? It is asked as its configuration says.
answers() {
  "$program" pods --quiet --config /etc/frakti/config.yaml >/dev/null 2>&1
}

start_service() {
  if [ -n "$root" ]; then
    echo "not started: installed below $root"
  elif ! has_systemd; then
    echo "not started: systemd is not running here; start it with"
    echo "            $prefix/bin/frakti serve --config /etc/frakti/config.yaml"
  elif [ -n "$with_start" ]; then
    run systemctl daemon-reload
    run systemctl enable --quiet frakti.service
    case $changed in
      *"$program"* | *"$unit"*) run systemctl restart frakti.service ;;
      *) run systemctl start frakti.service ;;
    esac
    [ -n "$dry" ] || wait_for_service
    echo "started:    frakti.service (pods that were running go on)"
  fi
}

# wait_for_service: until frakti answers; an upgrade that does not come up is taken back.
wait_for_service() {
  waited=0
  until answers; do
    if [ "$waited" -ge "$start_limit_seconds" ]; then
      take_back || fail "frakti does not answer: journalctl -u frakti tells why"
      systemctl daemon-reload
      systemctl restart frakti.service
      fail "the new frakti does not answer (journalctl -u frakti tells why); the old one is back"
    fi
    sleep 1
    waited=$((waited + 1))
  done
  forget_old
}

install_all() {
  find_program
  put "$built" "$program" 755
  put_guest
  put_config
  put_unit
  put_extras
  put_cni
  start_service
  [ -n "$changed" ] || echo "Nothing had to be changed."
  [ -n "$root$dry" ] || echo "Next: \"frakti check\" tells what this node still needs."
}

upgrade_all() {
  [ -x "$program" ] || fail "there is no $program to upgrade; leave out --upgrade to install it"
  keeping=1
  install_all
  # Nobody waits for the new frakti where it is not started.
  if [ -z "$dry" ] && { [ -z "$with_start" ] || ! has_systemd; }; then forget_old; fi
  [ -n "$root$dry" ] || "$program" version
}

# stop_pods: every pod, so that nothing runs that nobody knows any more.
stop_pods() {
  if [ -n "$root$keep_pods" ] || [ ! -x "$program" ]; then return; fi
  if pidof kubelet >/dev/null 2>&1; then
    fail "the kubelet runs and would start its pods again: stop it first (systemctl stop kubelet)"
  fi
  if ! answers && has_systemd && [ -e "$unit" ]; then
    run systemctl start frakti.service
    [ -n "$dry" ] || wait_for_service
  fi
  if [ -z "$dry" ] && ! answers; then
    echo "no pods:    frakti does not run, nothing is stopped"
  else
    run "$program" stop --all --remove --config /etc/frakti/config.yaml ||
      fail "not every pod could be stopped; mend that, or pass --keep-pods"
  fi
}

# setting KEY DEFAULT: a directory as the configuration names it.
setting() {
  value=$(sed -n "s/^$1: *\(\/[^ #]*\).*/\1/p" "$config" 2>/dev/null | tail -n 1)
  echo "$root${value:-$2}"
}

purge_all() {
  state=$(setting stateDirectory /run/frakti)
  data=$(setting rootDirectory /var/lib/frakti)
  for dir in "$state" "$data"; do
    [ -d "$dir" ] || continue
    # What is mounted below belongs to pods; rm must not follow it into their volumes.
    grep -F " $dir/" /proc/self/mounts | cut -d ' ' -f 2 | sort -r | while read -r mounted; do
      run umount -l "$mounted"
    done
    remove "$dir"
  done
  remove "$config_dir"
  remove "$cni_file"
}

uninstall_all() {
  stop_pods
  if has_systemd && [ -e "$unit" ]; then
    run systemctl disable --quiet --now frakti.service
  fi
  remove "$unit"
  remove "$program"
  [ -n "$dry" ] || forget_old
  while read -r source target; do
    case $target in
      "$config_dir"/*) cmp -s "$top/packaging/$source" "$target" || continue ;;
    esac
    remove "$target"
  done <<LIST
$(extras)
LIST
  remove "$lib_dir"
  remove_empty "$share/frakti"
  remove "$config.new"
  remove "$root/var/cache/frakti"
  if cmp -s "$top/packaging/cni/99-frakti.conflist" "$cni_file"; then
    remove "$cni_file"
  fi
  if has_systemd; then run systemctl daemon-reload; fi
  if [ -n "$purge" ]; then purge_all; fi
  for left in "$config_dir" "$(setting rootDirectory /var/lib/frakti)" "$cni_file"; do
    [ ! -e "$left" ] || echo "kept:       $left"
  done
}

case $action in
  install) install_all ;;
  upgrade) upgrade_all ;;
  uninstall) uninstall_all ;;
esac
