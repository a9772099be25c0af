import assert from "node:assert/strict";
import { FraktiError, hasCode } from "../../lib/errors.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { silentLogger } from "../../lib/log.ts";
import { type DockerClient, dockerClient, parseApiVersion } from "./client/mod.ts";
import { readInfo } from "./client/system.ts";
import { DockerLink, type LinkParts } from "./link.ts";

/** A daemon that is there or not, and whose events end when the test says so. */
class FakeDaemon {
  there = true;
  answersPings = true;
  cgroupDriver = "cgroupfs";
  connects = 0;
  endEvents = () => {};

  client(): DockerClient {
    const api = parseApiVersion("1.41");
    assert.ok(api);
    return {
      // What the link does not use stays the real thing, aimed at nothing.
      ...dockerClient({ socketPath: "/nonexistent/docker.sock" }),
      connect: async () => {
        this.connects++;
        if (!this.there) throw new FraktiError("Unavailable", "Nobody there");
        return {
          apiVersion: api,
          server: { newest: api, engineVersion: "20.10.24", kernelVersion: "6" },
        };
      },
      info: async () => readInfo({ ServerVersion: "20.10.24", CgroupDriver: this.cgroupDriver }),
      ping: async () => {
        if (!this.answersPings) throw new FraktiError("Unavailable", "No answer");
      },
    };
  }
}

function makeLink(
  daemon: FakeDaemon,
  { cgroupDriver = "auto", whileUp }: Partial<Pick<LinkParts, "cgroupDriver" | "whileUp">> = {},
) {
  const clock = new FakeClock();
  const connected: string[] = [];
  const link = new DockerLink({
    client: daemon.client(),
    cgroupDriver,
    clock,
    log: silentLogger,
    onConnect: async (info) => void connected.push(info.engineVersion),
    whileUp: whileUp ?? ((signal) =>
      new Promise<void>((resolve) => {
        daemon.endEvents = resolve;
        signal.addEventListener("abort", () => resolve());
      })),
  });
  return { link, clock, connected };
}

/** Time goes by in steps that are shorter than any wait. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) await clock.advance(100);
}

/** Ends a link whose waits are on the fake clock. */
async function close(link: DockerLink, clock: FakeClock): Promise<void> {
  const closing = link.close();
  await clock.advance(60_000);
  await closing;
}

Deno.test("a link to a daemon that is there is up after start", async () => {
  const daemon = new FakeDaemon();
  const { link, clock, connected } = makeLink(daemon);
  await link.start();
  assert.deepEqual(link.health(), {
    ready: true,
    version: "20.10.24",
    cgroupDriver: "cgroupfs",
  });
  assert.deepEqual(connected, ["20.10.24"]);
  link.docker();
  await close(link, clock);
});

Deno.test("a daemon that is away at start degrades the node and is found when it comes", async () => {
  const daemon = new FakeDaemon();
  daemon.there = false;
  const { link, clock } = makeLink(daemon);
  await link.start();
  assert.equal(link.health().ready, false);
  assert.throws(() => link.docker(), (error) => hasCode(error, "Unavailable"));
  daemon.there = true;
  await clock.advance(5_000);
  assert.equal(link.health().ready, true);
  await close(link, clock);
});

Deno.test("the end of the event stream takes the link down until the daemon is back", async () => {
  const daemon = new FakeDaemon();
  const { link, clock, connected } = makeLink(daemon);
  await link.start();
  daemon.there = false;
  daemon.endEvents();
  await clock.advance(100);
  const health = link.health();
  assert.equal(health.ready, false);
  assert.equal(health.cgroupDriver, "cgroupfs");
  daemon.there = true;
  await clock.advance(10_000);
  assert.equal(connected.length, 2);
  await close(link, clock);
});

Deno.test("a daemon that hangs is noticed by its silence to pings", async () => {
  const daemon = new FakeDaemon();
  const { link, clock } = makeLink(daemon);
  await link.start();
  daemon.answersPings = false;
  daemon.there = false;
  await clock.advance(10_000);
  assert.equal(link.health().ready, false);
  await close(link, clock);
});

Deno.test("a daemon that hangs is away at once, whatever still waits for its answer", async () => {
  const daemon = new FakeDaemon();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const { link, clock, connected } = makeLink(daemon, { whileUp: () => answered });
  await link.start();
  daemon.answersPings = false;
  await clock.advance(10_000);
  const health = link.health();
  assert.ok(!health.ready && health.message === "No answer");
  assert.equal(link.info(), undefined);
  assert.throws(() => link.docker(), (error) => hasCode(error, "Unavailable"));
  // Nobody works with a daemon twice at a time.
  await clock.advance(60_000);
  assert.equal(connected.length, 1);
  answer();
  await clock.advance(5_000);
  assert.ok(connected.length > 1);
  await close(link, clock);
});

Deno.test("a daemon whose events end as soon as they begin is connected to ever more seldom", async () => {
  const daemon = new FakeDaemon();
  const { link, clock } = makeLink(daemon, { whileUp: () => Promise.resolve() });
  await link.start();
  await pass(clock, 60_000);
  assert.ok(daemon.connects > 5 && daemon.connects < 25, String(daemon.connects));
  await close(link, clock);
});

Deno.test("a daemon that was there for a minute is looked for quickly when it goes", async () => {
  const daemon = new FakeDaemon();
  const { link, clock, connected } = makeLink(daemon);
  await link.start();
  for (let ends = 0; ends < 6; ends++) { // Each of them soon: the wait becomes the longest.
    daemon.endEvents();
    await clock.advance(5_000);
  }
  const before = connected.length;
  await clock.advance(60_000);
  daemon.endEvents();
  await clock.advance(200);
  assert.equal(connected.length, before + 1);
  daemon.endEvents();
  await clock.advance(200);
  assert.equal(connected.length, before + 1, "It was there for a moment only");
  await close(link, clock);
});

Deno.test("attempts become rarer while the daemon stays away", async () => {
  const daemon = new FakeDaemon();
  daemon.there = false;
  const { link, clock } = makeLink(daemon);
  await link.start();
  await clock.advance(60_000);
  assert.ok(daemon.connects > 5 && daemon.connects < 25, String(daemon.connects));
  await close(link, clock);
});

Deno.test("a cgroup driver other than configured is a reason not to be ready", async () => {
  const daemon = new FakeDaemon();
  const { link, clock } = makeLink(daemon, { cgroupDriver: "systemd" });
  await link.start();
  const health = link.health();
  assert.ok(!health.ready && /cgroupDriver/.test(health.message));
  await close(link, clock);
});
