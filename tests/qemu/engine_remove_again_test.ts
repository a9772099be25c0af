/** A removal that breaks off in the middle and is asked for again, as kubelets do. */

import assert from "node:assert/strict";
import { obedient, refuses, runPod } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { internal } from "../../src/lib/errors.ts";
import { run, tryRun } from "../support/mod.ts";
import { atMoment } from "./monitor_moments.ts";
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
