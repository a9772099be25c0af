import assert from "node:assert/strict";
import { silentLogger } from "../lib/log.ts";
import { type RecordKind, RecordStore } from "./record_store.ts";

interface Pod {
  name: string;
  createdAtNs: bigint;
}

const kind: RecordKind<Pod> = {
  version: 2,
  migrations: { 1: (data) => ({ ...(data as Pod), createdAtNs: 0n }) },
  check: (data) => {
    const pod = data as Pod;
    if (typeof pod.name !== "string" || typeof pod.createdAtNs !== "bigint") throw new Error("Bad");
    return pod;
  },
};

async function withDir(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const open = (dir: string) => RecordStore.open(`${dir}/pods`, kind, silentLogger);

Deno.test("a record is there again after the store is opened anew", () =>
  withDir(async (dir) => {
    const pod = { name: "web", createdAtNs: 5n };
    await (await open(dir)).put("a1", pod);
    assert.deepEqual((await open(dir)).get("a1"), pod);
  }));

Deno.test("a removed record stays away and removing twice succeeds", () =>
  withDir(async (dir) => {
    const store = await open(dir);
    await store.put("a1", { name: "web", createdAtNs: 5n });
    await store.remove("a1");
    await store.remove("a1");
    assert.equal((await open(dir)).get("a1"), undefined);
  }));

Deno.test("a truncated or altered record is moved aside and the others are read", () =>
  withDir(async (dir) => {
    const store = await open(dir);
    await store.put("good", { name: "good", createdAtNs: 1n });
    await store.put("torn", { name: "torn", createdAtNs: 1n });
    await store.put("altered", { name: "altered", createdAtNs: 1n });
    await Deno.truncate(`${dir}/pods/torn.json`, 20);
    const text = await Deno.readTextFile(`${dir}/pods/altered.json`);
    await Deno.writeTextFile(
      `${dir}/pods/altered.json`,
      text.replace('"altered","c', '"other","c'),
    );
    const again = await open(dir);
    assert.deepEqual(again.ids(), ["good"]);
    assert.ok(await Deno.stat(`${dir}/pods/torn.json.corrupt`));
    assert.ok(await Deno.stat(`${dir}/pods/altered.json.corrupt`));
  }));

Deno.test("a record of an older version is migrated when it is read", () =>
  withDir(async (dir) => {
    const old: RecordKind<{ name: string }> = {
      version: 1,
      migrations: {},
      check: (data) => data as { name: string },
    };
    await (await RecordStore.open(`${dir}/pods`, old, silentLogger)).put("a1", { name: "web" });
    assert.deepEqual((await open(dir)).get("a1"), { name: "web", createdAtNs: 0n });
  }));

Deno.test("a leftover of an interrupted write is removed and does not hide the record", () =>
  withDir(async (dir) => {
    const store = await open(dir);
    await store.put("a1", { name: "web", createdAtNs: 5n });
    await Deno.writeTextFile(`${dir}/pods/a1.json.tmp`, "half");
    const again = await open(dir);
    assert.deepEqual(again.ids(), ["a1"]);
    await assert.rejects(Deno.stat(`${dir}/pods/a1.json.tmp`));
  }));

Deno.test("an id that would leave the directory is refused", () =>
  withDir(async (dir) => {
    const store = await open(dir);
    await assert.rejects(store.put("../x", { name: "x", createdAtNs: 1n }), /Invalid record id/);
  }));

Deno.test("updates of one record run in order and an update of a gone record writes nothing", () =>
  withDir(async (dir) => {
    const store = await open(dir);
    await store.put("a1", { name: "web", createdAtNs: 0n });
    const bump = () => store.update("a1", (pod) => ({ ...pod, createdAtNs: pod.createdAtNs + 1n }));
    await Promise.all([bump(), bump(), bump()]);
    assert.equal((await open(dir)).get("a1")?.createdAtNs, 3n);
    assert.equal(await store.update("gone", (pod) => pod), undefined);
    assert.deepEqual(store.ids(), ["a1"]);
  }));

/** A file cannot take the place of a directory, so that a record of this id cannot be written. */
async function block(dir: string, id: string): Promise<void> {
  await Deno.remove(`${dir}/pods/${id}.json`).catch(() => {});
  await Deno.mkdir(`${dir}/pods/${id}.json`);
}

Deno.test("a record that cannot be written is not there, or as it was", () =>
  withDir(async (dir) => {
    const store = await open(dir);
    const pod = { name: "web", createdAtNs: 5n };
    await block(dir, "a1");
    await assert.rejects(store.put("a1", pod), /Cannot write record/);
    assert.equal(store.get("a1"), undefined);
    await store.put("b1", pod);
    await block(dir, "b1");
    await assert.rejects(store.put("b1", { ...pod, name: "other" }), /Cannot write record/);
    assert.deepEqual(store.get("b1"), pod);
  }));

Deno.test("what was observed is known also when it cannot be written", () =>
  withDir(async (dir) => {
    const store = await open(dir);
    await store.put("a1", { name: "web", createdAtNs: 5n });
    await block(dir, "a1");
    const observed = store.update("a1", (pod) => ({ ...pod, name: "ended" }));
    await assert.rejects(observed, /Cannot write record/);
    assert.equal(store.get("a1")?.name, "ended");
  }));
