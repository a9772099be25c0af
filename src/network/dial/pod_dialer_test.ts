import assert from "node:assert/strict";
import type { Companion, CompanionStarter } from "../../lib/companion.ts";
import { describe, hasCode } from "../../lib/errors.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { silentLogger } from "../../lib/log.ts";
import { PodDialer } from "./pod_dialer.ts";
import { readRequest, readyLine, sendAnswer } from "./protocol.ts";
import { closeQuietly } from "./relay.ts";

const refusedPort = 1;
const pod = { podId: "pod", netnsPath: "/run/netns/pod" };

/** A helper without a process: it accepts every port but one, and keeps what it is told. */
class FakeHelper implements Companion {
  readonly pid = 1;
  readonly firstLine: Promise<string | undefined>;
  readonly ended: Promise<void>;
  readonly told: string[] = [];
  dismissals = 0;
  readonly #listener: Deno.UnixListener;
  readonly #connections: Deno.Conn[] = [];
  #end = () => {};

  constructor(readonly args: readonly string[], firstLine: string | undefined) {
    this.firstLine = Promise.resolve(firstLine);
    this.ended = new Promise((resolve) => this.#end = resolve);
    this.#listener = Deno.listen({ transport: "unix", path: args.at(-1) ?? "" });
    this.#serve();
  }

  complaint(): string {
    return "first\nnsenter: no such namespace";
  }

  tell(text: string): void {
    this.told.push(text);
  }

  dismiss(): void {
    this.dismissals++;
    this.kill();
  }

  kill(): void {
    closeQuietly(this.#listener, ...this.#connections);
    this.#end();
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.push(connection);
      const { port } = await readRequest(connection);
      await sendAnswer(connection, port === refusedPort ? "Connection refused" : undefined);
    }
  }
}

interface Room {
  readonly dialer: PodDialer;
  readonly clock: FakeClock;
  readonly helpers: FakeHelper[];
  readonly dir: string;
}

async function withDialer(
  work: (room: Room) => Promise<void>,
  firstLine: string | undefined = readyLine,
): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "frakti-dialer-" });
  const dir = `${parent}/dial`;
  const clock = new FakeClock();
  const helpers: FakeHelper[] = [];
  const companions: CompanionStarter = {
    start: ({ args }) => {
      const helper = new FakeHelper(args, firstLine);
      helpers.push(helper);
      return Promise.resolve(helper);
    },
  };
  const dialer = new PodDialer(
    { dir, program: ["frakti", "dial-helper"], env: {} },
    { clock, companions, log: silentLogger },
  );
  try {
    await dialer.start();
    await work({ dialer, clock, helpers, dir });
  } finally {
    await dialer.close();
    // A helper that was dismissed is waited for behind everybody's back.
    for (let turn = 0; clock.pending > 0 && turn < 1000; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(clock.pending, 0, "a timer was left behind");
    assert.deepEqual(await Array.fromAsync(Deno.readDir(dir)), []);
    await Deno.remove(parent, { recursive: true });
  }
}

Deno.test("connections of a pod share a helper, other pods have their own", async () => {
  await withDialer(async ({ dialer, helpers, dir }) => {
    await Promise.all([dialer.dial(pod, 80), dialer.dial(pod, 81), dialer.dial(pod, 82)]);
    assert.equal(helpers.length, 1);
    assert.deepEqual(helpers[0]?.args, [
      "--net=/run/netns/pod",
      "--",
      "frakti",
      "dial-helper",
      `${dir}/1.sock`,
    ]);
    await dialer.dial({ podId: "other", netnsPath: "/run/netns/other" }, 80);
    assert.equal(helpers.length, 2);
    assert.equal(dialer.size, 2);
  });
});

Deno.test("the helper is dismissed some time after the last connection, not before", async () => {
  await withDialer(async ({ dialer, clock, helpers }) => {
    const first = await dialer.dial(pod, 80);
    const second = await dialer.dial(pod, 80);
    first.close();
    await clock.advance(60_000);
    second.close();
    await clock.advance(9_000);
    const third = await dialer.dial(pod, 80);
    await clock.advance(60_000);
    assert.equal(helpers[0]?.dismissals, 0);
    third.close();
    await clock.advance(10_000);
    assert.equal(helpers[0]?.dismissals, 1);
    await helpers[0]?.ended;
    await dialer.dial(pod, 80);
    assert.equal(helpers.length, 2);
  });
});

Deno.test("the helper is told of connections that were cut off, by their number", async () => {
  await withDialer(async ({ dialer, helpers }) => {
    const connections = [await dialer.dial(pod, 80), await dialer.dial(pod, 80)];
    connections[1]?.close();
    connections[1]?.close();
    assert.deepEqual(helpers[0]?.told, ["close 2\n"]);
  });
});

Deno.test("a port that refuses counts as no connection", async () => {
  await withDialer(async ({ dialer, clock, helpers }) => {
    await assert.rejects(dialer.dial(pod, refusedPort), (error) =>
      hasCode(error, "Unavailable") &&
      describe(error) === 'Cannot connect to port 1 in sandbox "pod": Connection refused');
    await clock.advance(10_000);
    assert.equal(helpers[0]?.dismissals, 1);
  });
});

Deno.test("a pod has a limit of connections, and room again when one ends", async () => {
  await withDialer(async ({ dialer }) => {
    const connections = await Promise.all(Array.from({ length: 512 }, () => dialer.dial(pod, 80)));
    await assert.rejects(dialer.dial(pod, 80), (error) => hasCode(error, "ResourceExhausted"));
    connections[0]?.close();
    await dialer.dial(pod, 80);
  });
});

Deno.test("a helper that does not get ready is an error with its last words", async () => {
  await withDialer(async ({ dialer }) => {
    await assert.rejects(
      dialer.dial(pod, 80),
      (error) =>
        hasCode(error, "Unavailable") && describe(error).endsWith("nsenter: no such namespace"),
    );
    assert.equal(dialer.size, 0);
  }, "panic");
});

Deno.test("a helper that ends by itself is forgotten, and the next connection has another", async () => {
  await withDialer(async ({ dialer, helpers }) => {
    const connection = await dialer.dial(pod, 80);
    helpers[0]?.kill();
    while (dialer.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    connection.close();
    await dialer.dial(pod, 80);
    assert.equal(helpers.length, 2);
  });
});

Deno.test("a directory too deep for a socket is an error that says so", async () => {
  const clock = new FakeClock();
  const dir = `/tmp/${"x".repeat(120)}`;
  const companions = { start: () => Promise.reject(new Error("Nobody should start")) };
  const dialer = new PodDialer(
    { dir, program: ["frakti"], env: {} },
    { clock, companions, log: silentLogger },
  );
  await assert.rejects(dialer.dial(pod, 80), (error) => describe(error).includes("107 bytes"));
});
