#!/bin/sh
# frakti @version@ (commit @commit@). This file holds the whole program: below this script lies an
# archive, unpacked once into a directory of its own. FRAKTI_RUNTIME_DIR names another place for
# that directory, for machines whose /var must not hold programs.
set -eu
mask=$(umask)
umask 077
self=$0
name=bin-@hash@

fail() {
  echo "frakti: $*" >&2
  exit 1
}

# is_whole DIR: ours alone, and nothing is missing.
is_whole() {
  [ -O "$1" ] && [ ! -L "$1" ] || return 1
  found=$(stat -c '%f %u %s' "$1" "$1/frakti" "$1/frakti.mjs" 2>/dev/null) || return 1
  set -- $found
  # 41c0 = directory 0700, 8140 = file 0500, 8100 = file 0400
  [ "$1 $4 $6 $7 $9" = "41c0 8140 @program_bytes@ 8100 @script_bytes@" ] &&
    [ "$2" = "$5" ] && [ "$2" = "$8" ]
}

# use_parent DIR: makes DIR, or finds that nobody else can write there. One that is there stays as it is:
# it may be anybody's.
use_parent() {
  mkdir -p "$1" 2>/dev/null || :
  [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && [ -w "$1" ] || return 1
  case $(stat -c %A "$1") in ?????w* | ????????w*) return 1 ;; esac
}

choose_parent() {
  if [ -n "${FRAKTI_RUNTIME_DIR:-}" ]; then
    use_parent "$FRAKTI_RUNTIME_DIR" ||
      fail "FRAKTI_RUNTIME_DIR \"$FRAKTI_RUNTIME_DIR\" is not a directory that you alone can write to"
    parent=$FRAKTI_RUNTIME_DIR
    return
  fi
  id=$(id -u)
  if [ "$id" = 0 ]; then
    set -- /var/cache/frakti
  else
    set -- "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/frakti" "${TMPDIR:-/tmp}/frakti-$id"
  fi
  for parent; do
    use_parent "$parent" && return
  done
  fail "cannot make a private directory at $* (name one with FRAKTI_RUNTIME_DIR)"
}

# remove_old: what earlier versions and interrupted starts left, unless it is running.
remove_old() {
  running=$(ls -l /proc/[0-9]*/exe 2>/dev/null || :)
  for old in "$parent"/bin-*; do
    [ "$old" = "$dir" ] && continue
    hash=${old##*/bin-}
    case $hash in *[!0-9a-f]*) continue ;; esac
    [ ${#hash} = 32 ] || continue
    case $running in *" $old/"*) continue ;; esac
    rm -rf "$old"
  done
  find "$parent" -maxdepth 1 -name '.unpack-??????' -mmin +60 -exec rm -rf {} + 2>/dev/null || :
}

unpack() {
  new=$(mktemp -d "$parent/.unpack-XXXXXX") || fail "cannot write into $parent"
  trap 'rm -rf "$new"' EXIT
  trap 'exit 143' HUP INT TERM
  error=$( { tail -c +@archive_offset@ "$self" | gzip -dc | tar -xf - -C "$new" --no-same-owner; } 2>&1) || :
  if ! (cd "$new" && sha256sum --status -c) 2>/dev/null <<SUMS; then
@program_sha256@  frakti
@script_sha256@  frakti.mjs
SUMS
    free=$(df -Pm "$parent" 2>/dev/null | awk 'NR == 2 { print $4 }')
    need=$(((@program_bytes@ + @script_bytes@) / 1048576 + 1))
    [ "${free:-$need}" -ge "$need" ] ||
      fail "cannot unpack into $parent: it has $free MiB free, $need are needed"
    fail "cannot unpack into $parent: ${error:-the file $self is damaged}"
  fi
  # Another start may have been faster; then its directory is as good as ours.
  if ! mv -T "$new" "$dir" 2>/dev/null; then
    is_whole "$dir" || { rm -rf "$dir" && mv -T "$new" "$dir"; } ||
      fail "cannot put the unpacked program at $dir"
  fi
  rm -rf "$new"
  trap - EXIT HUP INT TERM
  remove_old
}

dir=${FRAKTI_RUNTIME_DIR:-/var/cache/frakti}/$name
if ! is_whole "$dir"; then
  choose_parent
  dir=$parent/$name
  is_whole "$dir" || unpack
fi
[ -x "$dir/frakti" ] ||
  fail "$dir must not hold programs (mounted noexec?); name another place with FRAKTI_RUNTIME_DIR"
umask "$mask"
export DENO_DIR="$dir/cache" DENO_NO_UPDATE_CHECK=1
exec "$dir/frakti" run --quiet --no-prompt --no-config --no-lock --no-remote --no-npm \
  @flags@ "$dir/frakti.mjs" "$@"
