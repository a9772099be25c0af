/** What the OCI configuration and the verbs must agree on. */

/** A container's control group in the guest, below /sys/fs/cgroup. */
export function cgroupOf(containerId: string): string {
  return `pod/${containerId}`;
}
