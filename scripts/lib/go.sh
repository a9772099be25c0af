# shellcheck shell=bash
# Puts a Go on PATH that is new enough for the tests' tools. Source this file and packages.sh.
# Debian's own Go is too old to build them, but not to fetch a newer one: Go's toolchains are modules
# of its proxy, compared with its checksum database (https://go.dev/doc/toolchain).

FRAKTI_GO_VERSION=1.26.8

# is_new_go PROGRAM: is its minor version at least the pinned one's?
is_new_go() {
  local wanted=${FRAKTI_GO_VERSION#*.} minor
  minor=$("$1" version 2>/dev/null | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p')
  [ "${minor:-0}" -ge "${wanted%.*}" ]
}

# ensure_go TOP: as root. Installs what it fetches below TOP/.cache.
ensure_go() {
  is_new_go go && return 0
  local top=$1 name=toolchain@v0.0.1-go$FRAKTI_GO_VERSION.linux-amd64 file
  local home="$top/.cache/go-$FRAKTI_GO_VERSION"
  if ! is_new_go "$home/bin/go"; then
    command -v go >/dev/null || ensure_packages golang-go ca-certificates
    echo "Fetching Go $FRAKTI_GO_VERSION" >&2
    chmod -R u+w "$home.new" 2>/dev/null || :
    rm -rf "$home.new" "$home"
    (cd / && GOMODCACHE="$home.new" GOFLAGS='' go mod download "golang.org/$name") >&2 || {
      echo "Go $FRAKTI_GO_VERSION cannot be fetched: install Go 1.26 or later, then run this again" >&2
      return 1
    }
    # Modules are kept read-only, their programs without a mode to run, and without inner go.mod files.
    chmod -R u+w "$home.new"
    mv "$home.new/golang.org/$name" "$home"
    rm -rf "$home.new"
    chmod +x "$home"/bin/* "$home"/pkg/tool/*/*
    for file in "$home/src" "$home/src/cmd"; do mv "$file/_go.mod" "$file/go.mod"; done
  fi
  export PATH="$home/bin:$PATH" GOTOOLCHAIN=local
}
