/**
 * What the qemu engine remembers of its sandboxes and containers beyond what every engine does:
 * which process a pod's VM is, and where a container's parts lie in it.
 */

import type { RecordKind } from "../../state/record_store.ts";
import * as common from "../common/records.ts";
import type { Container, Sandbox } from "../domain.ts";
import type { ImageId } from "../ids.ts";
import type { OciUser } from "./oci/mod.ts";
import type { ProcessIdentity } from "./vm/mod.ts";

/** A sandbox of this engine. */
export interface SandboxRecord extends common.SandboxRecord {
  /** QEMU's process; absent before it was started and after it has ended. */
  readonly vm?: ProcessIdentity | undefined;
  /** What the VM was made with. */
  readonly size: { readonly vcpus: number; readonly memoryMiB: number };
}

/** A disk of the VM. */
export interface PluggedDisk {
  /** SCSI target, 1 to 255. */
  readonly target: number;
  /** In the pod's directory. */
  readonly file: string;
}

/** An emptyDir that the VM keeps on a disk of its own. */
export interface EmptyDirMount {
  /** The directory that the kubelet made. */
  readonly hostPath: string;
  /** Where the guest has it mounted. */
  readonly guestPath: string;
  /** undefined: memory of the guest. */
  readonly target?: number;
}

/** An image that a container has mounted as a volume. */
export interface MountedImage {
  readonly image: ImageId;
  /** Of its disk, which the containers of the pod share. */
  readonly target: number;
}

/** A container of this engine. */
export interface ContainerRecord extends common.ContainerRecord {
  /** The image's disk. */
  readonly imageTarget: number;
  /** Block devices of the node that were plugged in for it. */
  readonly deviceTargets: readonly number[];
  /** Images that are its volumes; absent in records of earlier versions. */
  readonly mountedImages?: readonly MountedImage[];
  /** Of its first process, in the guest; 0 before it was made. */
  readonly guestPid: number;
  /** Why its process could not be made: told when it is started. */
  readonly startFailure?: string;
  /** Who its first process runs as; absent in records of earlier versions. */
  readonly user?: OciUser;
  /** Some of its variables lie in a file beside its configuration (oci/env.ts). */
  readonly hasOtherEnvironment?: boolean;
  /** How many volumes are bound into the pod's share for it. */
  readonly volumes: number;
}

/** How sandbox records are stored. */
export const sandboxRecords: RecordKind<SandboxRecord> = {
  version: 1,
  migrations: {},
  check: common.checkSandbox<SandboxRecord>,
};

/** How container records are stored. */
export const containerRecords: RecordKind<ContainerRecord> = {
  version: 1,
  migrations: {},
  check: common.checkContainer<ContainerRecord>,
};

/** A record as lists and status show it. */
export function toSandbox(record: common.SandboxRecord): Sandbox {
  return common.toSandbox("qemu", record);
}

/** A record as lists and status show it. */
export function toContainer(record: ContainerRecord): Container {
  const container = common.toContainer("qemu", record);
  if (record.user === undefined) return container;
  const { uid, gid, additionalGids } = record.user;
  return {
    ...container,
    user: { uid: BigInt(uid), gid: BigInt(gid), groups: additionalGids.map(BigInt) },
  };
}

/** True when a container is made from an image, or has it as a volume. */
export function usesImage(
  { imageId, mountedImages = [] }: Pick<ContainerRecord, "imageId" | "mountedImages">,
  id: ImageId,
): boolean {
  return imageId === id || mountedImages.some(({ image }) => image === id);
}
