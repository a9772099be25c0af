#!/usr/bin/env bash
# Shows frakti at work, on a bare Debian 12: installs what is missing, builds frakti and the guest of
# its virtual machines, and runs two pods: an ordinary one in a virtual machine and a privileged one
# in Docker.
#
#   sudo ./scripts/quickstart.sh [--shell]
#
# --shell    before cleaning up, open a shell in which frakti and its pods are running
#
# Everything runs in namespaces of its own, with its own Docker Engine, image registry and network:
# a Docker or a kubelet on this machine is not touched. When it ends nothing is left but the
# packages it installed, dist/frakti and dist/guest.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)

fail() {
  echo "quickstart: $*" >&2
  exit 1
}

say() {
  printf '\n==> %s\n' "$*"
}

# ---- outside: prepare the machine, enter the namespaces, clean up ------------------------------

# remove_leftovers DIR: takes away what outlives the namespaces.
remove_leftovers() {
  local cgroup
  for cgroup in /sys/fs/cgroup/*/"${1##*/}" /sys/fs/cgroup/"${1##*/}"; do
    [ -d "$cgroup" ] || continue
    # The kernel needs a moment to bury the last processes.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      find "$cgroup" -depth -type d -exec rmdir {} \; 2>/dev/null || :
      [ -d "$cgroup" ] || break
      sleep 0.2
    done
  done
  rm -rf "$1"
}

prepare() {
  say "Packages"
  # shellcheck source=scripts/lib/packages.sh
  . "$top/scripts/lib/packages.sh"
  ensure_packages docker.io containernetworking-plugins docker-registry busybox-static \
    qemu-system-x86 skopeo umoci erofs-utils e2fsprogs golang-github-containers-common \
    gcc musl-tools libc6-dev linux-libc-dev xz-utils binutils cpio kmod \
    ca-certificates iproute2 iptables mount procps util-linux
  echo "Docker, QEMU, skopeo, umoci, erofs-utils, CNI plugins, a registry, busybox: installed"
  say "Deno"
  # shellcheck source=scripts/lib/deno.sh
  . "$top/scripts/lib/deno.sh"
  # A Node.js that the operator has installed brings an npm along.
  deno_at_hand "$top" || command -v npm >/dev/null || ensure_packages npm
  ensure_deno "$top"
  echo "deno $FRAKTI_DENO_VERSION"
  (cd "$top" && deno cache --quiet scripts/demo/main.ts) ||
    fail "Deno cannot fetch the npm packages that deno.lock names"
  say "Building dist/frakti (about half a minute)"
  "$top/scripts/build.sh"
  say "Building dist/guest from Debian packages (under a minute)"
  "$top/scripts/build-guest.sh"
}

outside() {
  [ "$(id -u)" = 0 ] || fail "starts daemons and networks: run it with sudo"
  [ "$(uname -m)" = x86_64 ] || fail "is made for x86_64, this machine is $(uname -m)"
  prepare
  local status=0
  dir=$(mktemp -d /tmp/frakti-quickstart.XXXXXX)
  trap 'remove_leftovers "$dir"' EXIT
  trap 'kill -KILL "$child" 2>/dev/null; wait "$child" 2>/dev/null || :; exit 130' INT TERM HUP
  # When this shell dies the kernel ends everything in the namespaces, whatever killed it.
  setpriv --pdeathsig KILL unshare --mount --net --ipc --pid --fork --kill-child \
    --propagation private "$BASH" "$0" --inside "$dir" "$@" <&0 &
  child=$!
  wait "$child" || status=$?
  [ "$status" = 0 ] || exit "$status"
  cat <<GO_ON

Everything is cleaned up. To go on:
  sudo ./install.sh                  installs dist/frakti, a configuration and a systemd unit
  frakti check                       tells what this node still needs
  docs/ARCHITECTURE.md               how it works
  sudo ./scripts/quickstart.sh --shell   a shell beside a running frakti
A kubelet uses it with --container-runtime-endpoint=unix:///run/frakti.sock
GO_ON
}

# ---- inside ------------------------------------------------------------------------------------

inside() {
  local dir=$1
  shift
  # The outer one is still there: what is mounted from here on goes away with the namespace.
  mount -t proc proc /proc
  [ "$(stat -f -c %T "$dir")" != overlayfs ] || mount -t tmpfs tmpfs "$dir" # No overlay on overlay.
  mkdir "$dir/cgroup"
  mount --rbind /sys/fs/cgroup "$dir/cgroup"
  mount -t sysfs sysfs /sys # The old one shows the network interfaces of the machine.
  mount --move "$dir/cgroup" /sys/fs/cgroup
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -p /run/netns /run/lock "$dir/tmp"
  ip link set lo up
  sysctl -q -w net.ipv4.ip_forward=1
  unset DOCKER_HOST DOCKER_CONFIG http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
  export FRAKTI_TEST_DIR=$dir FRAKTI_TEST_CGROUP=/${dir##*/} TMPDIR=$dir/tmp
  export FRAKTI_BIN=$top/dist/frakti FRAKTI_GUEST_DIR=$top/dist/guest
  export FRAKTI_RUNTIME_DIR=$dir/runtime DENO_NO_UPDATE_CHECK=1
  # shellcheck source=scripts/lib/deno.sh
  . "$top/scripts/lib/deno.sh"
  ensure_deno "$top"
  cd "$top"
  # Not exec: this shell is process 1 here and must go on reaping orphans.
  local status=0
  deno run --quiet --cached-only --allow-all scripts/demo/main.ts "$@" || status=$?
  exit "$status"
}

case ${1:-} in
  --inside) shift && inside "$@" ;;
  "" | --shell) outside "$@" ;;
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" ;;
  *) fail "unknown argument $1 (see --help)" ;;
esac
