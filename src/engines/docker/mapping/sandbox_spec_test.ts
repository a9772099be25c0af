import assert from "node:assert/strict";
import { hasCode } from "../../../lib/errors.ts";
import { allApiVersions, fakeFacts, fakeSandbox, sandboxFacts } from "./fake_facts.ts";
import { newerFields } from "./field_versions.ts";
import { sandboxSpec } from "./sandbox_spec.ts";

for (const version of allApiVersions) {
  Deno.test(`sandboxSpec sends no field newer than API ${version}`, async () => {
    const facts = fakeFacts(version);
    const config = fakeSandbox({ sysctls: { "net.core.somaxconn": "1024" } }, {
      runAsUser: 1n,
      runAsGroup: 2n,
      supplementalGroups: [3n],
      readonlyRootfs: true,
    });
    const body = await sandboxSpec(config, sandboxFacts(facts));
    assert.deepEqual(newerFields(body, facts.apiVersion), []);
  });
}

Deno.test("a pause container has no network of Docker's, no privileges and no log", async () => {
  const body = await sandboxSpec(fakeSandbox({}, { privileged: true }), sandboxFacts(fakeFacts()));
  assert.deepEqual(body, {
    Image: "sha256:pause",
    Labels: {
      app: "web",
      "annotation.note": "x",
      "io.frakti.instance": "node-1",
      "io.frakti.kind": "sandbox",
      "io.kubernetes.docker.type": "podsandbox",
    },
    Hostname: "web",
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      NetworkMode: "none",
      IpcMode: "shareable",
      CgroupParent: "/kubepods/pod1",
      LogConfig: { Type: "none", Config: {} },
      CpuShares: 2,
      OomScoreAdj: -998,
      SecurityOpt: ["no-new-privileges"],
      RestartPolicy: { Name: "no" },
    },
  });
});

Deno.test("host namespaces of a pod are the pause container's", async () => {
  const config = fakeSandbox({}, {
    namespaces: { network: "node", pid: "node", ipc: "node", targetId: "" },
  });
  const body = await sandboxSpec(config, sandboxFacts(fakeFacts()));
  const { NetworkMode, PidMode, IpcMode, UTSMode } = body.HostConfig;
  assert.deepEqual([NetworkMode, PidMode, IpcMode, UTSMode], ["host", "host", "host", "host"]);
  assert.equal(body.Hostname, undefined);
});

Deno.test("an engine that knows no shareable IPC shares it without being told", async () => {
  const body = await sandboxSpec(fakeSandbox(), sandboxFacts(fakeFacts("1.24")));
  assert.equal(body.HostConfig.IpcMode, undefined);
});

Deno.test("a pod without a seccomp profile gets Docker's for its pause container", async () => {
  const { seccomp: _none, ...security } = fakeSandbox().security;
  const body = await sandboxSpec({ ...fakeSandbox(), security }, sandboxFacts(fakeFacts()));
  assert.deepEqual(body.HostConfig.SecurityOpt, ["no-new-privileges"]);
});

Deno.test("a daemon that remaps users makes an exception for pods", async () => {
  const facts = fakeFacts("1.41", { securityOptions: ["seccomp", "userns"] });
  const body = await sandboxSpec(fakeSandbox(), sandboxFacts(facts));
  assert.equal(body.HostConfig.UsernsMode, "host");
});

for (const hostname of ["-x", "a b", "x\ny", "x".repeat(65)]) {
  Deno.test(`hostname ${JSON.stringify(hostname)} is refused`, async () => {
    await assert.rejects(
      sandboxSpec(fakeSandbox({ hostname }), sandboxFacts(fakeFacts())),
      (error) => hasCode(error, "InvalidArgument"),
    );
  });
}

Deno.test("PID mode TARGET is refused for a sandbox", async () => {
  const config = fakeSandbox({}, {
    namespaces: { network: "pod", pid: "target", ipc: "pod", targetId: "x" },
  });
  await assert.rejects(
    sandboxSpec(config, sandboxFacts(fakeFacts())),
    (error) => hasCode(error, "InvalidArgument"),
  );
});
