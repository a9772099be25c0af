#!/usr/bin/env bash
# Builds dist/frakti: one file that runs on a machine with neither Deno nor Node.
#
#   scripts/build.sh [--kind auto|compiled|self-contained] [--arch x86_64|aarch64] [--out DIR]
#
# compiled         made by `deno compile`; needs its base program `denort`: $DENORT_BIN, or one in
#                  Deno's cache, or (only when asked for by name) a download
# self-contained   a shell header and an archive with the Deno program and the bundled source,
#                  unpacked once at the first start
# auto             compiled when a denort is at hand, else self-contained
#
# For another architecture than this machine's the file is self-contained, and called frakti-ARCH.
# The same input gives the same bytes. The checkout is not changed.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
kind=auto
arch=$(uname -m)
out=$top/dist

# A download that has not begun to arrive by then will not: the machine is offline.
compile_limit_seconds=300
# Where the archive begins in the file; the header is padded to it.
header_bytes=8192
# frakti is root's own tool and reads /proc and /sys, which Deno allows with nothing less than this.
permissions=(--allow-all)
# What frakti keeps is small; left alone, V8 lets garbage double its memory before it looks for it
# (benchmarks/process.ts). The limit is for a runaway, far above what a full node needs. The young
# garbage is too little for several threads: waking them costs more than they save.
v8_flags=--v8-flags=--max-semi-space-size=2,--max-old-space-size=1024,--no-parallel-scavenge

fail() {
  echo "build: $*" >&2
  exit 1
}

say() {
  echo "build: $*" >&2
}

while [ $# -gt 0 ]; do
  case $1 in
    --kind) kind=${2:?--kind needs a value} && shift 2 ;;
    --kind=*) kind=${1#*=} && shift ;;
    --arch) arch=${2:?--arch needs a value} && shift 2 ;;
    --arch=*) arch=${1#*=} && shift ;;
    --out) out=${2:?--out needs a value} && shift 2 ;;
    --out=*) out=${1#*=} && shift ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    *) fail "unknown argument $1 (see --help)" ;;
  esac
done

# shellcheck source=scripts/lib/deno.sh
. "$top/scripts/lib/deno.sh"
ensure_deno "$top"
cd "$top"

name=frakti
if [ "$arch" != "$(uname -m)" ]; then
  [ "$kind" != compiled ] || fail "for $arch only --kind self-contained can be made here"
  kind=self-contained
  name=frakti-$arch
fi

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' deno.json)
[ -n "$version" ] || fail "deno.json names no version"

# commit_of_checkout: the commit, with a "+" when tracked files differ from it.
commit_of_checkout() {
  local commit
  commit=$(git -C "$top" rev-parse --short=12 HEAD 2>/dev/null) || {
    echo "${FRAKTI_COMMIT:-unknown}"
    return
  }
  git -C "$top" diff --quiet HEAD -- 2>/dev/null || commit+=+
  echo "$commit"
}

# deno_dir: where Deno keeps what it has downloaded.
deno_dir() {
  deno info --json | sed -n 's/^ *"denoDir": "\(.*\)",$/\1/p'
}

# denort_at_hand: does `deno compile` work without a download?
denort_at_hand() {
  [ -n "${DENORT_BIN:-}" ] && return 0
  local cache triple
  cache=$(deno_dir)
  triple=$(deno --version | sed -n '1s/.*, \([^,)]*\))$/\1/p')
  [ -f "$cache/dl/release/v$FRAKTI_DENO_VERSION/denort-$triple.zip" ]
}

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# stage_source KIND: copies the source with the facts of this build in it.
stage_source() {
  rm -rf "$stage/source"
  mkdir "$stage/source"
  cp -R main.ts src deno.json deno.lock "$stage/source/"
  cat >"$stage/source/src/cli/build_info.ts" <<INFO
export interface BuildInfo {
  readonly version: string;
  readonly commit: string;
  readonly kind: "source" | "compiled" | "self-contained";
}
export const buildInfo: BuildInfo = { version: "$version", commit: "$commit", kind: "$1" };
INFO
}

build_compiled() {
  stage_source compiled
  (cd "$stage/source" &&
    timeout "$compile_limit_seconds" deno compile --quiet --no-check --frozen --bundle \
      "${permissions[@]}" "$v8_flags" --output "$stage/frakti" main.ts) || return 1
  # A deno program in place of denort compiles into a file that is just Deno's command line.
  case $("$stage/frakti" version 2>/dev/null) in
    "frakti $version "*) ;;
    *) say "what deno compile made does not run as frakti" && return 1 ;;
  esac
}

# squeeze: drops blanks and comments from the bundle, so that a start has less to read. Names stay,
# for legible stack traces, and so do notices of licences. `deno bundle` itself works through this
# esbuild; what it offers of it (--minify) also shortens names, and started no faster.
squeeze() {
  local esbuild
  esbuild=$(find "$(deno_dir)"/dl/esbuild-* -type f -name 'esbuild-*' | sort | tail -n 1)
  [ -x "$esbuild" ] || fail "deno bundle has left no esbuild in $(deno_dir)/dl"
  "$esbuild" --minify-whitespace --minify-syntax --format=esm --log-level=warning
}

build_self_contained() {
  stage_source self-contained
  (cd "$stage/source" &&
    deno bundle --quiet --frozen --platform deno --output "$stage/bundle.js" main.ts)
  mkdir "$stage/archive"
  # Names of packages, not where this machine keeps them: those differ from builder to builder.
  sed -E 's#^(// |  ")(\.\./)+[^" ]*/npm/[^/" ]+/#\1npm/#' "$stage/bundle.js" |
    squeeze >"$stage/archive/frakti.mjs"
  # The program is called frakti, so that ps, pidof and systemd show who is running.
  local program
  if [ "$arch" = "$(uname -m)" ]; then
    program=$(deno eval 'console.log(Deno.execPath())')
  else
    program=$(deno_program "$top" "$arch") || fail "no base program for $arch"
  fi
  cp -L "$program" "$stage/archive/frakti"
  chmod 500 "$stage/archive/frakti"
  chmod 400 "$stage/archive/frakti.mjs"
  tar --create --directory "$stage/archive" --sort=name --mtime=@0 --owner=0 --group=0 \
    --numeric-owner --format=ustar frakti frakti.mjs | gzip -n >"$stage/archive.tar.gz"
  write_header >"$stage/frakti"
  cat "$stage/archive.tar.gz" >>"$stage/frakti"
  chmod 755 "$stage/frakti"
}

# write_header: scripts/build/header.sh with the facts filled in, padded to header_bytes.
write_header() {
  local program=$stage/archive/frakti script=$stage/archive/frakti.mjs text hash
  hash=$(cat "$program" "$script" | sha256sum | cut -c 1-32)
  text=$(sed \
    -e "s|@version@|$version|" -e "s|@commit@|$commit|" -e "s|@hash@|$hash|" \
    -e "s|@archive_offset@|$((header_bytes + 1))|" \
    -e "s|@program_bytes@|$(stat -c %s "$program")|" \
    -e "s|@program_sha256@|$(sha256sum "$program" | cut -d ' ' -f 1)|" \
    -e "s|@script_bytes@|$(stat -c %s "$script")|" \
    -e "s|@script_sha256@|$(sha256sum "$script" | cut -d ' ' -f 1)|" \
    -e "s|@flags@|${permissions[*]} $v8_flags|" "$top/scripts/build/header.sh")
  [ ${#text} -lt "$header_bytes" ] || fail "the header is longer than $header_bytes bytes"
  printf "%s\n%$((header_bytes - ${#text} - 2))s\n" "$text" ""
}

commit=$(commit_of_checkout)
case $kind in
  auto)
    kind=self-contained
    if denort_at_hand; then
      if build_compiled; then kind=compiled; else say "going on with --kind self-contained"; fi
    fi
    [ "$kind" = compiled ] || build_self_contained
    ;;
  compiled)
    build_compiled || fail "deno compile did not work; --kind self-contained needs no denort"
    ;;
  self-contained) build_self_contained ;;
  *) fail "--kind is auto, compiled or self-contained, not $kind" ;;
esac

mkdir -p "$out"
mv "$stage/frakti" "$out/$name.new"
mv "$out/$name.new" "$out/$name" # A running frakti keeps the old file.
say "made $out/$name: $kind, $arch, version $version, commit $commit," \
  "$(($(stat -c %s "$out/$name") / 1024 / 1024)) MiB"
