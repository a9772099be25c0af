/**
 * The verbose details that `crictl inspect` and node tools read. Chosen field by field: what the
 * engine answers also holds environment values, which never leave it.
 */

import { describe, notFound } from "../../lib/errors.ts";
import type { VerboseInfo } from "../engine.ts";
import type { ContainerId, SandboxId } from "../ids.ts";
import type { DockerContainer } from "./client/mod.ts";
import type { DockerContext } from "./context.ts";

/** Details of a sandbox; Cilium and the node problem detector look for its namespace and pid. */
export async function sandboxInfo(context: DockerContext, id: SandboxId): Promise<VerboseInfo> {
  const record = context.ledger.sandboxes.get(id);
  if (record === undefined) throw notFound(`Sandbox "${id}" is unknown`);
  const complaint = record.attachment === undefined || record.phase !== "ready"
    ? undefined
    : await context.network.check(record.attachment);
  return {
    sandboxID: id,
    engine: "docker",
    engineReason: record.routingReason,
    runtimeHandler: record.handler,
    apiVersion: record.api,
    notReadyReason: record.notReadyReason,
    netns: record.netns === undefined ? undefined : context.namespaces.pathOf(record.netns),
    cniResult: record.attachment?.result,
    cniCheck: complaint ?? "ok",
    ...await details(context, id),
  };
}

/** Details of a container. */
export async function containerInfo(
  context: DockerContext,
  id: ContainerId,
): Promise<VerboseInfo> {
  const record = context.ledger.containers.get(id);
  if (record === undefined) throw notFound(`Container "${id}" is unknown`);
  return {
    sandboxID: record.sandboxId,
    engine: "docker",
    imageId: record.imageId,
    logFormat: record.logFormat,
    log: await context.logs.counters(id),
    ...await details(context, id),
  };
}

async function details(context: DockerContext, id: string): Promise<VerboseInfo> {
  try {
    return describeContainer(await context.link.docker().containers.inspect(id));
  } catch (error) {
    return { dockerError: describe(error) };
  }
}

function describeContainer(container: DockerContainer): VerboseInfo {
  return {
    pid: container.state.pid,
    dockerName: container.name,
    dockerState: container.state.status,
    oomKilled: container.state.oomKilled,
    hostConfig: container.hostConfig,
    rootfs: container.graphDriver.data["MergedDir"],
    snapshotter: container.graphDriver.name,
  };
}
