#!/usr/bin/env bash
# Opens a shell, or runs a command, beside a dockerd, a CNI network and a frakti of its own.
# DOCKER_HOST and CONTAINER_RUNTIME_ENDPOINT are set, crictl is on PATH.
#
#   tests/support/shell.sh [COMMAND [ARGUMENT...]]
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib/deno.sh
. "$top/scripts/lib/deno.sh"
ensure_deno "$top"
exec "$top/tests/support/env.sh" deno run -A "$top/tests/support/shell.ts" "$@"
