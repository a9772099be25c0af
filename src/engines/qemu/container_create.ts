/**
 * CreateContainer in a VM: its root file system and volumes in the guest, an OCI configuration made
 * here, and a process that waits for StartContainer. The environment goes into the guest and nowhere
 * else: it may hold secrets.
 */

import { describe, failedPrecondition, FraktiError, notFound } from "../../lib/errors.ts";
import { Undo } from "../../lib/undo.ts";
import { requestHash } from "../common/reservations.ts";
import type { ContainerConfig, CreateContainerRequest } from "../domain.ts";
import { type ContainerId, containerId } from "../ids.ts";
import { makeDirectory, spawnContainer, writeFile } from "./agent/mod.ts";
import { type ContainerParts, removeFromGuest } from "./container_remove.ts";
import { type QemuContext, reportUndo } from "./context.ts";
import { plugDevices } from "./devices.ts";
import { containerPaths } from "./guest_paths.ts";
import { removeHalfMade } from "./half_made.ts";
import { forgetHalfMade, noteHalfMade } from "./making_notes.ts";
import { randomId } from "./ids.ts";
import { plugImages, withImageIds } from "./mounted_images.ts";
import { cgroupOf } from "./oci_facts.ts";
import { type ContainerBundle, ociConfigFor } from "./oci_config.ts";
import type { ContainerRecord, MountedImage, SandboxRecord } from "./records.ts";
import { mountRootfs } from "./rootfs.ts";
import { orVmEnd } from "./vm_end_reason.ts";
import { bindVolumes } from "./volumes/volumes.ts";

const spawnTimeoutMs = 60_000;

/**
 * Creates a container in a ready sandbox.
 * @throws FraktiError NotFound when sandbox or image are unknown, AlreadyExists when the name and
 *   attempt are taken, InvalidArgument for what a VM cannot honour, Unavailable while its guest is
 *   away.
 */
export async function createContainer(
  context: QemuContext,
  request: CreateContainerRequest,
): Promise<ContainerId> {
  const sandbox = context.ledger.sandboxes.get(request.sandboxId);
  if (sandbox === undefined || sandbox.phase === "creating") {
    throw notFound(`Sandbox "${request.sandboxId}" is unknown`);
  }
  const { metadata } = request.config;
  const name = `${sandbox.id}_${metadata.name}_${metadata.attempt}`;
  const hash = requestHash(request.config);
  const existing = context.ledger.containersOf(sandbox.id).find((container) =>
    container.config.metadata.name === metadata.name &&
    container.config.metadata.attempt === metadata.attempt
  );
  if (existing !== undefined) {
    if (existing.configHash === hash) return existing.id;
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
  context.unreached.assertReached(sandbox.id); // What is half made would be taken for left behind.
  return await context.containerNames.join(
    name,
    hash,
    () => orVmEnd(context, sandbox.id, () => create(context, sandbox, request.config, hash)),
  );
}

async function create(
  context: QemuContext,
  sandbox: SandboxRecord,
  config: ContainerConfig,
  configHash: string,
): Promise<ContainerId> {
  // A former one whose undo the guest did not answer would keep its disks for as long as the VM runs.
  await removeHalfMade(context, sandbox.id);
  const id = containerId(randomId());
  context.making.add(id);
  try {
    return await make(context, sandbox, id, config, configHash);
  } finally {
    context.making.delete(id);
  }
}

async function make(
  context: QemuContext,
  sandbox: SandboxRecord,
  id: ContainerId,
  config: ContainerConfig,
  configHash: string,
): Promise<ContainerId> {
  const image = context.images.forContainer(config.image.image);
  const mounts = withImageIds(context, config.mounts);
  using _held = context.imageHolds.hold([
    image.record.id,
    ...mounts.flatMap(({ imageId }) => imageId ?? []),
  ]);
  const target = targetOf(context, sandbox, config);
  await using undo = new Undo(reportUndo(context));
  const { envs: _envs, ...kept } = config;
  let record: ContainerRecord = {
    id,
    sandboxId: sandbox.id,
    config: { ...kept, mounts },
    configHash,
    imageId: image.record.id,
    createdAtNs: context.clock.nowNs(),
    logPath: logPathOf(sandbox, config),
    // Kubelets up to 1.9 take everything after the stream's name as content (CRI §0, fact 4).
    logFormat: sandbox.api === "runtime" ? "untagged" : "tagged",
    resources: config.resources,
    stopSignal: config.stopSignal,
    phase: { state: "created" },
    imageTarget: 0,
    deviceTargets: [],
    guestPid: 0,
    volumes: 0,
  };
  const note = (next: Partial<ContainerParts>) =>
    noteHalfMade(context, { ...record, volumes: mounts.length, ...next });
  // What is made from here on lives in the VM and the pod's directory, and ends with them; a crash
  // in between, and a guest that does not answer, are seen to by half_made.ts.
  undo.push("remove the container from the guest", async () => {
    await removeFromGuest(context, record);
    await forgetHalfMade(context, record);
  });
  const noteTarget = (imageTarget: number) => note({ imageTarget });
  record = {
    ...record,
    imageTarget: await mountRootfs(context, sandbox.id, id, image.disk, noteTarget),
  };
  const noteImages = (mountedImages: readonly MountedImage[]) => note({ mountedImages });
  record = {
    ...record,
    mountedImages: await plugImages(context, sandbox.id, id, mounts, noteImages),
  };
  const volumes = await bindVolumes(context, sandbox.id, id, mounts, record.mountedImages);
  record = { ...record, volumes: mounts.length };
  const devices = await plugDevices(context, sandbox.id, id, config.devices);
  record = { ...record, deviceTargets: devices.map((device) => device.target) };
  if (devices.length > 0) await noteHalfMade(context, record);
  const oci = await ociConfigFor(context, {
    id,
    sandbox,
    config,
    image: image.record,
    volumes,
    devices,
    ...(target === undefined ? {} : { targetPid: target.guestPid }),
  });
  record = {
    ...record,
    user: oci.user,
    ...(oci.otherEnvironment && { hasOtherEnvironment: true }),
  };
  try {
    record = { ...record, guestPid: await spawn(context, record, oci) };
  } catch (error) {
    // Other runtimes find out when the container is started, and that is where clients expect it.
    const startFailure = commandProblem(describe(error));
    if (startFailure === undefined) throw error;
    record = { ...record, startFailure };
  }
  await finish(context, sandbox, record);
  undo.commit();
  await forgetHalfMade(context, record);
  context.log.info("Container created", { container: id, sandbox: sandbox.id });
  return id;
}

/** Writes the bundle, makes the process, and begins to follow its output. */
async function spawn(
  context: QemuContext,
  record: ContainerRecord,
  { file, otherEnvironment }: ContainerBundle,
): Promise<number> {
  const { id, sandboxId, config } = record;
  const agent = context.pods.agent(sandboxId);
  const paths = containerPaths(id);
  await makeDirectory(agent, paths.dir);
  await writeFile(agent, paths.config, file, { mode: 0o600 });
  if (otherEnvironment !== undefined) {
    await writeFile(agent, paths.environment, otherEnvironment, { mode: 0o600 });
  }
  await context.outputs.prepare(record);
  try {
    const { pid, ...streams } = await spawnContainer(agent, {
      processId: id,
      command: ["crun", "create", "--bundle", paths.dir, id],
      tty: config.tty,
      stdin: config.stdin,
      cgroup: cgroupOf(id),
      ...(otherEnvironment && { environment: paths.environment }),
      timeoutMs: spawnTimeoutMs,
    });
    await context.outputs.follow(record, streams, { resumes: false });
    return pid;
  } catch (error) {
    await context.outputs.close(id);
    throw error;
  }
}

/** What crun says of a command that cannot be run; undefined for every other problem. */
function commandProblem(text: string): string | undefined {
  return /executable file .* not found in \$PATH.*|cannot find .* in \$PATH.*|open executable.*/i
    .exec(text)?.[0];
}

async function finish(
  context: QemuContext,
  sandbox: SandboxRecord,
  record: ContainerRecord,
): Promise<void> {
  // A stop that ran meanwhile has not seen this container: it must not outlive its sandbox.
  if (context.ledger.sandboxes.get(sandbox.id)?.phase !== "ready") {
    throw failedPrecondition(`Sandbox "${sandbox.id}" was stopped meanwhile`);
  }
  await context.ledger.containerCreated(record);
}

function logPathOf(sandbox: SandboxRecord, config: ContainerConfig): string {
  const { logDirectory } = sandbox.config;
  if (config.logPath === "" || logDirectory === "") return "";
  return `${logDirectory.replace(/\/+$/, "")}/${config.logPath}`;
}

/** The container whose PID namespace is to be joined; it must run in the same sandbox. */
function targetOf(
  context: QemuContext,
  sandbox: SandboxRecord,
  config: ContainerConfig,
): ContainerRecord | undefined {
  const namespaces = config.security.namespaces;
  if (namespaces?.pid !== "target") return undefined;
  const target = [...context.ledger.containers.all()]
    .find((container) => container.id === namespaces.targetId);
  if (target === undefined || target.sandboxId !== sandbox.id) {
    throw notFound(`Target container "${namespaces.targetId}" is not in this sandbox`);
  }
  if (target.phase.state !== "running") {
    throw failedPrecondition(`Target container "${target.id}" does not run`);
  }
  return target;
}
