# shellcheck shell=bash
# Debian packages of the guest: fetched once, kept under a cache directory, checked by hash at every
# use. Nothing is installed.

# fetch_deb CACHE NAME: prints the path of the newest NAME that this machine's lists know; where the
# lists know none, of the newest that was kept with its hash.
fetch_deb() {
  local cache=$1 name=$2 line file hash
  mkdir -p "$cache"
  line=$(apt-get download --print-uris "$name" 2>/dev/null) || line=''
  if [ -z "$line" ] && [ "$(id -u)" = 0 ] && [ -z "${guest_updated:-}" ]; then
    guest_updated=1
    apt-get -q update >/dev/null 2>&1 || true
    line=$(apt-get download --print-uris "$name" 2>/dev/null) || line=''
  fi
  if [ -z "$line" ]; then
    kept_deb "$cache" "$name"
    return
  fi
  file=$(cut -d ' ' -f 2 <<<"$line")
  hash=$(sed 's/.*SHA256://' <<<"$line")
  if ! has_hash "$cache/$file" "$hash"; then
    download_deb "$cache" "$name" "$file" "$hash" || return 1
  fi
  echo "$hash  $file" >"$cache/$name.sha256"
  echo "$cache/$file"
}

has_hash() {
  [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d ' ' -f 1)" = "$2" ]
}

# In a directory of its own, so that two builds at once do not write one file.
download_deb() {
  local cache=$1 name=$2 file=$3 hash=$4 dir
  dir=$(mktemp -d "$cache/new.XXXXXX")
  (cd "$dir" && apt-get -q download "$name" >log 2>&1) || {
    tail -n 3 "$dir/log" >&2
    rm -rf "$dir"
    echo "build-guest: cannot fetch Debian's $name; is apt's list old? (apt-get update)" >&2
    return 1
  }
  if ! has_hash "$dir/$file" "$hash"; then
    rm -rf "$dir"
    echo "build-guest: what was fetched as $file has not the hash $hash" >&2
    return 1
  fi
  mv -f "$dir/$file" "$cache/$file"
  rm -rf "$dir"
}

kept_deb() {
  local hash file
  if read -r hash file 2>/dev/null <"$1/$2.sha256" && has_hash "$1/$file" "$hash"; then
    echo "$1/$file"
    return
  fi
  echo "build-guest: this machine's lists have no package $2, and none is kept in $1" >&2
  return 1
}

# newest_kernel: the package that linux-image-amd64 stands for.
newest_kernel() {
  apt-cache depends --important linux-image-amd64 2>/dev/null |
    sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | tail -n 1
}
