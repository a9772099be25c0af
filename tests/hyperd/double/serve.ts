/**
 * The double as a daemon of its own, until it is killed; prints its HOST:PORT. With it the way of
 * `scripts/test.sh --hyperd HOST:PORT` can be gone where there is no hyperd:
 *
 *   tests/support/env.sh bash -c 'exec 3< <(exec deno run -A tests/hyperd/double/serve.ts)
 *     read -r endpoint <&3; deno run -A tests/support/suite/main.ts --only hyperd-real --hyperd $endpoint'
 */

import { HyperdDouble } from "./mod.ts";

const double = await HyperdDouble.start();
await Deno.stdout.write(new TextEncoder().encode(`${double.endpoint}\n`));
