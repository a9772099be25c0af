import assert from "node:assert/strict";
import { buildConfig } from "./config.ts";
import { formatKeptFiles, keptFiles } from "./kept_files.ts";

function kept(yaml: string): readonly string[] {
  return formatKeptFiles(keptFiles(buildConfig("test", yaml))).trimEnd().split("\n");
}

Deno.test("what frakti keeps lies below the directories of the configuration", () => {
  const lines = kept('rootDirectory: "/data/my pods"');
  assert.ok(lines.includes("tree /data/my pods/qemu/pods"));
  assert.ok(lines.includes("mounts /run/frakti/pods"));
  assert.deepEqual(lines.slice(-3), [
    "file /run/frakti.sock",
    "root /data/my pods",
    "state /run/frakti",
  ]);
});

Deno.test("a directory comes after what is in it, and none of the configuration is removed whole", () => {
  for (
    const [root, state] of [["/data/", "/data/state"], ["/data/root", "/data"], ["/data", "/"]]
  ) {
    const config = buildConfig(
      "test",
      JSON.stringify({ rootDirectory: root, stateDirectory: state }),
    );
    const files = keptFiles(config);
    for (const [index, { kind, path }] of files.entries()) {
      const later = files.slice(index + 1).map((file) => file.path);
      assert.equal(later.some((each) => each.startsWith(`${path}/`)), false, path);
      if (kind === "tree" || kind === "mounts") assert.notEqual(path, "/data");
    }
  }
});
