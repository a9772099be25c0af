/**
 * The test client against containerd, whose streaming server is the reference implementation: what
 * passes here shows that the client speaks the protocols as the world does.
 */

import { connectCri } from "../support/cri_client.ts";
import { startContainerd } from "../support/containerd.ts";
import { makeDir, makeNetwork } from "../support/mod.ts";
import { commandCases } from "./command_cases.ts";
import { forwardCases, forwardServers } from "./forward_cases.ts";
import { forwardTransports } from "./forward_transports.ts";
import { startPodServers } from "./pod_servers.ts";
import { commandTransports, netnsOf, runPod, shellContainer, startContainer } from "./support.ts";

const network = await makeNetwork();
const containerd = await startContainerd(network);
const host = { cri: connectCri(containerd.socketPath, "v1"), logRoot: await makeDir("logs") };
const pod = await runPod(host, "reference");
const containerId = await startContainer(host, pod, shellContainer("main", "sleep 10000"));
const servers = await startPodServers(await netnsOf(host, pod), forwardServers);
Deno.test.afterAll(async () => {
  await servers[Symbol.asyncDispose]();
  host.cri.close();
  await containerd[Symbol.asyncDispose]();
  await network.stop();
});

// containerd 1.6 has neither v5 nor the tunnel, and hangs up at the first half-close.
for (const transport of commandTransports.filter(({ version }) => version < 5)) {
  commandCases(transport, { host, pod, containerId }, {
    // The reference ends the error stream of v1 before anything can be said on it.
    // On a busy machine it ends an attach with the container, whatever is still in its pipes.
    losesLastWords: true,
    losesErrors: transport.name === "SPDY channel.k8s.io",
  });
}
for (const transport of forwardTransports.filter(({ name }) => name !== "SPDY in a WebSocket")) {
  forwardCases(transport, { host, pod, servers }, { keepsHalfClose: false });
}
