import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { type ProcessRequest, type ProcessRunner, systemProcesses } from "../../../lib/process.ts";
import { storeLayout } from "./layout.ts";
import { StoreUsage } from "./usage.ts";

const mib = 1024 * 1024;

/** `du` that tells how often it ran, how many at once, and what happens while it runs. */
class WatchedDu implements ProcessRunner {
  runs = 0;
  running = 0;
  mostAtOnce = 0;
  meanwhile = () => Promise.resolve();

  async run(request: ProcessRequest) {
    this.runs++;
    this.running++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    const result = await systemProcesses.run(request);
    await this.meanwhile();
    this.running--;
    return result;
  }
}

/** A store on the disk, whose work the test says. */
async function inStore(
  use: (store: {
    readonly usage: StoreUsage;
    readonly clock: FakeClock;
    readonly du: WatchedDu;
    readonly work: { isUnderWay: boolean };
    readonly bytes: () => Promise<number>;
    readonly write: (path: string, bytes: number) => Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "frakti-usage-" });
  try {
    const layout = storeLayout(root);
    for (const dir of [`${layout.blobs}/sha256`, layout.disks, layout.records, layout.work]) {
      await Deno.mkdir(dir, { recursive: true });
    }
    const [clock, du, work] = [new FakeClock(), new WatchedDu(), { isUnderWay: false }];
    const isWorking = () => work.isUnderWay;
    const usage = new StoreUsage({ layout, clock, processes: du, isWorking });
    await use({
      usage,
      clock,
      du,
      work,
      bytes: async () => Number((await usage.read()).usedBytes),
      write: async (path, bytes) => {
        const file = `${root}/${path}`;
        await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
        await Deno.writeFile(file, new Uint8Array(bytes).fill(1), { append: true });
      },
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("an idle store is counted once, until images come or go", async () => {
  await inStore(async ({ usage, clock, du, bytes, write }) => {
    const before = await bytes();
    await write("disks/a.erofs", mib);
    await clock.advance(3_600_000);
    assert.equal(await bytes(), before);
    usage.invalidate();
    const after = await bytes();
    assert.ok(after >= before + mib, `${before} grew to ${after}`);
    assert.equal(du.runs, 0);
  });
});

Deno.test("while a pull is under way what it fetches and unpacks is counted, once a second", async () => {
  await inStore(async ({ clock, work, bytes, write }) => {
    const before = await bytes();
    await clock.advance(1000);
    work.isUnderWay = true;
    await write("work/w1/fetched/oci-put-blob1", mib);
    const first = await bytes();
    assert.ok(first >= before + mib, `${before} grew to ${first}`);
    await write("work/w1/bundle/rootfs/usr/lib/big", 2 * mib);
    await clock.advance(999);
    assert.equal(await bytes(), first);
    await clock.advance(1);
    const second = await bytes();
    assert.ok(second >= first + 2 * mib, `${first} grew to ${second}`);
  });
});

Deno.test("what was counted during a pull is not taken for the store after it", async () => {
  await inStore(async ({ usage, work, bytes, write }) => {
    const before = await bytes();
    usage.invalidate();
    work.isUnderWay = true;
    await write("work/w1/disk.erofs", mib);
    assert.ok(await bytes() > before);
    await Deno.remove(`${usage.parts.layout.work}/w1`, { recursive: true });
    work.isUnderWay = false;
    usage.invalidate();
    assert.equal(await bytes(), before);
  });
});

Deno.test("files of a stream that outlives its work are counted only as long as they are there", async () => {
  await inStore(async ({ usage, clock, bytes, write }) => {
    const before = await bytes();
    usage.invalidate();
    await write("work/w1/image.tar", mib);
    assert.ok(await bytes() >= before + mib);
    await Deno.remove(`${usage.parts.layout.work}/w1`, { recursive: true });
    await clock.advance(1000);
    assert.equal(await bytes(), before);
  });
});

Deno.test("many callers at once make one count, and a slow one is good for longer", async () => {
  await inStore(async ({ clock, du, work, bytes, write }) => {
    work.isUnderWay = true;
    await write("work/w1/a", mib);
    du.meanwhile = () => clock.advance(250); // It runs twice: for the bytes and for the inodes.
    const told = await Promise.all([bytes(), bytes(), bytes()]);
    assert.equal(new Set(told).size, 1);
    assert.deepEqual([du.runs, du.mostAtOnce], [2, 1]);
    await clock.advance(4999);
    await bytes();
    assert.equal(du.runs, 2);
    await clock.advance(1);
    await bytes();
    assert.equal(du.runs, 4);
  });
});

Deno.test("who asks after an image has gone is not told of a count that began before", async () => {
  await inStore(async ({ usage, du, work, bytes, write }) => {
    await write("disks/a.erofs", mib);
    work.isUnderWay = true;
    await write("work/w1/a", 1);
    const counting = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    du.meanwhile = () => {
      counting.resolve();
      return goOn.promise;
    };
    const early = bytes();
    await counting.promise;
    await Deno.remove(`${usage.parts.layout.disks}/a.erofs`);
    usage.invalidate();
    const late = bytes();
    goOn.resolve();
    const [before, after] = await Promise.all([early, late]);
    assert.ok(before >= after + mib, `${before} shrank to ${after}`);
    assert.equal(du.mostAtOnce, 1);
  });
});

Deno.test("a store whose directory of work was taken away tells what the images take", () =>
  inStore(async ({ usage, write, bytes }) => {
    await write("blobs/sha256/a", mib);
    await Deno.remove(usage.parts.layout.work, { recursive: true });
    assert.ok(await bytes() >= mib);
  }));

Deno.test("a node without du tells what the images take", async () => {
  await inStore(async ({ usage, du, work, bytes, write }) => {
    const before = await bytes();
    usage.invalidate();
    await write("work/w1/a", mib);
    work.isUnderWay = true;
    du.run = () => Promise.reject(new Deno.errors.NotFound("du"));
    assert.equal(await bytes(), before);
  });
});
