/** frakti as a process on hyperd: over the CRI, killed and started again, with hyperd away. */

import assert from "node:assert/strict";
import { connectCri } from "../support/cri_client.ts";
import { fraktiCommand, makeNetwork, startFrakti, tryRun, waitFor } from "../support/mod.ts";
import { HyperdDouble } from "./double/mod.ts";
import { podLinks } from "./support.ts";

const image = { image: "registry.k8s.io/e2e-test-images/busybox:1.29-2" };

Deno.test({
  name: "a pod of hyperd lives through the ends of frakti and of hyperd, over the CRI",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using hyperd = await HyperdDouble.start();
    await using network = await makeNetwork();
    await using frakti = await startFrakti({
      network,
      config: {
        hypervisor: { engine: "hyperd" },
        hyperd: { endpoint: hyperd.endpoint },
        docker: { enabled: false },
      },
    });
    await using cri = connectCri(frakti.socketPath, "v1");
    const conditions = async () => {
      const { status } = await cri.runtime.status();
      return status?.conditions.find(({ type }) => type === "RuntimeReady");
    };
    assert.equal((await conditions())?.status, true);

    await cri.image.pullImage({ image });
    const config = {
      metadata: { name: "web", uid: "u1", namespace: "default", attempt: 0 },
      logDirectory: `${frakti.dir}/logs`,
    };
    const { podSandboxId } = await cri.runtime.runPodSandbox({ config, runtimeHandler: "hyperd" });
    const { containerId } = await cri.runtime.createContainer({
      podSandboxId,
      sandboxConfig: config,
      config: {
        metadata: { name: "main", attempt: 0 },
        image,
        command: ["/bin/sh", "-c", 'trap "exit 5" TERM; while :; do echo tick; sleep 0.2; done'],
        logPath: "main.log",
      },
    });
    await cri.runtime.startContainer({ containerId });
    const exec = () => cri.runtime.execSync({ containerId, cmd: ["hostname"], timeout: 20 });
    assert.equal(new TextDecoder().decode((await exec()).stdout), "web\n");

    await frakti.kill();
    await frakti.start();
    const status = await cri.runtime.containerStatus({ containerId });
    assert.equal(status.status?.state, 1); // CONTAINER_RUNNING
    assert.equal((await exec()).exitCode, 0);

    hyperd.kill();
    await waitFor(
      "the node says that hyperd is away",
      {},
      async () => (await conditions())?.reason === "HyperDaemonNotReady",
    );
    assert.equal((await cri.runtime.listContainers({})).containers.length, 1);
    await assert.rejects(cri.runtime.stopContainer({ containerId, timeout: 1 }));
    await hyperd.serve();
    await waitFor("the node is ready again", {}, async () => (await conditions())?.status === true);

    await cri.runtime.stopContainer({ containerId, timeout: 20 });
    const ended = await cri.runtime.containerStatus({ containerId });
    assert.equal(ended.status?.exitCode, 5);
    assert.match(await Deno.readTextFile(`${frakti.dir}/logs/main.log`), /stdout F tick\n/);
    await cri.runtime.removePodSandbox({ podSandboxId });
    assert.deepEqual(await podLinks(), []);
    assert.deepEqual(await network.leases(), []);

    const [program, ...args] = fraktiCommand();
    const check = () => tryRun(program, [...args, "check", "--config", frakti.configPath]);
    assert.match((await check()).stdout, /OK +hyperd +hyperd 0\.8\.0 at 127\.0\.0\.1:\d+, qemu/);
    hyperd.kill();
    assert.match((await check()).stdout, /FAILURE +hyperd /);
  },
});
