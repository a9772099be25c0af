/**
 * RunPodSandbox in a VM: a namespace with a tap, then side by side CNI ADD and the boot of QEMU in
 * it, then the guest is told its network. The record is written before anything is started, so that
 * a crash leaves nothing that recovery.ts cannot find; on failure everything is taken back in
 * reverse.
 */

import { FraktiError, hasCode, wrap } from "../../lib/errors.ts";
import { makePrivateDir, readTextIfExists, removeFlatDir } from "../../lib/files.ts";
import { Undo } from "../../lib/undo.ts";
import {
  AttachError,
  type Attachment,
  type GuestNetwork,
  joinTap,
  makeTap,
  netnsName,
  tapName,
} from "../../network/mod.ts";
import { sandboxRequestHash } from "../common/reservations.ts";
import { renderResolvConf } from "../common/resolv_conf.ts";
import type { SandboxConfig } from "../domain.ts";
import type { RoutedSandboxRequest } from "../engine.ts";
import { type SandboxId, sandboxId } from "../ids.ts";
import type { AgentConnection } from "./agent/mod.ts";
import { type QemuContext, reportUndo } from "./context.ts";
import { randomId } from "./ids.ts";
import { makeDiskImage } from "./disk_image.ts";
import { setUpGuest } from "./guest_setup.ts";
import type { LivePod } from "./live_pod.ts";
import { hostnameOf, sandboxNameOf } from "./sandbox_names.ts";
import { openLivePod } from "./pod_events.ts";
import type { SandboxRecord } from "./records.ts";
import { scratchTarget } from "./disks.ts";
import { podCgroup, settleVm, sizeOf } from "./account.ts";
import type { VirtualMachine, VmSize } from "./vm/mod.ts";

/**
 * Runs a sandbox and returns when its guest is ready, network included.
 * @throws FraktiError AlreadyExists when the metadata is taken by another sandbox.
 */
export async function runSandbox(
  context: QemuContext,
  request: RoutedSandboxRequest,
): Promise<SandboxId> {
  const name = sandboxNameOf(request.config);
  const hash = sandboxRequestHash(request);
  for (const record of context.ledger.sandboxes.all()) {
    if (record.phase === "creating" || sandboxNameOf(record.config) !== name) continue;
    const same = sandboxRequestHash(record) === hash;
    if (same && record.phase === "ready") return record.id;
    throw new FraktiError("AlreadyExists", `Sandbox "${name}" exists as "${record.id}"`);
  }
  return await context.sandboxNames.join(name, hash, () => create(context, request));
}

async function create(context: QemuContext, request: RoutedSandboxRequest): Promise<SandboxId> {
  const { config } = request;
  const { clock, ledger, log } = context;
  const startMs = clock.monotonicMs();
  const id = sandboxId(randomId());
  const size = await sizeOf(context, id, config);
  const netns = netnsName(id);
  const intent: SandboxRecord = {
    id,
    phase: "creating",
    config,
    handler: request.handler,
    api: request.api,
    routingReason: request.routingReason,
    createdAtNs: clock.nowNs(),
    ips: [],
    netns,
    size: { vcpus: size.vcpus, memoryMiB: size.memoryMiB },
  };
  await using undo = new Undo(reportUndo(context));
  const network = { left: false };
  undo.push("forget the record", async () => {
    // A lease that could not be given back must stay listed, for StopPodSandbox to try again.
    if (network.left) await ledger.sandboxDown(id, "The pod network could not be set up");
    else await ledger.forgetSandbox(id);
  });
  await ledger.sandboxes.put(id, intent);
  undo.push("remove the pod's directory", () => removePodFiles(context, id));
  await makePrivateDir(`${context.settings.podDirectory}/${id}`); // Tells whose the namespace is.
  undo.push("release the namespace", () => network.left || context.namespaces.unpin(netns));
  const netnsPath = await context.namespaces.create(netns);
  await makeTap(netnsPath, context.processes);

  // Side by side; both must have ended before anything is taken back.
  const [attached, booted] = await Promise.allSettled([
    attach(context, intent, netnsPath, undo, network),
    boot(context, intent, size, netnsPath, undo),
  ]);
  if (attached.status === "rejected") throw attached.reason;
  if (booted.status === "rejected") throw booted.reason;
  const { attachment, guestNetwork } = attached.value;
  const ips = attachment.ips.map((ip) => ip.address);
  await setUpGuest(booted.value.agent, {
    config,
    hostname: hostnameOf(config),
    resolvConf: await resolvConfOf(config, attachment.dns),
    network: guestNetwork,
    ips,
    scratchTarget,
  }, () => clock.nowNs()).catch(async (error) => {
    throw await booted.value.pod.reasonOf(error);
  });
  const ready = ledger.sandboxes.get(id) ?? intent;
  if (booted.value.pod.vm.end !== undefined) {
    throw new FraktiError("Unavailable", `The VM ended: ${booted.value.pod.vm.end.message}`);
  }
  await ledger.sandboxReady({ ...ready, phase: "ready", attachment, ips });
  undo.commit();
  log.info("Sandbox ready", {
    sandbox: id,
    ips,
    ms: Math.round(clock.monotonicMs() - startMs),
  });
  return id;
}

/** CNI ADD, then the tap is joined with what it made; the record knows of it before it happens. */
async function attach(
  context: QemuContext,
  intent: SandboxRecord,
  netnsPath: string,
  undo: Undo,
  network: { left: boolean },
): Promise<{ readonly attachment: Attachment; readonly guestNetwork: GuestNetwork }> {
  const { id, config } = intent;
  try {
    const attachment = await context.network.attach(
      {
        podId: id,
        netnsPath,
        pod: config.metadata,
        portMappings: config.portMappings,
        annotations: config.annotations,
        ...(config.dns === undefined ? {} : { dns: config.dns }),
        loopback: "present",
      },
      async (planned) => {
        await context.ledger.sandboxes.update(id, (record) => ({ ...record, attachment: planned }));
      },
    );
    undo.push("detach the network", async () => {
      network.left = true;
      await context.network.detach(attachment);
      network.left = false;
    });
    await context.ledger.sandboxes.update(id, (record) => ({ ...record, attachment }));
    const guestNetwork = await joinTap(netnsPath, attachment.ifName, context.processes);
    return { attachment, guestNetwork };
  } catch (error) {
    network.left = error instanceof AttachError && error.incomplete;
    throw wrap(`Cannot attach sandbox "${id}" to the pod network`, error);
  }
}

/** QEMU with the pod's scratch disk, and the guest's agent. */
async function boot(
  context: QemuContext,
  intent: SandboxRecord,
  size: VmSize,
  netnsPath: string,
  undo: Undo,
): Promise<{ readonly pod: LivePod; readonly agent: AgentConnection }> {
  const { launcher, settings, ledger } = context;
  const { id } = intent;
  await launcher.makeDirectory(id);
  const scratch = `${settings.podDirectory}/${id}/scratch.ext4`;
  await makeDiskImage(context.processes, scratch);
  undo.push("remove the control groups", () => context.cgroups.remove(podCgroup(intent)));
  const cgroups = await context.cgroups.prepare(podCgroup(intent));
  const startedMs = context.clock.monotonicMs();
  const vm = await launcher.start(
    {
      podId: id,
      acceleration: context.acceleration(),
      vcpus: size.vcpus,
      memoryMiB: size.memoryMiB,
      guest: context.guest(),
      tap: tapName,
      netnsPath,
      cgroups,
      oomScoreAdj: 0,
    },
    async (process) => {
      await ledger.sandboxes.update(id, (record) => ({ ...record, vm: process }));
    },
  );
  const pod = openLivePod(context, id, vm);
  undo.push("end the VM", async () => {
    context.pods.delete(id);
    pod.release();
    await launcher.endProcesses(id);
  });
  try {
    await plugScratch(context, vm, scratch);
    const agent = await pod.connectToNew();
    const { accel } = context.acceleration();
    context.onBoot(context.clock.monotonicMs() - startedMs, accel);
    await settleVm(context, intent, vm, size);
    return { pod, agent };
  } catch (error) {
    throw await pod.reasonOf(error);
  }
}

async function plugScratch(
  { launcher }: QemuContext,
  vm: VirtualMachine,
  source: string,
): Promise<void> {
  const name = String(scratchTarget);
  const bind = { source, place: "disks", name, isReadOnly: false } as const;
  const file = await launcher.binds.add(vm.layout, bind);
  await vm.disks.plug({ target: scratchTarget, file, isReadOnly: false, isScratch: true });
}

/** Everything of a pod on the node's disks; absence is success. Its VM has ended. */
export async function removePodFiles(context: QemuContext, id: SandboxId): Promise<void> {
  await context.launcher.removeDirectory(id);
  await removeFlatDir(`${context.settings.podDirectory}/${id}`);
}

const hostResolvConf = "/etc/resolv.conf";
const maxResolvConfBytes = 64 * 1024;

/** What the pod asks for; else what its network gives; else the node's. */
async function resolvConfOf(
  { dns }: SandboxConfig,
  ofNetwork: Attachment["dns"],
): Promise<string> {
  const asked = dns !== undefined && dns.servers.length + dns.searches.length + dns.options.length;
  if (asked) return renderResolvConf(dns);
  const { nameservers: servers, domain, search, options } = ofNetwork;
  if (servers.length > 0) {
    const searches = [...new Set([...domain === undefined ? [] : [domain], ...search])];
    return renderResolvConf({ servers, searches, options });
  }
  try {
    return await readTextIfExists(hostResolvConf, maxResolvConfBytes) ?? "";
  } catch (error) {
    if (hasCode(error, "ResourceExhausted")) return "";
    throw error;
  }
}
