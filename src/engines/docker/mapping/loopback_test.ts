import assert from "node:assert/strict";
import { fakeFiles, fakeSandbox } from "./fake_facts.ts";
import { withLoopback } from "./loopback.ts";

const { namespaces } = fakeSandbox().security;
const hostWith = (text: string) => fakeFiles({ "/proc/sys/net/ipv6/conf/lo/disable_ipv6": text });

Deno.test("a pod has ::1 where the host has it", async () => {
  const given = { "net.core.somaxconn": "9" };
  const on = { ...given, "net.ipv6.conf.lo.disable_ipv6": "0" };
  assert.deepEqual(await withLoopback(given, namespaces, hostWith("0\n")), on);
  assert.deepEqual(await withLoopback(given, namespaces, hostWith("1\n")), given);
  assert.deepEqual(await withLoopback(given, namespaces, fakeFiles()), given);
});

Deno.test("a pod that decides itself, or has the host's network, is left alone", async () => {
  const files = hostWith("0\n");
  for (const name of ["all", "lo"]) {
    const given = { [`net.ipv6.conf.${name}.disable_ipv6`]: "1" };
    assert.deepEqual(await withLoopback(given, namespaces, files), given);
  }
  assert.deepEqual(await withLoopback({}, { ...namespaces, network: "node" }, files), {});
});
