#!/usr/bin/env bash
# Makes what the VM of a pod boots: dist/guest/{vmlinux,initrd.img,guest.json}.
#
#   scripts/build-guest.sh [--kernel stock|minimal] [--out DIR] [--cache DIR]
#
# stock      Debian's linux-image-amd64, unpacked, with the modules that a pod needs (under a minute)
# minimal    compiled from Debian's linux-source-6.1 with src/engines/qemu/guest/kernel.config: half
#            the memory and half the boot time (some ten minutes on two cores, once: it is kept)
#
# Packages are fetched with `apt-get download`, kept under .cache/guest-debs, and not installed. The
# same input gives the same bytes. Needs: gcc, musl-tools, binutils, cpio, kmod, xz-utils.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
guest=$top/src/engines/qemu/guest
kernel=stock
out=$top/dist/guest
cache=$top/.cache/guest-debs

fail() {
  echo "build-guest: $*" >&2
  exit 1
}

say() {
  echo "build-guest: $*" >&2
}

while [ $# -gt 0 ]; do
  case $1 in
    --kernel) kernel=${2:?--kernel needs a value} && shift 2 ;;
    --kernel=*) kernel=${1#*=} && shift ;;
    --out) out=${2:?--out needs a value} && shift 2 ;;
    --out=*) out=${1#*=} && shift ;;
    --cache) cache=${2:?--cache needs a value} && shift 2 ;;
    --cache=*) cache=${1#*=} && shift ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    *) fail "unknown argument $1 (see --help)" ;;
  esac
done

for name in debs vmlinux modules crun agent minimal; do
  # shellcheck source=/dev/null
  . "$top/scripts/guest/$name.sh"
done

for tool in gcc musl-gcc objdump cpio depmod xz apt-get dpkg-deb; do
  PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || fail "needs $tool (see --help)"
done
PATH=$PATH:/usr/sbin:/sbin

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/root
mkdir -p "$root"/{dev,proc,sys,run,tmp,root,etc,sbin}

# stock_kernel: Debian's kernel and the modules from modules.list.
stock_kernel() {
  local package deb tree
  package=$(newest_kernel)
  [ -n "$package" ] || package=$(cd "$cache" && ls linux-image-*.sha256 2>/dev/null |
    sort -V | tail -n 1 | sed 's/\.sha256$//')
  [ -n "$package" ] || fail "this machine's package lists know no linux-image-amd64"
  deb=$(fetch_deb "$cache" "$package")
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$stage" ./boot ./lib/modules
  release=${package#linux-image-}
  extract_vmlinux "$stage/boot/vmlinuz-$release" "$stage/vmlinux"
  tree=$stage/lib/modules/$release
  depmod -b "$stage" "$release"
  install_modules "$tree" "$guest/modules.list" "$root"
}

case $kernel in
  stock) stock_kernel ;;
  minimal) minimal_kernel ;;
  *) fail "--kernel is stock or minimal, not $kernel" ;;
esac

build_agent "$guest" "$root/init"
ln -s ../init "$root/sbin/modprobe"
install_crun "$cache" "$root"
: >"$root/etc/ld.so.conf"
ldconfig -X -r "$root"
rm -rf "$root/var"

# pack_root OUT: the initial file system, the same bytes for the same files.
pack_root() {
  find "$root" -exec touch -h -d @0 {} +
  (cd "$root" && find . -mindepth 1 | LC_ALL=C sort |
    cpio --quiet -o -H newc --reproducible -R 0:0) >"$1"
}

pack_root "$stage/initrd.img"

# measured KERNEL KEY: what was found for this kernel, see src/engines/qemu/guest/measured.
measured() {
  sed -n "s/^$1 $2 //p" "$guest/measured"
}

hash_of() {
  sha256sum "$1" | cut -d ' ' -f 1
}

cat >"$stage/guest.json" <<JSON
{
  "version": 1,
  "protocol": 1,
  "kernel": "$kernel",
  "release": "$release",
  "commandLine": "$(measured "$kernel" commandLine)",
  "overheadMb": $(measured "$kernel" overheadMb),
  "minimumMb": $(measured "$kernel" minimumMb),
  "machines": [$(measured "$kernel" machines | sed 's/[^ ]*/"&"/g; s/ /, /g')],
  "sha256": {
    "vmlinux": "$(hash_of "$stage/vmlinux")",
    "initrd.img": "$(hash_of "$stage/initrd.img")"
  }
}
JSON

mkdir -p "$out"
for file in vmlinux initrd.img guest.json; do
  cp "$stage/$file" "$out/$file.new"
  mv -f "$out/$file.new" "$out/$file" # A VM that is starting keeps the old file.
done
say "made $out: kernel $release, vmlinux $(($(stat -c %s "$out/vmlinux") / 1024)) KiB," \
  "initrd.img $(($(stat -c %s "$out/initrd.img") / 1024)) KiB"
