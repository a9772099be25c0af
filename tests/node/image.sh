#!/usr/bin/env bash
# Makes the disk of a whole Debian node from Debian's packages, for tests that need a real systemd:
# prints a directory with disk.img and vmlinuz. It is kept until this recipe changes or a month has
# passed; what is installed in it is what a node of that day would have.
#
#   tests/node/image.sh [--cache DIR]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cache=$top/.cache/node
[ "${1:-}" != --cache ] || cache=$2

packages=(
  systemd systemd-sysv udev dbus kmod iproute2 iptables procps apparmor linux-image-cloud-amd64
  docker.io containernetworking-plugins
  qemu-system-x86 skopeo umoci erofs-utils e2fsprogs golang-github-containers-common
)
# Nobody reads these there, and they are a third of the files.
unread=(/usr/share/doc /usr/share/man /usr/share/locale /usr/share/info /var/lib/apt/lists)
disk_size=3G

fail() {
  echo "node image: $*" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail "must run as root"
recipe=$({ cat "$here/image.sh" "$here"/files/*; date +%Y-%m; } | sha256sum | cut -c 1-16)
image=$cache/$recipe
if [ -f "$image/disk.img" ]; then
  echo "$image"
  exit 0
fi

[ -z "${FRAKTI_TEST_DIR:-}" ] ||
  fail "no packages can be reached from an environment: run tests/node/image.sh outside of it first"
# shellcheck source=scripts/lib/packages.sh
. "$top/scripts/lib/packages.sh"
ensure_packages mmdebstrap e2fsprogs
mkdir -p "$cache"
exec 9>"$cache/lock"
flock --wait 840 9 || fail "another run has been making it for too long" # They need not both make it.
if [ -f "$image/disk.img" ]; then
  echo "$image"
  exit 0
fi
rm -rf --one-file-system "$cache"/new-* # Of runs that were killed.
stage=$(mktemp -d "$cache/new-XXXXXX")
trap 'rm -rf --one-file-system "$stage"' EXIT

# The packages come from where this machine's come from, in the way it fetches them.
# shellcheck disable=SC2016
apt-get indextargets --format '$(ORIGIN) deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
  'Created-By: Packages' | sed -n 's/^Debian //p' | sort -u >"$stage/sources.list"
[ -s "$stage/sources.list" ] || fail "this machine's package lists are not Debian's"
apt-config dump Acquire:: >"$stage/apt.conf"

joined=$(IFS=,; echo "${packages[*]}")
excluded=()
for path in "${unread[@]:0:4}"; do excluded+=("--dpkgopt=path-exclude=$path/*"); done
# In a mount namespace of its own: what is mounted for it is not there for anybody else.
unshare --mount --propagation private mmdebstrap --quiet --mode=root --variant=apt --aptopt="$stage/apt.conf" \
  --include="$joined" --dpkgopt=force-unsafe-io "${excluded[@]}" bookworm "$stage/root" - <"$stage/sources.list" >&2 ||
  fail "mmdebstrap cannot make a root file system"

root=$stage/root
cp "$root"/boot/vmlinuz-* "$stage/vmlinuz"
rm -rf "$root"/boot/* "${unread[@]/#/$root}"
for file in "$here"/files/*; do
  case $file in
    *.service | *.socket | *.mount) install -m 644 "$file" "$root/etc/systemd/system/" ;;
    *.network) install -m 644 "$file" "$root/etc/systemd/network/" ;;
    *) install -m 755 "$file" "$root/usr/local/sbin/" ;;
  esac
done
echo node >"$root/etc/hostname"
printf '127.0.0.1 localhost node\n' >"$root/etc/hosts"
# Profiles of programs that are not there; Docker loads its own.
find "$root/etc/apparmor.d" -maxdepth 1 -type f -delete
: >"$root/etc/resolv.conf"
rm -f "$root/etc/machine-id" && : >"$root/etc/machine-id"
mkdir -p "$root/media/tests"
# What a test does not need costs boot time in software emulation.
chroot "$root" systemctl --quiet enable node-run.socket node-cri.socket media-tests.mount systemd-networkd.service
chroot "$root" systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer e2scrub_reap.service fstrim.timer man-db.timer systemd-timesyncd.service \
  systemd-networkd-wait-online.service getty@tty1.service serial-getty@ttyS0.service \
  systemd-pstore.service
# Packages that come later are unpacked whole, and may start what they bring.
rm -f "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$root/etc/apt/apt.conf.d/99mmdebstrap" \
  "$root/usr/sbin/policy-rc.d"

truncate -s "$disk_size" "$stage/disk.img"
# Without a journal and its flushes: nobody keeps what a node of the tests writes.
mke2fs -q -t ext4 -O ^has_journal -E lazy_itable_init=0,root_owner=0:0 -d "$root" "$stage/disk.img"
rm -rf "$root" "$stage/sources.list" "$stage/apt.conf"
chmod 755 "$stage"
find "$cache" -mindepth 1 -maxdepth 1 -type d ! -name 'new-*' -exec rm -rf {} +
mv "$stage" "$image"
trap - EXIT
echo "$image"
