/** Images as volumes (CRI `Mount.image`) in the VM of a pod, through the engine. */

import assert from "node:assert/strict";
import type { Mount } from "../../src/engines/domain.ts";
import type { ContainerId } from "../../src/engines/ids.ts";
import { type ContainerRecord, containerRecords } from "../../src/engines/qemu/records.ts";
import { describe, hasCode } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { RecordStore } from "../../src/state/record_store.ts";
import { refuses } from "../engine_contract/pods.ts";
import { containerConfig } from "../support/configs.ts";
import type { TarEntry } from "../support/images/tar.ts";
import {
  exists,
  makeImage,
  makeLayer,
  pushImage,
  type Registry,
  startRegistry,
} from "../support/mod.ts";
import { shellImage } from "./shell_image.ts";
import { inside, mountOf, tryInside, VolumeStand } from "./volume_stand.ts";

const dir = (path: string): TarEntry => ({ type: "dir", path });
const link = (path: string, target: string): TarEntry => ({ type: "symlink", path, target });
const file = (path: string, content: string): TarEntry => ({ type: "file", path, content });

/** Files of an image without a program, and links of all kinds. */
const dataEntries: readonly TarEntry[] = [
  file("note", "of the image\n"),
  { type: "file", path: "owned", content: "secret\n", mode: 0o640, uid: 1234, gid: 77 },
  dir("models"),
  dir("models/small"),
  file("models/small/weights", "small\n"),
  link("models/current", "small"),
  link("models/newest", "../models/current"),
  link("absolute", "/models"),
  link("climbs", "../../../etc"),
  link("models/climbs", "../../run"),
  link("dangling", "models/none"),
  link("loop", "loop"),
];

let registry: Registry;
let stand: VolumeStand;
let data = "";
let tools = "";
Deno.test.beforeAll(async () => {
  registry = await startRegistry();
  await pushImage(registry, "own/data", "1", makeImage([makeLayer(dataEntries)], {}));
  await pushImage(registry, "own/tools", "1", await shellImage({ Cmd: ["/bin/true"] }));
  data = `${registry.host}/own/data:1`;
  tools = `${registry.host}/own/tools:1`;
  stand = await VolumeStand.open();
  for (const image of [data, tools]) await pull(image);
});
Deno.test.afterAll(async () => {
  await stand?.close();
  await registry?.stop();
});

function volumeTest(name: string, fn: () => Promise<void>): void {
  // The engine outlives the case and does its own work meanwhile.
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

const pull = (image: string) =>
  stand.subject.engine.pullImage(image, undefined, new AbortController().signal);

/** A mount as a kubelet asks for it. */
function volumeOf(image: string, containerPath: string, imageSubPath = ""): Mount {
  const { image: spec } = containerConfig(image);
  return mountOf("", containerPath, { image: spec, imageSubPath, readonly: true });
}

/** The disks of the pod's VM that came by plugging, and what is left of half-made containers. */
async function plugged(): Promise<{ readonly disks: string[]; readonly making: string[] }> {
  const top = `${stand.subject.options.stateDirectory}/pods/${stand.pod.id}`;
  const namesIn = async (place: string) =>
    await exists(`${top}/${place}`)
      ? (await Array.fromAsync(Deno.readDir(`${top}/${place}`))).map(({ name }) => name).sort()
      : [];
  return { disks: await namesIn("disks"), making: await namesIn("making") };
}

const remove = (id: ContainerId) => stand.pod.engine.removeContainer(id);

volumeTest(
  "an image is there with its files, owners and programs, and cannot be written",
  async () => {
    const { pod } = stand;
    const id = await stand.start([volumeOf(data, "/mnt/data"), volumeOf(tools, "/mnt/tools")]);
    assert.equal(await inside(pod, id, "cat /mnt/data/note"), "of the image");
    assert.equal(await inside(pod, id, "stat -c '%a %u %g' /mnt/data/owned"), "640 1234 77");
    assert.equal(await inside(pod, id, "/mnt/tools/bin/busybox echo runs"), "runs");
    for (
      const script of ["touch /mnt/data/new", "rm /mnt/data/note", "echo x >> /mnt/data/owned"]
    ) {
      const { output, code } = await tryInside(pod, id, script);
      assert.notEqual(code, 0, script);
      assert.match(output, /Read-only file system/);
    }
    const images = pod.engine.container(id)?.mounts.map(({ imageId }) => imageId);
    assert.deepEqual(images, [await pull(data), await pull(tools)]);
    await remove(id);
  },
);

volumeTest("a sub-path is a directory of the image, by its own links too", async () => {
  const { pod } = stand;
  const paths = ["models/small", "models/current", "models/newest/"];
  const id = await stand.start([
    ...paths.map((path, index) => volumeOf(data, `/mnt/${index}`, path)),
    volumeOf(data, "/mnt/all", "models"),
  ]);
  for (const index of paths.keys()) {
    const seen = await inside(pod, id, `cat /mnt/${index}/weights; ls /mnt/${index}`);
    assert.equal(seen, "small\nweights");
  }
  assert.equal(await inside(pod, id, "ls /mnt/all/small"), "weights");
  const { output, code } = await tryInside(pod, id, "touch /mnt/0/new");
  assert.notEqual(code, 0);
  assert.match(output, /Read-only file system/);
  await remove(id);
});

volumeTest(
  "a sub-path that is missing, no directory, or leads out is refused, and nothing of it stays",
  async () => {
    const before = await plugged();
    const cases: readonly (readonly [string, "NotFound" | "FailedPrecondition", RegExp])[] = [
      ["none", "NotFound", /sub-path "none" is not in the image/],
      ["models/none/deeper", "NotFound", /is not in the image/],
      ["dangling", "NotFound", /is not in the image/],
      ["note", "FailedPrecondition", /is no directory/],
      ["note/deeper", "FailedPrecondition", /is no directory/],
      ["absolute", "FailedPrecondition", /leads out of the image/],
      ["climbs", "FailedPrecondition", /leads out of the image/],
      ["models/climbs/frakti", "FailedPrecondition", /leads out of the image/],
      ["loop", "FailedPrecondition", /is a loop of links/],
    ];
    for (const [path, code, words] of cases) {
      const config = stand.config("true", [volumeOf(data, "/good"), volumeOf(data, "/bad", path)]);
      await assert.rejects(stand.pod.create(config), (error) => {
        assert.ok(hasCode(error, code), Deno.inspect(error));
        assert.match(describe(error), /^ImageVolumeMountFailed: /);
        assert.match(describe(error), words);
        return true;
      });
    }
    assert.deepEqual(await plugged(), before);
  },
);

volumeTest("an image that is not here is refused, as a container's own is", async () => {
  const before = await plugged();
  const config = stand.config("true", [
    volumeOf(data, "/a"),
    volumeOf("nowhere.test/none:1", "/b"),
  ]);
  await assert.rejects(stand.pod.create(config), (error) => {
    assert.ok(hasCode(error, "NotFound"), Deno.inspect(error));
    assert.match(describe(error), /^ImageVolumeMountFailed: .*"nowhere.test\/none:1" at "\/b"/);
    return true;
  });
  assert.deepEqual(await plugged(), before);
});

volumeTest(
  "an image is one disk for all volumes and containers of a pod, gone with the last",
  async () => {
    const { pod } = stand;
    const before = (await plugged()).disks.length;
    const first = await stand.start([volumeOf(data, "/a"), volumeOf(data, "/b", "models")]);
    assert.equal((await plugged()).disks.length, before + 2); // And the container's own image.
    const [second, third] = await Promise.all([
      stand.start([volumeOf(data, "/c"), volumeOf(tools, "/t")]),
      stand.start([volumeOf(tools, "/t")]),
    ]);
    assert.equal((await plugged()).disks.length, before + 5);
    await remove(first);
    assert.equal(await inside(pod, second, "cat /c/note"), "of the image");
    // At the same time, so that each sees the other's record.
    await Promise.all([remove(second), remove(third)]);
    assert.equal((await plugged()).disks.length, before);
  },
);

volumeTest("a container may have its own image as a volume, which stays as it was", async () => {
  const { image } = stand.subject;
  const id = await stand.start([volumeOf(image, "/again"), volumeOf(image, "/etc/sub", "bin")]);
  const script = "cmp /bin/sh /again/bin/sh && cmp /bin/sh /etc/sub/sh && touch /bin/new && " +
    "ls /bin/new && test ! -e /again/bin/new";
  assert.equal(await inside(stand.pod, id, script), "/bin/new");
  await remove(id);
});

volumeTest("fifty containers one after the other leave no disk behind", async () => {
  const before = await plugged();
  for (let round = 0; round < 50; round++) {
    const id = await stand.pod.create(
      stand.config("true", [volumeOf(data, "/data"), volumeOf(tools, "/tools", "bin")]),
    );
    await remove(id);
  }
  assert.deepEqual(await plugged(), before);
});

volumeTest(
  "image volumes outlast a restart of frakti, and are shared and freed after it",
  async () => {
    const { pod, subject } = stand;
    const before = await plugged();
    const id = await stand.start([volumeOf(data, "/data", "models")]);
    await subject.reopen();
    assert.equal(await inside(pod, id, "cat /data/small/weights"), "small");
    const now = (await plugged()).disks.length;
    const next = await stand.start([volumeOf(data, "/data")]);
    assert.equal((await plugged()).disks.length, now + 1); // Its own image alone.
    await remove(id);
    assert.equal(await inside(pod, next, "cat /data/note"), "of the image");
    await remove(next);
    assert.deepEqual(await plugged(), before);
  },
);

volumeTest("what an interrupted create had of images is taken back at the next start", async () => {
  const { pod, subject } = stand;
  const before = await plugged();
  const keeps = await stand.start([volumeOf(data, "/data")]);
  const kept = await plugged();
  const half = await stand.start([volumeOf(data, "/data"), volumeOf(tools, "/t", "bin")]);
  await subject.reopenAfter(() => asIfHalfMade(half));
  assert.equal(subject.engine.container(half), undefined);
  assert.deepEqual(await plugged(), kept);
  assert.equal(await inside(pod, keeps, "cat /data/note"), "of the image");
  await remove(keeps);
  assert.deepEqual(await plugged(), before);
});

/** What a frakti leaves that was killed just before it would have written the record. */
async function asIfHalfMade(id: ContainerId): Promise<void> {
  const { directory, stateDirectory } = stand.subject.options;
  const records: RecordStore<ContainerRecord> = await RecordStore.open(
    `${directory}/containers`,
    containerRecords,
    silentLogger,
  );
  const record = records.get(id);
  assert.ok(record !== undefined);
  const { volumes, imageTarget, deviceTargets, mountedImages } = record;
  assert.equal(mountedImages?.length, 2);
  const making = `${stateDirectory}/pods/${stand.pod.id}/making`;
  await Deno.mkdir(making, { recursive: true });
  const parts = { version: 1, volumes, imageTarget, deviceTargets, mountedImages };
  await Deno.writeTextFile(`${making}/${id}.json`, JSON.stringify(parts));
  await records.remove(id);
}

volumeTest("an image that is a volume is not removed before its container", async () => {
  const { engine } = stand.pod;
  await pushImage(registry, "own/once", "1", makeImage([makeLayer([file("once", "x")])], {}));
  const image = `${registry.host}/own/once:1`;
  await pull(image);
  const id = await stand.pod.create(stand.config("true", [volumeOf(image, "/once")]));
  await refuses("FailedPrecondition", engine.removeImage(image));
  assert.ok(await engine.image(image) !== undefined);
  await remove(id);
  await engine.removeImage(image);
  assert.equal(await engine.image(image), undefined);
});
