/** scripts/quickstart.sh as a user runs it. */

import assert from "node:assert/strict";
import * as v from "valibot";
import { run, tryRun } from "../support/mod.ts";
import { top } from "./built.ts";

const limitMs = 480_000; // It builds, and boots a VM, on two cores that are not idle.

/** Directories and cgroups that a quickstart makes. */
function leftovers(): Promise<string> {
  const look = "ls -d /tmp/frakti-quickstart.* /sys/fs/cgroup/*/frakti-quickstart.* 2>/dev/null";
  return run("/bin/sh", ["-c", `${look} || :`]);
}

/** The release of the kernel that VMs boot, as its build has noted it, ready for a pattern. */
async function guestKernel(): Promise<string> {
  const text = await Deno.readTextFile(`${top}/dist/guest/guest.json`);
  return RegExp.escape(v.parse(v.object({ release: v.string() }), JSON.parse(text)).release);
}

Deno.test("the quickstart shows the whole life of a pod in a VM and of one in Docker, and leaves nothing", async () => {
  const before = await leftovers();
  const { code, stdout, stderr } = await tryRun(`${top}/scripts/quickstart.sh`, ["--shell"], {
    // What is typed into the shell.
    stdin: "frakti pods --quiet | wc -l\nfrakti exec web uname -r\n",
    timeoutMs: limitMs,
  });
  assert.equal(code, 0, `${stdout}${stderr}`);
  const node = RegExp.escape(Deno.osRelease());
  const expected = [
    /Pull the image from the registry +\d+ ms/,
    /GET http:\/\/10\.[\d.]+:8080\/ +\d+ ms\n +\| Hello from pod demo/,
    /GET http:\/\/127\.0\.0\.1:18080\/ +\d+ ms\n +\| Hello from pod demo/,
    /\| demo\n +\| PID/,
    /stdout F the page says: Hello from pod demo/,
    new RegExp(`\\| pod demo +${await guestKernel()} +the kernel of its virtual machine`),
    new RegExp(`\\| pod demo-host +${node} +the kernel of this machine`),
    new RegExp(`stdout F agent of demo-host, on Linux ${node}`),
    new RegExp(`^2\n${await guestKernel()}$`, "m"),
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
