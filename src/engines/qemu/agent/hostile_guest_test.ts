/**
 * Guests that lie, flood or fall silent: each ends its own connection with one clear error, or is
 * dropped, and never costs more memory than its windows.
 */

import assert from "node:assert/strict";
import { describe, hasCode } from "../../../lib/errors.ts";
import type { AgentConnection } from "./agent.ts";
import { startExec } from "./exec.ts";
import type { FakeGuest } from "./fake_guest.ts";
import { EventKind, FrameType, Op, Tag } from "./protocol.ts";
import { waitForDisk } from "./requests/machine.ts";
import { makeDirectory, readFiles } from "./requests/files.ts";
import { listProcesses } from "./requests/processes.ts";
import { encodeAck, encodeEof, encodeReset } from "./stream_frames.ts";
import { ackOf, connected, endsWith, sendChunk, type Stage } from "./test_stage.ts";

const exit = (changes: readonly (readonly [number, number | string | undefined])[] = []) =>
  [
    [Tag.processId, "p"],
    [Tag.exitCode, 0],
    [Tag.endTime, 1],
    ...changes,
  ] as const;

/** Sends what makes the host hang up; a write into the closed channel is no failure of the test. */
function lie(sending: Promise<void>): void {
  sending.catch(() => {});
}

const lies: readonly {
  readonly what: string;
  readonly reason: RegExp;
  readonly tell: (guest: FakeGuest, agent: AgentConnection) => void;
}[] = [
  {
    what: "bytes that are no frame",
    reason: /frame of unknown type 255/,
    tell: (guest) => lie(guest.send(new Uint8Array(64).fill(255))),
  },
  {
    what: "an answer to a request that nobody made",
    reason: /answered request 99, which nobody asked/,
    tell: (guest) => lie(guest.sendResponse(99, 0, [])),
  },
  {
    what: "data of a stream that nobody asked for",
    reason: /sent stream 99, which nobody asked for/,
    tell: (guest) => lie(sendChunk(guest, 99, 0, "x")),
  },
  {
    what: "the end of a stream that nobody asked for",
    reason: /sent stream 99, which nobody asked for/,
    tell: (guest) => lie(guest.send(encodeEof(99, 0))),
  },
  {
    what: "a WELCOME too many",
    reason: /WELCOME that nobody asked for/,
    tell: (guest) => lie(guest.sendWelcome()),
  },
  {
    what: "a HELLO",
    reason: /unknown type 1/,
    tell: (guest) => lie(guest.sendFrame(FrameType.hello, 0)),
  },
  {
    what: "an event whose fields are cut off",
    reason: /field that is cut off/,
    tell: (guest) => lie(guest.sendFrame(FrameType.event, 0, Uint8Array.of(1, 0, 0, 0, 28, 0))),
  },
  {
    what: "an exit code that is none",
    reason: /sent 256 as number 27, over 255/,
    tell: (guest) => lie(guest.sendEvent(EventKind.exit, [[Tag.exitCode, 256], ...exit()])),
  },
  {
    what: "a process id of a kilobyte",
    reason: /text of 1000 bytes/,
    tell: (guest) =>
      lie(guest.sendEvent(EventKind.exit, [[Tag.processId, "x".repeat(1000)], ...exit()])),
  },
  {
    what: "data beyond the window",
    reason: /beyond its window/,
    tell(guest, agent) {
      const output = agent.newOutput({ kind: "container" });
      output.open();
      ackOf(guest, output.id).then(async () => {
        for (let at = 0; at <= 128; at++) await sendChunk(guest, output.id, at * 1024, kibibyte);
      }).catch(() => {});
    },
  },
  {
    what: "an acknowledgement of what was never sent",
    reason: /took 5 bytes of stream/,
    tell: (guest, agent) =>
      lie(guest.send(encodeAck(agent.newInput().id, { offset: 5, limit: 9 }))),
  },
];

const kibibyte = new Uint8Array(1024);

for (const { what, reason, tell } of lies) {
  Deno.test(`a guest that sends ${what} loses its connection, and no other guest does`, async () => {
    await connected({ answer: () => "silence" }, async ({ agent, guest }) => {
      await connected({}, async (other) => {
        const asked = makeDirectory(agent, "/a");
        const output = agent.newOutput({ kind: "container" });
        tell(guest, agent);
        await endsWith(agent, reason);
        await assert.rejects(asked, (error) => {
          assert.match(describe(error), reason);
          return hasCode(error, "Unavailable");
        });
        await assert.rejects(output.next(), (error) => hasCode(error, "Unavailable"));
        await makeDirectory(other.agent, "/a");
      });
    });
  });
}

Deno.test("a guest that answers twice loses its connection", async () => {
  await connected({}, async ({ agent, guest }) => {
    await makeDirectory(agent, "/a");
    const { id } = await guest.frame(({ type }) => type === FrameType.request);
    lie(guest.sendResponse(id, 0, []));
    await endsWith(agent, /answered request \d+, which nobody asked/);
  });
});

Deno.test("a guest that answers nothing fails each request in time, and then loses its connection", async () => {
  await connected({ answer: () => "silence" }, async ({ agent, clock }) => {
    const asked = Array.from({ length: 16 }, () => makeDirectory(agent, "/a"));
    const outcomes = Promise.allSettled(asked);
    await clock.advance(20_000);
    const codes = (await outcomes).map((outcome) =>
      outcome.status === "rejected" && hasCode(outcome.reason, "DeadlineExceeded")
    );
    assert.ok(codes.slice(0, 15).every((isLate) => isLate));
    await endsWith(agent, /left 16 requests unanswered/);
  });
});

Deno.test("a guest that reads nothing loses its connection in time", async () => {
  await connected({}, async ({ agent, guest, clock }) => {
    guest.stopReading();
    const asked = Array.from({ length: 8 }, () => makeDirectory(agent, "/" + "x".repeat(60_000)));
    const outcomes = Promise.allSettled(asked);
    await clock.advance(61_000);
    assert.match(describe(await agent.closed), /write to the guest took longer than 60000 ms/);
    const [, ...later] = await outcomes; // The first may have come before it stopped.
    assert.ok(later.every(({ status }) => status === "rejected"));
  });
});

Deno.test("requests beyond what may be under way are refused", async () => {
  await connected({ answer: () => "silence" }, async ({ agent }) => {
    const asked = Array.from({ length: 513 }, () => makeDirectory(agent, "/a"));
    await assert.rejects(asked.at(-1) ?? Promise.resolve(), (error) => {
      return hasCode(error, "ResourceExhausted");
    });
    agent.close();
    await Promise.allSettled(asked);
  });
});

Deno.test("a flood of events ends the connection, one of messages is thinned out", async () => {
  await connected({}, async ({ agent, guest, clock }) => {
    const texts: string[] = [];
    agent.onEvent((event) => event.kind === "message" && texts.push(event.text));
    for (let count = 0; count < 50; count++) {
      await guest.sendEvent(EventKind.message, [[Tag.text, `line\n${count}`]]);
    }
    await makeDirectory(agent, "/a"); // Answered after the messages.
    assert.equal(texts.length, 20);
    assert.equal(texts[0], "line 0");
    await clock.advance(3_000);
    await guest.sendEvent(EventKind.message, [[Tag.text, "later"]]);
    await makeDirectory(agent, "/a");
    assert.equal(texts.at(-1), "later (30 messages before it were dropped)");
    lie((async () => {
      for (let count = 0; count < 3_000; count++) await guest.sendEvent(EventKind.exit, exit());
    })());
    await endsWith(agent, /floods the host with events/);
  });
});

Deno.test("what was under way of a stream that is over is dropped, a flood of it is not", async () => {
  await connected({}, async ({ agent, guest }) => {
    const output = agent.newOutput({ kind: "bytes" });
    output.open();
    await ackOf(guest, output.id);
    output.reset();
    await sendChunk(guest, output.id, 0, "late");
    await guest.send(encodeReset(output.id, 32));
    await makeDirectory(agent, "/a");
    const chunk = new Uint8Array(65_536);
    lie((async () => {
      for (let count = 0; count < 400; count++) await sendChunk(guest, output.id, 0, chunk);
    })());
    await endsWith(agent, /floods streams that are over/);
  });
});

Deno.test("needless acknowledgements are a flood too", async () => {
  await connected({}, async ({ agent, guest }) => {
    const input = agent.newInput();
    const ack = encodeAck(input.id, { offset: 0, limit: 100 });
    lie((async () => {
      for (let count = 0; count < 100_000; count++) await guest.send(ack);
    })());
    await endsWith(agent, /floods streams that are over/);
  });
});

Deno.test("answers with wrong contents fail their request", async () => {
  const disk = ({ agent }: Stage) => waitForDisk(agent, 1, 1000);
  const cases: readonly {
    readonly fields: readonly (readonly [number, string | number | Uint8Array])[];
    readonly ask: (stage: Stage) => Promise<unknown>;
    readonly message: RegExp;
  }[] = [
    { fields: [[1, "/etc/shadow"]], ask: disk, message: /device outside \/dev/ },
    { fields: [[1, "/dev/../etc/x"]], ask: disk, message: /device outside \/dev/ },
    { fields: [], ask: disk, message: /left field 1 out/ },
    {
      fields: [[Tag.path, "/b"], [Tag.content, "x"]],
      ask: ({ agent }) => readFiles(agent, ["/a"]),
      message: /file that nobody asked for/,
    },
    {
      fields: [[Tag.processId, "p"], [Tag.pid, 3], [Tag.state, 2]],
      ask: ({ agent }) => listProcesses(agent),
      message: /process in state 2/,
    },
    {
      fields: [[Tag.processId, "p"], [Tag.pid, "x"], [Tag.state, 0]],
      ask: ({ agent }) => listProcesses(agent),
      message: /number 34 as 1 bytes/,
    },
  ];
  for (const { fields, ask, message } of cases) {
    await connected({ answer: () => ({ fields }) }, async (stage) => {
      await assert.rejects(ask(stage), (error) => {
        assert.match(describe(error), message);
        return hasCode(error, "Internal");
      });
    });
  }
});

Deno.test("the end of a process that nobody started changes nothing", async () => {
  await connected({
    answer: ({ op }) => op === Op.exec ? { fields: [[Tag.pid, 5]] } : { fields: [] },
  }, async ({ agent, guest, clock }) => {
    const session = await startExec(agent, clock, {
      processId: "mine",
      containerId: "c",
      process: { json: new Uint8Array(2) },
      tty: true,
      stdin: false,
      timeoutMs: 1000,
    });
    await guest.sendEvent(EventKind.exit, exit());
    await guest.sendEvent(EventKind.exit, [[Tag.processId, "mine"], [Tag.exitCode, 3], [
      Tag.endTime,
      9,
    ]]);
    assert.equal(await session.exit, 3);
  });
});
