import assert from "node:assert/strict";
import { codeOf } from "../lib/errors.ts";
import { Namespaces, netnsKind, netnsName } from "./namespaces.ts";
import type { ProcessRunner } from "../lib/process.ts";

const noProcesses: ProcessRunner = {
  run: ({ command }) => Promise.reject(new Error(`Unexpected ${command}`)),
};

Deno.test("a pod's namespace is named by the first 12 characters of its id", () => {
  assert.equal(netnsName("0123456789abcdef0123"), "frakti-0123456789ab");
});

Deno.test("a name that leads out of the directory is refused", () => {
  const namespaces = new Namespaces("/run/netns", noProcesses);
  assert.equal(namespaces.pathOf("frakti-1"), "/run/netns/frakti-1");
  for (const name of ["", "..", ".", "a/b", "../x", "-x", "a b"]) {
    assert.throws(() => namespaces.pathOf(name), /malformed/, name);
  }
});

Deno.test("pin refuses a process that is gone or has the host's network", async () => {
  const namespaces = new Namespaces("/run/netns", noProcesses);
  for (const [pid, reason] of [[2 ** 30, /is gone/], [Deno.pid, /the host's network/]] as const) {
    await assert.rejects(namespaces.pin(pid, "frakti-x"), (error) => {
      assert.match(String(error), reason);
      return codeOf(error) === "FailedPrecondition";
    });
  }
});

Deno.test("netnsKind tells files and absence from namespaces", async () => {
  assert.equal(await netnsKind("/proc/self/ns/net"), "host");
  assert.equal(await netnsKind("/dev/null"), "none");
  assert.equal(await netnsKind("/nonexistent"), "none");
});

Deno.test("unpin and list succeed without a directory", async () => {
  const namespaces = new Namespaces("/nonexistent/netns", noProcesses);
  await namespaces.unpin("frakti-x");
  assert.deepEqual(await namespaces.list("frakti-"), []);
});

Deno.test("unpin removes a file that a crash left without a namespace", async () => {
  const dir = await Deno.makeTempDir({ prefix: "frakti-netns-" });
  try {
    await Deno.writeTextFile(`${dir}/frakti-x`, "");
    const namespaces = new Namespaces(dir, noProcesses);
    assert.deepEqual(await namespaces.list("frakti-"), [
      { name: "frakti-x", path: `${dir}/frakti-x`, mounted: false },
    ]);
    await namespaces.unpin("frakti-x");
    await namespaces.unpin("frakti-x");
    assert.deepEqual(await namespaces.list(""), []);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
