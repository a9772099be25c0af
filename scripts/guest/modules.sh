# shellcheck shell=bash
# Which modules the guest carries, and in which order they load.

# module_names WORD LIST: the names on the lines of a modules.list that begin with WORD.
module_names() {
  sed -n "s/^$1 //p" "$2" | tr ' ' '\n' | sed '/^$/d'
}

# in_order DIR NAME...: the files of the named modules and of what they depend on, relative to DIR
# (which holds modules.dep), each once, dependencies first.
in_order() {
  local dir=$1
  shift
  printf '%s\n' "$@" | awk -v dep="$dir/modules.dep" '
    function base(path) { sub(/.*\//, "", path); sub(/\.ko$/, "", path); gsub(/-/, "_", path); return path }
    function visit(path,   i, n, parts) {
      if (path in seen) return
      seen[path] = 1
      n = split(needs[path], parts, " ")
      for (i = n; i > 0; i--) visit(parts[i])
      print path
    }
    BEGIN {
      while ((getline line < dep) > 0) {
        i = index(line, ":")
        path = substr(line, 1, i - 1)
        needs[path] = substr(line, i + 1)
        at[base(path)] = path
      }
    }
    { name = $1; gsub(/-/, "_", name); if (name in at) visit(at[name]); else print "missing " $1 > "/dev/stderr" }'
}

# aliases DIR NAMES: lines "pattern module module ...", for the names and aliases of the modules in
# the file NAMES: what to load, in order, when the kernel asks for a match of the pattern.
aliases() {
  local dir=$1 name files
  while read -r name; do
    files=$(in_order "$dir" "$name" | sed 's#.*/##; s/\.ko$//' | tr '\n' ' ')
    {
      echo "$name"
      sed -n "s/^alias \(.*\) $(tr - _ <<<"$name")\$/\1/p" "$dir/modules.alias"
    } | tr - _ | sort -u | sed "s/\$/ ${files% }/"
  done <"$2"
}

# install_modules TREE LIST OUT: copies them from TREE (lib/modules/RELEASE, after depmod) into
# OUT/modules with the files `order` and `aliases`. The types for BPF programs (.BTF) go: the kernel
# would read all of them at boot, for tracing that no pod does. So do the ORC tables, which it would
# sort at each load, to unwind its own stack.
install_modules() {
  local tree=$1 list=$2 out=$3/modules path
  mkdir -p "$out"
  # shellcheck disable=SC2046
  in_order "$tree" $(module_names order "$list") >"$out/order.paths"
  module_names later "$list" >"$out/later.names"
  # shellcheck disable=SC2046
  in_order "$tree" $(cat "$out/later.names") >"$out/later.paths"
  sort -u "$out/order.paths" "$out/later.paths" | while read -r path; do
    strip --strip-debug -R .BTF -R .orc_unwind -R .orc_unwind_ip -R .comment \
      -R .note.gnu.property -o "$out/${path##*/}" "$tree/$path"
  done
  sed 's#.*/##; s/\.ko$//' "$out/order.paths" >"$out/order"
  aliases "$tree" "$out/later.names" >"$out/aliases"
  rm "$out/order.paths" "$out/later.paths" "$out/later.names"
}
