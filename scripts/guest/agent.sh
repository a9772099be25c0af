# shellcheck shell=bash
# The agent: one static program.

agent_flags=(-std=c11 -D_GNU_SOURCE -Os -Wall -Wextra -Werror -Wformat=2 -Wshadow
  -Wstrict-prototypes -Wmissing-prototypes -Wvla -fno-strict-aliasing -ffunction-sections
  -fdata-sections -fstack-protector-strong -ffile-prefix-map="${top:-}"=.)

# build_agent SOURCE OUT [CFLAG...]
build_agent() {
  local source=$1 out=$2
  shift 2
  # The kernel's headers stand behind musl's own.
  musl-gcc "${agent_flags[@]}" "$@" -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu \
    -static -Wl,--gc-sections -Wl,--build-id=none -s -o "$out" "$source"/*.c
}
