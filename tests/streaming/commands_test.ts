/** Exec and attach of frakti on Docker, however a client comes. */

import { startNode } from "../docker/support.ts";
import { commandCases } from "./command_cases.ts";
import { commandTransports, runPod, shellContainer, startContainer } from "./support.ts";

const node = await startNode();
const pod = await runPod(node, "commands");
const containerId = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
Deno.test.afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

for (const transport of commandTransports) {
  commandCases(transport, { host: node, pod, containerId }, {
    losesErrors: false,
    losesLastWords: false,
  });
}
