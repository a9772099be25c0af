#!/usr/bin/env bash
# Makes a release directory: install.sh with all that it installs, for nodes without a checkout.
#
#   scripts/build-release.sh [--frakti FILE] [--guest DIR] OUT
#
# --frakti FILE   the program (dist/frakti)
# --guest DIR     what VMs boot (dist/guest)
#
# Makes dist/frakti and dist/guest first when they are not there; a program of another version than the
# checkout's is refused. OUT is made, or is an empty directory.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
frakti=$top/dist/frakti
guest=$top/dist/guest
out=

fail() {
  echo "build-release: $*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --frakti) frakti=${2:?--frakti needs a value} && shift 2 ;;
    --guest) guest=${2:?--guest needs a value} && shift 2 ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    -*) fail "unknown argument $1 (see --help)" ;;
    *) [ -z "$out" ] || fail "one directory only (see --help)"
      out=$1 && shift ;;
  esac
done
[ -n "$out" ] || fail "where to? (see --help)"
[ ! -e "$out" ] || [ -z "$(ls -A "$out")" ] || fail "$out is not empty"

[ "$frakti" != "$top/dist/frakti" ] || [ -f "$frakti" ] || "$top/scripts/build.sh"
[ "$guest" != "$top/dist/guest" ] || [ -f "$guest/vmlinux" ] || "$top/scripts/build-guest.sh"
# shellcheck source=scripts/lib/built.sh
. "$top/scripts/lib/built.sh"
check_built_version "$top" "$frakti" || fail "the release would be called by the wrong version"
warn_of_other_commit "$top" "$frakti"

mkdir -p "$out/guest"
cp -R "$top/install.sh" "$top/packaging" "$out"
cp "$top/LICENSE" "$top/CHANGELOG.md" "$out"
cp "$frakti" "$out/frakti"
chmod 755 "$out/frakti"
for name in vmlinux initrd.img guest.json; do cp "$guest/$name" "$out/guest/"; done
echo "build-release: made $out, $(du -sm "$out" | cut -f 1) MiB" >&2
