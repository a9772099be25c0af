/** Processes started in running containers. */

export { DockerExecs, type DockerExecsOptions, type ExecExits } from "./docker_execs.ts";
export { type HostProcesses, systemHostProcesses } from "./host_processes.ts";
