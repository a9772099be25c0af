/** The configuration directory while frakti runs, with the kernel's own events; STATUS and GC. */

import assert from "node:assert/strict";
import { makeDir, newerPluginDir, portmapPlugin, waitFor } from "../support/mod.ts";
import { PodNetwork } from "../../src/network/mod.ts";
import { assertNothingLeft, type Fixture, makePod, openNetwork } from "./support.ts";

/** Waits until the status is ready or not, and for an event that is much less than the backstop. */
function untilReady(fixture: Fixture, wanted: boolean, timeoutMs = 30_000): Promise<true> {
  return waitFor(
    `a network that is ${wanted ? "ready" : "not ready"}`,
    { timeoutMs },
    () => fixture.network.status().ready === wanted || undefined,
  );
}

Deno.test("a network that disappears, appears and changes takes effect while frakti runs", async () => {
  await using fixture = await openNetwork();
  const { config, network } = fixture;
  const path = config.configPath;
  assert.equal(network.status().ready, true);
  const conf = await Deno.readTextFile(path);
  await Deno.remove(path);
  await untilReady(fixture, false);
  assert.match(network.status().message, /^No CNI network is configured in /);
  await using pod = await makePod(fixture);
  await assert.rejects(network.attach(pod.request), /No CNI network/);

  await Deno.writeTextFile(`${path}.tmp`, conf);
  await Deno.rename(`${path}.tmp`, path);
  await untilReady(fixture, true);
  await network.detach(await network.attach(pod.request));

  await Deno.writeTextFile(path, conf.slice(0, 20));
  await untilReady(fixture, false);
  assert.match(network.status().message, /is skipped: The content is not JSON/);
  await Deno.writeTextFile(path, conf);
  await untilReady(fixture, true);

  const other = JSON.parse(conf);
  await Deno.writeTextFile(
    `${config.confDir}/00-first.conflist`,
    JSON.stringify({ ...other, name: "first" }),
  );
  const attachment = await network.attach(pod.request);
  assert.equal(attachment.network, "first");
  await network.detach(attachment);
});

Deno.test("a directory that is removed, missing for a while and made anew is followed", async () => {
  await using fixture = await openNetwork();
  const { config } = fixture;
  const conf = await Deno.readTextFile(config.configPath);
  for (let round = 0; round < 2; round++) {
    await Deno.remove(config.confDir, { recursive: true });
    await untilReady(fixture, false);
    await Deno.mkdir(config.confDir);
    await Deno.writeTextFile(config.configPath, conf);
    await untilReady(fixture, true);
  }
});

Deno.test("STATUS of a plugin decides whether the network is ready", async () => {
  await using fixture = await openNetwork({
    chained: [{ type: "gate" }],
    binDirs: [newerPluginDir],
  });
  const gate = `${fixture.dir}/gate-is-open`;
  const binDir = `${fixture.dir}/bin`;
  await Deno.mkdir(binDir);
  const script = `#!/bin/sh
[ "$CNI_COMMAND" = STATUS ] || exit 0
[ -e ${gate} ] && exit 0
echo '{"cniVersion":"1.1.0","code":50,"msg":"the daemon is not up"}'
exit 1
`;
  await Deno.writeTextFile(`${binDir}/gate`, script, { mode: 0o755 });
  const conf = JSON.parse(await Deno.readTextFile(fixture.config.configPath));
  await Deno.writeTextFile(
    fixture.config.configPath,
    JSON.stringify({ ...conf, cniVersion: "1.1.0" }),
  );
  const settings = { ...fixture.network.settings, binDirs: [binDir, newerPluginDir] };
  const network = new PodNetwork(settings, fixture.network.deps);
  const seen = { ...fixture, network };
  await network.start();
  try {
    assert.equal(network.status().reason, "NetworkPluginNotReady");
    assert.match(network.status().message, /failed STATUS with code 50: the daemon is not up$/);
    await Deno.writeTextFile(gate, "");
    await untilReady(seen, true);
    await Deno.remove(gate);
    await untilReady(seen, false);
  } finally {
    await network.close();
  }
});

Deno.test("GC gives back what frakti lost, and tells plugins what is valid", async () => {
  const dir = await makeDir("witness");
  const script = `#!/bin/sh
[ "$CNI_COMMAND" = GC ] && exec cat >${dir}/seen
[ "$CNI_COMMAND" = ADD ] && exec sed 's/.*"prevResult"://; s/}$//'
exit 0
`;
  await Deno.writeTextFile(`${dir}/witness`, script, { mode: 0o755 });
  await using fixture = await openNetwork({
    cniVersion: "1.1.0",
    binDirs: [newerPluginDir, dir],
    chained: [portmapPlugin, { type: "witness" }],
  });
  const { network, config } = fixture;
  await using kept = await makePod(fixture);
  await using lost = await makePod(fixture);
  const attachment = await network.attach(kept.request);
  await network.attach(lost.request);
  assert.equal((await config.leases()).length, 2);

  const restarted = new PodNetwork(network.settings, network.deps);
  await restarted.start();
  await restarted.gc([attachment]);
  await restarted.close();
  assert.deepEqual(await config.leases(), attachment.ips.map((ip) => ip.address));
  const seen = JSON.parse(await Deno.readTextFile(`${dir}/seen`));
  assert.deepEqual(seen["cni.dev/valid-attachments"], [{ containerID: kept.id, ifname: "eth0" }]);
  await network.detach(attachment);
  await assertNothingLeft(fixture, lost);
  await assertNothingLeft(fixture, kept);
});
