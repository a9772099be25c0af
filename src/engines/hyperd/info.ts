/**
 * The verbose details that `crictl inspect` and node tools read. Chosen field by field: no secrets,
 * no environment.
 */

import { notFound } from "../../lib/errors.ts";
import type { VerboseInfo } from "../engine.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import type { HyperdContext } from "./context.ts";

/** Details of a sandbox. */
export async function sandboxInfo(context: HyperdContext, id: SandboxId): Promise<VerboseInfo> {
  const record = context.ledger.sandboxes.get(id);
  if (record === undefined) throw notFound(`Sandbox "${id}" is unknown`);
  const complaint = record.attachment === undefined || record.phase !== "ready"
    ? undefined
    : await context.network.check(record.attachment);
  return {
    sandboxID: id,
    engine: "hyperd",
    engineVersion: context.link.facts()?.version,
    engineReason: record.routingReason,
    runtimeHandler: record.handler,
    apiVersion: record.api,
    notReadyReason: record.notReadyReason,
    vcpus: record.size.vcpus,
    memoryMiB: record.size.memoryMiB,
    bridge: record.relay.bridge,
    netns: record.netns === undefined ? undefined : context.namespaces.pathOf(record.netns),
    cniResult: record.attachment?.result,
    cniCheck: complaint ?? "ok",
  };
}

/** Details of a container. */
export async function containerInfo(
  context: HyperdContext,
  id: ContainerId,
): Promise<VerboseInfo> {
  const record = context.ledger.containers.get(id);
  if (record === undefined) throw notFound(`Container "${id}" is unknown`);
  return {
    sandboxID: record.sandboxId,
    engine: "hyperd",
    hyperdName: record.hyperdName,
    outputPath: record.outputPath,
  };
}
