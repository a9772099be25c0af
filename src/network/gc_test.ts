import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import { silentLogger } from "../lib/log.ts";
import type { Attachment, AttachRequest } from "./attachment.ts";
import { bridgeResult, type FakePlugin, FakePlugins, killed } from "./fake_plugins.ts";
import { PodNetwork } from "./pod_network.ts";

const netnsPath = "/run/netns/frakti-x";

/** What runs against one set of directories before and after a restart of frakti. */
async function withNetwork(
  work: (open: () => Promise<PodNetwork>, plugins: FakePlugins, base: string) => Promise<void>,
  config: Readonly<Record<string, unknown>> = { cniVersion: "1.1.0" },
  prepare: (base: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const base = await Deno.makeTempDir({ prefix: "frakti-gc-" });
  const bridge: FakePlugin = ({ verb }) => verb === "ADD" ? bridgeResult(netnsPath) : undefined;
  await using plugins = await FakePlugins.make({ bridge });
  const opened: PodNetwork[] = [];
  try {
    await Deno.mkdir(`${base}/net.d`);
    const conf = { name: "mynet", plugins: [{ type: "bridge" }], ...config };
    await Deno.writeTextFile(`${base}/net.d/10-mynet.conflist`, JSON.stringify(conf));
    await prepare(base);
    await work(
      async () => {
        const network = new PodNetwork({
          confDir: `${base}/net.d`,
          binDirs: [plugins.binDir],
          cacheDir: `${base}/cni`,
          stateDir: `${base}/run`,
        }, {
          clock: new FakeClock(),
          processes: plugins,
          log: silentLogger,
          watch: () => () => {},
          netnsKind: () => Promise.resolve("pod"),
        });
        opened.push(network);
        await network.start();
        return network;
      },
      plugins,
      base,
    );
  } finally {
    for (const network of opened) await network.close();
    await Deno.remove(base, { recursive: true });
  }
}

function attach(network: PodNetwork, podId: string): Promise<Attachment> {
  const pod = { name: podId, namespace: "default", uid: "u" };
  const request: AttachRequest = { podId, netnsPath, pod, portMappings: [] };
  return network.attach(request);
}

function podsOf(plugins: FakePlugins, verb: string): (string | undefined)[] {
  return plugins.of(verb).map((call) => call.env["CNI_CONTAINERID"]);
}

Deno.test("gc gives back what a crash left in the cache and spares what is valid or new", async () => {
  await withNetwork(async (open, plugins) => {
    const before = await open();
    const kept = await attach(before, "kept");
    await attach(before, "orphan");
    const after = await open();
    await attach(after, "new");
    await after.gc([kept]);
    assert.deepEqual(podsOf(plugins, "DEL"), ["orphan"]);
    assert.deepEqual(plugins.of("GC").map((call) => call.stdin["cni.dev/valid-attachments"]), [[
      { containerID: "kept", ifname: "eth0" },
      { containerID: "new", ifname: "eth0" },
    ]]);
  });
});

Deno.test("gc leaves the plugins alone before 1.1.0 and where the network forbids it", async () => {
  for (const config of [{ cniVersion: "1.0.0" }, { cniVersion: "1.1.0", disableGC: true }]) {
    await withNetwork(async (open, plugins) => {
      await (await open()).gc([]);
      assert.deepEqual(plugins.of("GC"), []);
    }, config);
  }
});

Deno.test("gc leaves the plugins alone in a cache that frakti did not make", async () => {
  await withNetwork(
    async (open, plugins) => {
      await (await open()).gc([]);
      assert.deepEqual(plugins.of("GC"), []);
    },
    { cniVersion: "1.1.0" },
    (base) => Deno.mkdir(`${base}/cni/results`, { recursive: true }),
  );
});

Deno.test("gc leaves the plugins and the entry alone when somebody else uses the network", async () => {
  await withNetwork(async (open, plugins, base) => {
    const network = await open();
    await Deno.writeTextFile(
      `${base}/cni/results/mynet-abc-eth0`,
      JSON.stringify({ kind: "cniCacheV1", containerId: "abc", ifName: "eth0" }),
    );
    await network.gc([]);
    assert.deepEqual(plugins.of("GC"), []);
    assert.deepEqual(plugins.of("DEL"), []);
    assert.ok(await Deno.stat(`${base}/cni/results/mynet-abc-eth0`));
  });
});

Deno.test("gc spares the attachments of another frakti on the machine", async () => {
  await withNetwork(async (open, plugins) => {
    const mine = await open();
    const settings = { ...mine.settings, stateDir: `${mine.settings.stateDir}-2` };
    const other = new PodNetwork(settings, mine.deps);
    await attach(other, "theirs");
    await mine.gc([]);
    assert.deepEqual(plugins.of("DEL"), []);
    assert.deepEqual(plugins.of("GC"), []);
    await other.close();
  });
});

Deno.test("gc that is aborted kills the plugin that runs, begins no other and fails nothing", async () => {
  await withNetwork(async (open, plugins) => {
    const before = await open();
    await attach(before, "a");
    await attach(before, "b");
    const network = await open();
    for (const verb of ["DEL", "GC"]) {
      const stop = new AbortController();
      const seen = Promise.withResolvers<void>();
      plugins.plugins.set("bridge", (call) => {
        if (call.verb !== verb) return undefined;
        seen.resolve();
        return killed(call);
      });
      plugins.calls.length = 0;
      const collected = network.gc([], stop.signal);
      await seen.promise;
      stop.abort();
      await collected;
      const wanted = verb === "DEL" ? ["DEL bridge"] : ["DEL bridge", "DEL bridge", "GC bridge"];
      assert.deepEqual(plugins.order, wanted);
    }
  });
});

Deno.test("gc gives back nothing of a pod that is made while it runs", async () => {
  await withNetwork(async (open, plugins) => {
    await attach(await open(), "orphan");
    const network = await open();
    const gate = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<void>();
    plugins.plugins.set("bridge", async ({ verb }) => {
      if (verb === "DEL") {
        seen.resolve();
        await gate.promise;
      }
      return verb === "ADD" ? bridgeResult(netnsPath) : undefined;
    });
    const collected = network.gc([]);
    await seen.promise;
    await attach(network, "new"); // An orphan's DEL that hangs holds no pod up.
    gate.resolve();
    await collected;
    assert.deepEqual(podsOf(plugins, "DEL"), ["orphan"]);
    assert.deepEqual(plugins.of("GC").map((call) => call.stdin["cni.dev/valid-attachments"]), [[
      { containerID: "new", ifname: "eth0" },
    ]]);
  });
});

Deno.test("an ADD under way is valid for gc, and none begins while plugins collect", async () => {
  await withNetwork(async (open, plugins) => {
    const network = await open();
    const gates = { add: Promise.withResolvers<void>(), gc: Promise.withResolvers<void>() };
    const seen = { add: Promise.withResolvers<void>(), gc: Promise.withResolvers<void>() };
    plugins.plugins.set("bridge", async ({ verb, env }) => {
      if (verb === "GC") {
        seen.gc.resolve();
        await gates.gc.promise;
      }
      if (verb === "ADD" && env["CNI_CONTAINERID"] === "early") {
        seen.add.resolve();
        await gates.add.promise;
      }
      return verb === "ADD" ? bridgeResult(netnsPath) : undefined;
    });
    const early = attach(network, "early");
    await seen.add.promise;
    const collected = network.gc([]);
    await seen.gc.promise;
    const late = attach(network, "late");
    gates.add.resolve();
    await early;
    assert.deepEqual(podsOf(plugins, "ADD"), ["early"]);
    gates.gc.resolve();
    await collected;
    await late;
    assert.deepEqual(podsOf(plugins, "ADD"), ["early", "late"]);
    assert.deepEqual(plugins.of("GC")[0]?.stdin["cni.dev/valid-attachments"], [
      { containerID: "early", ifname: "eth0" },
    ]);
  });
});
