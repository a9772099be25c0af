# shellcheck shell=bash
# Puts the pinned Deno on PATH. Source this file; it needs only npm on a bare machine.
# Deno comes from its npm package: its own download site may be out of reach of a build machine.

FRAKTI_DENO_VERSION=2.9.6

# is_deno PROGRAM: is it the pinned version?
is_deno() {
  [ "$("$1" --version 2>/dev/null | awk 'NR==1{print $2}')" = "$FRAKTI_DENO_VERSION" ]
}

# deno_at_hand TOP: will ensure_deno do without npm?
deno_at_hand() {
  is_deno deno || is_deno "$1/.cache/deno-npm/node_modules/.bin/deno"
}

# ensure_deno TOP: sets PATH so that `deno` is the pinned version, installing it below TOP/.cache.
ensure_deno() {
  local top=$1
  local home="$top/.cache/deno-npm"
  is_deno deno && return 0
  if ! deno_at_hand "$top"; then
    command -v npm >/dev/null 2>&1 || {
      echo "npm is missing: install Node.js 18 or later, then run this again" >&2
      return 1
    }
    mkdir -p "$home"
    printf '{"private":true}\n' >"$home/package.json"
    (cd "$home" && npm install --no-audit --no-fund --loglevel=error "deno@$FRAKTI_DENO_VERSION") >&2 || {
      echo "npm could not install deno@$FRAKTI_DENO_VERSION" >&2
      return 1
    }
  fi
  export PATH="$home/node_modules/.bin:$PATH"
  deno --version >/dev/null || {
    echo "deno from npm does not run on this machine" >&2
    return 1
  }
}

# deno_program TOP ARCH: the path of the pinned Deno for a machine of another architecture, which is
# fetched below TOP/.cache the first time.
deno_program() {
  local top=$1 arch=$2 name home
  case $arch in
    x86_64) name=linux-x64-glibc ;;
    aarch64) name=linux-arm64-glibc ;;
    *) echo "there is no Deno for $arch" >&2 && return 1 ;;
  esac
  home="$top/.cache/deno-$arch-$FRAKTI_DENO_VERSION"
  if ! [ -f "$home/package/deno" ]; then
    rm -rf "$home.new" && mkdir -p "$home.new"
    # npm compares what it fetches with the checksum that the registry names.
    (cd "$home.new" && npm pack --silent "@deno/$name@$FRAKTI_DENO_VERSION" >/dev/null &&
      tar -xzf ./*.tgz && rm ./*.tgz) >&2 || {
      echo "npm could not fetch Deno $FRAKTI_DENO_VERSION for $arch" >&2
      return 1
    }
    rm -rf "$home" && mv "$home.new" "$home"
  fi
  echo "$home/package/deno"
}
