/** The verbose details that `crictl inspect` and node tools read. No secrets, no environment. */

import { describe, notFound } from "../../lib/errors.ts";
import type { VerboseInfo } from "../engine.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import type { QemuContext } from "./context.ts";

/** Details of a sandbox; Cilium and the node problem detector look for its namespace and pid. */
export async function sandboxInfo(context: QemuContext, id: SandboxId): Promise<VerboseInfo> {
  const record = context.ledger.sandboxes.get(id);
  if (record === undefined) throw notFound(`Sandbox "${id}" is unknown`);
  const complaint = record.attachment === undefined || record.phase !== "ready"
    ? undefined
    : await context.network.check(record.attachment);
  return {
    sandboxID: id,
    engine: "qemu",
    engineReason: record.routingReason,
    runtimeHandler: record.handler,
    apiVersion: record.api,
    notReadyReason: record.notReadyReason,
    pid: record.vm?.pid,
    vcpus: record.size.vcpus,
    memoryMiB: record.size.memoryMiB,
    acceleration: accelerationOf(context),
    guest: guestOf(context, id),
    netns: record.netns === undefined ? undefined : context.namespaces.pathOf(record.netns),
    cniResult: record.attachment?.result,
    cniCheck: complaint ?? "ok",
  };
}

/** undefined while no VM can be started: what runs is told of all the same. */
function accelerationOf(context: QemuContext): string | undefined {
  try {
    return context.acceleration().accel;
  } catch {
    return undefined;
  }
}

function guestOf(context: QemuContext, id: SandboxId): VerboseInfo {
  try {
    const { kernelRelease, memoryTotalBytes } = context.pods.agent(id).welcome;
    return { kernelRelease, memoryTotalBytes };
  } catch (error) {
    return { error: describe(error) };
  }
}

/** Details of a container. */
export async function containerInfo(context: QemuContext, id: ContainerId): Promise<VerboseInfo> {
  const record = context.ledger.containers.get(id);
  if (record === undefined) throw notFound(`Container "${id}" is unknown`);
  return {
    sandboxID: record.sandboxId,
    engine: "qemu",
    imageId: record.imageId,
    logFormat: record.logFormat,
    pid: context.ledger.sandboxes.get(record.sandboxId)?.vm?.pid,
    pidInGuest: record.guestPid,
  };
}
