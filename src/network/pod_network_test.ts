import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { codeOf, describe } from "../lib/errors.ts";
import { FakeClock } from "../lib/fake_clock.ts";
import { silentLogger } from "../lib/log.ts";
import { AttachError, type Attachment, type AttachRequest } from "./attachment.ts";
import { bridgeResult, cniError, type FakePlugin, FakePlugins } from "./fake_plugins.ts";
import { PodNetwork } from "./pod_network.ts";

const netnsPath = "/run/netns/frakti-x";

const request: AttachRequest = {
  podId: "pod1",
  netnsPath,
  pod: { name: "web", namespace: "default", uid: "u1" },
  portMappings: [{ protocol: "tcp", hostPort: 8080, containerPort: 80, hostIp: "" }],
  annotations: { "kubernetes.io/ingress-bandwidth": "1M" },
};

const conflist = {
  cniVersion: "1.0.0",
  name: "mynet",
  plugins: [{ type: "bridge" }, { type: "portmap", capabilities: { portMappings: true } }],
};

/** A pod network over fake plugins and a real directory. */
class Fixture implements AsyncDisposable {
  private constructor(
    readonly base: string,
    readonly plugins: FakePlugins,
    readonly network: PodNetwork,
    readonly namespaces: Map<string, "pod" | "host">,
  ) {}

  static async make(plugins: Readonly<Record<string, FakePlugin>> = {}): Promise<Fixture> {
    const base = await Deno.makeTempDir({ prefix: "frakti-network-" });
    await Deno.mkdir(`${base}/net.d`);
    const fakes = await FakePlugins.make({
      bridge: () => bridgeResult(netnsPath),
      portmap: ({ stdin }) => JSON.stringify(stdin["prevResult"] ?? {}),
      ...plugins,
    });
    const namespaces = new Map<string, "pod" | "host">([[netnsPath, "pod"]]);
    const network = new PodNetwork({
      confDir: `${base}/net.d`,
      binDirs: [fakes.binDir],
      cacheDir: `${base}/cni`,
      stateDir: `${base}/run`,
    }, {
      clock: new FakeClock(),
      processes: fakes,
      log: silentLogger,
      watch: () => () => {},
      netnsKind: (path) => Promise.resolve(namespaces.get(path) ?? "none"),
    });
    return new Fixture(base, fakes, network, namespaces);
  }

  configure(config: unknown, name = "10-mynet.conflist"): Promise<void> {
    return Deno.writeTextFile(`${this.base}/net.d/${name}`, JSON.stringify(config));
  }

  async cached(): Promise<string[]> {
    return (await Array.fromAsync(Deno.readDir(`${this.base}/cni/results`))).map(({ name }) => name)
      .sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.network.close();
    await this.plugins[Symbol.asyncDispose]();
    await Deno.remove(this.base, { recursive: true });
  }
}

Deno.test("attach gives addresses, keeps them in libcni's cache, and detach takes all back", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure(conflist);
  await fixture.network.start();
  const attachment = await fixture.network.attach(request);
  assert.deepEqual(attachment.ips.map((ip) => ip.address), ["10.1.0.5"]);
  assert.equal(attachment.mac, "0a:00:00:00:00:03");
  assert.deepEqual(await fixture.cached(), ["mynet-pod1-eth0"]);
  const path = `${fixture.base}/cni/results/mynet-pod1-eth0`;
  const entry = JSON.parse(await Deno.readTextFile(path));
  assert.equal(entry.kind, "cniCacheV1");
  assert.equal(entry.containerId, "pod1");
  assert.equal(entry.networkName, "mynet");
  assert.equal(entry.ifName, "eth0");
  assert.deepEqual(entry.cniArgs[2], ["K8S_POD_NAME", "web"]);
  assert.deepEqual(JSON.parse(Buffer.from(entry.config, "base64").toString()), conflist);
  assert.deepEqual(entry.result, attachment.result);
  await fixture.network.detach(attachment);
  assert.deepEqual(await fixture.cached(), []);
  await fixture.network.detach(attachment);
  assert.deepEqual(fixture.plugins.order, [
    "ADD bridge",
    "ADD portmap",
    ...["DEL portmap", "DEL bridge"],
    ...["DEL portmap", "DEL bridge"],
  ]);
});

Deno.test("an attachment survives JSON and is detached with what it holds, whatever is configured", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure(conflist);
  const attachment = await fixture.network.attach(request);
  const stored = JSON.parse(JSON.stringify(attachment)) as Attachment;
  assert.deepEqual(stored, attachment);
  await Deno.remove(`${fixture.base}/net.d`, { recursive: true });
  await fixture.network.detach(stored);
  const [portmap, bridge] = fixture.plugins.of("DEL");
  assert.deepEqual(portmap?.stdin["prevResult"], attachment.result);
  assert.deepEqual(portmap?.stdin["runtimeConfig"], {
    portMappings: [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }],
  });
  assert.equal(bridge?.env["CNI_ARGS"], fixture.plugins.of("ADD")[0]?.env["CNI_ARGS"]);
  assert.equal(bridge?.env["CNI_NETNS"], netnsPath);
});

Deno.test("a detach that is aborted kills its plugin, runs no other and can be repeated", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure(conflist);
  await fixture.network.start();
  const attachment = await fixture.network.attach(request);
  const stop = new AbortController();
  fixture.plugins.plugins.set("portmap", (call) => {
    stop.abort();
    return call.signal?.aborted ? { code: null, signal: "SIGKILL" } : undefined;
  });
  await assert.rejects(
    fixture.network.detach(attachment, { signal: stop.signal }),
    (error) => codeOf(error) === "Unavailable" && /frakti is stopping$/.test(describe(error)),
  );
  await assert.rejects(fixture.network.detach(attachment, { signal: stop.signal }));
  assert.deepEqual(fixture.plugins.of("DEL").map(({ type }) => type), ["portmap"]);
  assert.equal((await fixture.cached()).length, 1);
  await fixture.network.detach(attachment);
  assert.deepEqual(await fixture.cached(), []);
});

Deno.test("detach tells plugins that the namespace is gone, or has become the host's", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure(conflist);
  const attachment = await fixture.network.attach(request);
  const netnsSeen = async (options?: { netnsGone?: boolean }) => {
    await fixture.network.detach(attachment, options);
    return fixture.plugins.calls.at(-1)?.env["CNI_NETNS"];
  };
  assert.equal(await netnsSeen(), netnsPath);
  assert.equal(await netnsSeen({ netnsGone: true }), "");
  fixture.namespaces.set(netnsPath, "host");
  assert.equal(await netnsSeen(), "");
  fixture.namespaces.delete(netnsPath);
  assert.equal(await netnsSeen(), "");
});

Deno.test("the plan is handed out before ADD and can be detached", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure(conflist);
  let planned: Attachment | undefined;
  await fixture.network.attach(request, (plan) => {
    planned = plan;
    assert.deepEqual(fixture.plugins.order, []);
  });
  assert.ok(planned);
  assert.equal(planned.result, undefined);
  assert.deepEqual(planned.ips, []);
  await Deno.remove(`${fixture.base}/cni/results/mynet-pod1-eth0`);
  await fixture.network.detach(planned);
  assert.deepEqual(fixture.plugins.order.slice(2), ["DEL portmap", "DEL bridge"]);
  assert.equal(fixture.plugins.calls.at(-1)?.stdin["prevResult"], undefined);
});

Deno.test("a plan whose ADD has finished is detached with the result that the cache kept", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure(conflist);
  let planned: Attachment | undefined;
  const { result } = await fixture.network.attach(request, (plan) => {
    planned = plan;
  });
  assert.ok(planned);
  assert.equal(planned.result, undefined);
  await fixture.network.detach(planned);
  for (const { stdin } of fixture.plugins.of("DEL")) assert.deepEqual(stdin["prevResult"], result);
  assert.deepEqual(await fixture.cached(), []);
});

Deno.test("a plan that cannot be kept runs no plugin", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure(conflist);
  const disk = () => Promise.reject(new Error("Disk full"));
  await assert.rejects(fixture.network.attach(request, disk), /Disk full/);
  assert.deepEqual(fixture.plugins.order, []);
});

Deno.test("capabilities reach only the plugins that declare them and only those are kept", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure(conflist);
  const attachment = await fixture.network.attach(request);
  assert.deepEqual(Object.keys(attachment.capabilityArgs), ["portMappings"]);
  const [bridge, portmap] = fixture.plugins.of("ADD");
  assert.equal(bridge?.stdin["runtimeConfig"], undefined);
  assert.ok(portmap?.stdin["runtimeConfig"]);
});

Deno.test("without a network attach is unavailable and says where it looked", async () => {
  await using fixture = await Fixture.make();
  await assert.rejects(fixture.network.attach(request), (error) => {
    assert.equal(codeOf(error), "Unavailable");
    assert.match(describe(error), /No CNI network is configured in ".*net\.d"/);
    return true;
  });
});

Deno.test("attach uses the configuration of the moment, not that of the start", async () => {
  await using fixture = await Fixture.make({ ptp: () => bridgeResult(netnsPath) });
  await fixture.configure(conflist);
  await fixture.network.start();
  await fixture.configure({ cniVersion: "0.3.1", name: "first", type: "ptp" }, "00-first.conf");
  assert.equal((await fixture.network.attach(request)).network, "first");
});

Deno.test("what would go wrong later is refused before any plugin runs", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure(conflist);
  const bad: [Partial<AttachRequest>, RegExp][] = [
    [{ podId: "../x" }, /Sandbox id/],
    [{ ifName: "much-too-long-name" }, /Interface name/],
    [{ ifName: "a/b" }, /Interface name/],
    [{ pod: { name: "a;b", namespace: "n", uid: "u" } }, /K8S_POD_NAME/],
    [{ annotations: { "kubernetes.io/ingress-bandwidth": "fast" } }, /no quantity/],
    [{ netnsPath: "/nonexistent" }, /no network namespace/],
    [{ netnsPath: "/host" }, /the host's network namespace/],
  ];
  fixture.namespaces.set("/host", "host");
  for (const [change, reason] of bad) {
    await assert.rejects(fixture.network.attach({ ...request, ...change }), (error) => {
      assert.match(describe(error), reason);
      return codeOf(error) === "InvalidArgument";
    });
  }
  await fixture.configure({ ...conflist, plugins: [{ type: "bridge" }, { type: "absent" }] });
  await assert.rejects(fixture.network.attach(request), /CNI plugin "absent" is not in/);
  assert.deepEqual(fixture.plugins.order, []);
});

Deno.test("a network that gives no address is undone", async () => {
  await using fixture = await Fixture.make({ bridge: () => ({ ips: [] }) });
  await fixture.configure(conflist);
  await fixture.network.start();
  await assert.rejects(fixture.network.attach(request), (error) => {
    assert.ok(error instanceof AttachError);
    assert.match(describe(error), /Network "mynet" gave no address/);
    return error.incomplete === false;
  });
  assert.deepEqual(fixture.plugins.order.slice(2), ["DEL portmap", "DEL bridge"]);
  assert.deepEqual(await fixture.cached(), []);
});

Deno.test("the newest version that every plugin speaks is chosen where there is a choice", async () => {
  const speaks = (...supportedVersions: string[]): FakePlugin => ({ verb }) =>
    verb === "VERSION" ? { cniVersion: "0.1.0", supportedVersions } : bridgeResult(netnsPath);
  await using fixture = await Fixture.make({
    bridge: speaks("0.4.0", "1.0.0"),
    portmap: speaks("0.3.1", "0.4.0", "1.0.0", "1.1.0"),
  });
  await fixture.configure({ ...conflist, cniVersions: ["0.4.0", "1.0.0", "1.1.0"] });
  assert.equal((await fixture.network.attach(request)).cniVersion, "1.0.0");
  assert.equal(fixture.plugins.of("ADD")[0]?.stdin["cniVersion"], "1.0.0");
  await fixture.network.attach({ ...request, podId: "pod2" });
  assert.equal(fixture.plugins.of("VERSION").length, 2);
});

Deno.test("loopback is brought up by its plugin, with its configuration, before the network", async () => {
  await using fixture = await Fixture.make({ loopback: () => ({ ips: [] }) });
  await fixture.configure(conflist);
  await fixture.configure({ cniVersion: "0.2.0", type: "loopback" }, "99-loopback.conf");
  await fixture.network.attach({ ...request, loopback: "plugin" });
  assert.deepEqual(fixture.plugins.order, ["ADD loopback", "ADD bridge", "ADD portmap"]);
  assert.equal(fixture.plugins.calls[0]?.env["CNI_IFNAME"], "lo");
  assert.equal(fixture.plugins.calls[0]?.stdin["cniVersion"], "0.2.0");
});

Deno.test("the pod ranges reach ipRanges and survive a restart", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure({
    ...conflist,
    plugins: [{ type: "bridge", capabilities: { ipRanges: true } }],
  });
  await fixture.network.start();
  fixture.network.setPodCidr("10.1.0.0/24,fd01::/64");
  fixture.network.setPodCidr("");
  fixture.network.setPodCidr("nonsense");
  await fixture.network.close();
  const again = new PodNetwork(fixture.network.settings, fixture.network.deps);
  await again.start();
  const attachment = await again.attach(request);
  assert.deepEqual(attachment.capabilityArgs["ipRanges"], [
    [{ subnet: "10.1.0.0/24" }],
    [{ subnet: "fd01::/64" }],
  ]);
  await again.close();
});

Deno.test("operations on one pod wait for each other, those on others do not", async () => {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  await using fixture = await Fixture.make({
    bridge: async ({ verb, env }) => {
      if (verb === "ADD" && env["CNI_CONTAINERID"] === "pod1") {
        started.resolve();
        await gate.promise;
      }
      return bridgeResult(netnsPath);
    },
  });
  await fixture.configure(conflist);
  const first: { planned?: Attachment } = {};
  const slow = fixture.network.attach(request, (plan) => {
    first.planned = plan;
  });
  await started.promise;
  assert.ok(first.planned);
  const detached = fixture.network.detach(first.planned);
  await fixture.network.attach({ ...request, podId: "pod2" });
  gate.resolve();
  await Promise.all([slow, detached]);
  const ofFirst = fixture.plugins.calls.filter((call) => call.env["CNI_CONTAINERID"] === "pod1");
  assert.deepEqual(ofFirst.map((call) => call.verb), ["ADD", "ADD", "DEL", "DEL"]);
});

Deno.test("check tells what the plugins complain of and changes nothing", async () => {
  await using fixture = await Fixture.make({
    portmap: ({ verb, stdin }) =>
      verb === "CHECK" ? cniError(100, "rule is gone") : JSON.stringify(stdin["prevResult"]),
  });
  await fixture.configure(conflist);
  const attachment = await fixture.network.attach(request);
  assert.match(await fixture.network.check(attachment) ?? "", /rule is gone$/);
  assert.deepEqual(await fixture.cached(), ["mynet-pod1-eth0"]);
});

Deno.test("recall finds a pod's attachments in the cache", async () => {
  await using fixture = await Fixture.make();
  await fixture.configure(conflist);
  const attachment = await fixture.network.attach(request);
  await Deno.writeTextFile(`${fixture.base}/cni/results/broken`, "{");
  assert.deepEqual(await fixture.network.recall("pod1"), [attachment]);
  assert.deepEqual(await fixture.network.recall("pod2"), []);
});
