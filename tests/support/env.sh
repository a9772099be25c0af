#!/usr/bin/env bash
# Runs a command in a private test environment: own mount, network and process namespaces, own
# /run, /etc and /var/lib, and an image registry that answers for registry.k8s.io and its like.
#
#   tests/support/env.sh COMMAND [ARGUMENT...]
#
# When the command ends, everything it started is gone with the namespaces: processes, mounts,
# bridges, iptables rules, files. Several environments can run side by side.
# FRAKTI_TEST_KEEP=1 keeps the directory (logs, data) and prints its name.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)

# An address that is not in 127.0.0.0/8: Docker does not verify TLS towards that range.
registry_address=198.51.100.1
registry_hosts=(
  registry.k8s.io k8s.gcr.io gcr.io public.ecr.aws registry-1.docker.io quay.io registry.test
)

fail() {
  echo "Test environment: $*" >&2
  exit 1
}

# ---- outside: make the directory, enter the namespaces, clean up -------------------------------

# remove_environment DIR: takes away what outlives namespaces.
remove_environment() {
  local dir=$1 cgroup tries
  for cgroup in /sys/fs/cgroup/*/"${dir##*/}" /sys/fs/cgroup/"${dir##*/}"; do
    # The last threads of what was killed leave their group a moment after it.
    for tries in {1..50}; do
      [ -d "$cgroup" ] || break
      [ "$tries" = 1 ] || sleep 0.1
      find "$cgroup" -depth -type d -exec rmdir {} \; 2>/dev/null || true
    done
  done
  [ -n "${FRAKTI_TEST_KEEP:-}" ] && {
    echo "Test environment kept in $dir" >&2
    return 0
  }
  mountpoint -q "$dir" && umount -l "$dir"
  rm -rf "$dir"
}

# sweep_stale: removes what an environment left that was killed before it could clean up.
sweep_stale() {
  local dir owner
  for dir in /tmp/frakti-test.*; do
    owner=$(cat "$dir/owner" 2>/dev/null) || continue
    [ -d "/proc/$owner" ] || FRAKTI_TEST_KEEP='' remove_environment "$dir"
  done
}

enter() {
  [ "$(id -u)" = 0 ] || fail "must run as root"
  [ $# -gt 0 ] || fail "no command given"
  # shellcheck source=scripts/lib/deno.sh
  . "$top/scripts/lib/deno.sh"
  ensure_deno "$top"
  FRAKTI_TEST_IMAGES=$(cd "$top" && deno run -A tests/support/images/main.ts)
  export FRAKTI_TEST_IMAGES

  sweep_stale
  local dir child status=0
  dir=$(mktemp -d /tmp/frakti-test.XXXXXX)
  echo $$ >"$dir/owner"
  chmod 755 "$dir"
  if [ "$(stat -f -c %T "$dir")" = overlayfs ]; then
    mount -t tmpfs tmpfs "$dir" # overlay2 cannot live on an overlay.
    echo $$ >"$dir/owner"
  fi
  trap 'kill -KILL "$child" 2>/dev/null; exit 130' INT TERM HUP
  trap 'remove_environment "$dir"' EXIT
  # The chain of parent-death signals ends the namespaces whichever of us is killed, and how.
  setpriv --pdeathsig KILL unshare --mount --net --ipc --pid --fork --kill-child \
    --propagation private "$BASH" "$0" --inside "$dir" "$@" <&0 &
  child=$!
  wait "$child" || status=$?
  exit "$status"
}

# ---- inside ------------------------------------------------------------------------------------

# overlay DIR NAME: lets the environment write below DIR without touching the machine's files.
overlay() {
  mkdir -p "$base/overlay/$2/upper" "$base/overlay/$2/work"
  mount -t overlay overlay \
    -o "lowerdir=$1,upperdir=$base/overlay/$2/upper,workdir=$base/overlay/$2/work" "${3:-$1}"
}

private_mounts() {
  mount -t proc proc /proc
  mkdir "$base/cgroup"
  mount --rbind /sys/fs/cgroup "$base/cgroup"
  mount -t sysfs sysfs /sys # The old one shows the network interfaces of the machine.
  mount --move "$base/cgroup" /sys/fs/cgroup
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -p /run/netns /run/lock
  overlay /etc etc
  overlay /var/lib lib
  printf '%s %s\n' 127.0.0.1 localhost ::1 localhost >/etc/hosts
  printf "$registry_address %s\n" "${registry_hosts[@]}" >>/etc/hosts
}

private_network() {
  ip link set lo up
  ip address add "$registry_address/32" dev lo
  # dockerd drops all forwarding when it is the one that turns this on.
  sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# test_authority: a CA that everything in the environment trusts, and a certificate of it for the
# registry's names.
test_authority() {
  local names
  mkdir "$base/tls"
  cd "$base/tls"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj "/CN=frakti test CA" -keyout ca.key -out ca.crt 2>openssl.log
  names=$(printf 'DNS:%s,' "${registry_hosts[@]}")IP:$registry_address,IP:127.0.0.1
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -CA ca.crt -CAkey ca.key -subj "/CN=frakti test registry" -addext "subjectAltName=$names" \
    -addext basicConstraints=critical,CA:FALSE -keyout server.key -out server.crt 2>>openssl.log ||
    fail "openssl cannot make certificates: $(tail -n 3 openssl.log)"
  mkdir -p /etc/ssl/certs
  cat ca.crt >>/etc/ssl/certs/ca-certificates.crt
  cd - >/dev/null
}

start_image_registry() {
  mkdir "$base/registry"
  overlay "$FRAKTI_TEST_IMAGES" registry "$base/registry"
  cat >"$base/registry.yml" <<CONFIG
version: 0.1
storage: { filesystem: { rootdirectory: $base/registry }, delete: { enabled: true } }
http:
  addr: $registry_address:443
  tls: { certificate: $base/tls/server.crt, key: $base/tls/server.key }
CONFIG
  docker-registry serve "$base/registry.yml" >"$base/registry.log" 2>&1 </dev/null &
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    (: >"/dev/tcp/$registry_address/443") 2>/dev/null && return 0
    sleep 0.05
  done
  fail "the image registry did not start: $(tail -n 5 "$base/registry.log")"
}

inside() {
  base=$1
  shift
  private_mounts
  private_network
  test_authority
  mkdir -m 1777 "$base/tmp"
  export FRAKTI_TEST_DIR=$base FRAKTI_TEST_CGROUP=/${base##*/} TMPDIR=$base/tmp HOME=/root
  export DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
  # A built frakti unpacks itself here, once for all environments.
  export FRAKTI_RUNTIME_DIR=$top/.cache/runtime
  unset DOCKER_HOST DOCKER_CONFIG DOCKER_TLS_VERIFY http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
  start_image_registry
  # Not exec: this shell is process 1 here and must go on reaping orphans.
  local status=0
  "$@" || status=$?
  exit "$status"
}

if [ "${1:-}" = --inside ]; then
  shift
  inside "$@"
else
  enter "$@"
fi
