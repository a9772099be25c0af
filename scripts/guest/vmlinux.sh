# shellcheck shell=bash
# The ELF kernel within a bzImage, which QEMU starts directly (PVH), without the firmware's and the
# decompressor's time.

# number_at FILE OFFSET BYTES: a little-endian number.
number_at() {
  od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# extract_vmlinux BZIMAGE OUT: by the boot protocol's header (Documentation/arch/x86/boot.rst):
# setup_sects at 0x1f1, payload_offset at 0x248, payload_length at 0x24c.
extract_vmlinux() {
  local image=$1 out=$2 start length program
  if [ "$(number_at "$image" $((0x202)) 2)" -lt $((0x208)) ]; then
    echo "build-guest: $image follows no boot protocol that tells where its kernel is" >&2
    return 1
  fi
  start=$((($(number_at "$image" $((0x1f1)) 1) + 1) * 512 + $(number_at "$image" $((0x248)) 4)))
  length=$(number_at "$image" $((0x24c)) 4)
  case $(od -An -v -t x1 -j "$start" -N 6 "$image" | tr -d ' ') in
    1f8b*) program=gzip ;;
    fd377a585a00) program=xz ;;
    28b52ffd*) program=zstd ;;
    02214c18*) program=lz4 ;;
    *)
      echo "build-guest: the kernel in $image is packed in a way not known here" >&2
      return 1
      ;;
  esac
  # But for gzip, whose own form has it, four bytes with the size follow.
  [ "$program" = gzip ] || length=$((length - 4))
  dd if="$image" bs=64K iflag=skip_bytes,count_bytes skip="$start" count="$length" status=none |
    "$program" -dc >"$out"
  [ "$(od -An -v -t x1 -N 4 "$out" | tr -d ' ')" = 7f454c46 ] || {
    echo "build-guest: what $image holds is no ELF file" >&2
    return 1
  }
}
