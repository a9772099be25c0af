/**
 * A QEMU that dies in the middle of plugging a disk in or out: at each command of its monitor, just
 * before it is sent or just after it is answered, while the guest has not told yet that it is done.
 * (At any other moment: engine_death_test.ts.) And a monitor that fails in the middle of a removal,
 * which is asked for again, as kubelets do.
 */

import assert from "node:assert/strict";
import { findByPod } from "../../src/engines/qemu/vm/process_identity.ts";
import { systemProc } from "../../src/engines/qemu/mod.ts";
import { obedient, refuses, runPod } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { internal } from "../../src/lib/errors.ts";
import { run, tryRun } from "../support/mod.ts";
import { fails, within } from "./hostile_stand.ts";
import { holdingsOf } from "./left_behind.ts";
import { atMoment, type Moment } from "./monitor_moments.ts";
import { inside } from "./volume_stand.ts";

let subject: QemuUnderTest;
let loop: string;
Deno.test.beforeAll(async () => {
  subject = await openQemu();
  await Deno.writeFile(`${subject.dir}/device`, new Uint8Array(1024 * 1024));
  loop = (await run("losetup", ["--find", "--show", `${subject.dir}/device`])).trim();
});
Deno.test.afterAll(async () => {
  if (loop !== undefined) await tryRun("losetup", ["--detach", loop]);
  await subject?.end();
});

/** The pod's scratch disk is the first one, and the node's device is plugged in after the image. */
const [imageDisk, deviceDisk] = ["disk2", "disk3"];

function deviceTest(
  verb: "plugged in" | "taken out",
  moment: Moment,
): void {
  const [when, command, disk] = moment;
  Deno.test({
    name: `a QEMU that dies ${when} ${command} of ${disk} leaves nothing, when it is ${verb}`,
    // The engine outlives the case and does its own work meanwhile.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const before = await holdingsOf(subject);
      {
        await using pod = await runPod(subject);
        const { engine } = pod;
        const device = { hostPath: loop, containerPath: "/dev/xvda", permissions: "rwm" };
        const config = pod.script(obedient, { devices: [device] });
        const ready = verb === "plugged in" ? undefined : await pod.create(config);
        if (ready !== undefined) await engine.startContainer(ready);
        const [vm] = await findByPod(pod.id, systemProc);
        assert.ok(vm !== undefined);
        using killing = atMoment(moment, () => Deno.kill(vm.pid, "SIGKILL"));
        // What a removal was to take out has gone with the VM.
        if (ready !== undefined) await within(30_000, engine.removeContainer(ready));
        else {
          const ended = /^The VM ended: QEMU was ended by SIGKILL/;
          await fails("Unavailable", ended, pod.create(config), 30_000);
        }
        assert.ok(killing.isReached());
        assert.deepEqual(engine.containers(), []);
      }
      assert.deepEqual(await holdingsOf(subject), before);
      // Nobody holds the device: it can be had by another one.
      await run("losetup", ["--detach", loop]);
      assert.equal((await tryRun("losetup", [loop])).code, 1);
      await run("losetup", [loop, `${subject.dir}/device`]);
    },
  });
}

for (const disk of [imageDisk, deviceDisk]) {
  deviceTest("plugged in", ["before", "device_add", disk]);
  deviceTest("plugged in", ["after", "device_add", disk]);
  deviceTest("taken out", ["after", "device_del", disk]);
}
deviceTest("plugged in", ["before", "blockdev-add", deviceDisk]);
deviceTest("taken out", ["before", "blockdev-del", deviceDisk]);

Deno.test({
  name: "the next container keeps its disk when the former's broken removal is done again",
  // The engine outlives the case and does its own work meanwhile.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using pod = await runPod(subject);
    const { engine } = pod;
    const device = { hostPath: loop, containerPath: "/dev/xvda", permissions: "rwm" };
    const former = await pod.create(pod.script(obedient, { devices: [device] }));
    {
      // Its root is out by then, its device is not.
      using breaking = atMoment(["before", "device_del", "disk3"], () => {
        throw internal("The monitor is out of order");
      });
      await refuses("Internal", engine.removeContainer(former));
      assert.ok(breaking.isReached());
    }
    const next = await pod.start(obedient, { metadata: { name: "next", attempt: 0 } });
    await engine.removeContainer(former);
    assert.equal(engine.container(former), undefined);
    // The scratch disk and the image of the one that is left.
    const disks = await inside(pod, next, "ls /sys/class/scsi_disk | wc -l");
    assert.equal(disks, "2");
    assert.equal(await inside(pod, next, "echo x > /file && sync && cat /file"), "x");
    await engine.removeContainer(next);
  },
});
