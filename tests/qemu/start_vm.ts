/**
 * Starts a VM as frakti does, says so on its output, and waits to be killed:
 *   start_vm.ts STATE_DIRECTORY POD_ID
 */

import { openStand, specOf } from "./vm_stand.ts";

const [dir, podId = ""] = Deno.args;
const stand = await openStand(dir);
const vm = await stand.launcher.start(specOf(stand, { podId }), () => {});
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(vm.identity)}\n`));
await new Promise((resolve) => setTimeout(resolve, 600_000));
