# shellcheck shell=bash
# The small kernel, compiled from Debian's source. It is kept under the cache by the hash of what
# went into it, so that a second build takes seconds.

# minimal_kernel: sets `release` and makes $stage/vmlinux.
minimal_kernel() {
  local deb key kept tool
  deb=$(fetch_deb "$cache" linux-source-6.1) || return 1
  key=$({
    sha256sum <"$deb"
    cat "$guest/kernel.config"
    gcc --version | head -n 1
  } | sha256sum | cut -c 1-16)
  kept=$cache/kernel-$key
  if ! [ -f "$kept/vmlinux" ]; then
    for tool in make flex bison bc; do
      command -v "$tool" >/dev/null || fail "compiling a kernel needs $tool, and libelf-dev"
    done
    compile_kernel "$deb" "$kept"
  fi
  cp "$kept/vmlinux" "$stage/vmlinux"
  release=$(cat "$kept/release")
  mkdir -p "$root/modules"
}

# compile_kernel DEB KEPT
compile_kernel() {
  local source=$stage/source build=$stage/build log=$2.log
  mkdir -p "$source" "$build"
  say "compiling the kernel (log: $log)"
  dpkg-deb --fsys-tarfile "$1" | tar -xO ./usr/src/linux-source-6.1.tar.xz |
    tar -xJ -C "$source" --strip-components=1
  {
    local make=(make -s -C "$source" "O=$build" KBUILD_BUILD_USER=frakti KBUILD_BUILD_HOST=frakti
      KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_VERSION=1)
    "${make[@]}" tinyconfig &&
      (cd "$source" && scripts/kconfig/merge_config.sh -m -O "$build" "$build/.config" \
        "$guest/kernel.config") &&
      "${make[@]}" olddefconfig &&
      "${make[@]}" -j"$(nproc)" vmlinux
  } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "the kernel does not compile"
  }
  check_config "$build/.config" "$guest/kernel.config"
  mkdir -p "$2"
  strip -s -o "$2/vmlinux.new" "$build/vmlinux"
  cat "$build/include/config/kernel.release" >"$2/release"
  mv "$2/vmlinux.new" "$2/vmlinux"
  rm -f "$log"
}

# check_config MADE WANTED: an option that the kernel dropped (renamed, or what it depends on is
# missing) fails here, not in a pod.
check_config() {
  local line name missing=()
  while read -r line; do
    case $line in
      CONFIG_*) grep -qxF "$line" "$1" || missing+=("$line") ;;
      '# CONFIG_'*' is not set')
        name=${line#\# } && name=${name% is not set}
        ! grep -q "^$name=" "$1" || missing+=("no $name")
        ;;
    esac
  done <"$2"
  [ ${#missing[@]} = 0 ] || fail "the kernel's configuration has not taken: ${missing[*]}"
}
