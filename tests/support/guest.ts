/** Where the guest's kernel and initial file system are that the test run has built. */

/** The directory of vmlinux and initrd.img; the stage `guest` of the test run makes it. */
export function guestDirectory(): string {
  const top = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
  return Deno.env.get("FRAKTI_GUEST_DIR") ?? `${top}/dist/guest`;
}
