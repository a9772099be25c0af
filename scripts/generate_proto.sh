#!/usr/bin/env bash
# Generates the wire types and codecs: src/cri/generated from proto/cri, and
# src/engines/hyperd/generated from proto/hyperd.
#
#   scripts/generate_proto.sh          write them
#   scripts/generate_proto.sh --check  exit 1 and name the files when they are stale
#
# Needs npm: the generator (ts-proto) and the compiler (buf) are npm packages, installed at the
# versions below into .cache/. Exit 3 when they cannot be had.
set -euo pipefail

TS_PROTO_VERSION=2.18.0
BUF_VERSION=1.75.0

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$top/.cache/proto-tools
# Each statement and where what is made from it goes.
trees=(cri:src/cri/generated hyperd:src/engines/hyperd/generated)

usage() {
  sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

check=false
case ${1-} in
  "") ;;
  --check) check=true ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac

install_tools() {
  local wanted="ts-proto@$TS_PROTO_VERSION @bufbuild/buf@$BUF_VERSION"
  if [ "$(cat "$tools/installed" 2>/dev/null)" = "$wanted" ]; then return 0; fi
  command -v npm >/dev/null 2>&1 || {
    echo "npm is missing: install Node.js 18 or later, then run this again" >&2
    return 3
  }
  mkdir -p "$tools"
  printf '{"private":true}\n' >"$tools/package.json"
  # shellcheck disable=SC2086 # Two words on purpose.
  (cd "$tools" && npm install --no-audit --no-fund --loglevel=error $wanted) >&2 || {
    echo "npm could not install $wanted" >&2
    return 3
  }
  printf '%s' "$wanted" >"$tools/installed"
}

# generate NAME DIR: writes what is generated from proto/NAME into DIR.
#
# 64-bit numbers are bigint; maps are Map, so that no key can reach an object's prototype; no JSON
# code; services as plain tables, from which their users make definitions of their own.
generate() {
  local name=$1 out=$2
  "$tools/node_modules/.bin/buf" generate "$top/proto/$name" --template "$(
    cat <<JSON
{
  "version": "v2",
  "plugins": [{
    "local": "$tools/node_modules/.bin/protoc-gen-ts_proto",
    "out": "$out",
    "strategy": "all",
    "opt": [
      "annotateFilesWithVersion=false",
      "env=both",
      "esModuleInterop=true",
      "exportCommonSymbols=false",
      "forceLong=bigint",
      "importSuffix=.ts",
      "outputClientImpl=false",
      "outputJsonMethods=false",
      "outputPartialMethods=true",
      "outputServices=generic-definitions",
      "unrecognizedEnum=false",
      "useExactTypes=false",
      "useMapType=true"
    ]
  }]
}
JSON
  )"
  local file
  find "$out" -name '*.ts' | while read -r file; do
    {
      echo "// generated from proto/$name by scripts/generate_proto.sh: do not edit"
      sed -e '1{/^\/\/ Code generated/d}' -e '/^\/\* eslint-disable \*\/$/d' "$file"
    } >"$file.new"
    mv "$file.new" "$file"
  done
}

# What a tree was generated from, for a test that needs no tools to see that it is stale.
fingerprint() {
  (cd "$top/proto/$1" && find . -name '*.proto' | LC_ALL=C sort | xargs cat) | sha256sum |
    cut -d ' ' -f 1
}

install_tools || exit $?
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
stale=false
for tree in "${trees[@]}"; do
  name=${tree%%:*}
  target=$top/${tree#*:}
  mkdir "$fresh/$name"
  generate "$name" "$fresh/$name"
  fingerprint "$name" >"$fresh/$name/proto.sha256"
  if $check; then
    diff -rq "$fresh/$name" "$target" && continue
    echo "${tree#*:} is stale: run scripts/generate_proto.sh" >&2
    stale=true
  else
    rm -rf "$target"
    mkdir -p "$(dirname "$target")"
    cp -r "$fresh/$name" "$target"
    chmod -R u=rwX,go=rX "$target"
  fi
done
if $stale; then exit 1; fi
