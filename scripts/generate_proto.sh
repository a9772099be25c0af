#!/usr/bin/env bash
# Generates the wire types and codecs of src/cri/generated from proto/cri.
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
target=$top/src/cri/generated

usage() {
  sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
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

# generate DIR: writes the generated tree into DIR.
#
# 64-bit numbers are bigint; maps are Map, so that no key can reach an object's prototype; no JSON
# code; services as plain tables, from which src/cri makes its own server definitions.
generate() {
  local out=$1
  "$tools/node_modules/.bin/buf" generate "$top/proto/cri" --template "$(
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
      echo "// generated from proto/cri by scripts/generate_proto.sh: do not edit"
      sed -e '1{/^\/\/ Code generated/d}' -e '/^\/\* eslint-disable \*\/$/d' "$file"
    } >"$file.new"
    mv "$file.new" "$file"
  done
}

# What the tree was generated from, for a test that needs no tools to see that it is stale.
fingerprint() {
  (cd "$top/proto/cri" && find . -name '*.proto' | LC_ALL=C sort | xargs cat) | sha256sum |
    cut -d ' ' -f 1
}

install_tools || exit $?
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
generate "$fresh"
fingerprint >"$fresh/proto.sha256"

if $check; then
  if ! diff -rq "$fresh" "$target"; then
    echo "src/cri/generated is stale: run scripts/generate_proto.sh" >&2
    exit 1
  fi
else
  rm -rf "$target"
  mkdir -p "$(dirname "$target")"
  cp -r "$fresh" "$target"
  chmod -R u=rwX,go=rX "$target"
fi
