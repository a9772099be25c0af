import assert from "node:assert/strict";
import { containerConfig, noResources } from "../../../../tests/support/configs.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { type Logger, silentLogger } from "../../../lib/log.ts";
import { RecordStore } from "../../../state/record_store.ts";
import { Ledger } from "../../common/ledger.ts";
import { containerId, imageId, sandboxId } from "../../ids.ts";
import { type ContainerRecord, containerRecords, sandboxRecords } from "../records.ts";
import { ContainerLogs } from "./container_logs.ts";
import { becomes, message, untakenBytes } from "./test_output.ts";

const id = containerId("main1");

interface Fixture {
  readonly clock: FakeClock;
  readonly logs: ContainerLogs;
  readonly record: ContainerRecord;
  /** What was told to the node's log as a warning. */
  readonly warnings: string[];
  /** The last argument of each program that was run. */
  readonly givenBack: string[];
  /** From now on no record can be written, or again. */
  breakRecords(): Promise<void>;
  mendRecords(): Promise<void>;
}

async function withLogs(body: (fixture: Fixture) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  const clock = new FakeClock();
  const ledger = new Ledger(
    "hyperd",
    await RecordStore.open(`${dir}/s`, sandboxRecords, silentLogger),
    await RecordStore.open(`${dir}/c`, containerRecords, silentLogger),
    clock,
    silentLogger,
  );
  const { envs: _envs, ...config } = containerConfig("app:1");
  const record: ContainerRecord = {
    id,
    sandboxId: sandboxId("pod1"),
    config,
    configHash: "h",
    imageId: imageId("sha256:00"),
    createdAtNs: 2n,
    logPath: `${dir}/0.log`,
    logFormat: "tagged",
    resources: noResources,
    stopSignal: "",
    phase: { state: "running", startedAtNs: 3n, pid: 0 },
    hyperdName: "main",
    outputPath: `${dir}/output`,
    outputOffset: 0,
  };
  const [warnings, givenBack]: [string[], string[]] = [[], []];
  const log: Logger = { ...silentLogger, warn: (text) => warnings.push(text) };
  const logs = new ContainerLogs({
    ledger,
    clock,
    processes: {
      run: async ({ args = [] }) => {
        givenBack.push(args.at(-1) ?? "");
        const nothing = new Uint8Array(0);
        const outputs = { stdout: nothing, stderr: nothing, timedOut: false, truncated: false };
        return { code: 0, signal: null, ...outputs };
      },
    },
    log,
    maxSizeBytes: 0,
    onWritten: undefined,
  });
  try {
    await ledger.containers.put(id, record);
    await body({
      clock,
      logs,
      record,
      warnings,
      givenBack,
      breakRecords: () => Deno.rename(`${dir}/c`, `${dir}/away`),
      mendRecords: () => Deno.rename(`${dir}/away`, `${dir}/c`),
    });
  } finally {
    await logs.closeAll();
    await Deno.remove(dir, { recursive: true });
  }
}

/** Whether this process has the file open. */
async function isOpen(path: string): Promise<boolean> {
  const links = (await Array.fromAsync(Deno.readDir("/proc/self/fd"))).map(({ name }) =>
    Deno.readLink(`/proc/self/fd/${name}`).catch(() => "") // It was the listing's own.
  );
  return (await Promise.all(links)).includes(path);
}

Deno.test("output is given back to the disk only once its offset is in the record", () =>
  withLogs(async ({ clock, logs, record, warnings, givenBack, breakRecords, mendRecords }) => {
    await breakRecords();
    await logs.prepare(record);
    await logs.follow(record);
    await Deno.writeTextFile(record.outputPath, untakenBytes);
    await becomes(clock, () => warnings.length > 0);
    assert.deepEqual(warnings, ["Container log: position-not-kept"]);
    assert.deepEqual(givenBack, []);
    await mendRecords();
    await clock.advance(5_000);
    await Deno.writeTextFile(record.outputPath, message("on it goes"), { append: true });
    await becomes(clock, () => givenBack.length > 0);
    assert.deepEqual(givenBack, [record.outputPath]);
    assert.match(await Deno.readTextFile(record.logPath), /on it goes/);
  }));

Deno.test("a log is closed, and its container's end told, though the record cannot be written", () =>
  withLogs(async ({ clock, logs, record, warnings, breakRecords }) => {
    await logs.prepare(record);
    await logs.follow(record);
    await Deno.writeTextFile(record.outputPath, message("last words"));
    await breakRecords();
    assert.equal(await isOpen(record.logPath), true);
    let isDrained = false;
    const draining = logs.drain(id).then(() => isDrained = true);
    await becomes(clock, () => isDrained);
    await draining;
    assert.deepEqual(warnings, ["Container log: position-not-kept"]);
    assert.equal(await isOpen(record.logPath), false);
    assert.match(await Deno.readTextFile(record.logPath), /last words/);
  }));
