#!/bin/sh
# Installs frakti on this node, from a checkout or a release directory, without a network.
#
#   sudo ./install.sh [--prefix DIR] [--root DIR] [--no-cni] [--no-start] [--dry-run]
#   sudo ./install.sh --uninstall
#
# --prefix DIR   programs go to DIR/bin (/usr/local)
# --root DIR     install below DIR, for packaging; nothing is started
# --no-cni       no example network, even when /etc/cni/net.d is empty
# --no-start     leave the service as it is
# --dry-run      say what would be done
# --uninstall    stop and remove frakti; configuration and state stay
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
    --uninstall) action=uninstall ;;
    -h | --help) usage; exit 0 ;;
    *) fail "unknown argument $1 (see --help)" ;;
  esac
  shift
done
case $prefix in /*) ;; *) fail "--prefix must be an absolute path, not \"$prefix\"" ;; esac
root=${root%/}
[ -n "$root" ] || [ "$(id -u)" = 0 ] || [ -n "$dry" ] || fail "must run as root (or with --root DIR)"

program=$root$prefix/bin/frakti
config=$root/etc/frakti/config.yaml
unit=$root/etc/systemd/system/frakti.service
guest_dir=$root/usr/lib/frakti
cni_dir=$root/etc/cni/net.d
cni_file=$cni_dir/99-frakti.conflist
changed=

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
    rm -rf "$1"
    echo "removed:    $1"
  fi
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

# put_guest: what VMs boot, when it was built.
put_guest() {
  for guest in "$top/guest" "$top/dist/guest"; do
    [ -f "$guest/vmlinux" ] || continue
    for name in vmlinux initrd.img guest.json; do
      put "$guest/$name" "$guest_dir/$name" 644
    done
    return
  done
  [ -e "$guest_dir/vmlinux" ] || echo "no guest:    VMs cannot run; scripts/build-guest.sh makes it"
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
    echo "started:    frakti.service (pods that were running go on)"
  fi
}

install_all() {
  find_program
  put "$built" "$program" 755
  put_guest
  put_config
  put_unit
  put_cni
  start_service
  [ -n "$changed" ] || echo "Nothing had to be changed."
  [ -n "$root$dry" ] || echo "Next: \"frakti check\" tells what this node still needs."
}

uninstall_all() {
  if has_systemd && [ -e "$unit" ]; then
    run systemctl disable --quiet --now frakti.service
  fi
  remove "$unit"
  remove "$program"
  remove "$guest_dir"
  remove "$config.new"
  remove "$root/var/cache/frakti"
  if cmp -s "$top/packaging/cni/99-frakti.conflist" "$cni_file"; then
    remove "$cni_file"
  fi
  if has_systemd; then run systemctl daemon-reload; fi
  for left in "$root/etc/frakti" "$root/var/lib/frakti" "$cni_file"; do
    [ ! -e "$left" ] || echo "kept:       $left"
  done
}

if [ "$action" = uninstall ]; then uninstall_all; else install_all; fi
