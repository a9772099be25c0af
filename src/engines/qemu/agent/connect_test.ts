import assert from "node:assert/strict";
import { describe, hasCode } from "../../../lib/errors.ts";
import { systemClock } from "../../../lib/clock.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { connectAgent } from "./connect.ts";
import { FakeGuest, fakeGuest } from "./fake_guest.ts";
import { encodeFrame } from "./frames.ts";
import { FrameType, marker } from "./protocol.ts";
import { makeDirectory } from "./requests/files.ts";

const socketPath = "/run/agent.sock";

Deno.test("what a former connection left under way is passed over", async () => {
  const old = encodeFrame(FrameType.data, 4, new Uint8Array(500).fill(1));
  const leftovers = Uint8Array.from([...old.subarray(100), ...marker, ...old, ...marker, 1, 2, 3]);
  const { guest, open } = fakeGuest({ leftovers });
  const agent = await connectAgent({ socketPath, clock: new FakeClock(), open });
  await makeDirectory(agent, "/a");
  agent.close();
  guest.close();
});

Deno.test("a guest that never answers is given up in time, and the channel closed", async () => {
  const clock = new FakeClock();
  const { guest, open } = fakeGuest({ isMute: true });
  const connecting = connectAgent({ socketPath, clock, open, timeoutMs: 2_000 });
  const refused = assert.rejects(connecting, (error) => {
    assert.equal(
      describe(error),
      'Cannot connect to the agent behind "/run/agent.sock": ' +
        "The guest did not answer within 2000 ms",
    );
    return hasCode(error, "DeadlineExceeded");
  });
  await guest.hellos(1);
  await clock.advance(2_000);
  await refused;
  await assert.rejects(guest.send(Uint8Array.of(1)));
  assert.equal(clock.pending, 0);
});

Deno.test("an attempt is given up when its VM has died", async () => {
  const clock = new FakeClock();
  const { guest, open } = fakeGuest({ isMute: true });
  const died = new AbortController();
  const connecting = connectAgent({ socketPath, clock, open, signal: died.signal });
  await guest.hellos(1);
  died.abort();
  await assert.rejects(connecting, (error) => hasCode(error, "Cancelled"));
  await assert.rejects(
    connectAgent({ socketPath, clock, open, signal: AbortSignal.abort() }),
    (error) => hasCode(error, "Cancelled"),
  );
  guest.close();
  assert.equal(clock.pending, 0);
});

Deno.test("a channel that closes before the WELCOME is Unavailable at once", async () => {
  const clock = new FakeClock();
  const { guest, open } = fakeGuest({ isMute: true });
  const connecting = connectAgent({ socketPath, clock, open });
  await guest.hellos(1);
  guest.close();
  await assert.rejects(connecting, (error) => hasCode(error, "Unavailable"));
  assert.equal(clock.pending, 0);
});

Deno.test("a socket that is not there yet is waited for", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/agent.sock`;
  let attempts = 0;
  try {
    const connecting = connectAgent({
      socketPath: path,
      clock: systemClock,
      open(at) {
        attempts++;
        return Deno.connect({ transport: "unix", path: at });
      },
    });
    while (attempts === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    using listener = Deno.listen({ transport: "unix", path });
    const guest = new FakeGuest(await listener.accept());
    const agent = await connecting;
    await makeDirectory(agent, "/a");
    agent.close();
    assert.match(describe(await agent.closed), /was closed/);
    guest.close();
    assert.ok(attempts > 1);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a QEMU that has callers waiting is asked again", async () => {
  const clock = new FakeClock();
  const { guest, open } = fakeGuest();
  let attempts = 0;
  const connecting = connectAgent({
    socketPath,
    clock,
    open: () => attempts++ === 0 ? Promise.reject(new Deno.errors.WouldBlock("busy")) : open(),
  });
  while (clock.pending < 2) await Promise.resolve();
  await clock.advance(100);
  const agent = await connecting;
  assert.equal(attempts, 2);
  agent.close();
  guest.close();
});

Deno.test("a socket that cannot be used is told at once", async () => {
  const open = () => Promise.reject(new Deno.errors.PermissionDenied("no"));
  await assert.rejects(
    connectAgent({ socketPath, clock: new FakeClock(), open }),
    (error) => hasCode(error, "Unavailable"),
  );
});
