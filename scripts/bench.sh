#!/usr/bin/env bash
# Runs a benchmark in a private environment: scripts/bench.sh NAME [OPTION...]
#
# NAME is a file of benchmarks/: life, lists, process, critest, logs, streaming, vms, hyperd. Needs root
# and what scripts/test.sh installs and builds (run that once). Prints tables and writes the figures to
# dist/bench/NAME.json. What is measured is the built file, made here; FRAKTI_BIN names another one,
# and set to nothing it measures the source.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
name=${1:-}
if ! [ -f "$top/benchmarks/$name.ts" ]; then
  echo "usage: scripts/bench.sh $(cd "$top/benchmarks" && ls ./*.ts | sed 's|^\./||; s|\.ts$||' | paste -sd '|') [OPTION...]" >&2
  exit 2
fi
shift

# shellcheck source=scripts/lib/deno.sh
. "$top/scripts/lib/deno.sh"
ensure_deno "$top"
cd "$top"
deno cache --quiet main.ts "benchmarks/$name.ts" # There is no way out of the environment.
if [ -z "${FRAKTI_BIN+set}" ]; then
  scripts/build.sh
  export FRAKTI_BIN=$top/dist/frakti
fi
exec "$top/tests/support/env.sh" deno run -A --cached-only "benchmarks/$name.ts" "$@"
