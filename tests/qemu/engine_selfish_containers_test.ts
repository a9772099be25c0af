/** What a container must not do to the VM that it shares with the pod's others. */

import assert from "node:assert/strict";
import type { ContainerConfig } from "../../src/engines/domain.ts";
import { obedient, untilExited } from "../engine_contract/pods.ts";
import { podNamespaces } from "../support/configs.ts";
import { waitFor } from "../support/mod.ts";
import { onePod } from "./one_pod.ts";
import { inside, tryInside } from "./volume_stand.ts";

const { pod, newName, test: selfishTest } = await onePod();

function sharing(pid: "pod" | "target", targetId = ""): Partial<ContainerConfig> {
  const namespaces = { ...podNamespaces, pid, targetId };
  return { ...newName(), security: { ...pod.script("").security, namespaces } };
}

for (const pid of ["pod", "target"] as const) {
  selfishTest(
    `what a container left in the PID namespace of its ${pid} ends with it, at once`,
    async () => {
      const other = await pod.start(obedient, pid === "pod" ? sharing("pod") : newName());
      const options = sharing(pid, pid === "target" ? other : "");
      const started = performance.now();
      const id = await pod.start("sleep 4711 & exit 3", options);
      const { exitCode } = await untilExited(pod.engine, id);
      assert.equal(exitCode, 3);
      assert.ok(performance.now() - started < 15_000, "The end was told late");
      await waitFor(
        "the sleeper's end",
        { timeoutMs: 5_000 },
        async () => !(await inside(pod, other, "ps")).includes("sleep 4711"),
      );
      assert.equal(pod.engine.container(other)?.state, "running");
      for (const one of [id, other]) await pod.engine.removeContainer(one);
    },
  );
}

selfishTest("a container that fills a file of the pod's takes no room from the guest", async () => {
  const [greedy, other] = [
    await pod.start(obedient, newName()),
    await pod.start(obedient, newName()),
  ];
  for (const file of ["/etc/resolv.conf", "/etc/hostname"]) {
    const { output, code } = await tryInside(pod, greedy, `cat /dev/zero >>${file}`);
    assert.notEqual(code, 0);
    assert.match(output, /No space left on device/);
  }
  assert.equal(await inside(pod, other, "echo alive"), "alive");
  await pod.engine.removeContainer(await pod.start(obedient, newName()));
  for (const one of [greedy, other]) await pod.engine.removeContainer(one);
});

selfishTest("a container with a tree of any depth is removed, and its disk is free", async () => {
  const other = await pod.start(obedient, newName());
  const disks = () => inside(pod, other, "ls /sys/block | grep ^sd");
  const before = await disks();
  const deep = "i=0; while [ $i -lt 1200 ]; do mkdir d too-deep-0; cd d; i=$((i + 1)); done";
  const { id, exitCode } = await pod.end(`cd / && ${deep}`, newName());
  assert.equal(exitCode, 0);
  assert.notEqual(await disks(), before);
  await pod.engine.removeContainer(id);
  assert.equal(await disks(), before);
  await pod.engine.removeContainer(other);
});

selfishTest("a container hides nothing of what it writes behind a deep tree", async () => {
  // What lies deeper than a walk goes, and beside it.
  const deep = "i=0; while [ $i -lt 600 ]; do mkdir d; cd d; i=$((i + 1)); done";
  const fill = (file: string) => `dd if=/dev/urandom of=${file} bs=1M count=10 conv=fsync 2>&1`;
  const script = `cd / && ${fill("before")} && ${deep} && ${fill("below")} && cd / && ${fill("z")}`;
  const id = await pod.start(`${script} && ${obedient}`, newName());
  const wrote = async () => {
    const [stats] = await pod.engine.containerStats([id]);
    return (stats?.writableLayer?.usedBytes ?? 0n) >= 30n * 1024n * 1024n;
  };
  await waitFor("the last file", { timeoutMs: 60_000 }, async () => {
    return (await tryInside(pod, id, "test $(stat -c %s /z) = 10485760")).code === 0;
  });
  assert.ok(await wrote());
  await pod.engine.removeContainer(id);
});
