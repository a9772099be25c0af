import assert from "node:assert/strict";
import { fakeContainer, FakeNode, fakeSession } from "../../tests/cri/fake_node.ts";
import type { ExecSession } from "../engines/domain.ts";
import { FakeClock } from "../lib/fake_clock.ts";
import { drainMs, execSync } from "./container_exec_sync.ts";
import type { Call, HandlerDeps } from "./handler.ts";
import type { ExecSyncRequest } from "./wire.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A command whose life a test directs. */
class Puppet implements ExecSession {
  readonly #stdout = new TransformStream<Uint8Array, Uint8Array>();
  readonly #stderr = new TransformStream<Uint8Array, Uint8Array>();
  readonly #exit = Promise.withResolvers<number>();
  readonly #out = this.#stdout.writable.getWriter();
  readonly #err = this.#stderr.writable.getWriter();
  readonly stdout = this.#stdout.readable;
  readonly stderr = this.#stderr.readable;
  readonly exit = this.#exit.promise;
  kills = 0;
  resize = () => Promise.resolve();
  kill = () => {
    this.kills++;
    return Promise.resolve();
  };
  say(text: string): void {
    this.#out.write(utf8(text)).catch(() => {});
  }
  end(exitCode: number): void {
    this.#exit.resolve(exitCode);
  }
  closePipes(): void {
    this.#out.close().catch(() => {});
    this.#err.close().catch(() => {});
  }
  breakPipes(error: Error): void {
    this.#out.abort(error).catch(() => {});
  }
}

interface Stage {
  readonly clock: FakeClock;
  readonly puppet: Puppet;
  readonly gone: AbortController;
  run(request?: Partial<ExecSyncRequest>): ReturnType<typeof start>;
}

function start(deps: HandlerDeps, request: Partial<ExecSyncRequest>, call: Call) {
  const full = { containerId: "container-1", cmd: ["sh"], timeout: 0n, ...request };
  return Promise.resolve(execSync(deps, full, call));
}

function stage(): Stage {
  const clock = new FakeClock();
  const puppet = new Puppet();
  const gone = new AbortController();
  const node = new FakeNode({ containers: [fakeContainer()] });
  node.exec = () => Promise.resolve(puppet);
  const deps = { node, clock, runtime: { name: "frakti", version: "0.1.0" }, streaming: undefined };
  const api = { version: "v1", runtimeApiVersion: "v1", pathLists: true } as const;
  return {
    clock,
    puppet,
    gone,
    run: (request = {}) => start(deps, request, { api, signal: gone.signal }),
  };
}

Deno.test("execSync answers with both outputs and the exit code", async () => {
  const node = new FakeNode({ containers: [fakeContainer()] });
  node.exec = () => Promise.resolve(fakeSession(utf8("out"), utf8("err"), 3));
  const { clock, gone } = stage();
  const api = { version: "v1", runtimeApiVersion: "v1", pathLists: true } as const;
  const deps = { node, clock, runtime: { name: "frakti", version: "0.1.0" }, streaming: undefined };
  const reply = await start(deps, {}, { api, signal: gone.signal });
  assert.deepEqual(reply, { stdout: utf8("out"), stderr: utf8("err"), exitCode: 3 });
  assert.equal(clock.pending, 0);
});

Deno.test("execSync refuses an empty command, an empty id and a negative timeout", async () => {
  const { run } = stage();
  for (const request of [{ cmd: [] }, { cmd: [""] }, { containerId: "" }, { timeout: -1n }]) {
    await assert.rejects(async () => await run(request), { code: "InvalidArgument" });
  }
});

Deno.test("execSync kills the command and answers DeadlineExceeded at its timeout", async () => {
  const { clock, puppet, run } = stage();
  const outcome = assert.rejects(run({ timeout: 2n }), {
    code: "DeadlineExceeded",
    message: 'Command in container "container-1" took longer than 2 s and was killed',
  });
  await clock.advance(1999);
  assert.equal(puppet.kills, 0);
  await clock.advance(1);
  await outcome;
  assert.equal(puppet.kills, 1);
  assert.equal(clock.pending, 0);
});

Deno.test("execSync with timeout 0 waits for ever", async () => {
  const { clock, puppet, run } = stage();
  const running = run();
  await clock.advance(100 * 24 * 3600 * 1000);
  assert.equal(puppet.kills, 0);
  puppet.end(0);
  puppet.closePipes();
  assert.equal((await running).exitCode, 0);
});

Deno.test("execSync stops waiting for output that a background child holds open", async () => {
  const { clock, puppet, run } = stage();
  const running = run();
  puppet.say("started\n");
  puppet.end(0);
  await clock.advance(drainMs);
  assert.deepEqual(await running, { stdout: utf8("started\n"), stderr: utf8(""), exitCode: 0 });
  assert.equal(puppet.kills, 1);
});

Deno.test("execSync leaves a session alone that was read to its end", async () => {
  const { puppet, run } = stage();
  const running = run();
  puppet.end(0);
  puppet.closePipes();
  await running;
  assert.equal(puppet.kills, 0);
});

Deno.test("execSync kills the command when its client goes away", async () => {
  const { puppet, gone, run } = stage();
  const outcome = assert.rejects(run(), { code: "Cancelled" });
  gone.abort();
  await outcome;
  assert.equal(puppet.kills, 1);
});

Deno.test("execSync kills a command that starts only after its client has gone", async () => {
  const { clock, puppet } = stage();
  const node = new FakeNode({ containers: [fakeContainer()] });
  const starting = Promise.withResolvers<ExecSession>();
  node.exec = () => starting.promise;
  const gone = new AbortController();
  const api = { version: "v1", runtimeApiVersion: "v1", pathLists: true } as const;
  const deps = { node, clock, runtime: { name: "frakti", version: "0.1.0" }, streaming: undefined };
  const outcome = assert.rejects(start(deps, {}, { api, signal: gone.signal }), {
    code: "Cancelled",
  });
  gone.abort();
  await outcome;
  starting.resolve(puppet);
  await clock.advance(0);
  assert.equal(puppet.kills, 1);
});

Deno.test("execSync is not held up by an engine that cannot kill", async () => {
  const { clock, puppet, run } = stage();
  puppet.kill = () => new Promise(() => {});
  const outcome = assert.rejects(run({ timeout: 1n }), { code: "DeadlineExceeded" });
  await clock.advance(60_000);
  await outcome;
});

Deno.test("execSync wraps a connection that breaks while it reads", async () => {
  const { puppet, run } = stage();
  const outcome = assert.rejects(run(), (error: Error) => {
    assert.equal(error.message, 'Cannot run a command in container "container-1"');
    assert.equal((error.cause as Error).message, "connection reset");
    return true;
  });
  puppet.breakPipes(new Error("connection reset"));
  await outcome;
  assert.equal(puppet.kills, 1);
});
