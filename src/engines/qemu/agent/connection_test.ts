import assert from "node:assert/strict";
import { describe, hasCode } from "../../../lib/errors.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { connectAgent } from "./connect.ts";
import { fakeGuest } from "./fake_guest.ts";
import { FrameType, Op, Tag } from "./protocol.ts";
import { readFiles, removePath } from "./requests/files.ts";
import { mount, MountFlag } from "./requests/mounts.ts";
import { connected } from "./test_stage.ts";

Deno.test("a connection knows what the guest tells of itself", async () => {
  await connected({}, async ({ agent }) => {
    assert.deepEqual(agent.welcome, {
      bootId: "07".repeat(16),
      memoryTotalBytes: 64 * 1024 * 1024,
      agentVersion: "fake",
      kernelRelease: "6.1.0",
    });
  });
});

Deno.test("a request reaches the guest with its fields, and its answer comes back", async () => {
  await connected({
    answer({ op, fields }) {
      assert.equal(op, Op.read);
      assert.equal(fields.text(Tag.path), "/a");
      return { fields: [[Tag.path, "/a"], [Tag.content, Uint8Array.of(1, 2)]] };
    },
  }, async ({ agent }) => {
    const files = await readFiles(agent, ["/a", "/b"]);
    assert.deepEqual([...files], [["/a", Uint8Array.of(1, 2)]]);
  });
});

Deno.test("an errno becomes an error with its meaning and the guest's words on one line", async () => {
  await connected({ answer: () => ({ errno: 2, text: "no\nsuch\x1b[2J disk" }) }, async (stage) => {
    const { agent } = stage;
    const request = { source: "/dev/sdz", target: "/m", type: "ext4", flags: MountFlag.nodev };
    await assert.rejects(mount(agent, request), (error) => {
      assert.ok(hasCode(error, "NotFound"));
      assert.equal(
        describe(error),
        'Cannot mount "/dev/sdz" on "/m" in the guest: ENOENT: no such [2J disk',
      );
      return true;
    });
  });
});

Deno.test("requests under way end as Unavailable when the guest is gone", async () => {
  await connected({ answer: () => "silence" }, async ({ agent, guest }) => {
    const asked = readFiles(agent, ["/a"]);
    await guest.frame(({ type }) => type === FrameType.request);
    guest.close();
    await assert.rejects(asked, (error) => hasCode(error, "Unavailable"));
    await assert.rejects(readFiles(agent, ["/b"]), (error) => hasCode(error, "Unavailable"));
    assert.match(describe(await agent.closed), /channel was closed/);
  });
});

Deno.test("a request that is not answered ends by itself, and its late answer is dropped", async () => {
  await connected(
    { answer: ({ op }) => op === Op.read ? "silence" : { fields: [] } },
    async (stage) => {
      const { agent, guest, clock } = stage;
      const asked = readFiles(agent, ["/a"]);
      const { id } = await guest.frame(({ type }) => type === FrameType.request);
      const refused = assert.rejects(asked, (error) => hasCode(error, "DeadlineExceeded"));
      await clock.advance(20_000);
      await refused;
      await guest.sendResponse(id, 0, [[Tag.path, "/a"]]);
      await removePath(agent, "/b");
    },
  );
});

Deno.test("a WELCOME that answers a repeated HELLO is passed over", async () => {
  const clock = new FakeClock();
  const { guest, open } = fakeGuest({ isMute: true });
  const connecting = connectAgent({ socketPath: "/s", clock, open });
  await guest.hellos(1);
  await clock.advance(500);
  await guest.hellos(2);
  guest.sendWelcome();
  const agent = await connecting;
  await guest.sendWelcome();
  await removePath(agent, "/a");
  agent.close();
  guest.close();
});
