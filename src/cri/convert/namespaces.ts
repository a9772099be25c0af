/**
 * Namespace options ⇄ domain, with the rules that hold whatever engine runs the pod.
 */

import type {
  IdMapping,
  NamespaceMode,
  NamespaceOptions,
  UserNamespaceOptions,
} from "../../engines/domain.ts";
import { invalidArgument } from "../../lib/errors.ts";
import type { IDMapping, NamespaceOption, UserNamespace } from "../wire.ts";
import { enumName } from "./checks.ts";
import { namespaceModes } from "./enums.ts";

/** What a request without namespace options asks for: zero is POD in every field. */
const shared: NamespaceOptions = { network: "pod", pid: "pod", ipc: "pod", targetId: "" };

/** The namespaces of a sandbox. */
export function toSandboxNamespaces(
  option: NamespaceOption | undefined,
  field: string,
): NamespaceOptions {
  if (option === undefined) return shared;
  const namespaces = toNamespaces(option, field);
  if (namespaces.pid === "target") {
    throw invalidArgument(`Field "${field}.pid" is TARGET, which only a container can have`);
  }
  return namespaces;
}

/** The namespaces of a container; undefined = as its sandbox. */
export function toContainerNamespaces(
  option: NamespaceOption | undefined,
  field: string,
): NamespaceOptions | undefined {
  if (option === undefined) return undefined;
  const namespaces = toNamespaces(option, field);
  if (namespaces.pid === "target" && namespaces.targetId === "") {
    throw invalidArgument(`Field "${field}.target_id" is empty though pid is TARGET`);
  }
  return namespaces;
}

function toNamespaces(option: NamespaceOption, field: string): NamespaceOptions {
  const userns = toUserNamespace(option.usernsOptions, `${field}.userns_options`);
  return {
    network: notTarget(option.network, `${field}.network`),
    pid: enumName(namespaceModes, option.pid, `${field}.pid`),
    ipc: notTarget(option.ipc, `${field}.ipc`),
    targetId: option.targetId,
    ...(userns === undefined ? {} : { userns }),
  };
}

function notTarget(value: number, field: string): NamespaceMode {
  const mode = enumName(namespaceModes, value, field);
  if (mode === "target") throw invalidArgument(`Field "${field}" cannot be TARGET`);
  return mode;
}

/**
 * POD needs exactly one range for users and the same for groups, from container id 0: that is what
 * a kubelet sends and what the official suite insists on.
 */
function toUserNamespace(
  userns: UserNamespace | undefined,
  field: string,
): UserNamespaceOptions | undefined {
  if (userns === undefined) return undefined;
  const mode = enumName(namespaceModes, userns.mode, `${field}.mode`);
  if (mode !== "pod" && mode !== "node") {
    throw invalidArgument(`Field "${field}.mode" is neither POD nor NODE`);
  }
  if (mode === "node") {
    if (userns.uids.length > 0 || userns.gids.length > 0) {
      throw invalidArgument(`Field "${field}" maps ids though its mode is NODE`);
    }
    return { mode, uids: [], gids: [] };
  }
  const uid = onlyRange(userns.uids, `${field}.uids`);
  const gid = onlyRange(userns.gids, `${field}.gids`);
  if (uid.hostId !== gid.hostId || uid.length !== gid.length) {
    throw invalidArgument(`Field "${field}" maps users and groups differently`);
  }
  return { mode, uids: [uid], gids: [gid] };
}

function onlyRange(ranges: readonly IDMapping[], field: string): IdMapping {
  const [range, ...more] = ranges;
  if (range === undefined || more.length > 0) {
    throw invalidArgument(`Field "${field}" needs exactly one mapping, not ${ranges.length}`);
  }
  if (range.containerId !== 0 || range.length === 0) {
    throw invalidArgument(`Field "${field}" does not map container id 0`);
  }
  return range;
}

/** The options as answers show them. */
export function fromNamespaces(namespaces: NamespaceOptions): NamespaceOption {
  const { userns } = namespaces;
  return {
    network: namespaceModes.indexOf(namespaces.network),
    pid: namespaceModes.indexOf(namespaces.pid),
    ipc: namespaceModes.indexOf(namespaces.ipc),
    targetId: namespaces.targetId,
    usernsOptions: userns === undefined ? undefined : {
      mode: namespaceModes.indexOf(userns.mode),
      uids: [...userns.uids],
      gids: [...userns.gids],
    },
  };
}
