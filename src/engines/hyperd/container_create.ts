/**
 * CreateContainer in hyperd. The environment goes to hyperd and nowhere else: it may hold secrets. A
 * create that fails may leave half a container behind, which is then looked for by its name.
 */

import { failedPrecondition, FraktiError, notFound } from "../../lib/errors.ts";
import { Undo } from "../../lib/undo.ts";
import { writeFileAtomic } from "../../lib/files.ts";
import { requestHash } from "../common/reservations.ts";
import { renderResolvConf } from "../common/resolv_conf.ts";
import type { ContainerConfig, CreateContainerRequest } from "../domain.ts";
import { type ContainerId, containerId } from "../ids.ts";
import { isGone } from "./client/mod.ts";
import { removeFromHyperd } from "./container_remove.ts";
import { type HyperdContext, reportUndo } from "./context.ts";
import {
  containerSpec,
  needsResolvConf,
  refuseContainer,
  type Volume,
  volumeOf,
} from "./mapping/mod.ts";
import { hostnameOf, newContainerName } from "./names.ts";
import { containerFileOf, outputPathOf, removeContainerFiles } from "./pod_release.ts";
import type { ContainerRecord, SandboxRecord } from "./records.ts";

/**
 * Creates a container in a ready sandbox.
 * @throws FraktiError NotFound when sandbox or image are unknown, AlreadyExists when the name and
 *   attempt are taken, Unimplemented and InvalidArgument for what hyperd cannot honour.
 */
export async function createContainer(
  context: HyperdContext,
  request: CreateContainerRequest,
): Promise<ContainerId> {
  const sandbox = context.ledger.sandboxes.get(request.sandboxId);
  if (sandbox === undefined || sandbox.phase === "creating") {
    throw notFound(`Sandbox "${request.sandboxId}" is unknown`);
  }
  const { metadata } = request.config;
  const hash = requestHash(request.config);
  const existing = context.ledger.containersOf(sandbox.id).find(({ config }) =>
    config.metadata.name === metadata.name && config.metadata.attempt === metadata.attempt
  );
  if (existing !== undefined) {
    if (existing.configHash === hash && existing.phase.state === "created") return existing.id;
    throw new FraktiError(
      "AlreadyExists",
      `Container "${metadata.name}" exists as "${existing.id}"`,
    );
  }
  if (sandbox.phase !== "ready") {
    throw failedPrecondition(
      `Cannot create a container in sandbox "${sandbox.id}": it is not ready`,
    );
  }
  const key = `${sandbox.id}_${metadata.name}_${metadata.attempt}`;
  return await context.containerNames.join(
    key,
    hash,
    () => create(context, sandbox, request.config, hash),
  );
}

async function create(
  context: HyperdContext,
  sandbox: SandboxRecord,
  config: ContainerConfig,
  configHash: string,
): Promise<ContainerId> {
  const hyperd = context.link.hyperd();
  refuseContainer(config, context.link.capabilities());
  const image = await context.images.find(config.image.image);
  if (image === undefined) throw notFound(`Image "${config.image.image}" is not in hyperd`);
  const name = newContainerName(sandbox.config, config.metadata);
  const logPath = logPathOf(sandbox, config);
  const outputPath = logPath === "" ? "" : outputPathOf(context, sandbox.id, name);
  await using undo = new Undo(reportUndo(context));
  undo.push(
    "remove the container's files",
    () => removeContainerFiles(context, sandbox.id, name),
  );
  const volumes = await volumesFor(context, sandbox, config, name);
  undo.push("remove the container", () => removeByName(context, sandbox, name));
  const { containerID } = await hyperd.call("containerCreate", {
    podID: sandbox.id,
    containerSpec: containerSpec({
      config,
      sandbox: sandbox.config,
      name,
      imageId: image.id,
      volumes,
      outputPath,
      instanceId: context.settings.instanceId,
    }),
  });
  if (containerID === "") {
    throw new FraktiError("Internal", `hyperd made no container of "${config.image.image}"`, {
      cause: new Error("It answered with an empty id"),
    });
  }
  const { envs: _envs, ...kept } = config;
  const record: ContainerRecord = {
    id: containerId(containerID),
    sandboxId: sandbox.id,
    config: kept,
    configHash,
    imageId: image.id,
    createdAtNs: context.clock.nowNs(),
    logPath,
    // Kubelets up to 1.9 take everything after the stream's name as content (CRI §0, fact 4).
    logFormat: sandbox.api === "runtime" ? "untagged" : "tagged",
    resources: config.resources,
    stopSignal: config.stopSignal,
    phase: { state: "created" },
    hyperdName: name,
    outputPath,
    outputOffset: 0,
  };
  // A stop that ran meanwhile has not seen this container: it must not outlive its sandbox.
  if (context.ledger.sandboxes.get(sandbox.id)?.phase !== "ready") {
    throw failedPrecondition(`Sandbox "${sandbox.id}" was stopped meanwhile`);
  }
  await context.ledger.containerCreated(record);
  undo.commit();
  context.log.info("Container created", { container: record.id, sandbox: sandbox.id, name });
  return record.id;
}

/** hyperd may have it in the list of the pod though its create has failed. */
async function removeByName(
  context: HyperdContext,
  sandbox: SandboxRecord,
  name: string,
): Promise<void> {
  const hyperd = context.link.hyperd();
  try {
    const { containerList } = await hyperd.call("containerList", { podID: sandbox.id, vmID: "" });
    for (const { containerName, containerID } of containerList) {
      if (containerName.replace(/^\/+/, "") !== name || containerID === "") continue;
      await removeFromHyperd(context, containerId(containerID));
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function logPathOf(sandbox: SandboxRecord, config: ContainerConfig): string {
  const { logDirectory } = sandbox.config;
  if (config.logPath === "" || logDirectory === "") return "";
  return `${logDirectory.replace(/\/+$/, "")}/${config.logPath}`;
}

/** What the container mounts, and the files every one has of its own. */
async function volumesFor(
  context: HyperdContext,
  sandbox: SandboxRecord,
  config: ContainerConfig,
  name: string,
): Promise<Volume[]> {
  const volumes = await Promise.all(config.mounts.map(volumeOf));
  const add = async (path: string, text: string, file: "hosts" | "resolv.conf") => {
    if (volumes.some((volume) => volume.path === path)) return;
    const source = containerFileOf(context, sandbox.id, file, name);
    await writeFileAtomic(source, text, 0o644);
    volumes.push({ source, path, isReadOnly: false });
  };
  await add("/etc/hosts", hostsFile(sandbox), "hosts");
  const { dns } = sandbox.config;
  if (dns !== undefined && needsResolvConf(dns, context.link.capabilities())) {
    await add("/etc/resolv.conf", renderResolvConf(dns), "resolv.conf");
  }
  return volumes;
}

function hostsFile({ config, ips }: SandboxRecord): string {
  const own = ips.map((ip) => `${ip}\t${hostnameOf(config)}\n`).join("");
  return `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${own}`;
}
