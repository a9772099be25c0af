/** Pods of hyperd on networks of other plugins than bridge, and taken off them without a trace. */

import assert from "node:assert/strict";
import { runPod } from "../engine_contract/pods.ts";
import { run, tryRun } from "../support/command.ts";
import { makeNetwork } from "../support/mod.ts";
import { hyperdTest, nothingIsLeft, podLinks } from "./support.ts";
import type { HyperdUnderTest } from "../engine_contract/hyperd_subject.ts";

/** Puts one plugin in the place of the bridge. */
async function usePlugin(
  { network }: HyperdUnderTest,
  plugin: Readonly<Record<string, unknown>>,
): Promise<void> {
  const conflist = JSON.parse(await Deno.readTextFile(network.configPath));
  const [{ ipam }] = conflist.plugins;
  await Deno.writeTextFile(
    network.configPath,
    JSON.stringify({ ...conflist, plugins: [{ ipam, ...plugin }] }),
  );
}

async function reaches(address: string, times = "1"): Promise<boolean> {
  return (await tryRun("ping", ["-c", times, "-W", "2", address])).code === 0;
}

hyperdTest(
  "bridge: the node and another pod reach a pod, which has its address and hardware address",
  async (subject) => {
    const first = await runPod(subject);
    const second = await runPod(subject);
    const [ip = ""] = subject.engine.sandbox(first.id)?.ips ?? [];
    assert.ok(await reaches(ip));
    assert.equal((await second.end(`ping -c 1 -W 2 ${ip}`)).exitCode, 0);
    await first.end("ip addr show dev eth0");
    assert.match(await first.log(), new RegExp(`inet ${ip.replaceAll(".", "\\.")}/24`));
    for (const pod of [first, second]) await subject.engine.removeSandbox(pod.id);
    await nothingIsLeft(subject);
  },
);

hyperdTest(
  "ptp: a gateway outside of the subnet and an MTU of its own reach the guest",
  async (subject) => {
    await usePlugin(subject, { type: "ptp", ipMasq: true, mtu: 1400 });
    const pod = await runPod(subject);
    const [ip = ""] = subject.engine.sandbox(pod.id)?.ips ?? [];
    assert.ok(await reaches(ip));
    await pod.end("ip link show dev eth0; ip route");
    const log = await pod.log();
    assert.match(log, /mtu 1400/);
    assert.match(log, /default via/);
    await subject.engine.removeSandbox(pod.id);
    await nothingIsLeft(subject);
  },
);

for (const version of ["1.0.0", "1.1.0"]) {
  hyperdTest(
    `a card has its gateway, and its tap its name, on a network of ${version}`,
    async (subject, double) => {
      double.faults.version = version;
      await subject.reopen();
      await using pod = await runPod(subject);
      assert.ok((await podLinks()).some((name) => name.startsWith("fkt")));
      await pod.end("ip route");
      assert.match(await pod.log(), /default via/);
    },
  );
}

hyperdTest("macvlan: two pods reach each other", async (subject) => {
  await run("ip", ["link", "add", "ftm0", "type", "veth", "peer", "name", "ftm1"]);
  for (const link of ["ftm0", "ftm1"]) await run("ip", ["link", "set", "dev", link, "up"]);
  try {
    await usePlugin(subject, { type: "macvlan", master: "ftm0", mode: "bridge" });
    const [first, second] = [await runPod(subject), await runPod(subject)];
    const [ip = ""] = subject.engine.sandbox(first.id)?.ips ?? [];
    assert.equal((await second.end(`ping -c 2 -W 2 ${ip}`)).exitCode, 0);
    for (const pod of [first, second]) await subject.engine.removeSandbox(pod.id);
    await nothingIsLeft(subject);
  } finally {
    await tryRun("ip", ["link", "delete", "ftm0"]);
  }
});

hyperdTest("traffic shows in the figures of the sandbox, from the pod's side", async (subject) => {
  await using pod = await runPod(subject);
  const [ip = ""] = subject.engine.sandbox(pod.id)?.ips ?? [];
  await reaches(ip, "3");
  const [stats] = await subject.engine.sandboxStats([pod.id]);
  const [nic] = stats?.network?.interfaces ?? [];
  assert.ok(
    nic !== undefined && nic.rxBytes >= 3n * 84n && nic.txBytes >= 3n * 84n,
    Deno.inspect(nic),
  );
});

const dualStack = Deno.env.get("FRAKTI_TEST_DIR") === undefined
  ? undefined
  : await makeNetwork({ dualStack: true });
Deno.test.afterAll(() => dualStack?.stop());

hyperdTest("a pod with two families has both in the guest", async (subject) => {
  await using pod = await runPod(subject);
  const { ips = [] } = subject.engine.sandbox(pod.id) ?? {};
  assert.equal(ips.length, 2);
  await pod.end("ip -6 addr show dev eth0; ip -6 route");
  const log = await pod.log();
  assert.ok(log.includes(ips[1] ?? "none"), log);
  assert.match(log, /default via/);
  assert.doesNotMatch(log, /tentative|dadfailed/);
  assert.ok(await reaches(ips[1] ?? "none", "2"));
}, dualStack === undefined ? {} : { network: dualStack });
