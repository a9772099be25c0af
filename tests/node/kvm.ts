/**
 * An ordinary pod in a VM with KVM, on a processor whose virtualization is emulated, by hand:
 *
 *     tests/support/env.sh deno test -A tests/node/kvm.ts
 *
 * It is no stage of the test run, because a guest in a guest takes a processor all to itself.
 */

import assert from "node:assert/strict";
import { makeDir } from "../support/mod.ts";
import { execText, removePod, runPod, shellContainer } from "../docker/support.ts";
import { startContainer } from "../docker/support.ts";
import { bringRelease, knowRegistry } from "./brought.ts";
import { VirtualNode, withKvm } from "./machine.ts";

const brought = await makeDir("brought");
await bringRelease(brought);
const node = await VirtualNode.start(brought, withKvm);
Deno.test.afterAll(() => node.stop());

const slice = "kubepods-besteffort-podab_12.slice";
const cgroupParent = `/kubepods.slice/kubepods-besteffort.slice/${slice}`;

Deno.test("an ordinary pod runs in a VM with KVM, in the slice that the kubelet has made", async () => {
  await knowRegistry(node);
  // The guest boots too slowly here for "auto" to believe in it.
  await node.run(`
    mkdir /etc/frakti && echo 'qemu: { accel: kvm }' >/etc/frakti/config.yaml
    /media/tests/release/install.sh
    systemctl start ${slice}`);
  await node.until("an answer of frakti", "frakti pods");
  const pod = await runPod(node.host(), "in-a-vm", { linux: { cgroupParent } });
  const container = await startContainer(
    node.host(),
    pod,
    shellContainer("main", "exec sleep 100000"),
  );
  assert.match(await execText(node.host(), container, ["uname", "-r"]), /-amd64$/);
  const line = await node.run("tr '\\0' ' ' </proc/$(pidof qemu-system-x86_64)/cmdline");
  assert.match(line, / -accel kvm -cpu host /);
  const group = `${cgroupParent}/frakti-${pod.id}`;
  const place = await node.run("cat /proc/$(pidof qemu-system-x86_64)/cgroup");
  assert.equal(place.trim(), `0::${group}`);
  // systemd looks after the slice: it may take controllers from it (decision 0113), not the VM.
  await node.run("systemctl daemon-reload");
  assert.equal(await node.run("cat /proc/$(pidof qemu-system-x86_64)/cgroup"), place);
  await removePod(node.host(), pod);
  assert.equal((await node.try(`ls -d /sys/fs/cgroup${group}`)).stdout, "");
});
