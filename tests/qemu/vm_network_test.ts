/** VMs on CNI networks, booted while ADD runs. */

import assert from "node:assert/strict";
import {
  type AgentConnection,
  configureNetwork,
  runCommand,
} from "../../src/engines/qemu/agent/mod.ts";
import { systemProcesses } from "../../src/lib/process.ts";
import { joinTap, makeTap, tapName } from "../../src/network/mod.ts";
import {
  assertNothingLeft,
  type Fixture,
  makePod,
  openNetwork,
  type TestPod,
} from "../network/support.ts";
import { run } from "../support/mod.ts";
import { openStand, specOf, type TestVm, testVm } from "./vm_stand.ts";

const stand = await openStand();
Deno.test.afterAll(async () => {
  await stand[Symbol.asyncDispose]();
});

const commandLimitMs = 60_000;

interface NetworkedVm {
  readonly pod: TestPod;
  readonly vm: TestVm;
  readonly agent: AgentConnection;
  readonly addresses: readonly string[];
  stop(): Promise<void>;
}

/** A VM with a static busybox in its share, attached while it boots. */
async function startOn(fixture: Fixture): Promise<NetworkedVm> {
  const pod = await makePod(fixture);
  await makeTap(pod.netns, systemProcesses);
  const layout = await stand.launcher.makeDirectory(pod.id);
  await stand.launcher.binds.add(layout, {
    source: await Deno.realPath("/bin/busybox"),
    place: "share",
    name: "busybox",
    isReadOnly: true,
  });
  const spec = specOf(stand, { podId: pod.id, tap: tapName, netnsPath: pod.netns });
  const [attachment, machine] = await Promise.all([
    fixture.network.attach(pod.request),
    stand.launcher.start(spec, () => {}),
  ]);
  const vm = testVm(stand, machine);
  const guest = await joinTap(pod.netns, "eth0", systemProcesses);
  const agent = await vm.connect();
  await configureNetwork(agent, { name: "eth0", ...guest });
  return {
    pod,
    vm,
    agent,
    addresses: attachment.ips.map((ip) => ip.address),
    async stop() {
      agent.close();
      await machine.quit();
      await fixture.network.detach(attachment);
      await vm[Symbol.asyncDispose]();
      await pod[Symbol.asyncDispose]();
    },
  };
}

async function inGuest({ agent }: NetworkedVm, ...command: string[]): Promise<string> {
  const result = await runCommand(agent, ["/run/frakti/share/busybox", ...command], {
    timeoutMs: commandLimitMs,
  });
  assert.equal(result.exitCode, 0, `${command.join(" ")}: ${result.output}`);
  return result.output;
}

Deno.test("two VMs on a bridge reach each other and the host, in IPv4 and IPv6", async () => {
  await using fixture = await openNetwork({ dualStack: true });
  const one = await startOn(fixture);
  const two = await startOn(fixture);
  assert.match(
    await inGuest(one, "ip", "address", "show", "dev", "eth0"),
    new RegExp(`${one.addresses[0]}/24`),
  );
  for (const address of two.addresses) {
    await inGuest(one, "ping", "-c", "1", "-W", "30", address);
    await run("ping", ["-c", "1", "-W", "30", address]);
  }
  await one.stop();
  await two.stop();
  await assertNothingLeft(fixture, two.pod);
});

Deno.test("much data crosses from the host into a VM unchanged", async () => {
  await using fixture = await openNetwork();
  const vm = await startOn(fixture);
  const sizeBytes = 16 * 1024 * 1024;
  const listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const served = (async () => {
    using connection = await listener.accept();
    const chunk = new Uint8Array(64 * 1024).fill(0x61);
    for (let sent = 0; sent < sizeBytes;) {
      sent += await connection.write(chunk.subarray(0, sizeBytes - sent));
    }
  })();
  const gateway = `${vm.addresses[0]?.split(".").slice(0, 3).join(".")}.1`;
  const busybox = "/run/frakti/share/busybox";
  const script = `${busybox} nc ${gateway} ${port} </dev/null | ${busybox} md5sum`;
  const output = await inGuest(vm, "sh", "-c", script);
  await served;
  listener.close();
  const expected = await run("sh", ["-c", `head -c ${sizeBytes} /dev/zero | tr '\\0' a | md5sum`]);
  assert.equal(output.trim(), expected.trim());
  await vm.stop();
});
