# shellcheck shell=bash
# Installs Debian packages, only those that are missing, and never lets one start a daemon.

# ensure_packages NAME...: as root.
ensure_packages() {
  local name missing=()
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
      missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null 2>&1 || {
    echo "Missing and not installable here, this is no Debian: ${missing[*]}" >&2
    return 1
  }
  echo "Installing ${missing[*]}" >&2
  local log policy=/usr/sbin/policy-rc.d made_policy='' status=0
  log=$(mktemp)
  if ! [ -e "$policy" ]; then
    made_policy=1 # 101 means "action forbidden by policy" to Debian's installation scripts.
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  {
    apt-get -q update &&
      DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}"
  } >"$log" 2>&1 </dev/null || status=$?
  [ -z "$made_policy" ] || rm -f "$policy"
  [ "$status" = 0 ] || {
    tail -n 30 "$log" >&2
    echo "Cannot install ${missing[*]}" >&2
  }
  rm -f "$log"
  return "$status"
}
