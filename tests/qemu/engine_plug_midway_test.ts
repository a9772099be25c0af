/**
 * A frakti that is killed in the moment in which it has plugged a disk in, and noted it nowhere yet:
 * the call stops there for ever, and another engine finds the VM. (At moments that are noted:
 * node_create_midway_test.ts.)
 */

import assert from "node:assert/strict";
import { obedient, type Pod } from "../engine_contract/pods.ts";
import type { ContainerConfig } from "../../src/engines/domain.ts";
import { podLayout } from "../../src/engines/qemu/vm/layout.ts";
import { run, tryRun, waitFor } from "../support/mod.ts";
import { atMoment, type Moment } from "./monitor_moments.ts";
import { podPerCase } from "./one_pod.ts";
import { inside, mountOf } from "./volume_stand.ts";

const cases = podPerCase();

const named = (name: string) => ({ metadata: { name, attempt: 0 } });

/** What the pod has bound for its VM, by target. */
async function boundDisks(pod: Pod): Promise<string[]> {
  const { disks } = podLayout(cases.subject.options.stateDirectory, pod.id);
  return (await Array.fromAsync(Deno.readDir(disks))).map(({ name }) => name).sort();
}

/** Makes a container with an engine that goes at this moment, and opens another engine. */
async function interrupted(pod: Pod, moment: Moment, config: ContainerConfig): Promise<void> {
  using leaving = atMoment(moment, () => new Promise<void>(() => {}));
  pod.create(config).catch(() => {});
  await waitFor(moment.join(" "), { timeoutMs: 20_000, intervalMs: 5 }, () => leaving.isReached());
  await cases.subject.reopen();
}

// The scratch disk is the first one, then come the image and what the container has besides.
const added = "disk3";

for (
  const moment of [
    ["before", "blockdev-add", added],
    ["before", "device_add", added],
    ["after", "device_add", added],
  ] as const
) {
  const what = moment.slice(0, 2).join(" ");
  cases.test(`a block device does not stay with a VM, ${what}`, async (pod) => {
    const before = await boundDisks(pod);
    const file = `${cases.subject.dir}/device`;
    await Deno.writeFile(file, new Uint8Array(1024 * 1024));
    const loop = (await run("losetup", ["--find", "--show", file])).trim();
    try {
      const devices = [{ hostPath: loop, containerPath: "/dev/xvda", permissions: "rwm" }];
      await interrupted(pod, moment, pod.script(obedient, { devices, ...named("device") }));
      assert.deepEqual(await boundDisks(pod), before);
      await run("losetup", ["--detach", loop]);
      assert.equal((await tryRun("losetup", [loop])).code, 1);
    } finally {
      await tryRun("losetup", ["--detach", loop]);
    }
  });

  cases.test(`an emptyDir is free for another container, ${what}`, async (pod) => {
    const before = await boundDisks(pod);
    const dir = `${cases.subject.dir}/${
      what.replaceAll(" ", "-")
    }/volumes/kubernetes.io~empty-dir/data`;
    await Deno.mkdir(dir, { recursive: true });
    const mounts = [mountOf(dir, "/v")];
    await interrupted(
      pod,
      moment,
      pod.script(obedient, {
        mounts,
        ...named("volume"),
      }),
    );
    assert.deepEqual(await boundDisks(pod), before);
    const id = await pod.start(obedient, { mounts, ...named(`again ${what}`) });
    assert.equal(await inside(pod, id, "echo kept > /v/file && cat /v/file"), "kept");
    // Mounted: known to the guest alone, and kept over a restart.
    const mounted = await boundDisks(pod);
    await cases.subject.reopen();
    assert.deepEqual(await boundDisks(pod), mounted);
    assert.equal(await inside(pod, id, "cat /v/file"), "kept");
    await pod.engine.removeContainer(id);
  });
}
