import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { codeOf, hasCode } from "../../../lib/errors.ts";
import { QmpClient, QmpError } from "./client.ts";
import { FakeQemu, type Respond } from "./fake_qemu.ts";

async function open(respond: Respond) {
  const qemu = new FakeQemu(respond);
  const clock = new FakeClock();
  return { qemu, clock, client: await QmpClient.open(qemu.transport, clock, 1000) };
}

Deno.test("a command gets the answer with its id, whatever comes in between", async () => {
  const { qemu, client } = await open((command) => {
    if (command !== "query-status") return new Error("no");
    qemu.sendEvent("RESUME");
    qemu.send(JSON.stringify({ id: "99", return: "of another" }));
    return { status: "running" };
  });
  assert.deepEqual(await client.execute("query-status"), { status: "running" });
  assert.deepEqual(qemu.commands, ["qmp_capabilities", "query-status"]);
  client.close();
});

Deno.test("a refusal carries QEMU's words and the command", async () => {
  const { client } = await open(() => new Error("Device 'x' not found"));
  await assert.rejects(client.execute("device_del"), (error) => {
    assert.ok(error instanceof QmpError);
    assert.equal(error.message, `QEMU refused "device_del": Device 'x' not found`);
    return error.errorClass === "GenericError";
  });
  client.close();
});

Deno.test("a command without an answer ends at its limit, and a late answer harms nobody", async () => {
  const { qemu, clock, client } = await open((command) => command === "slow" ? undefined : 7);
  const slow = assert.rejects(
    client.execute("slow", {}, 500),
    (error) => hasCode(error, "DeadlineExceeded"),
  );
  await clock.advance(500);
  await slow;
  qemu.send(JSON.stringify({ id: "2", return: "late" }));
  assert.equal(await client.execute("quick"), 7);
  client.close();
});

Deno.test("events reach listeners until they stop listening", async () => {
  const { qemu, client } = await open(() => ({}));
  const seen: string[] = [];
  const stop = client.onEvent(({ name, data }) => seen.push(`${name} ${data["device"]}`));
  qemu.sendEvent("DEVICE_DELETED", { device: "disk1" });
  await client.execute("x");
  stop();
  qemu.sendEvent("DEVICE_DELETED", { device: "disk2" });
  await client.execute("x");
  assert.deepEqual(seen, ["DEVICE_DELETED disk1"]);
  client.close();
});

Deno.test("when QEMU closes, what is under way fails and so does what comes after", async () => {
  const { qemu, client } = await open(() => undefined);
  const waiting = assert.rejects(client.execute("a"), (error) => codeOf(error) === "Unavailable");
  qemu.end();
  await waiting;
  assert.equal((await client.closed).message, "QEMU closed its QMP connection");
  await assert.rejects(client.execute("b"), (error) => codeOf(error) === "Unavailable");
});

for (
  const [what, line] of [
    ["no JSON", "garbage"],
    ["no object", "[1]"],
    ["no known message", '{"hello":1}'],
    ["a line over the cap", `{"event":"${"x".repeat(1024 * 1024)}"}`],
    ["an error without an id", '{"error":{"class":"GenericError","desc":"JSON parse error"}}'],
  ] as const
) {
  Deno.test(`${what} ends the connection`, async () => {
    const { qemu, client } = await open(() => ({}));
    qemu.send(line);
    assert.equal((await client.closed).code, "Internal");
    assert.equal(client.isOpen, false);
    assert.equal(qemu.isClosed, true);
  });
}

Deno.test("a QEMU that does not greet is given up", async () => {
  const qemu = new FakeQemu(() => ({}), "");
  const clock = new FakeClock();
  const opening = assert.rejects(
    QmpClient.open(qemu.transport, clock, 1000),
    (error) => hasCode(error, "DeadlineExceeded"),
  );
  await clock.advance(1000);
  await opening;
  assert.equal(qemu.isClosed, true);
  assert.equal(clock.pending, 0);
});

Deno.test("commands that nobody answers are bounded in number", async () => {
  const { client } = await open(() => undefined);
  const many = Array.from({ length: 64 }, () => assert.rejects(client.execute("x")));
  await assert.rejects(client.execute("x"), /64 commands are unanswered/);
  client.close();
  await Promise.all(many);
});
