/**
 * install.sh, the unit and the Debian package on a node whose process 1 is systemd: what
 * tests/delivery shows with a stand-in. One machine for all cases, which come in their order.
 */

import assert from "node:assert/strict";
import { makeDir } from "../support/mod.ts";
import { execText, runPod, shellContainer, startContainer } from "../docker/support.ts";
import { notReady, ready, removePod, statusOf, type TestPod } from "../docker/support.ts";
import { exited, running } from "../docker/support.ts";
import { bringNext, bringPackages, bringRelease, knowRegistry } from "./brought.ts";
import { limitCases } from "./limit_cases.ts";
import { inDocker, VirtualNode } from "./machine.ts";

const brought = await makeDir("brought");
await bringRelease(brought);
await bringNext(brought);
await bringPackages(brought);
const node = await VirtualNode.start(brought);
Deno.test.afterAll(() => node.stop());

const crictl = "/media/tests/crictl --config /etc/frakti/crictl.yaml";
const sleeper = shellContainer("main", "echo up; exec sleep 100000");

/** "enabled active" when the service is as it should be. */
async function serviceState(): Promise<string> {
  const script = "systemctl is-enabled frakti.service; systemctl is-active frakti.service";
  return (await node.try(script)).stdout.trim().replace("\n", " ");
}

/** A property of the unit as systemd has it. */
async function property(name: string): Promise<string> {
  return (await node.run(`systemctl show --value -p ${name} frakti.service`)).trim();
}

function untilAnswers(): Promise<string> {
  return node.until("an answer of frakti", `${crictl} version`);
}

/** What pods there are by name, with their state. */
async function podStates(): Promise<Record<string, number>> {
  const { items } = await node.host().cri.runtime.listPodSandbox({});
  return Object.fromEntries(items.map(({ metadata, state }) => [metadata?.name ?? "", state]));
}

/** The process of a container of Docker's, which a restart of frakti must leave alone. */
async function processOf(container: string): Promise<number> {
  return Number(await node.run(`docker inspect -f '{{.State.Pid}}' ${container}`));
}

let pod: TestPod;
let container: string;
let process: number;

async function assertGoesOn(): Promise<void> {
  await untilAnswers();
  assert.equal((await statusOf(node.host(), container)).state, running);
  assert.equal(await processOf(container), process);
  assert.equal(await execText(node.host(), container, ["echo", "same"]), "same");
}

Deno.test("the node runs systemd with control groups v2, Docker on them, and AppArmor", async () => {
  await knowRegistry(node);
  assert.equal((await node.run("cat /proc/1/comm")).trim(), "systemd");
  const info = "docker info -f '{{.CgroupDriver}} {{.CgroupVersion}} {{.SecurityOptions}}'";
  const told = await node.until("Docker", info);
  assert.match(told, /^systemd 2 \[.*name=apparmor/);
});

Deno.test("install.sh enables and starts the unit, which systemd runs as it is written", async () => {
  const said = await node.run("/media/tests/release/install.sh");
  assert.match(said, /^started: +frakti\.service/m);
  assert.equal(await serviceState(), "enabled active");
  await untilAnswers();
  assert.equal(await node.run("systemd-analyze verify frakti.service 2>&1"), "");
  const pid = await property("MainPID");
  assert.equal((await node.run(`cat /proc/${pid}/comm`)).trim(), "frakti");
  assert.equal((await node.run(`cat /proc/${pid}/oom_score_adj`)).trim(), "-999");
  assert.match(await node.run(`cat /proc/${pid}/limits`), /^Max open files +1048576 /m);
  assert.equal(await property("KillMode"), "process");
  assert.match(await node.run("journalctl -u frakti.service"), / INFO +Serving the CRI /);
  assert.equal((await node.run("systemctl --failed --no-legend")).trim(), "");
});

Deno.test("install.sh run again changes nothing and leaves the process alone", async () => {
  const before = await property("InvocationID");
  assert.match(await node.run("/media/tests/release/install.sh"), /^Nothing had to be changed\.$/m);
  assert.equal(await property("InvocationID"), before);
});

Deno.test("frakti check sees Docker, its driver and control groups v2", async () => {
  const wanted = [
    "^OK +control groups +v2 with cpu, memory, pids$",
    "^OK +docker +cgroup driver systemd ",
  ];
  // Again when it was too slow here: it gives up on a check after some seconds.
  const script = wanted.map((line) => `grep -E '${line}' /tmp/check`).join(" && ");
  await node.until("its word", `frakti check >/tmp/check; ${script}`);
});

Deno.test("crictl asks frakti by the configuration that was installed", async () => {
  pod = await runPod(node.host(), "stays", inDocker);
  container = await startContainer(node.host(), pod, sleeper);
  process = await processOf(container);
  const { containers } = JSON.parse(await node.run(`${crictl} ps -o json`));
  assert.deepEqual(containers.map((each: { id: string }) => each.id), [container]);
  assert.match(await node.run(`${crictl} logs ${container}`), /^up$/m);
});

limitCases(node);

Deno.test("systemctl restart leaves pods running", async () => {
  const before = await property("MainPID");
  await node.run("systemctl restart frakti.service");
  await assertGoesOn();
  assert.notEqual(await property("MainPID"), before);
});

Deno.test("systemd starts a frakti that was killed, and pods go on", async () => {
  const before = await property("MainPID");
  await node.run(`kill -KILL ${before}`);
  await node.until("another process", `[ "$(systemctl show --value -p NRestarts frakti)" = 1 ]`);
  await assertGoesOn();
  assert.notEqual(await property("MainPID"), before);
  assert.equal(await serviceState(), "enabled active");
});

Deno.test("a configuration that is wrong ends the service and is not tried again and again", async () => {
  await node.run(`
    cp /etc/frakti/config.yaml /root/config.yaml
    echo 'nonsense: 1' >>/etc/frakti/config.yaml
    systemctl restart frakti.service`);
  await node.until("the failure", `[ "$(systemctl is-failed frakti.service)" = failed ]`);
  assert.equal(await property("ExecMainStatus"), "2");
  assert.equal(await property("NRestarts"), "0");
  assert.match(await node.run("journalctl -u frakti.service -n 20"), /nonsense/);
  await node.run("mv /root/config.yaml /etc/frakti/config.yaml; systemctl restart frakti.service");
  await assertGoesOn();
});

Deno.test("install.sh --upgrade restarts frakti and leaves pods running", async () => {
  const before = await property("MainPID");
  const said = await node.run("/media/tests/next/install.sh --upgrade");
  assert.match(said, /^installed: +\/usr\/local\/bin\/frakti$/m);
  assert.match(said, /^unchanged: +\/etc\/systemd\/system\/frakti\.service$/m);
  await assertGoesOn();
  assert.notEqual(await property("MainPID"), before);
});

Deno.test("after a reboot frakti is there before the kubelet, and knows that its pods have ended", async () => {
  await node.run(`
    cat >/etc/systemd/system/kubelet.service <<'UNIT'
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'systemctl is-active frakti.service >/run/seen-by-kubelet'
[Install]
WantedBy=multi-user.target
UNIT
    systemctl enable kubelet.service 2>/dev/null`);
  await node.reboot();
  await untilAnswers();
  assert.equal((await node.run("cat /run/seen-by-kubelet")).trim(), "active");
  assert.equal(await serviceState(), "enabled active");
  assert.deepEqual(await podStates(), { stays: notReady });
  assert.equal((await statusOf(node.host(), container)).state, exited);
  assert.equal((await node.try("ls /var/lib/cni/networks/frakti | grep '^10'")).stdout, "");
  await removePod(node.host(), pod);
});

Deno.test("--uninstall stops the pods and takes the unit from systemd, --purge what it kept", async () => {
  pod = await runPod(node.host(), "ends", inDocker);
  assert.deepEqual(await podStates(), { ends: ready });
  const said = await node.run("/media/tests/next/install.sh --uninstall --purge");
  assert.match(said, /^removed: [0-9a-f]{13} \(tests\/ends\)$/m);
  assert.equal((await node.run("docker ps -aq")).trim(), "");
  assert.equal(await property("LoadState"), "not-found");
  assert.equal(await property("ActiveState"), "inactive");
  const left = "ls -d /etc/frakti /var/lib/frakti /run/frakti /var/cache/frakti /usr/lib/frakti";
  assert.equal((await node.try(left)).stdout, "");
  assert.equal((await node.try("find /etc/systemd -name '*frakti*'; pgrep -a frakti")).stdout, "");
});

Deno.test("the package is installed by apt, enabled and started", async () => {
  await node.run(
    `
    mkdir -p /etc/cni/net.d && cp /media/tests/release/packaging/cni/* /etc/cni/net.d
    apt-get -q -y install /media/tests/1.deb`,
  );
  assert.equal(await serviceState(), "enabled active");
  await untilAnswers();
  assert.equal(await property("FragmentPath"), "/lib/systemd/system/frakti.service");
  pod = await runPod(node.host(), "stays", inDocker);
  container = await startContainer(node.host(), pod, sleeper);
  process = await processOf(container);
});

Deno.test("an upgrade of the package restarts frakti and leaves pods running", async () => {
  const before = await property("MainPID");
  await node.run("apt-get -q -y install /media/tests/2.deb");
  await assertGoesOn();
  assert.notEqual(await property("MainPID"), before);
  assert.equal(await serviceState(), "enabled active");
});

Deno.test("an upgrade leaves a service that was stopped and disabled so", async () => {
  await node.run("systemctl disable --now frakti.service 2>/dev/null; dpkg -i /media/tests/1.deb");
  assert.equal(await serviceState(), "disabled inactive");
  await node.run("systemctl enable frakti.service 2>/dev/null");
});

Deno.test("a removal starts the service to stop its pods, and a purge leaves nothing", async () => {
  const said = await node.run("apt-get -q -y remove frakti");
  assert.match(said, /^removed: [0-9a-f]{13} \(tests\/stays\)$/m);
  assert.equal((await node.run("docker ps -aq")).trim(), "");
  assert.equal(await property("ActiveState"), "inactive");
  await node.run("apt-get -q -y purge frakti");
  const left = "ls -d /etc/frakti /var/lib/frakti /run/frakti /var/cache/frakti /usr/lib/frakti";
  assert.equal((await node.try(left)).stdout, "");
  assert.equal((await node.try("find /etc/systemd -name '*frakti*'; pgrep -a frakti")).stdout, "");
  assert.equal(await property("LoadState"), "not-found");
  assert.equal((await node.run("systemctl --failed --no-legend")).trim(), "");
});
