/**
 * Who a container's process runs as: the CRI's user, group and supplemental groups in Docker's
 * `User` and `GroupAdd`.
 */

import { invalidArgument, unimplemented } from "../../../lib/errors.ts";
import type { SupplementalGroupsPolicy } from "../../domain.ts";

/** The fields of both security contexts that say who. */
export interface Identity {
  readonly runAsUser?: bigint;
  readonly runAsGroup?: bigint;
  readonly runAsUsername?: string;
  readonly supplementalGroups: readonly bigint[];
  readonly supplementalGroupsPolicy: SupplementalGroupsPolicy;
}

const maxId = 2n ** 31n - 1n; // What OCI runtimes take for a user or group.

/** Docker's `User`; undefined leaves the image's. */
export function userField(identity: Identity): string | undefined {
  const name = identity.runAsUsername ?? "";
  const group = identity.runAsGroup;
  const user = identity.runAsUser === undefined
    ? (name === "" ? undefined : checkedName(name))
    : checkedId(identity.runAsUser, "run_as_user");
  if (group === undefined) return user;
  if (user === undefined) {
    throw invalidArgument(`run_as_group "${group}" is set without a user`);
  }
  return `${user}:${checkedId(group, "run_as_group")}`;
}

/** Docker's `GroupAdd`. */
export function groupsField(identity: Identity): readonly string[] {
  if (identity.supplementalGroupsPolicy === "strict") {
    throw unimplemented(
      `supplemental_groups_policy "Strict" cannot be had from Docker, which adds the image's groups`,
    );
  }
  return identity.supplementalGroups.map((group) => checkedId(group, "supplemental_groups"));
}

function checkedId(id: bigint, field: string): string {
  if (id < 0n || id > maxId) throw invalidArgument(`${field} "${id}" is out of range`);
  return String(id);
}

// A colon would begin a group; the rest are names of /etc/passwd.
const plainName = /^[^:\s\p{Cc}/]{1,256}$/u;

function checkedName(name: string): string {
  if (!plainName.test(name)) throw invalidArgument(`run_as_username "${name}" is malformed`);
  return name;
}
