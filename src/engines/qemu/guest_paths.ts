/**
 * Where things are inside a VM (guest/PROTOCOL.md, "Paths in the guest"). One place, because the
 * OCI configuration, the mounts and the clean-up must agree.
 */

const run = "/run/frakti";

export const guestPaths = {
  run,
  /** The pod's 9p share. */
  share: `${run}/share`,
  /** The pod's scratch disk: writable layers. */
  disk: `${run}/disk`,
  shm: `${run}/shm`,
  /** A file system of its own: containers write to what is in it. */
  etc: `${run}/etc`,
  resolvConf: `${run}/etc/resolv.conf`,
  hosts: `${run}/etc/hosts`,
  hostname: `${run}/etc/hostname`,
} as const;

/** A container's directories in the guest. */
export interface GuestContainerPaths {
  readonly dir: string;
  /** Where its image is mounted, read-only. */
  readonly image: string;
  /** The overlay that it sees as its root. */
  readonly rootfs: string;
  /** Of its writable layer, on the scratch disk. */
  readonly layer: string;
  readonly upper: string;
  readonly work: string;
  readonly config: string;
  /** Variables that the configuration cannot hold; not there in most. */
  readonly environment: string;
}

export function containerPaths(id: string): GuestContainerPaths {
  const dir = `${run}/c/${id}`;
  const layer = `${guestPaths.disk}/${id}`;
  return {
    dir,
    image: `${dir}/image`,
    rootfs: `${dir}/rootfs`,
    layer,
    upper: `${layer}/upper`,
    work: `${layer}/work`,
    config: `${dir}/config.json`,
    environment: `${dir}/environment`,
  };
}

/** Where volume number `index` of a container appears in the guest. */
export function volumePath(containerId: string, index: number): string {
  return `${guestPaths.share}/${volumeName(containerId, index)}`;
}

/** Its name in the share. */
export function volumeName(containerId: string, index: number): string {
  return `${containerId.slice(0, 16)}-${index}`;
}

/** Where the image at a SCSI target is mounted, for containers that have it as a volume. */
export function mountedImagePath(target: number): string {
  return `${run}/i/${target}`;
}

/** Where the disk or the memory of an emptyDir is mounted in the guest. */
export function emptyDirPath(key: string): string {
  return `${run}/e/${key}`;
}

/** The emptyDir itself in there: a directory of its own, because a new disk has a "lost+found". */
export const emptyDirRoot = "volume";

/** Where volume number `index` of a container, a part of an emptyDir or image, is bound in the guest. */
export function partPath(containerId: string, index: number): string {
  return `${containerPaths(containerId).dir}/volumes/${index}`;
}
