# shellcheck shell=bash
# crun with the libraries it needs, from Debian's packages. libsystemd and the seven libraries behind
# it are more than half of the bytes, and the guest has no systemd: a library with the same names
# that always fails stands in for it (crun runs with --cgroup-manager=cgroupfs).

crun_packages=(crun libseccomp2 libcap2 libyajl2 libc6)
crun_libraries=(libseccomp.so.2 libcap.so.2 libyajl.so.2 libc.so.6)

# make_stand_in CRUN OUT: every symbol that CRUN takes from libsystemd, with its version.
make_stand_in() {
  local crun=$1 out=$2 dir
  dir=$(mktemp -d)
  objdump -T "$crun" | sed -n 's/.*(\(LIBSYSTEMD_[0-9]*\)) *\([a-z_]*\)$/\1 \2/p' | sort >"$dir/symbols"
  [ -s "$dir/symbols" ] || {
    rm -rf "$dir"
    echo "build-guest: this crun takes nothing from libsystemd; make_stand_in is out of date" >&2
    return 1
  }
  # 38 is ENOSYS: every call of libsystemd tells its error as a negative number.
  awk '{ print "int " $2 "(void) { return -38; }" }' "$dir/symbols" >"$dir/stand_in.c"
  awk '$1 != last { if (last) print "};"; print $1 " {"; last = $1 } { print $2 ";" } END { print "};" }' \
    "$dir/symbols" >"$dir/stand_in.map"
  gcc -shared -nostdlib -Os -Wl,--build-id=none -Wl,-soname,libsystemd.so.0 \
    -Wl,--version-script="$dir/stand_in.map" -s -o "$out" "$dir/stand_in.c"
  rm -rf "$dir"
}

# install_crun CACHE OUT: into OUT/bin and OUT/lib.
install_crun() {
  local cache=$1 out=$2 stage name deb lib
  local libs=$out/lib/x86_64-linux-gnu
  stage=$(mktemp -d)
  mkdir -p "$out/bin" "$libs" "$out/lib64"
  for name in "${crun_packages[@]}"; do
    deb=$(fetch_deb "$cache" "$name") || return 1
    dpkg-deb -x "$deb" "$stage" || return 1
  done
  cp "$stage/usr/bin/crun" "$out/bin/crun"
  for name in "${crun_libraries[@]}"; do
    lib=$(find "$stage/lib" "$stage/usr/lib" -name "$name" 2>/dev/null | head -n 1)
    [ -n "$lib" ] || {
      echo "build-guest: Debian's packages hold no $name" >&2
      return 1
    }
    cp -L "$lib" "$libs/$name"
  done
  cp -L "$stage"/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$out/lib64/ld-linux-x86-64.so.2"
  make_stand_in "$out/bin/crun" "$libs/libsystemd.so.0" || return 1
  chmod 755 "$out/bin/crun" "$out/lib64"/* "$libs"/*
  # What it asks for beyond these would be missed only when a pod starts.
  local needed
  needed=$(objdump -p "$out/bin/crun" "$libs"/* | sed -n 's/^ *NEEDED *//p' | sort -u)
  for name in $needed; do
    [ -e "$libs/$name" ] || [ -e "$out/lib64/$name" ] || {
      echo "build-guest: crun needs $name, which is not among its libraries here" >&2
      return 1
    }
  done
  rm -rf "$stage"
}
