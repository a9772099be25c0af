import assert from "node:assert/strict";
import type { AttachRequest, ExecRequest } from "../engines/domain.ts";
import { containerId } from "../engines/ids.ts";
import { FraktiError } from "../lib/errors.ts";
import { FakeClock } from "../lib/fake_clock.ts";
import { silentLogger } from "../lib/log.ts";
import { attachVerb } from "./attach.ts";
import { runCommand } from "./command_session.ts";
import { execVerb } from "./exec.ts";
import { FakeChannels, FakeCommand } from "./fake_command.ts";
import { quietLimitMs, totalLimitMs } from "./output_drain.ts";

const id = containerId("c1");
const all = { stdin: true, stdout: true, stderr: true, tty: false };
const succeeded = { kind: "success" } as const;

interface Setting {
  readonly clock?: FakeClock;
  readonly channels?: FakeChannels;
  readonly command?: FakeCommand;
  readonly start?: () => Promise<FakeCommand>;
}

/** A session of either kind, under way. */
function begin(kind: "exec" | "attach", setting: Setting = {}) {
  const { clock = new FakeClock(), channels = new FakeChannels() } = setting;
  const command = setting.command ?? new FakeCommand();
  const start = setting.start ?? (() => Promise.resolve(command));
  const closing = new AbortController();
  const asked: (Partial<ExecRequest> & Partial<AttachRequest>)[] = [];
  const target = {
    exec: (_id: typeof id, request: ExecRequest) => {
      asked.push(request);
      return start();
    },
    attach: (_id: typeof id, request: AttachRequest) => {
      asked.push(request);
      return start();
    },
  };
  const deps = { clock, log: silentLogger, closing: closing.signal };
  const over = kind === "exec"
    ? runCommand(
      deps,
      execVerb(target, { containerId: id, command: ["sh"], ...all }, clock),
      channels,
    )
    : runCommand(deps, attachVerb(target, { containerId: id, ...all }), channels);
  return { clock, channels, command, closing, asked, over };
}

Deno.test("an exec is asked for at once, and may start when the client has come to it, or never", async () => {
  const request = { containerId: id, command: ["sh"], ...all };
  for (const comes of [true, false]) {
    const asked: ExecRequest[] = [];
    const target = {
      exec: async (_id: typeof id, request: ExecRequest) => {
        asked.push(request);
        await request.mayStart;
        return new FakeCommand();
      },
    };
    const verb = execVerb(target, request, new FakeClock());
    assert.equal(asked.length, 1);
    if (comes) await verb.start();
    else {
      verb.abandon();
      await assert.rejects(asked[0]?.mayStart ?? Promise.resolve(), { code: "Cancelled" });
    }
    assert.equal(asked.length, 1);
  }
});

Deno.test("exec carries both outputs, then tells success, then closes", async () => {
  const { command, channels, over, asked } = begin("exec");
  await command.say("one");
  await command.errPipe.write(new TextEncoder().encode("two"));
  await command.say("three");
  command.end();
  await over;
  const [{ mayStart, ...request } = {}] = asked;
  assert.deepEqual(request, { command: ["sh"], tty: false, stdin: true });
  await mayStart;
  const outputs = channels.got.slice(0, -2);
  assert.deepEqual(outputs.filter((each) => String(each).startsWith("out")), [
    "out: one",
    "out: three",
  ]);
  assert.deepEqual(outputs.length, 3);
  assert.deepEqual(channels.got.slice(-2), [succeeded, "closed"]);
});

Deno.test("exec tells the exit code, and frees the session", async () => {
  const { command, channels, over, clock } = begin("exec");
  command.end(42);
  await over;
  assert.deepEqual(channels.got, [{ kind: "exited", exitCode: 42 }, "closed"]);
  assert.equal(command.kills, 1);
  assert.equal(clock.pending, 0);
});

Deno.test("exec hands stdin on, and its end", async () => {
  const { command, channels, over, clock } = begin("exec");
  channels.type("a line\n");
  await clock.advance(0);
  assert.equal(command.received, "a line\n");
  assert.equal(command.hasStdinEnded, false);
  channels.endStdin();
  await clock.advance(0);
  assert.equal(command.hasStdinEnded, true);
  command.end();
  await over;
});

Deno.test("a process that has ended waits for no more stdin", async () => {
  const { command, channels, over } = begin("exec");
  command.end(3);
  await over;
  assert.equal(channels.isStdinCancelled, true);
});

Deno.test("a process that reads no more goes on, and what is typed is discarded", async () => {
  const { command, channels, over, clock } = begin("exec");
  command.readsNoMore = true;
  channels.type("nobody");
  await clock.advance(0);
  assert.equal(channels.isStdinCancelled, true);
  await command.say("still here");
  command.end();
  await over;
  assert.deepEqual(channels.got, ["out: still here", succeeded, "closed"]);
});

Deno.test("output that nobody asked for does not hold the process up", async () => {
  const { command, channels, over } = begin("exec", {
    channels: new FakeChannels({ outputs: false }),
  });
  for (let count = 0; count < 10; count++) await command.outPipe.write(new Uint8Array(65_536));
  command.end();
  await over;
  assert.deepEqual(channels.got, [succeeded, "closed"]);
});

Deno.test("a slow client slows the process down", async () => {
  const channels = new FakeChannels();
  const stall = Promise.withResolvers<void>();
  channels.isStalled = stall.promise;
  const { command, over, clock } = begin("exec", { channels });
  let written = 0;
  const writing = (async () => {
    for (; written < 100; written++) await command.outPipe.write(new Uint8Array(65_536));
  })();
  await clock.advance(10_000);
  assert.ok(written < 5, `${written} chunks`);
  channels.isStalled = undefined;
  stall.resolve();
  await writing;
  command.end();
  await over;
  assert.deepEqual(channels.got.slice(-2), [succeeded, "closed"]);
});

Deno.test("terminal sizes are passed on, the newest alone when they come fast", async () => {
  const channels = new FakeChannels();
  const { command, over, clock } = begin("exec", { channels });
  await clock.advance(0);
  channels.resizes.push({ columns: 80, rows: 24 });
  await clock.advance(0);
  channels.resizes.push({ columns: 1, rows: 1 }); // Fails, which is no reason to end.
  await clock.advance(0);
  channels.resizes.push({ columns: 90, rows: 30 });
  channels.resizes.push({ columns: 100, rows: 40 });
  await clock.advance(0);
  assert.deepEqual(command.sizes, [[80, 24], [1, 1], [100, 40]]);
  command.end();
  await over;
});

Deno.test("a size that comes before the process runs reaches it", async () => {
  const channels = new FakeChannels();
  channels.resizes.push({ columns: 80, rows: 24 });
  const starting = Promise.withResolvers<FakeCommand>();
  const { command, over, clock } = begin("exec", { channels, start: () => starting.promise });
  await clock.advance(0);
  starting.resolve(command);
  await clock.advance(0);
  assert.deepEqual(command.sizes, [[80, 24]]);
  command.end();
  await over;
});

Deno.test("a command that cannot be started is told with the engine's words", async () => {
  const start = () =>
    Promise.reject(
      new FraktiError("Unknown", 'Cannot exec "nope"', { cause: new Error("no such file") }),
    );
  const { channels, over } = begin("exec", { start });
  await over;
  assert.deepEqual(channels.got, [{
    kind: "failed",
    message: 'error executing command in container: Cannot exec "nope": no such file',
  }, "closed"]);
});

Deno.test("a lost exit code is a failure, not a success", async () => {
  const { command, channels, over } = begin("exec");
  command.exited.reject(new FraktiError("Unavailable", "Exec was lost"));
  await over;
  assert.deepEqual(channels.got, [{
    kind: "failed",
    message: "error executing command in container: Exec was lost",
  }, "closed"]);
  assert.equal(command.kills, 1);
});

Deno.test("an output that breaks is a failure", async () => {
  const { command, channels, over } = begin("exec");
  command.outPipe.fail(new Error("The engine hung up"));
  await over;
  assert.deepEqual(channels.got.at(0), {
    kind: "failed",
    message: "error executing command in container: The engine hung up",
  });
  assert.equal(command.kills, 1);
});

Deno.test("a client that vanishes takes its command with it", async () => {
  const { command, channels, over, clock } = begin("exec");
  await clock.advance(0);
  channels.type("half of a scr");
  await clock.advance(0);
  channels.vanish();
  await over;
  assert.equal(command.kills, 1);
  assert.equal(command.hasStdinEnded, false);
  assert.deepEqual(channels.got, ["closed"]);
  assert.equal(clock.pending, 0);
});

Deno.test("a client that vanishes while it is written to takes its command with it", async () => {
  const channels = new FakeChannels();
  channels.isStalled = new Promise(() => {});
  const { command, over, clock } = begin("exec", { channels });
  await command.say("text");
  await clock.advance(0);
  channels.vanish();
  await over;
  assert.equal(command.kills, 1);
});

Deno.test("a command that starts after its client has left is killed", async () => {
  const starting = Promise.withResolvers<FakeCommand>();
  const { command, channels, over, clock } = begin("exec", { start: () => starting.promise });
  await clock.advance(0);
  channels.vanish();
  await over;
  assert.equal(command.kills, 0);
  starting.resolve(command);
  await clock.advance(0);
  assert.equal(command.kills, 1);
  assert.equal(clock.pending, 0);
});

Deno.test("a command that never starts is given up", async () => {
  const { channels, over, clock } = begin("exec", { start: () => new Promise(() => {}) });
  await clock.advance(120_000);
  await over;
  assert.deepEqual(channels.got.at(0), {
    kind: "failed",
    message: "error executing command in container: It did not start within 120 s",
  });
});

Deno.test("a kill that hangs does not hold the client", async () => {
  const command = new FakeCommand();
  command.kill = () => new Promise(() => {});
  const { channels, over, clock } = begin("exec", { command });
  command.end();
  for (let turn = 0; turn < 5; turn++) await clock.advance(0);
  await clock.advance(10_000);
  await over;
  assert.deepEqual(channels.got, [succeeded, "closed"]);
});

Deno.test("the server's end ends every session with a word to its client", async () => {
  for (const kind of ["exec", "attach"] as const) {
    const { command, channels, over, closing, clock } = begin(kind);
    await clock.advance(0);
    closing.abort();
    await over;
    assert.match(JSON.stringify(channels.got.at(0)), /frakti is shutting down/);
    assert.equal(kind === "exec" ? command.kills : command.closes, 1);
  }
});

Deno.test("a silent child that holds the outputs open is waited for briefly", async () => {
  const { command, channels, over, clock } = begin("exec");
  await command.say("last words");
  command.exited.resolve(0);
  await clock.advance(quietLimitMs - 500);
  assert.deepEqual(channels.got, ["out: last words"]);
  await clock.advance(1000);
  await over;
  assert.deepEqual(channels.got, ["out: last words", succeeded, "closed"]);
  assert.equal(clock.pending, 0);
});

Deno.test("a command that was silent before it ended is waited for as long", async () => {
  const { command, channels, over, clock } = begin("exec");
  await clock.advance(quietLimitMs + 1000);
  command.exited.resolve(0);
  await clock.advance(quietLimitMs - 500);
  assert.deepEqual(channels.got, []);
  await command.say("late words");
  await clock.advance(quietLimitMs - 500);
  assert.deepEqual(channels.got, ["out: late words"]);
  await clock.advance(1000);
  await over;
  assert.deepEqual(channels.got, ["out: late words", succeeded, "closed"]);
  assert.equal(clock.pending, 0);
});

Deno.test("a chatty child that holds the outputs open is waited for not much longer", async () => {
  const { command, channels, over, clock } = begin("exec");
  command.exited.resolve(5);
  for (let second = 0; second <= totalLimitMs / 1000; second++) {
    await command.say("tick");
    await clock.advance(1000);
  }
  await over;
  assert.deepEqual(channels.got.slice(-2), [{ kind: "exited", exitCode: 5 }, "closed"]);
  assert.equal(clock.pending, 0);
});

Deno.test("a client that is slow to read gets everything, however long it takes", async () => {
  const channels = new FakeChannels();
  const stall = Promise.withResolvers<void>();
  channels.isStalled = stall.promise;
  const { command, over, clock } = begin("exec", { channels });
  await command.say("first");
  await command.say("second");
  command.end();
  await clock.advance(60 * 60 * 1000);
  assert.deepEqual(channels.got, ["out: first"]);
  stall.resolve();
  await over;
  assert.deepEqual(channels.got, ["out: first", "out: second", succeeded, "closed"]);
});

Deno.test("attach ends with the container, without its exit code", async () => {
  const { command, channels, over, asked } = begin("attach");
  channels.type("typed");
  await command.say("shown");
  command.end(7);
  await over;
  assert.deepEqual(asked, [all]);
  assert.equal(command.received, "typed");
  assert.deepEqual(channels.got, ["out: shown", succeeded, "closed"]);
  assert.equal(command.closes, 1);
  assert.equal(command.kills, 0);
});

Deno.test("attach goes on when one output ends, or the client's input", async () => {
  const { command, channels, over, clock } = begin("attach");
  channels.endStdin();
  command.errPipe.close();
  await clock.advance(60_000);
  assert.deepEqual(channels.got, []);
  assert.equal(command.hasStdinEnded, true);
  command.outPipe.close();
  await over;
  assert.deepEqual(channels.got, [succeeded, "closed"]);
});

Deno.test("a client that leaves an attach detaches and ends nothing", async () => {
  const { command, channels, over, clock } = begin("attach");
  await clock.advance(0);
  channels.vanish();
  await over;
  assert.equal(command.closes, 1);
  assert.equal(command.kills, 0);
  assert.equal(clock.pending, 0);
});
