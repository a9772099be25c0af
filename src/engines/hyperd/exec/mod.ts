/** Commands in containers and in the guest. */

export { HyperdExecs } from "./execs.ts";
export { runCommandInGuest, runInGuest } from "./guest_command.ts";
export { maxInputBytes, pacedInput } from "./paced_input.ts";
