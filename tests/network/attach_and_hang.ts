/** A frakti of its own for a test that kills it: attaches one pod, after writing down the plan. */

import { systemClock as clock } from "../../src/lib/clock.ts";
import { silentLogger as log } from "../../src/lib/log.ts";
import { systemProcesses as processes } from "../../src/lib/process.ts";
import { PodNetwork } from "../../src/network/mod.ts";

const { settings, request, plan } = JSON.parse(await Deno.readTextFile(Deno.args[0] ?? ""));
const network = new PodNetwork(settings, { clock, processes, log });
await network.attach(request, (planned) => Deno.writeTextFile(plan, JSON.stringify(planned)));
