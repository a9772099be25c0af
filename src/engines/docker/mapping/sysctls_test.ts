import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../lib/errors.ts";
import type { NamespaceOptions } from "../../domain.ts";
import { sysctlsField } from "./sysctls.ts";

const pod: NamespaceOptions = { network: "pod", pid: "pod", ipc: "pod", targetId: "" };

const fine: readonly [string, string, string][] = [
  ["net.ipv4.ip_unprivileged_port_start", "0", "net.ipv4.ip_unprivileged_port_start"],
  ["net.ipv4.ip_local_port_range", "32768 60999", "net.ipv4.ip_local_port_range"],
  ["net/ipv4/conf/eth0.100/rp_filter", "1", "net.ipv4.conf.eth0/100.rp_filter"],
  ["net.ipv4.conf.eth0/100.rp_filter", "1", "net.ipv4.conf.eth0/100.rp_filter"],
  ["kernel.shm_rmid_forced", "1", "kernel.shm_rmid_forced"],
  ["kernel.sem", "250\t32000 100 128", "kernel.sem"],
  ["fs.mqueue.msg_max", "10", "fs.mqueue.msg_max"],
];

for (const [name, value, expected] of fine) {
  Deno.test(`sysctl "${name}" is let through`, () => {
    assert.deepEqual(sysctlsField({ [name]: value }, pod), { [expected]: value });
  });
}

const refused: readonly [string, string, string, NamespaceOptions][] = [
  ["a setting of the host", "kernel.core_pattern", "x", pod],
  ["another one", "vm.swappiness", "1", pod],
  ["one that only looks like a pod's", "kernel.shmmax2", "1", pod],
  ["a second assignment in the value", "kernel.shm_rmid_forced", "1+kernel.core_pattern=|/x", pod],
  ["a line in the value", "net.core.somaxconn", "1\n2", pod],
  ["a path that climbs", "net/../kernel/core_pattern", "x", pod],
  ["a path that climbs by dots", "net.//.kernel.core_pattern", "x", pod],
  ["an empty segment", "net..x", "1", pod],
  ["an absolute path", "/net/x", "1", pod],
  ["an empty name", "", "1", pod],
  ["net.* with host network", "net.core.somaxconn", "1", { ...pod, network: "node" }],
  ["kernel.shm* with host IPC", "kernel.shmmax", "1", { ...pod, ipc: "node" }],
  ["fs.mqueue.* with host IPC", "fs.mqueue.msg_max", "1", { ...pod, ipc: "node" }],
];

for (const [what, name, value, namespaces] of refused) {
  Deno.test(`sysctl: ${what} is refused`, () => {
    assert.throws(
      () => sysctlsField({ [name]: value }, namespaces),
      (error) => hasCode(error, "InvalidArgument"),
    );
  });
}

Deno.test("no sysctl that is let through leads out of a pod's own directories", () => {
  const name = fc.stringMatching(/^(net|kernel|fs|vm)?[./]{0,2}[a-z./_-]{0,20}$/);
  fc.assert(
    fc.property(name, (key) => {
      let fields: Readonly<Record<string, string>>;
      try {
        fields = sysctlsField({ [key]: "1" }, pod);
      } catch (error) {
        assert.ok(hasCode(error, "InvalidArgument"));
        return;
      }
      for (const dotted of Object.keys(fields)) {
        const path = dotted.replace(/[./]/g, (c) => c === "." ? "/" : ".");
        assert.match(path, /^(?:net|kernel|fs\/mqueue)\//);
        assert.ok(!path.split("/").some((part) => part === ".." || part === "." || part === ""));
      }
    }),
    { numRuns: 2000 },
  );
});
