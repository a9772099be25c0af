/**
 * Mounts and devices ⇄ domain.
 */

import type { Device, Mount } from "../../engines/domain.ts";
import { invalidArgument, unimplemented } from "../../lib/errors.ts";
import type { Device as WireDevice, Mount as WireMount } from "../wire.ts";
import { absolutePath, enumName, relativePath } from "./checks.ts";
import { propagations } from "./enums.ts";
import { fromImageSpec, toImageSpec } from "./image_spec.ts";

/** A mount, checked: it comes from the host or from an image, never from both. */
export function toMount(mount: WireMount, field: string): Mount {
  const propagation = enumName(propagations, mount.propagation, `${field}.propagation`);
  if (mount.recursiveReadOnly && (!mount.readonly || propagation !== "private")) {
    throw invalidArgument(
      `Field "${field}.recursive_read_only" needs a read-only mount with private propagation: ` +
        `"${mount.containerPath}"`,
    );
  }
  if (mount.mountOptions.length > 0) {
    // Not advertised (RuntimeFeatures.mount_options), so no kubelet sends them.
    throw unimplemented(`Field "${field}.mount_options" is not supported`);
  }
  const image = mount.image === undefined ? undefined : toImageSpec(mount.image, `${field}.image`);
  if (image !== undefined && mount.hostPath !== "") {
    throw invalidArgument(`Field "${field}" has both a host path and an image`);
  }
  if (image !== undefined && !mount.readonly) {
    throw invalidArgument(`Field "${field}" has an image, which can only be mounted read-only`);
  }
  // In a pod that has an image volume, kubelets (seen: 1.37.2) set the sub-path with every mount that
  // has one, where it is part of the host path already.
  const imageSubPath = image === undefined ? "" : mount.imageSubPath;
  return {
    containerPath: absolutePath(mount.containerPath, `${field}.container_path`),
    hostPath: image === undefined ? absolutePath(mount.hostPath, `${field}.host_path`) : "",
    readonly: mount.readonly,
    selinuxRelabel: mount.selinuxRelabel,
    propagation,
    uidMappings: mount.uidMappings,
    gidMappings: mount.gidMappings,
    recursiveReadOnly: mount.recursiveReadOnly,
    ...(image === undefined ? {} : { image }),
    imageSubPath: relativePath(imageSubPath, `${field}.image_sub_path`),
  };
}

/** A mount as answers show it. */
export function fromMount(mount: Mount): WireMount {
  return {
    containerPath: mount.containerPath,
    hostPath: mount.hostPath,
    readonly: mount.readonly,
    selinuxRelabel: mount.selinuxRelabel,
    propagation: propagations.indexOf(mount.propagation),
    uidMappings: [...mount.uidMappings],
    gidMappings: [...mount.gidMappings],
    recursiveReadOnly: mount.recursiveReadOnly,
    image: mount.image === undefined ? undefined : {
      ...fromImageSpec(mount.image),
      imageRef: mount.imageId ?? "", // From 1.36 on: as PullImage answered it.
    },
    imageSubPath: mount.imageSubPath,
    mountOptions: [],
  };
}

/** A device, checked. */
export function toDevice(device: WireDevice, field: string): Device {
  if (!/^[rwm]{0,3}$/.test(device.permissions)) {
    throw invalidArgument(
      `Field "${field}.permissions" holds more than r, w and m: "${device.permissions}"`,
    );
  }
  return {
    containerPath: absolutePath(device.containerPath, `${field}.container_path`),
    hostPath: absolutePath(device.hostPath, `${field}.host_path`),
    permissions: device.permissions,
  };
}
