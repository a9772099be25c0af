#!/usr/bin/env bash
# Builds dist/frakti_VERSION_amd64.deb: the program, the guest, the service.
#
#   scripts/build-deb.sh [--revision N] [--out DIR]
#
# --revision N   the Debian revision (1)
# --out DIR      where the package goes (dist)
#
# Takes dist/frakti and dist/guest, and makes them first when they are not there; a dist/frakti of
# another version than the checkout's is refused. The same input gives the same bytes. Works without
# debhelper: dpkg-deb is all it needs.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
revision=1
out=$top/dist

fail() {
  echo "build-deb: $*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --revision) revision=${2:?--revision needs a value} && shift 2 ;;
    --out) out=${2:?--out needs a value} && shift 2 ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    *) fail "unknown argument $1 (see --help)" ;;
  esac
done
[[ $revision =~ ^[0-9a-z.+~]+$ ]] || fail "\"$revision\" is no Debian revision"
command -v dpkg-deb >/dev/null || fail "dpkg-deb is missing"

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$top/deno.json")-$revision
architecture=$(dpkg --print-architecture)

[ -f "$top/dist/frakti" ] || "$top/scripts/build.sh"
[ -f "$top/dist/guest/vmlinux" ] || "$top/scripts/build-guest.sh"
# shellcheck source=scripts/lib/built.sh
. "$top/scripts/lib/built.sh"
check_built_version "$top" "$top/dist/frakti" || fail "the package would be called by the wrong version"

# Times in the package come from the commit, so that a second build gives the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/root
chmod 755 "$stage"
mkdir -m 755 "$root"

# The layout is install.sh's, moved to where a package has its files.
place() {
  umask 022
  "$top/install.sh" --root "$root" --prefix /usr --no-cni >/dev/null
  mkdir -p "$root/lib/systemd/system" "$root/usr/share/doc/frakti/examples"
  mv "$root/etc/systemd/system/frakti.service" "$root/lib/systemd/system/"
  rmdir -p --ignore-fail-on-non-empty "$root/etc/systemd/system"
  mkdir -p "$root/usr/share/zsh/vendor-completions"
  mv "$root/usr/share/zsh/site-functions/_frakti" "$root/usr/share/zsh/vendor-completions/"
  rmdir "$root/usr/share/zsh/site-functions"
  cp "$top/packaging/cni/99-frakti.conflist" "$root/usr/share/doc/frakti/examples/"
  cp "$top/LICENSE" "$root/usr/share/doc/frakti/copyright"
  gzip -9n <"$top/CHANGELOG.md" >"$root/usr/share/doc/frakti/changelog.gz"
  chmod -R u=rwX,go=rX "$root"
}

control() {
  local name
  mkdir "$root/DEBIAN"
  sed -e "s|@version@|$version|" -e "s|@architecture@|$architecture|" \
    -e "s|@size@|$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f 1)|" \
    "$top/packaging/debian/control" >"$root/DEBIAN/control"
  cp "$top/packaging/debian/conffiles" "$root/DEBIAN/"
  "$top/dist/frakti" kept-files --config /dev/null >"$stage/kept"
  for name in preinst postinst prerm postrm; do
    # They cannot read a file beside them.
    sed -e "/^@removal@\$/{r $top/packaging/removal.sh
d}" -e "/^@kept@\$/{r $stage/kept
d}" "$top/packaging/debian/$name" >"$root/DEBIAN/$name"
    chmod 755 "$root/DEBIAN/$name"
  done
  (cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z |
    xargs -0 md5sum) >"$root/DEBIAN/md5sums"
}

place
control
find "$root" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$out"
# Not xz: most of it is compressed already, and threads of xz show in the bytes.
dpkg-deb --root-owner-group -Zgzip --build "$root" "$out" >/dev/null
package=$out/frakti_${version}_${architecture}.deb
echo "build-deb: made $package, $(($(stat -c %s "$package") / 1024 / 1024)) MiB" >&2
