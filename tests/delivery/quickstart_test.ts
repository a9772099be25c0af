/** scripts/quickstart.sh as a user runs it. */

import assert from "node:assert/strict";
import { run, tryRun } from "../support/mod.ts";
import { top } from "./built.ts";

const limitMs = 480_000; // It builds, and starts a daemon, on two cores that are not idle.

/** Directories and cgroups that a quickstart makes. */
function leftovers(): Promise<string> {
  const look = "ls -d /tmp/frakti-quickstart.* /sys/fs/cgroup/*/frakti-quickstart.* 2>/dev/null";
  return run("/bin/sh", ["-c", `${look} || :`]);
}

Deno.test("the quickstart shows a pod's whole life and leaves nothing", async () => {
  const before = await leftovers();
  const { code, stdout, stderr } = await tryRun(`${top}/scripts/quickstart.sh`, [], {
    timeoutMs: limitMs,
  });
  assert.equal(code, 0, `${stdout}${stderr}`);
  const expected = [
    /Pull the image from the registry +\d+ ms/,
    /GET http:\/\/10\.[\d.]+:8080\/ +\d+ ms\n +\| Hello from pod demo/,
    /GET http:\/\/127\.0\.0\.1:18080\/ +\d+ ms\n +\| Hello from pod demo/,
    /\| demo\n +\| PID/,
    /stdout F the page says: Hello from pod demo/,
    /pods left: 0/,
    /To go on:/,
  ];
  for (const text of expected) assert.match(stdout, text);
  assert.equal(await leftovers(), before);
});

Deno.test("the quickstart refuses what it does not know", async () => {
  const { code, stderr } = await tryRun(`${top}/scripts/quickstart.sh`, ["--bad"]);
  assert.equal(code, 1);
  assert.equal(stderr, "quickstart: unknown argument --bad (see --help)\n");
});
