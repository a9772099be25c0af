/**
 * CreateContainer in Docker. The environment goes to Docker and nowhere else: it may hold secrets.
 */

import { failedPrecondition, FraktiError, notFound } from "../../lib/errors.ts";
import { Undo } from "../../lib/undo.ts";
import type { ContainerConfig, CreateContainerRequest } from "../domain.ts";
import { type ContainerId, containerId } from "../ids.ts";
import { conflictingContainer } from "./conflicts.ts";
import { type DockerContext, reportUndo } from "./context.ts";
import { daemonFacts, isGone } from "./facts.ts";
import { containerName, containerSpec } from "./mapping/mod.ts";
import type { ContainerRecord, SandboxRecord } from "./records.ts";
import { requestHash } from "../common/reservations.ts";

/**
 * Creates a container in a ready sandbox.
 * @throws FraktiError NotFound when sandbox or image are unknown, AlreadyExists when the name and
 *   attempt are taken, InvalidArgument for what Docker cannot honour.
 */
export async function createContainer(
  context: DockerContext,
  request: CreateContainerRequest,
): Promise<ContainerId> {
  const sandbox = context.ledger.sandboxes.get(request.sandboxId);
  if (sandbox === undefined || sandbox.phase === "creating") {
    throw notFound(`Sandbox "${request.sandboxId}" is unknown`);
  }
  const name = containerName(sandbox.config.metadata, request.config.metadata);
  const hash = requestHash(request.config);
  const existing = context.ledger.containersOf(sandbox.id).find((container) =>
    container.config.metadata.name === request.config.metadata.name &&
    container.config.metadata.attempt === request.config.metadata.attempt
  );
  if (existing !== undefined) {
    if (existing.configHash === hash && existing.phase.state === "created") {
      return existing.id;
    }
    throw new FraktiError("AlreadyExists", `Container "${name}" exists as "${existing.id}"`);
  }
  return await context.containerNames.join(
    name,
    hash,
    () => create(context, { sandbox, config: request.config, name, hash }),
  );
}

async function create(
  context: DockerContext,
  { sandbox, config, name, hash }: {
    readonly sandbox: SandboxRecord;
    readonly config: ContainerConfig;
    readonly name: string;
    readonly hash: string;
  },
): Promise<ContainerId> {
  const docker = context.link.docker();
  const image = await context.images.find(config.image.image);
  if (image === undefined) throw notFound(`Image "${config.image.image}" is not in Docker`);
  const target = targetOf(context, sandbox, config);
  const body = await containerSpec(config, {
    ...daemonFacts(context, name),
    sandboxId: sandbox.id,
    sandboxConfig: sandbox.config,
    imageId: image.id,
    ...(target === undefined ? {} : { targetContainer: target }),
  });
  await using undo = new Undo(reportUndo(context));
  const { id: rawId } = await conflictingContainer(
    context,
    name,
    () => docker.containers.create(name, body),
  );
  const id = containerId(rawId);
  undo.push("remove the container", async () => {
    await docker.containers.remove(id, { force: true, volumes: true }).catch((error) => {
      if (!isGone(error)) throw error;
    });
  });
  const { envs: _envs, ...kept } = config;
  const record: ContainerRecord = {
    id,
    sandboxId: sandbox.id,
    config: kept,
    configHash: hash,
    imageId: image.id,
    createdAtNs: context.clock.nowNs(),
    logPath: config.logPath === "" || sandbox.config.logDirectory === ""
      ? ""
      : `${sandbox.config.logDirectory.replace(/\/+$/, "")}/${config.logPath}`,
    // Kubelets up to 1.9 take everything after the stream's name as content (CRI §0, fact 4).
    logFormat: sandbox.api === "runtime" ? "untagged" : "tagged",
    logDriver: body.HostConfig.LogConfig?.Type ?? "",
    resources: config.resources,
    stopSignal: config.stopSignal,
    phase: { state: "created" },
  };
  // A stop that ran meanwhile has not seen this container: it must not outlive its sandbox.
  if (context.ledger.sandboxes.get(sandbox.id)?.phase !== "ready") {
    throw failedPrecondition(`Sandbox "${sandbox.id}" was stopped meanwhile`);
  }
  await context.ledger.containerCreated(record);
  undo.commit();
  context.log.info("Container created", { container: id, sandbox: sandbox.id, name });
  return id;
}

/** The container whose PID namespace is to be joined; it must run in the same sandbox. */
function targetOf(
  context: DockerContext,
  sandbox: SandboxRecord,
  config: ContainerConfig,
): ContainerId | undefined {
  const namespaces = config.security.namespaces;
  if (namespaces?.pid !== "target") return undefined;
  const target = context.ledger.containers.get(namespaces.targetId);
  if (target === undefined || target.sandboxId !== sandbox.id) {
    throw notFound(`Target container "${namespaces.targetId}" is not in this sandbox`);
  }
  if (target.phase.state !== "running") {
    throw failedPrecondition(`Target container "${target.id}" does not run`);
  }
  return target.id;
}
