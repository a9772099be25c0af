/**
 * A CRI server over a fake node in a process of its own, for tests of what can end a process.
 * Prints its socket's path when it serves, and ends with its standard input.
 */

import { startStage } from "./stage.ts";

await using stage = await startStage();
await Deno.stdout.write(new TextEncoder().encode(`${stage.socketPath}\n`));
await Deno.stdin.readable.pipeTo(new WritableStream());
