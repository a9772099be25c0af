import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import type { ProcessRequest, ProcessResult } from "../lib/process.ts";
import { CpuWindow } from "./cpu_window.ts";
import { DirectoryUsage } from "./directory_usage.ts";
import { parseInterfaces } from "./interfaces.ts";
import { parsePressure } from "./pressure.ts";

const second = 1_000_000_000n;

Deno.test("CPU use is the difference of two readings by the time between them", () => {
  const window = new CpuWindow();
  assert.equal(window.nanoCores("a", { timeNs: 10n * second, usageNs: 0n }, undefined), undefined);
  const next = { timeNs: 12n * second, usageNs: second };
  assert.equal(window.nanoCores("a", next, undefined), second / 2n);
});

Deno.test("readings too close together repeat the last figure", () => {
  const window = new CpuWindow();
  window.nanoCores("a", { timeNs: 10n * second, usageNs: 0n }, 0n);
  window.nanoCores("a", { timeNs: 12n * second, usageNs: 2n * second }, 0n);
  const close = { timeNs: 12n * second + 5n, usageNs: 9n * second };
  assert.equal(window.nanoCores("a", close, 0n), second);
});

Deno.test("the first figure is the average since the start", () => {
  const window = new CpuWindow();
  const first = { timeNs: 14n * second, usageNs: second };
  assert.equal(window.nanoCores("a", first, 10n * second), second / 4n);
});

Deno.test("a counter that went back gives no figure, and a forgotten id begins anew", () => {
  const window = new CpuWindow();
  window.nanoCores("a", { timeNs: 10n * second, usageNs: 5n }, undefined);
  const back = { timeNs: 12n * second, usageNs: 4n };
  assert.equal(window.nanoCores("a", back, undefined), undefined);
  window.forget("a");
  const anew = { timeNs: 20n * second, usageNs: 9n };
  assert.equal(window.nanoCores("a", anew, undefined), undefined);
});

Deno.test("a clock that was set back begins a new window instead of repeating the last figure", () => {
  const window = new CpuWindow();
  window.nanoCores("a", { timeNs: 9000n * second, usageNs: 0n }, undefined);
  const back = { timeNs: 100n * second, usageNs: second };
  assert.equal(window.nanoCores("a", back, undefined), undefined);
  const next = { timeNs: 102n * second, usageNs: 2n * second };
  assert.equal(window.nanoCores("a", next, undefined), second / 2n);
});

Deno.test("interface counters are read by column, loopback is left out", () => {
  const text = "Inter-|   Receive  | Transmit\n face |bytes packets errs\n" +
    "    lo: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n" +
    "  eth0:  100 2 3 0 0 0 0 0 200 5 6 0 0 0 0 0\nrubbish: 1 2\n";
  assert.deepEqual(parseInterfaces(text), [
    { name: "eth0", rxBytes: 100n, rxErrors: 3n, txBytes: 200n, txErrors: 6n },
  ]);
});

Deno.test("pressure that is switched off is absent", () => {
  assert.equal(parsePressure(undefined), undefined);
  assert.equal(parsePressure("not supported\n"), undefined);
});

class FakeDu {
  readonly calls: ProcessRequest[] = [];
  answer: Partial<ProcessResult> = {};

  run(request: ProcessRequest): Promise<ProcessResult> {
    this.calls.push(request);
    const total = request.args?.includes("--inodes") ? "3" : "4096";
    return Promise.resolve({
      code: 0,
      signal: null,
      stdout: new TextEncoder().encode(`${total}\t/x\n`),
      stderr: new Uint8Array(),
      timedOut: false,
      truncated: false,
      ...this.answer,
    });
  }
}

Deno.test("a tree is walked once a minute however often it is asked for", async () => {
  const clock = new FakeClock();
  const du = new FakeDu();
  const trees = new DirectoryUsage({ clock, processes: du });
  const [first, second] = await Promise.all([trees.usage("/x"), trees.usage("/x")]);
  assert.equal(first?.bytes, 4096n);
  assert.equal(first?.inodes, 3n);
  assert.deepEqual(first, second);
  await trees.usage("/x");
  assert.equal(du.calls.length, 2);
  await clock.advance(60_000);
  await trees.usage("/x");
  await clock.advance(0);
  assert.equal(du.calls.length, 4);
});

Deno.test("a walk that does not end gives no figure and does not hold the caller", async () => {
  const clock = new FakeClock();
  const trees = new DirectoryUsage({ clock, processes: { run: () => new Promise(() => {}) } });
  const asked = trees.usage("/x");
  await clock.advance(3_000);
  assert.equal(await asked, undefined);
});

Deno.test("a walk that fails or prints rubbish gives no figure", async () => {
  const du = new FakeDu();
  du.answer = { stdout: new TextEncoder().encode("du: cannot access\n"), code: 1 };
  const trees = new DirectoryUsage({ clock: new FakeClock(), processes: du });
  assert.equal(await trees.usage("/x"), undefined);
});
