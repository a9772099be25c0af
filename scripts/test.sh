#!/usr/bin/env bash
# Runs every test on this machine, from bare to tested: installs what is missing, starts what it
# needs in namespaces of its own, and leaves nothing running.
#
#   sudo ./scripts/test.sh [--list] [--only STAGE]... [--keep] [--hyperd HOST:PORT]
#
# With --hyperd the contract of engines runs against that hyperd of this machine as well.
# The last line of the output is `N passed, N failed, N skipped`.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=scripts/lib/deno.sh
. scripts/lib/deno.sh
# shellcheck source=scripts/lib/go.sh
. scripts/lib/go.sh
# shellcheck source=scripts/lib/packages.sh
. scripts/lib/packages.sh

[ "$(id -u)" = 0 ] || {
  echo "scripts/test.sh starts daemons and networks: run it as root" >&2
  exit 1
}

started=$SECONDS
ensure_packages \
  docker.io containernetworking-plugins docker-registry busybox-static \
  qemu-system-x86 skopeo umoci erofs-utils e2fsprogs golang-github-containers-common \
  ca-certificates iproute2 iptables iputils-ping mount openssl procps util-linux \
  gcc make musl-tools libc6-dev libsqlite3-dev linux-libc-dev bzip2 xz-utils binutils cpio kmod \
  qemu-user-static libc6-arm64-cross libgcc-s1-arm64-cross zsh fish
# A Node.js that the operator has installed brings an npm along.
command -v npm >/dev/null || ensure_packages npm
ensure_deno "$top"
ensure_go "$top"
echo "Prepared the machine in $((SECONDS - started)) s"

exec deno run -A tests/support/suite/main.ts "$@" </dev/null
