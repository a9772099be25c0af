/**
 * RunPodSandbox in hyperd: a pinned namespace, CNI ADD into it, a bridge from there to the VM, then
 * the VM. The record is written before anything is made, so that a crash leaves nothing that
 * recovery.ts cannot find; on failure everything is taken back in reverse.
 */

import { describe, FraktiError, hasCode, wrap } from "../../lib/errors.ts";
import { makePrivateDir } from "../../lib/files.ts";
import { Undo } from "../../lib/undo.ts";
import {
  AttachError,
  type Attachment,
  type GuestNetwork,
  makeRelay,
  netnsName,
  readGuestNetwork,
  relayOf,
  shortenRelay,
} from "../../network/mod.ts";
import { systemReadText } from "../../stats/mod.ts";
import { sandboxRequestHash } from "../common/reservations.ts";
import type { RoutedSandboxRequest } from "../engine.ts";
import { type SandboxId, sandboxId } from "../ids.ts";
import { isGone } from "./client/mod.ts";
import { type HyperdContext, reportUndo } from "./context.ts";
import { runInGuest } from "./exec/mod.ts";
import { guestNetworkScript, podSpec, refuseSandbox } from "./mapping/mod.ts";
import { newPodId, sandboxNameOf } from "./names.ts";
import { podDirOf, releaseRelay, removePodFiles } from "./pod_release.ts";
import { podSize } from "./pod_size.ts";
import type { SandboxRecord } from "./records.ts";

/**
 * Runs a sandbox and returns when it is ready, network included.
 * @throws FraktiError AlreadyExists when the metadata is taken by another sandbox.
 */
export async function runSandbox(
  context: HyperdContext,
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
  refuseSandbox(request.config);
  return await context.sandboxNames.join(name, hash, () => create(context, request));
}

async function create(context: HyperdContext, request: RoutedSandboxRequest): Promise<SandboxId> {
  const { config } = request;
  const { ledger, settings, clock } = context;
  const hyperd = context.link.hyperd();
  const startMs = clock.monotonicMs();
  const id = sandboxId(newPodId());
  const intent: SandboxRecord = {
    id,
    phase: "creating",
    config,
    handler: request.handler,
    api: request.api,
    routingReason: request.routingReason,
    createdAtNs: clock.nowNs(),
    ips: [],
    netns: netnsName(id),
    relay: relayOf(id),
    size: await podSize(config, settings.defaultSize, systemReadText),
  };
  await using undo = new Undo(reportUndo(context));
  const left = { network: false, pod: false };
  context.underWay.add(id);
  undo.push("forget the record", async () => {
    context.underWay.delete(id);
    // A pod that hyperd may still have is undone when hyperd answers again. A lease that could not
    // be given back stays listed, for StopPodSandbox to try again.
    if (left.pod) return;
    if (left.network) await ledger.sandboxDown(id, "The pod network could not be set up");
    else await ledger.forgetSandbox(id);
  });
  await ledger.sandboxes.put(id, intent);
  undo.push("remove the pod's files", () => removePodFiles(context, id));
  await makePrivateDir(podDirOf(context, id));

  const { attachment, guest } = await connect(context, intent, undo, left);
  const ips = attachment.ips.map((ip) => ip.address);
  undo.push("remove the pod from hyperd", async () => {
    left.pod = true;
    await removePod(context, id);
    left.pod = false;
  });
  const { podID } = await hyperd.call("podCreate", {
    podSpec: podSpec({
      id,
      config,
      size: intent.size,
      relay: intent.relay,
      network: guest,
      instanceId: settings.instanceId,
      hyperd: context.link.capabilities(),
    }),
    podID: id,
  });
  if (podID !== id) throw new FraktiError("Internal", `hyperd made pod "${podID}", not "${id}"`);
  await hyperd.call("podStart", { podID: id });
  await shorten(context, intent, guest.mtu);
  await setUpGuest(context, id, guest);
  await ledger.sandboxReady({ ...intent, phase: "ready", attachment, ips });
  undo.commit();
  context.underWay.delete(id);
  const ms = Math.round(clock.monotonicMs() - startMs);
  context.log.info("Sandbox ready", { sandbox: id, ips, ms });
  return id;
}

/** Namespace, CNI ADD, relay; the record knows of each before it happens. */
async function connect(
  context: HyperdContext,
  intent: SandboxRecord,
  undo: Undo,
  left: { network: boolean },
): Promise<{ readonly attachment: Attachment; readonly guest: GuestNetwork }> {
  const { id, config, netns = netnsName(id) } = intent;
  const { processes, ledger } = context;
  undo.push("release the namespace", () => left.network || context.namespaces.unpin(netns));
  const netnsPath = await context.namespaces.create(netns);
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
        await ledger.sandboxes.put(id, { ...intent, attachment: planned });
      },
    );
    undo.push("detach the network", async () => {
      left.network = true;
      await context.network.detach(attachment);
      left.network = false;
    });
    await ledger.sandboxes.put(id, { ...intent, attachment });
    const guest = await readGuestNetwork(netnsPath, attachment.ifName, processes);
    undo.push("remove the relay", () => releaseRelay(context, intent));
    const inside = { netnsPath, ifName: attachment.ifName, mtu: guest.mtu };
    await makeRelay(intent.relay, inside, processes);
    if (!guest.addresses.some((address) => address.includes("."))) {
      throw new FraktiError("FailedPrecondition", "hyperd's cards need an IPv4 address");
    }
    return { attachment, guest };
  } catch (error) {
    if (error instanceof AttachError && error.incomplete) left.network = true;
    throw wrap(`Cannot attach sandbox "${id}" to the pod network`, error);
  }
}

/** A tap that is not on this node, or not of that name, leaves the bridge in the way: it works. */
async function shorten(context: HyperdContext, { id, relay }: SandboxRecord, mtu: number) {
  try {
    await shortenRelay(relay, mtu, context.processes);
  } catch (error) {
    context.log.debug("Frames go through the pod's bridge", {
      sandbox: id,
      error: describe(error),
    });
  }
}

/** What hyperd has no field for: MTU, routes but the default one, more addresses, IPv6. */
async function setUpGuest(
  context: HyperdContext,
  id: SandboxId,
  network: GuestNetwork,
): Promise<void> {
  const script = guestNetworkScript(network);
  if (script === undefined) return;
  const parts = { hyperd: context.link.hyperd(), clock: context.clock };
  const { output, exitCode } = await runInGuest(parts, id, script);
  if (exitCode === 0) return;
  throw new FraktiError("FailedPrecondition", `The guest of "${id}" cannot have this network`, {
    cause: new Error(output.trim()),
  });
}

/** Removes a pod, half-made or whole. First stopped, or its VM and its tap would stay. */
export async function removePod(context: HyperdContext, id: SandboxId): Promise<void> {
  const hyperd = context.link.hyperd();
  for (const call of ["podStop", "podRemove"] as const) {
    try {
      await hyperd.call(call, { podID: id });
    } catch (error) {
      if (!isGone(error)) {
        if (call === "podRemove" || hasCode(error, "Unavailable")) throw error;
        context.log.warn("Pod does not stop", { sandbox: id, error: describe(error) });
      }
    }
  }
}
