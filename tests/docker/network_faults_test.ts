import assert from "node:assert/strict";
import { type ServiceError, status } from "../support/cri_client.ts";
import { debianPluginDir, run, waitFor } from "../support/mod.ts";
import { makeFaultyPlugins } from "./faulty_plugins.ts";
import { inventory, machineHolds, nothing } from "./inventory.ts";
import {
  conditionIs,
  conditionOf,
  execText,
  isPinnedToOldApi,
  mode,
  notReady,
  podConfig,
  podStatusOf,
  ready,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
} from "./support.ts";

const faulty = await makeFaultyPlugins(["bridge", "portmap"]);
const node = await startNode({ network: { binDirs: [faulty, debianPluginDir] } });
const portMappings = [{ protocol: 0, containerPort: 80, hostPort: 21_600 }];

// A plugin that hangs is given up after a minute: the calls run beside the other tests, and once
// only, as Docker's API has no part in it.
const hanging = (isPinnedToOldApi() ? [] : ["bridge-hang", "portmap-hang"]).map((name) => {
  const call = runPod(node, name, { portMappings });
  call.catch(() => {});
  return call;
});
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

/** What the machine holds besides the pods whose plugins hang. */
async function others() {
  const { leases, containers } = await inventory(node);
  return { leases: leases.length, containers: containers.length };
}

await waitFor(
  "the calls wait for their plugins",
  {},
  async () => {
    const { containers, leases } = await others();
    return containers === hanging.length && leases === Math.min(hanging.length, 1);
  },
);

for (const plugin of ["bridge", "portmap"]) {
  for (
    const [fault, text] of [
      ["rubbish", /JSON|no \{/],
      ["flood", /bytes/],
      ["exit", /something went wrong inside/],
      ["error", /no more room/],
      ["killed", /SIGKILL|kill/],
      ["after", /failed after all/],
    ] as const
  ) {
    Deno.test(`plugin ${plugin} with fault "${fault}" fails the pod with one error and no trace`, async () => {
      const before = await others();
      const config = podConfig(node, `${plugin}-${fault}`, { portMappings });
      const failed = await node.cri.runtime.runPodSandbox({ config }).then(
        () => assert.fail("The pod runs"),
        (error: ServiceError) => error,
      );
      assert.match(failed.details, new RegExp(plugin));
      assert.match(failed.details, text);
      assert.deepEqual(await others(), before);
      const { items } = await node.cri.runtime.listPodSandbox({});
      assert.deepEqual(items, []);
    });
  }
}

Deno.test("after all those faults the next pod runs", async () => {
  const pod = await runPod(node, "fine");
  assert.equal((await podStatusOf(node, pod)).state, ready);
  await removePod(node, pod);
});

Deno.test("a pod that cannot be detached stays listed until a later stop can", async () => {
  const pod = await runPod(node, "stuck");
  await Deno.writeTextFile(`${faulty}/refuse-del`, "");
  await assert.rejects(
    node.cri.runtime.stopPodSandbox({ podSandboxId: pod.id }),
    /something went wrong inside/,
  );
  await assert.rejects(node.cri.runtime.removePodSandbox({ podSandboxId: pod.id }));
  assert.equal((await podStatusOf(node, pod)).state, notReady);
  await Deno.remove(`${faulty}/refuse-del`);
  const before = await others();
  await removePod(node, pod);
  assert.equal((await others()).leases, before.leases - 1);
});

Deno.test("a pod whose plugin was killed and cannot be undone stays listed until a stop can", async () => {
  const before = await others();
  await Deno.writeTextFile(`${faulty}/refuse-del`, "");
  await assert.rejects(runPod(node, "bridge-killed"), /was killed by SIGKILL/);
  await Deno.remove(`${faulty}/refuse-del`);
  const { items: [left, ...more] } = await node.cri.runtime.listPodSandbox({});
  assert.ok(left);
  assert.deepEqual(more, []);
  assert.equal(left.state, notReady);
  const beside = await runPod(node, "beside-it");
  await removePod(node, beside);
  await node.cri.runtime.stopPodSandbox({ podSandboxId: left.id });
  await node.cri.runtime.removePodSandbox({ podSandboxId: left.id });
  assert.deepEqual(await others(), before);
});

Deno.test("a plugin that is missing shows in NetworkReady and refuses pods until it is there", async () => {
  const before = await others();
  await Deno.rename(`${faulty}/portmap`, `${faulty}/hidden`);
  const conf = JSON.parse(await Deno.readTextFile(node.network.configPath));
  conf.plugins.push({ type: "no-such-plugin" });
  await Deno.writeTextFile(node.network.configPath, JSON.stringify(conf));
  const condition = await conditionIs(node, "NetworkReady", false);
  assert.match(condition.message, /no-such-plugin/);
  await assert.rejects(runPod(node, "missing"), (error: ServiceError) => {
    assert.equal(error.code, status.FAILED_PRECONDITION);
    assert.match(error.details, /no-such-plugin/);
    return true;
  });
  assert.deepEqual(await others(), before);
  await Deno.rename(`${faulty}/hidden`, `${faulty}/portmap`);
  conf.plugins.pop();
  await Deno.writeTextFile(node.network.configPath, JSON.stringify(conf));
  await conditionIs(node, "NetworkReady", true);
});

Deno.test("without any network pods are refused, but for those on the host's", async () => {
  const text = await Deno.readTextFile(node.network.configPath);
  const kept = await runPod(node, "kept");
  await Deno.remove(node.network.configPath);
  const condition = await conditionIs(node, "NetworkReady", false);
  assert.equal(condition.reason, "NetworkPluginNotReady");
  assert.ok((await conditionOf(node, "RuntimeReady")).status);
  await assert.rejects(runPod(node, "refused"), { code: status.UNAVAILABLE });
  const host = await runPod(node, "host", {
    linux: { securityContext: { namespaceOptions: { network: mode.node, pid: mode.container } } },
  });
  await removePod(node, host);
  // What is configured now does not matter to a pod that was attached before.
  assert.equal((await podStatusOf(node, kept)).state, ready);
  const before = await others();
  await removePod(node, kept);
  assert.equal((await others()).leases, before.leases - 1);
  await Deno.writeTextFile(node.network.configPath, text);
  await conditionIs(node, "NetworkReady", true);
  await removePod(node, await runPod(node, "again"));
});

Deno.test("a network that changes while frakti runs is the one the next pod gets", async () => {
  const before = JSON.parse(await Deno.readTextFile(node.network.configPath));
  const old = await runPod(node, "old");
  const changed = structuredClone(before);
  changed.plugins[0].bridge = "cni77";
  changed.plugins[0].ipam.ranges = [[{ subnet: "10.77.0.0/24" }]];
  await Deno.writeTextFile(node.network.configPath, JSON.stringify(changed));
  const pod = await runPod(node, "new");
  assert.match((await podStatusOf(node, pod)).network?.ip ?? "", /^10\.77\.0\./);
  await removePod(node, old);
  await removePod(node, pod);
  await Deno.writeTextFile(node.network.configPath, JSON.stringify(before));
  await run("ip", ["link", "delete", "cni77"]);
});

Deno.test("a configuration that is no JSON is skipped and said so", async () => {
  const path = `${node.network.confDir}/00-broken.conflist`;
  await Deno.writeTextFile(path, "{ nonsense");
  await waitFor(
    "the message names the file",
    {},
    async () => (await conditionOf(node, "NetworkReady")).message.includes("00-broken.conflist"),
  );
  assert.ok((await conditionOf(node, "NetworkReady")).status);
  await removePod(node, await runPod(node, "beside"));
  await Deno.remove(path);
});

Deno.test("the bridge and loopback configuration that Frakti v0.1 documented works unchanged", async () => {
  const { network } = node;
  const kept = await Deno.readTextFile(network.configPath);
  await Deno.remove(network.configPath);
  const bridge = {
    cniVersion: "0.3.0",
    name: "mynet",
    type: "bridge",
    bridge: "cni0",
    isGateway: true,
    ipMasq: true,
    ipam: {
      type: "host-local",
      subnet: "10.30.0.0/16",
      routes: [{ dst: "0.0.0.0/0" }],
    },
  };
  await Deno.writeTextFile(`${network.confDir}/10-mynet.conf`, JSON.stringify(bridge));
  await Deno.writeTextFile(
    `${network.confDir}/99-loopback.conf`,
    JSON.stringify({ cniVersion: "0.3.0", type: "loopback" }),
  );
  await conditionIs(node, "NetworkReady", true);
  const pod = await runPod(node, "classic");
  const ip = (await podStatusOf(node, pod)).network?.ip ?? "";
  assert.match(ip, /^10\.30\./);
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  assert.ok((await execText(node, id, ["ip", "addr"])).includes(ip));
  assert.match(await execText(node, id, ["ip", "addr", "show", "lo"]), /UP.*\n[\s\S]*127\.0\.0\.1/);
  await removePod(node, pod);
  await Deno.remove(`${network.confDir}/10-mynet.conf`);
  await Deno.remove(`${network.confDir}/99-loopback.conf`);
  await Deno.writeTextFile(network.configPath, kept);
  await run("ip", ["link", "delete", "cni0"]);
});

if (hanging.length > 0) {
  Deno.test("a plugin that hangs is killed, and its pod leaves nothing", async () => {
    for (const call of hanging) {
      await assert.rejects(call, (error: ServiceError) => {
        assert.equal(error.code, status.DEADLINE_EXCEEDED);
        assert.match(error.details, /did not finish ADD/);
        return true;
      });
    }
    await machineHolds(node, nothing);
  });
}

Deno.test("after everything the next pod runs and nothing is left", async () => {
  await removePod(node, await runPod(node, "last"));
  await machineHolds(node, nothing);
});
