/**
 * RunPodSandbox in Docker: a pause container on network "none", its namespace pinned, CNI ADD into
 * it, then resolv.conf. The record is written before anything is started, so that a crash leaves
 * nothing that recovery.ts cannot find; on failure everything is taken back in reverse.
 */

import { FraktiError, hasCode, wrap } from "../../lib/errors.ts";
import { Undo } from "../../lib/undo.ts";
import { AttachError, type AttachRequest, netnsName } from "../../network/mod.ts";
import type { SandboxConfig } from "../domain.ts";
import type { RoutedSandboxRequest } from "../engine.ts";
import { type SandboxId, sandboxId } from "../ids.ts";
import { errorSays } from "./client/mod.ts";
import { conflictingContainer } from "./conflicts.ts";
import { type DockerContext, reportUndo } from "./context.ts";
import { writeResolvConf } from "./dns.ts";
import { daemonFacts } from "./facts.ts";
import { sandboxName, sandboxSpec } from "./mapping/mod.ts";
import { sandboxRequestHash } from "../common/reservations.ts";
import { ensurePauseImage } from "./pause_image.ts";
import type { SandboxRecord } from "./records.ts";

/**
 * Runs a sandbox and returns when it is ready, network included.
 * @throws FraktiError AlreadyExists when the metadata is taken by another sandbox.
 */
export async function runSandbox(
  context: DockerContext,
  request: RoutedSandboxRequest,
): Promise<SandboxId> {
  const name = sandboxName(request.config.metadata);
  const hash = sandboxRequestHash(request);
  const existing = findByName(context, name);
  if (existing !== undefined) {
    const same = sandboxRequestHash(existing) === hash;
    if (same && existing.phase === "ready") return existing.id;
    throw new FraktiError("AlreadyExists", `Sandbox "${name}" exists as "${existing.id}"`);
  }
  return await context.sandboxNames.join(name, hash, () => create(context, request, name));
}

async function create(
  context: DockerContext,
  request: RoutedSandboxRequest,
  name: string,
): Promise<SandboxId> {
  const { config } = request;
  const docker = context.link.docker();
  const body = await sandboxSpec(config, {
    ...daemonFacts(context, name),
    pauseImage: context.settings.pauseImage,
  });
  await using undo = new Undo(reportUndo(context));
  const createPause = () =>
    conflictingContainer(context, name, () => docker.containers.create(name, body));
  // Nearly always the image is there: it is looked for only when Docker says that it is not.
  const { id: rawId } = await createPause().catch(async (error) => {
    if (!errorSays(error, "imageMissing")) throw error;
    await ensurePauseImage(context);
    return await createPause();
  });
  const id = sandboxId(rawId);
  const network = { left: false };
  undo.push("forget the record", async () => {
    // A lease that could not be given back must stay listed, for StopPodSandbox to try again.
    if (network.left) await context.ledger.sandboxDown(id, "The pod network could not be set up");
    else await context.ledger.forgetSandbox(id);
  });
  undo.push("remove the pause container", () => removePause(context, id));

  const hostNetwork = config.security.namespaces.network === "node";
  const netns = hostNetwork ? {} : { netns: netnsName(id) };
  const intent: SandboxRecord = {
    id,
    phase: "creating",
    config,
    handler: request.handler,
    api: request.api,
    routingReason: request.routingReason,
    createdAtNs: context.clock.nowNs(),
    ips: [],
    ...netns,
  };
  await context.ledger.sandboxes.put(id, intent);
  await docker.containers.start(id);
  const pause = await docker.containers.inspect(id);
  undo.push("forget its figures", () => context.usage.forgetSandbox(id));
  await context.usage.noteSandboxPid(id, pause.state.pid);

  const ready = hostNetwork
    ? intent
    : await attach(context, intent, pause.state.pid, undo, network);
  await writeResolvConf(pause.resolvConfPath, config.dns);
  await context.ledger.sandboxReady({ ...ready, phase: "ready" });
  undo.commit();
  context.log.info("Sandbox ready", { sandbox: id, ips: ready.ips });
  return id;
}

/** Pins the namespace and runs CNI ADD; the record knows of both before they happen. */
async function attach(
  context: DockerContext,
  intent: SandboxRecord,
  pid: number,
  undo: Undo,
  network: { left: boolean },
): Promise<SandboxRecord> {
  const { id, config, netns } = intent;
  if (netns === undefined) return intent;
  const netnsPath = await context.namespaces.pin(pid, netns);
  undo.push("unpin the namespace", () => network.left || context.namespaces.unpin(netns));
  const request: AttachRequest = {
    podId: id,
    netnsPath,
    pod: config.metadata,
    portMappings: config.portMappings,
    annotations: config.annotations,
    ...(config.dns === undefined ? {} : { dns: config.dns }),
    loopback: "present",
  };
  try {
    const attachment = await context.network.attach(
      request,
      (planned) => context.ledger.sandboxes.put(id, { ...intent, attachment: planned }),
    );
    undo.push("detach the network", async () => {
      network.left = true;
      await context.network.detach(attachment);
      network.left = false;
    });
    return { ...intent, attachment, ips: attachment.ips.map((ip) => ip.address) };
  } catch (error) {
    network.left = error instanceof AttachError && error.incomplete;
    throw wrap(`Cannot attach sandbox "${id}" to the pod network`, error);
  }
}

async function removePause(context: DockerContext, id: SandboxId): Promise<void> {
  try {
    await context.link.docker().containers.remove(id, { force: true, volumes: true });
  } catch (error) {
    if (!hasCode(error, "NotFound")) throw error;
  }
}

function findByName(context: DockerContext, name: string): SandboxRecord | undefined {
  for (const record of context.ledger.sandboxes.all()) {
    if (record.phase !== "creating" && nameOf(record.config) === name) return record;
  }
  return undefined;
}

function nameOf(config: SandboxConfig): string {
  return sandboxName(config.metadata);
}
