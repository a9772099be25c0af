/** The test harness itself: what the other integration tests take for granted. */

import assert from "node:assert/strict";
import {
  exists,
  makeImage,
  makeLayer,
  makeNetwork,
  newerPluginDir,
  pushImage,
  registryUser,
  run,
  startDockerd,
  startRegistry,
  testEnvironment,
} from "../support/mod.ts";

const dockerd = await startDockerd({ liveRestore: true });
Deno.test.afterAll(() => dockerd.stop());

const busybox = "registry.k8s.io/e2e-test-images/busybox:1.29-2";

Deno.test("images come over verified TLS under their upstream names", async () => {
  for (const name of [busybox, "gcr.io/k8s-staging-cri-tools/test-image-latest", "busybox:1.28"]) {
    await dockerd.docker(["pull", "-q", name]);
  }
  await using unknown = await startRegistry({ tls: "unknown", withImages: true });
  await assert.rejects(
    dockerd.docker(["pull", "-q", `${unknown.host}/pause:3.10`]),
    /certificate signed by unknown authority/,
  );
});

Deno.test("a registry with a password refuses those who do not know it", async () => {
  await using registry = await startRegistry({ auth: true });
  const image = makeImage([makeLayer([{ type: "file", path: "x", content: "y" }])], {});
  await pushImage({ url: registry.url, auth: registryUser }, "own/image", "1", image);
  await assert.rejects(
    dockerd.docker(["pull", "-q", `${registry.host}/own/image:1`]),
    /no basic auth credentials/,
  );
});

Deno.test("a privileged container and a negative oom score work", async () => {
  const flags = ["--privileged", "--oom-score-adj=-998", "--network=none", "--rm"];
  const output = await dockerd.docker(["run", ...flags, busybox, "cat", "/proc/self/cgroup"]);
  assert.ok(output.includes(`${testEnvironment().cgroupParent}/`), output);
});

Deno.test("a container outlives a killed daemon with live restore", async () => {
  const flags = ["-d", "--network=none"];
  const id = (await dockerd.docker(["run", ...flags, busybox, "sleep", "1000"])).trim();
  const inspect = ["inspect", "-f", "{{.State.Pid}}", id];
  const pid = await dockerd.docker(inspect);
  await dockerd.kill();
  assert.ok(await exists(`/proc/${pid.trim()}`));
  await dockerd.start();
  assert.equal(await dockerd.docker(inspect), pid);
});

Deno.test("the network's plugins are there, Debian's and newer ones", async () => {
  await using network = await makeNetwork();
  assert.deepEqual(await network.leases(), []);
  for (const [dir, newest] of [[network.binDirs[0], "1.0.0"], [newerPluginDir, "1.1.0"]]) {
    const answer = await run(`${dir}/bridge`, [], { env: { CNI_COMMAND: "VERSION" } });
    const { supportedVersions } = JSON.parse(answer);
    assert.equal(supportedVersions.at(-1), newest);
  }
});

Deno.test("nothing of the machine's network or runtime directory shows", async () => {
  const names = await Array.fromAsync(Deno.readDir("/sys/class/net"), ({ name }) => name);
  assert.deepEqual(names.filter((name) => name !== "lo" && !name.startsWith("ft")), []);
  assert.equal(await exists("/run/docker.sock"), false);
});
