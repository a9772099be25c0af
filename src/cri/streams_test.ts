import assert from "node:assert/strict";
import { Edge, fullEdge, refused, unknown } from "../../tests/cri/edge.ts";
import { fakeCreated, FakeNode, fakeSandbox } from "../../tests/cri/fake_node.ts";
import type { StreamingUrls } from "./streaming.ts";

/** Hands out URLs that tell what was asked for. */
const urls: StreamingUrls = {
  exec: (request) => `exec:${request.containerId}:${request.command.join(" ")}`,
  attach: (request) => `attach:${request.containerId}:${request.stdin}`,
  portForward: (request) => `forward:${request.sandboxId}:${request.ports.join(",")}`,
};

const containerId = "container-1";
const badStreams = [
  { containerId: "", stdout: true },
  { containerId, tty: true, stdout: true, stderr: true },
  { containerId },
  { containerId, tty: true },
];

Deno.test("Exec and Attach refuse streams that cannot be served", async () => {
  for (const request of badStreams) {
    const edge = fullEdge(urls);
    await assert.rejects(() => edge.runtime("exec", { cmd: ["sh"], ...request }), refused);
    await assert.rejects(() => edge.runtime("attach", request), refused);
  }
});

Deno.test("Exec refuses an empty command", async () => {
  const edge = fullEdge(urls);
  await assert.rejects(() => edge.runtime("exec", { containerId, stdout: true }), refused);
});

Deno.test("Exec and Attach answer NotFound for an unknown container", async () => {
  const edge = fullEdge(urls);
  const request = { containerId: "nobody", stdout: true };
  await assert.rejects(() => edge.runtime("exec", { cmd: ["sh"], ...request }), unknown);
  await assert.rejects(() => edge.runtime("attach", request), unknown);
});

Deno.test("Exec, Attach and PortForward need something that runs", async () => {
  const edge = new Edge(
    new FakeNode({
      sandboxes: [fakeSandbox({ state: "notready" })],
      containers: [fakeCreated()],
    }),
    urls,
  );
  const notRunning = { code: "FailedPrecondition" };
  const request = { containerId, stdout: true };
  await assert.rejects(() => edge.runtime("exec", { cmd: ["sh"], ...request }), notRunning);
  await assert.rejects(() => edge.runtime("attach", request), notRunning);
  const podSandboxId = "sandbox-1";
  await assert.rejects(() => edge.runtime("portForward", { podSandboxId }), notRunning);
});

Deno.test("PortForward refuses ports that are none", async () => {
  for (const port of [0, -1, 65_536]) {
    const edge = fullEdge(urls);
    const request = { podSandboxId: "sandbox-1", port: [80, port] };
    await assert.rejects(() => edge.runtime("portForward", request), refused);
  }
});

Deno.test("Exec, Attach and PortForward answer with the streaming server's URL", async () => {
  const edge = fullEdge(urls);
  const exec = await edge.runtime("exec", { containerId, cmd: ["ls", "-l"], stdout: true });
  assert.equal(exec.url, "exec:container-1:ls -l");
  const attach = await edge.runtime("attach", { containerId, stdin: true });
  assert.equal(attach.url, "attach:container-1:true");
  const forward = await edge.runtime("portForward", { podSandboxId: "sandbox-1", port: [80] });
  assert.equal(forward.url, "forward:sandbox-1:80");
});

Deno.test("Exec, Attach and PortForward are Unimplemented without a streaming server", async () => {
  const edge = fullEdge();
  const missing = { code: "Unimplemented" };
  const request = { containerId, stdout: true };
  await assert.rejects(() => edge.runtime("exec", { cmd: ["sh"], ...request }), missing);
  await assert.rejects(() => edge.runtime("attach", request), missing);
  const podSandboxId = "sandbox-1";
  await assert.rejects(() => edge.runtime("portForward", { podSandboxId }), missing);
});
