/** What an image says about how it is run, in a VM. */

import assert from "node:assert/strict";
import { containerConfig } from "../support/configs.ts";
import { linesOf, type Pod, runPod, untilExited } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import type { ContainerConfig } from "../../src/engines/domain.ts";
import type { ContainerId } from "../../src/engines/ids.ts";
import { pushImage, type Registry, startRegistry, waitFor } from "../support/mod.ts";
import { shellImage } from "./shell_image.ts";
import { inside, tryInside } from "./volume_stand.ts";

/** Ends with 10 and the number of the signal that came first. */
const script = 'for s in 1 2 10 12 15; do trap "exit $((10 + s))" $s; done; ' +
  'echo "$(id -u):$(id -g) in $PWD: $GREETING $OTHER"; while :; do sleep 1000 & wait $!; done';

const repository = "own/app";
let registry: Registry;
let subject: QemuUnderTest;
let pod: Pod;
let image = "";
Deno.test.beforeAll(async () => {
  registry = await startRegistry();
  const made = await shellImage(
    {
      Entrypoint: ["/bin/sh", "-c"],
      Cmd: [script],
      Env: ["PATH=/bin", "GREETING=good day", "OTHER=a=b"],
      WorkingDir: "/srv/app",
      User: "app:extra",
      StopSignal: "SIGUSR1",
      Volumes: { "/data": {}, "/made/up/": {}, "/link/volume": {}, "/": {}, "../odd": {} },
    },
    { type: "file", path: "etc/passwd", content: "root:x:0:0::/:\napp:x:1234:1234::/srv:\n" },
    { type: "file", path: "etc/group", content: "root:x:0:\nextra:x:77:\n" },
    { type: "dir", path: "srv" },
    { type: "dir", path: "srv/app" },
    { type: "dir", path: "data", mode: 0o750, uid: 1234, gid: 77 },
    { type: "file", path: "data/seed", content: "from the image\n", uid: 1234, gid: 77 },
    { type: "symlink", path: "link", target: "/srv" },
  );
  await pushImage(registry, repository, "1", made);
  image = `${registry.host}/${repository}:1`;
  subject = await openQemu();
  await subject.engine.pullImage(image, undefined, new AbortController().signal);
  pod = await runPod(subject);
});
Deno.test.afterAll(async () => {
  await pod?.[Symbol.asyncDispose]();
  await subject?.end();
  await registry?.stop();
});

function imageTest(name: string, fn: () => Promise<void>): void {
  // The engine outlives the case and does its own work meanwhile.
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

/** Starts a container of the image; what it says first. */
async function start(
  name: string,
  more: Partial<ContainerConfig> = {},
): Promise<{ readonly id: ContainerId; readonly says: string }> {
  const metadata = { name, attempt: 0 };
  const config = containerConfig(image, { metadata, logPath: `${name}.log`, ...more });
  const id = await pod.create(config);
  await pod.engine.startContainer(id);
  const says = await waitFor("its words", {}, async () => linesOf(await pod.log(name))[0]);
  return { id, says };
}

/** The exit code after a stop with much patience, which must not be needed. */
async function stopCode(id: ContainerId): Promise<number> {
  const startMs = performance.now();
  await pod.engine.stopContainer(id, 60_000);
  assert.ok(performance.now() - startMs < 30_000, "The signal did not end it");
  return (await untilExited(pod.engine, id)).exitCode;
}

const { security } = containerConfig("");

imageTest("command, environment, directory, user and stop signal are the image's", async () => {
  const { id, says } = await start("plain");
  assert.equal(says, "1234:77 in /srv/app: good day a=b");
  // A volume of the image is a directory with what the image has there.
  assert.equal(await inside(pod, id, "cat /data/seed; touch /data/new"), "from the image");
  assert.equal(await inside(pod, id, "stat -c '%F %u' /made/up"), "directory 0");
  assert.equal(await stopCode(id), 10 + 10); // SIGUSR1
  await pod.engine.removeContainer(id);
});

imageTest("what the container's configuration says goes before the image's", async () => {
  const { id, says } = await start("other", {
    envs: [{ key: "GREETING", value: new TextEncoder().encode("good night") }],
    workingDir: "/tmp",
    stopSignal: "SIGUSR2",
    security: { ...security, runAsUser: 4321n, runAsGroup: 99n },
  });
  assert.equal(says, "4321:99 in /tmp: good night a=b");
  assert.equal(await stopCode(id), 10 + 12);
  await pod.engine.removeContainer(id);

  const args = await start("args", { args: ["echo only this"] });
  assert.equal(args.says, "only this");
  const command = await start("command", { command: ["/bin/echo", "nothing of it"] });
  assert.equal(command.says, "nothing of it");
  for (const one of [args, command]) await pod.engine.removeContainer(one.id);
});

imageTest(
  "volumes of an image can be written, with what is in them, where the root cannot",
  async () => {
    const { id } = await start("fixed", { security: { ...security, readonlyRootfs: true } });
    const { code, output } = await tryInside(pod, id, "touch /srv/app/x");
    assert.notEqual(code, 0);
    assert.match(output, /Read-only/);
    assert.equal(
      await inside(pod, id, "cat /data/seed; stat -c '%a %u %g' /data"),
      [
        "from the image",
        "750 1234 77",
      ].join("\n"),
    );
    assert.equal(await inside(pod, id, "echo mine > /data/new; cat /data/new"), "mine");
    // One that the image lacks is there, and one behind a link leads out of the container for nobody.
    const mounts = await inside(pod, id, "cat /proc/mounts");
    const at = mounts.split("\n").map((line) => line.split(" ")).filter(([, path]) =>
      path === "/data" || path === "/made/up" || path === "/srv/volume"
    );
    assert.deepEqual(at.map(([, path, , options]) => [path, options?.split(",")[0]]).sort(), [
      ["/data", "rw"],
      ["/made/up", "rw"],
      ["/srv/volume", "rw"],
    ]);
    await pod.engine.removeContainer(id);
    // Nothing of it is left for the next container of the image.
    const next = await start("next");
    assert.equal(await inside(pod, next.id, "ls /data"), "seed");
    await pod.engine.removeContainer(next.id);
  },
);
