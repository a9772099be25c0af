import assert from "node:assert/strict";
import { FakeClock } from "../lib/fake_clock.ts";
import { silentLogger } from "../lib/log.ts";
import { cniError, type FakePlugin, FakePlugins } from "./fake_plugins.ts";
import { reportNetwork } from "./report.ts";

Deno.test("the report asks plugins with the PATH that they have in service", async () => {
  const needsPath: FakePlugin = ({ verb, env }) => {
    if (!env["PATH"]?.includes("/usr/sbin")) return cniError(50, "iptables is not in PATH");
    return verb === "VERSION"
      ? { cniVersion: "1.1.0", supportedVersions: ["1.0.0", "1.1.0"] }
      : undefined;
  };
  await using plugins = await FakePlugins.make({ net: needsPath });
  const confDir = await Deno.makeTempDir({ prefix: "frakti-net.d-" });
  try {
    const conflist = {
      cniVersion: "1.1.0",
      cniVersions: ["1.0.0", "1.1.0"],
      name: "mynet",
      plugins: [{ type: "net" }],
    };
    await Deno.writeTextFile(`${confDir}/10-mynet.conflist`, JSON.stringify(conflist));
    const report = await reportNetwork(
      { confDir, binDirs: [plugins.binDir], cacheDir: "", stateDir: "" },
      { clock: new FakeClock(), processes: plugins, log: silentLogger },
    );
    assert.deepEqual(report.status, { ready: true, reason: "", message: "" });
    assert.deepEqual(plugins.order, ["VERSION net", "STATUS net"]);
  } finally {
    await Deno.remove(confDir, { recursive: true });
  }
});
