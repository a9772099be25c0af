# shellcheck shell=sh
# What a built frakti was built from, for those who hand it on: a checkout that was pulled still has
# the dist/frakti of before. Read by install.sh too, so for any sh.

# built_line FILE: "frakti VERSION (commit COMMIT", and more.
built_line() {
  # A self-contained one has it in its header; asked, it would first unpack itself.
  said=$(head -c 1024 "$1" | LC_ALL=C tr -d '\000' | LC_ALL=C sed -n '2s/^# \(frakti [^ ]* (commit .*\)/\1/p')
  [ -n "$said" ] || said=$("$1" version 2>/dev/null) || :
  printf '%s\n' "$said"
}

# built_version FILE: nothing when it does not tell.
built_version() {
  built_line "$1" | sed -n 's/^frakti \([^ ]*\) (commit .*/\1/p'
}

# warn_of_other_commit TOP FILE: on standard error, when the checkout TOP is at another commit. Nothing
# is said where that cannot be told: without git, or of a FILE that was built without it.
warn_of_other_commit() {
  [ -e "$1/.git" ] || return 0
  # Whose the checkout is does not matter to who only reads this.
  head=$(git -C "$1" -c "safe.directory=$1" rev-parse --short=12 HEAD 2>/dev/null) || return 0
  # A "+" behind it stands for changes that were not committed.
  from=$(built_line "$2" | sed -n 's/^frakti [^ ]* (commit \([0-9a-f]*\)[^0-9a-f].*/\1/p')
  if [ -n "$from" ] && [ "$from" != "$head" ]; then
    echo "warning: $2 was built from commit $from, and the checkout is at $head:" \
      "scripts/build.sh makes it anew" >&2
  fi
}

# check_built_version TOP FILE: fails, with the reason on standard error, when FILE is not of the version
# that the checkout TOP has; what is made of it would be called by the wrong one.
check_built_version() {
  wanted=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$1/deno.json")
  found=$(built_version "$2")
  if [ "$found" != "$wanted" ]; then
    echo "$2 is of version ${found:-unknown}, and deno.json says $wanted: run scripts/build.sh first" >&2
    return 1
  fi
}
