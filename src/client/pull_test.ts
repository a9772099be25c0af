import assert from "node:assert/strict";
import { unavailable } from "../lib/errors.ts";
import { FakeClock } from "../lib/fake_clock.ts";
import { FakeNode, FakeTerminal, requestOf } from "./fake_node.ts";
import { pull } from "./pull.ts";

const erase = "\r\x1b[K";

/** A pull that goes on until the test ends it, from a store that grows. */
class SlowNode extends FakeNode {
  bytes: bigint | Error = 1_000_000n;
  readonly #over = Promise.withResolvers<void>();

  override imageBytes = () =>
    this.bytes instanceof Error ? Promise.reject(this.bytes) : Promise.resolve(this.bytes);

  override async pull(order: Parameters<FakeNode["pull"]>[0]) {
    await this.#over.promise;
    return await super.pull(order);
  }

  succeed = () => this.#over.resolve();
  fail = (error: Error) => this.#over.reject(error);
}

/** Starts `frakti pull`, on a terminal or not. */
function start(isTerminal: boolean, options: Readonly<Record<string, string>> = {}) {
  const node = new SlowNode();
  const clock = new FakeClock();
  const terminal = new FakeTerminal();
  terminal.isErrTerminal = isTerminal;
  const exit = pull({ node, clock, terminal }, requestOf("pull", ["r.test/web:1"], options));
  exit.catch(() => {}); // Whoever awaits it sees it.
  return { node, clock, terminal, exit, shown: () => terminal.stderr };
}

Deno.test("on a terminal one line tells each second how far a pull is, and goes away", async () => {
  const { node, clock, terminal, exit, shown } = start(true);
  await clock.advance(1000);
  assert.equal(shown(), `${erase}Pulling r.test/web:1: 1 s`);
  node.bytes = 13_300_000n;
  await clock.advance(1000);
  assert.equal(
    shown(),
    `${erase}Pulling r.test/web:1: 1 s${erase}Pulling r.test/web:1: 2 s, 12.3 MB stored`,
  );
  node.succeed();
  assert.equal(await exit, 0);
  assert.ok(shown().endsWith(erase));
  assert.doesNotMatch(shown(), /\n/);
  assert.match(
    terminal.stdout,
    /^r\.test\/web:1 is here: sha256:abcdef, 12\.3 MB, after 2\.0 s\n$/,
  );
  assert.equal(clock.pending, 0);
});

Deno.test("on no terminal a whole line tells twice a minute that a pull goes on", async () => {
  const { node, clock, exit, shown } = start(false);
  await clock.advance(29_000);
  assert.equal(shown(), "");
  await clock.advance(31_000);
  assert.equal(shown(), "Pulling r.test/web:1: 30 s\nPulling r.test/web:1: 60 s\n");
  node.succeed();
  assert.equal(await exit, 0);
  assert.ok(!shown().includes("\x1b"));
});

Deno.test("a pull that is over at once shows nothing of its progress", async () => {
  const { node, exit, shown } = start(true);
  node.succeed();
  assert.equal(await exit, 0);
  assert.equal(shown(), "");
});

Deno.test("a store that shrinks, or cannot be asked, leaves its figure out", async () => {
  const { node, clock, exit, shown } = start(true);
  await clock.advance(0);
  node.bytes = 10n;
  await clock.advance(1000);
  node.bytes = unavailable("The store is away");
  await clock.advance(1000);
  assert.doesNotMatch(shown(), /stored/);
  assert.match(shown(), /2 s$/);
  node.succeed();
  assert.equal(await exit, 0);
});

Deno.test("a pull into Docker tells nothing of the store of ordinary pods", async () => {
  const { node, clock, exit, shown } = start(true, { handler: "docker" });
  await clock.advance(0);
  node.bytes = 13_300_000n;
  await clock.advance(1000);
  assert.equal(shown(), `${erase}Pulling r.test/web:1: 1 s`);
  node.succeed();
  assert.equal(await exit, 0);
});

Deno.test("a pull that fails takes its line away first, and leaves no timer", async () => {
  const { node, clock, terminal, exit, shown } = start(true);
  await clock.advance(3000);
  node.fail(unavailable("The registry is away"));
  await assert.rejects(exit, /The registry is away/);
  assert.ok(shown().endsWith(erase));
  assert.equal(terminal.stdout, "");
  assert.equal(clock.pending, 0);
});

Deno.test("a quiet pull shows no progress and prints the id alone", async () => {
  const { node, clock, terminal, exit, shown } = start(true, { quiet: "true" });
  await clock.advance(60_000);
  node.succeed();
  assert.equal(await exit, 0);
  assert.deepEqual([shown(), terminal.stdout], ["", "sha256:abcdef\n"]);
});
