/**
 * The test client against containerd, whose streaming server is the reference implementation: what
 * passes here shows that the client speaks the protocols as the world does.
 */

import { connectCri } from "../support/cri_client.ts";
import { startContainerd } from "../support/containerd.ts";
import { makeDir, makeNetwork } from "../support/mod.ts";
import { commandCases } from "./command_cases.ts";
import { commandTransports, runPod, shellContainer, startContainer } from "./support.ts";

const network = await makeNetwork();
const containerd = await startContainerd(network);
const host = { cri: connectCri(containerd.socketPath, "v1"), logRoot: await makeDir("logs") };
const pod = await runPod(host, "reference");
const containerId = await startContainer(host, pod, shellContainer("main", "sleep 10000"));
Deno.test.afterAll(async () => {
  host.cri.close();
  await containerd[Symbol.asyncDispose]();
  await network.stop();
});

// containerd 1.6 has no v5.
for (const transport of commandTransports.filter(({ version }) => version < 5)) {
  commandCases(transport, () => Promise.resolve({ host, pod, containerId }));
}
