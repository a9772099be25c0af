import assert from "node:assert/strict";
import { describe, hasCode } from "../../lib/errors.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { connectLocalhost, type ConnectTcp } from "./localhost.ts";

class Connection {
  isClosed = false;
  constructor(readonly hostname: string) {}
  close(): void {
    this.isClosed = true;
  }
}

/** Attempts that the test settles, by address. */
class Attempts {
  readonly asked: string[] = [];
  readonly #settle = new Map<string, PromiseWithResolvers<Connection>>();

  readonly connect: ConnectTcp<Connection> = ({ hostname }) => {
    this.asked.push(hostname);
    const settle = Promise.withResolvers<Connection>();
    this.#settle.set(hostname, settle);
    return settle.promise;
  };

  accept(hostname: string): Connection {
    const connection = new Connection(hostname);
    this.#settle.get(hostname)?.resolve(connection);
    return connection;
  }

  refuse(hostname: string, error = new Error("Connection refused (os error 111)")): void {
    this.#settle.get(hostname)?.reject(error);
  }
}

function dial() {
  const attempts = new Attempts();
  const clock = new FakeClock();
  const { connect } = attempts;
  const connected = connectLocalhost(80, { clock, timeoutMs: 10_000, connect });
  connected.catch(() => {});
  return { attempts, clock, connected };
}

Deno.test("a listener on 127.0.0.1 is found without asking the other address", async () => {
  const { attempts, clock, connected } = dial();
  const connection = attempts.accept("127.0.0.1");
  assert.equal(await connected, connection);
  assert.deepEqual(attempts.asked, ["127.0.0.1"]);
  assert.equal(clock.pending, 0);
});

Deno.test("a listener on ::1 is found once 127.0.0.1 refuses", async () => {
  const { attempts, clock, connected } = dial();
  attempts.refuse("127.0.0.1");
  await clock.advance(0);
  const connection = attempts.accept("::1");
  assert.equal(await connected, connection);
  assert.equal(clock.pending, 0);
});

Deno.test("an address that says nothing gets company, and its late answer is closed", async () => {
  const { attempts, clock, connected } = dial();
  await clock.advance(1_000);
  assert.deepEqual(attempts.asked, ["127.0.0.1", "::1"]);
  attempts.accept("::1");
  assert.equal((await connected).hostname, "::1");
  const late = attempts.accept("127.0.0.1");
  await clock.advance(0);
  assert.ok(late.isClosed);
  assert.ok(!(await connected).isClosed);
});

Deno.test("the reason of a refusal is said once", async () => {
  const { attempts, clock, connected } = dial();
  attempts.refuse("127.0.0.1");
  await clock.advance(0);
  attempts.refuse("::1");
  await assert.rejects(connected, (error) =>
    hasCode(error, "Unavailable") &&
    describe(error) === "Cannot connect to port 80 of localhost: Connection refused");
  assert.equal(clock.pending, 0);
});

Deno.test("different reasons are all said", async () => {
  const { attempts, clock, connected } = dial();
  attempts.refuse("127.0.0.1");
  await clock.advance(0);
  attempts.refuse("::1", new Error("Cannot assign requested address (os error 99)"));
  await assert.rejects(
    connected,
    (error) => describe(error).endsWith(": Connection refused; Cannot assign requested address"),
  );
});

Deno.test("who never answers is given up", async () => {
  const { attempts, clock, connected } = dial();
  await clock.advance(10_000);
  await assert.rejects(connected, (error) => describe(error).endsWith("No answer within 10000 ms"));
  const late = attempts.accept("127.0.0.1");
  await clock.advance(0);
  assert.ok(late.isClosed);
  assert.equal(clock.pending, 0);
});
