import assert from "node:assert/strict";
import { describe, hasCode } from "../../src/lib/errors.ts";
import { containerId } from "../../src/engines/ids.ts";
import { startDockerd, waitFor } from "../support/mod.ts";
import {
  busybox,
  connectTo,
  execIn,
  type Lower,
  pins,
  removeAll,
  shellIn,
  spoken,
  startContainer,
  startPause,
} from "./client_support.ts";

const dockerd = await startDockerd();
Deno.test.afterAll(async () => await dockerd.stop());

const encoder = new TextEncoder();
const noAbort = new AbortController().signal;

/** A running container of a daemon, for the time of `work`. */
async function withContainer(
  pin: typeof pins[number],
  work: (lower: Lower, id: string) => Promise<void>,
): Promise<void> {
  const lower = await connectTo(dockerd.socketPath, pin);
  await lower.images.pull(busybox, undefined, noAbort);
  const sandbox = await startPause(lower);
  const id = await startContainer(lower, sandbox);
  try {
    await work(lower, id);
    assert.equal(lower.execs.size, 0, "an exec was left behind");
  } finally {
    await removeAll(lower);
    lower.client.close();
  }
}

/** How many processes of the container have this word in their command line. */
async function countOf(lower: Lower, id: string, word: string): Promise<number> {
  return Number(
    await shellIn(lower, id, `ps -o args | grep -c '[${word[0]}]${word.slice(1)}' || true`),
  );
}

for (const pin of pins) {
  Deno.test(`an exec's output, errors and exit code over ${spoken(pin)}`, async () => {
    await withContainer(pin, async (lower, id) => {
      assert.deepEqual(await execIn(lower, id, ["sh", "-c", "echo out; echo err >&2; exit 126"]), {
        out: "out\n",
        err: "err\n",
        code: 126,
      });
      assert.deepEqual(await execIn(lower, id, ["true"]), { out: "", err: "", code: 0 });
    });
  });

  Deno.test(`an exec reads its stdin to the end over ${spoken(pin)}`, async () => {
    await withContainer(pin, async (lower, id) => {
      const session = await lower.execs.start(containerId(id), {
        command: ["wc", "-c"],
        tty: false,
        stdin: true,
      });
      const writer = session.stdin?.getWriter();
      for (let chunk = 0; chunk < 64; chunk++) await writer?.write(new Uint8Array(65536));
      await writer?.close();
      assert.equal((await new Response(session.stdout).text()).trim(), String(64 * 65536));
      assert.equal(await session.exit, 0);
    });
  });

  Deno.test(`a terminal has everything on stdout and takes a size over ${spoken(pin)}`, async () => {
    await withContainer(pin, async (lower, id) => {
      const session = await lower.execs.start(containerId(id), {
        command: ["sh", "-c", "read x; stty size; echo err >&2; exit 4"],
        tty: true,
        stdin: true,
      });
      await session.resize(0, 0);
      await session.resize(100, 40);
      const writer = session.stdin?.getWriter();
      await writer?.write(encoder.encode("go\n"));
      const out = await new Response(session.stdout).text();
      assert.match(out, /40 100\r\nerr\r\n$/);
      assert.equal(await new Response(session.stderr).text(), "");
      assert.equal(await session.exit, 4);
      await session.resize(10, 10);
    });
  });

  Deno.test(`a command that cannot be started is an error over ${spoken(pin)}`, async () => {
    await withContainer(pin, async (lower, id) => {
      for (
        const [command, words] of [["nope", "executable file not found"], [
          "/etc/passwd",
          "permission denied",
        ]]
      ) {
        for (const tty of [false, true]) {
          await assert.rejects(execIn(lower, id, [command ?? ""], { tty }), (error) => {
            assert.ok(hasCode(error, "Unknown"), describe(error));
            assert.ok(describe(error).includes(words ?? ""), describe(error));
            return true;
          });
        }
      }
    });
  });

  Deno.test(`a daemon that an exec leaves behind does not hold its exit over ${spoken(pin)}`, async () => {
    await withContainer(pin, async (lower, id) => {
      const session = await lower.execs.start(containerId(id), {
        command: ["sh", "-c", "sleep 71 & echo started; exit 9"],
        tty: false,
        stdin: false,
      });
      assert.equal(await session.exit, 9);
      await session.kill();
      assert.equal(await new Response(session.stdout).text(), "started\n");
      assert.equal(await countOf(lower, id, "sleep 71"), 1);
    });
  });

  Deno.test(`kill ends the whole tree and nothing else over ${spoken(pin)}`, async () => {
    await withContainer(pin, async (lower, id) => {
      const other = await lower.execs.start(containerId(id), {
        command: ["sleep", "72"],
        tty: false,
        stdin: false,
      });
      const session = await lower.execs.start(containerId(id), {
        command: ["sh", "-c", "sleep 73 & (sleep 73 &); setsid sleep 73 & yes > /dev/null"],
        tty: false,
        stdin: false,
      });
      await waitFor(
        "the tree has grown",
        {},
        async () => await countOf(lower, id, "sleep 73") >= 3,
      );
      await session.kill();
      await session.kill();
      assert.equal(await session.exit, 137);
      assert.equal(await new Response(session.stdout).text(), "");
      assert.equal(await countOf(lower, id, "sleep 73"), 0);
      assert.equal(await countOf(lower, id, "sleep 72"), 1);
      await other.kill();
    });
  });

  Deno.test(`a reader that is slow slows the process down over ${spoken(pin)}`, async () => {
    await withContainer(pin, async (lower, id) => {
      const session = await lower.execs.start(containerId(id), {
        command: ["sh", "-c", "head -c 20000000 /dev/zero; touch /written"],
        tty: false,
        stdin: false,
      });
      const reader = session.stdout.getReader();
      await reader.read();
      // What the pipes and sockets in between hold is far less than the whole.
      assert.equal(await shellIn(lower, id, "ls /written 2>/dev/null || true"), "");
      let size = 0;
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        size += next.value.length;
      }
      assert.ok(size > 10_000_000);
      assert.equal(await session.exit, 0);
      assert.equal(await shellIn(lower, id, "ls /written"), "/written");
    });
  });

  Deno.test(`events give an exec's exit code over ${spoken(pin)}`, async () => {
    await withContainer(pin, async (lower, id) => {
      const abort = new AbortController();
      const events = await lower.client.events({ signal: abort.signal });
      const watching = (async () => {
        for await (const event of events) lower.execs.noteEvent(event);
      })().catch((error) => assert.ok(hasCode(error, "Cancelled"), describe(error)));
      assert.equal((await execIn(lower, id, ["sh", "-c", "exit 11"])).code, 11);
      abort.abort();
      await watching;
    });
  });

  Deno.test(`an exec in a container that is stopped or gone is refused over ${spoken(pin)}`, async () => {
    await withContainer(pin, async (lower, id) => {
      await lower.client.containers.kill(id, "SIGKILL");
      await lower.client.containers.wait(id, noAbort);
      await assert.rejects(
        execIn(lower, id, ["true"]),
        (error) => hasCode(error, "FailedPrecondition"),
      );
      await lower.client.containers.remove(id);
      await assert.rejects(execIn(lower, id, ["true"]), (error) => hasCode(error, "NotFound"));
      await assert.rejects(execIn(lower, id, []), (error) => hasCode(error, "InvalidArgument"));
    });
  });

  Deno.test(`an exec ends with its container over ${spoken(pin)}`, async () => {
    await withContainer(pin, async (lower, id) => {
      const session = await lower.execs.start(containerId(id), {
        command: ["sleep", "74"],
        tty: false,
        stdin: false,
      });
      await lower.client.containers.kill(id, "SIGKILL");
      assert.equal(await session.exit, 137);
      await session.kill();
    });
  });
}
