import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import { silentLogger } from "../lib/log.ts";
import { PluginChain } from "./chain.ts";
import type { WatchDir } from "./conf_watcher.ts";
import { cniError, type FakePlugin, FakePlugins } from "./fake_plugins.ts";
import { NetworkWatch } from "./network_watch.ts";
import { PluginRunner } from "./plugin.ts";

/** A watch on a temporary directory, with a clock and change events in the test's hands. */
class Fixture implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly watched: string[] = [];
  readonly changed: (() => void)[] = [];
  closed = 0;

  private constructor(
    readonly dir: string,
    readonly plugins: FakePlugins,
    readonly watch: NetworkWatch,
  ) {}

  static async make(plugin: FakePlugin = () => undefined, watchDir?: WatchDir): Promise<Fixture> {
    const base = await Deno.makeTempDir({ prefix: "frakti-watch-" });
    const dir = `${base}/net.d`;
    const plugins = await FakePlugins.make({ bridge: plugin });
    const seen: { fixture?: Fixture } = {};
    const fake: WatchDir = (path, onChange) => {
      seen.fixture?.watched.push(path);
      seen.fixture?.changed.push(onChange);
      return () => {
        if (seen.fixture !== undefined) seen.fixture.closed++;
      };
    };
    const clock = new FakeClock();
    const deps = { clock, processes: plugins, log: silentLogger };
    const runner = new PluginRunner({ binDirs: [plugins.binDir], env: {} }, deps);
    const chain = new PluginChain(runner, clock, silentLogger);
    const watch = new NetworkWatch(dir, chain, { ...deps, watch: watchDir ?? fake });
    const fixture = new Fixture(dir, plugins, watch);
    seen.fixture = fixture;
    return Object.assign(fixture, { clock });
  }

  async write(name: string, content: unknown): Promise<void> {
    await Deno.mkdir(this.dir, { recursive: true });
    await Deno.writeTextFile(`${this.dir}/${name}`, JSON.stringify(content));
  }

  /** Moves time forward until the status is as wanted; the look itself takes real file reads. */
  async until(wanted: boolean, withinMs: number): Promise<void> {
    for (let ms = 0; ms <= withinMs; ms += 100) {
      for (let turn = 0; turn < 20; turn++) await Deno.stat("/");
      if (this.watch.status.ready === wanted) return;
      await this.clock.advance(100);
    }
    // The clock stands still from here; only a look that was begun in time may still end.
    for (let turn = 0; turn < 3000; turn++) {
      if (this.watch.status.ready === wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.fail(`Not ${wanted ? "ready" : "unready"}: ${this.watch.status.message}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watch.close();
    await this.plugins[Symbol.asyncDispose]();
    await Deno.remove(this.dir.slice(0, this.dir.lastIndexOf("/")), { recursive: true });
  }
}

const mynet = { cniVersion: "0.3.0", name: "mynet", type: "bridge" };

Deno.test("a network that appears after the start, with its directory, becomes ready", async () => {
  await using fixture = await Fixture.make();
  await fixture.watch.start();
  assert.deepEqual(fixture.watch.status, {
    ready: false,
    reason: "NetworkPluginNotReady",
    message: `No CNI network is configured in "${fixture.dir}"`,
  });
  await fixture.write("10-mynet.conf", mynet);
  await fixture.until(true, 3000);
  assert.deepEqual(fixture.watch.status, { ready: true, reason: "", message: "" });
});

Deno.test("a change event is acted on at once, long before the next regular look", async () => {
  await using fixture = await Fixture.make();
  await fixture.write("10-mynet.conf", mynet);
  await fixture.watch.start();
  assert.equal(fixture.watch.status.ready, true);
  await Deno.remove(`${fixture.dir}/10-mynet.conf`);
  fixture.changed.at(-1)?.();
  await fixture.until(false, 300);
});

Deno.test("without any event a change is found by the regular look", async () => {
  await using fixture = await Fixture.make();
  await fixture.write("10-mynet.conf", mynet);
  await fixture.watch.start();
  await Deno.remove(`${fixture.dir}/10-mynet.conf`);
  await fixture.until(false, 11_000);
});

Deno.test("a directory that is replaced is watched anew", async () => {
  await using fixture = await Fixture.make();
  await fixture.write("10-mynet.conf", mynet);
  await fixture.watch.start();
  await Deno.rename(fixture.dir, `${fixture.dir}.old`);
  await Deno.mkdir(fixture.dir);
  await fixture.until(false, 11_000);
  assert.deepEqual(fixture.watched, [fixture.dir, fixture.dir]);
  assert.equal(fixture.closed, 1);
});

Deno.test("a directory that cannot be watched is still looked at", async () => {
  await using fixture = await Fixture.make(() => undefined, () => {
    throw new Error("No more watches");
  });
  await fixture.write("09-other.conf", "x");
  await fixture.watch.start();
  assert.equal(fixture.watch.status.ready, false);
  await fixture.write("10-mynet.conf", mynet);
  await fixture.until(true, 3000);
  assert.match(fixture.watch.status.message, /"09-other\.conf" is skipped: The content is not/);
});

Deno.test("a network whose plugin is missing is not ready, with the directories named", async () => {
  await using fixture = await Fixture.make();
  await fixture.write("10-mynet.conf", { ...mynet, type: "weave" });
  await fixture.watch.start();
  assert.equal(fixture.watch.status.ready, false);
  assert.match(fixture.watch.status.message, /CNI plugin "weave" is not in "/);
});

Deno.test("from 1.1.0 the network is ready when its plugins' STATUS says so", async () => {
  let isUp = false;
  await using fixture = await Fixture.make(() => isUp ? undefined : cniError(50, "no subnet yet"));
  await fixture.write("10-mynet.conf", { ...mynet, cniVersion: "1.1.0" });
  await fixture.watch.start();
  assert.equal(fixture.watch.status.reason, "NetworkPluginNotReady");
  assert.match(fixture.watch.status.message, /failed STATUS with code 50: no subnet yet$/);
  isUp = true;
  await fixture.until(true, 3000);
  isUp = false;
  await fixture.until(false, 11_000);
  assert.deepEqual([...new Set(fixture.plugins.order)], ["STATUS bridge"]);
});

Deno.test("a plugin that hangs in STATUS does not hold up the start, and is heard later", async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  await using fixture = await Fixture.make(async ({ verb }) => {
    if (verb !== "STATUS") return undefined;
    asked.resolve();
    await gate.promise;
    return undefined;
  });
  await fixture.write("10-mynet.conf", { ...mynet, cniVersion: "1.1.0" });
  const started = fixture.watch.start();
  await asked.promise;
  await fixture.clock.advance(2_000);
  await started;
  assert.equal(fixture.watch.status.ready, false);
  gate.resolve();
  await fixture.until(true, 0);
});
