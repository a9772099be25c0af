/**
 * Parts of the security context that have no place in a guest: refused where a pod relies on them.
 */

import { failedPrecondition, invalidArgument } from "../../../lib/errors.ts";
import type { ContainerSecurity, SecurityProfile } from "../../domain.ts";

/**
 * @throws FraktiError FailedPrecondition for a privileged container, InvalidArgument for an AppArmor
 *   profile by name. SELinux labels are left out: no kernel that knows them is there.
 */
export function checkSecurity(
  security: Pick<ContainerSecurity, "privileged" | "apparmor">,
): void {
  if (security.privileged) {
    throw failedPrecondition("A privileged container cannot run in a pod that runs in a VM");
  }
  checkApparmor(security.apparmor);
}

function checkApparmor(profile: SecurityProfile | undefined): void {
  if (profile?.type !== "localhost") return;
  throw invalidArgument(
    `AppArmor profile "${profile.localhostRef}" was asked for, and a VM has no AppArmor`,
  );
}
