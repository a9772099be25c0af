/**
 * Starts a dockerd, a CNI network and a frakti, and runs a command (a shell unless given) with
 * variables that point at them. Run by shell.sh, inside an environment.
 */

import { makeNetwork } from "./cni.ts";
import { toolDir } from "./crictl.ts";
import { startDockerd } from "./dockerd.ts";
import { type Frakti, startFrakti } from "./frakti.ts";

const [command = "bash", ...args] = Deno.args;

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function tryStartFrakti(
  dockerd: Parameters<typeof startFrakti>[0],
): Promise<Frakti | undefined> {
  try {
    return await startFrakti(dockerd);
  } catch (error) {
    // Whoever opens this by hand may be after exactly that failure: show it and go on.
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

const dockerd = await startDockerd({ liveRestore: Deno.env.has("LIVE_RESTORE") });
const network = await makeNetwork({ dualStack: Deno.env.has("DUAL_STACK") });
const frakti = await tryStartFrakti({ dockerd, network });
const variables: Record<string, string> = {
  PATH: `${toolDir}:${Deno.env.get("PATH") ?? ""}`,
  DOCKER_HOST: dockerd.endpoint,
  DOCKERD_LOG: `${dockerd.dir}/dockerd.log`,
  CNI_CONF_DIR: network.confDir,
  CNI_BRIDGE: network.bridge,
  ...(frakti === undefined ? {} : {
    CONTAINER_RUNTIME_ENDPOINT: frakti.endpoint,
    IMAGE_SERVICE_ENDPOINT: frakti.endpoint,
    FRAKTI_SOCKET: frakti.socketPath,
    FRAKTI_CONFIG: frakti.configPath,
    FRAKTI_LOG: frakti.logPath,
  }),
};
for (const [name, value] of Object.entries(variables)) {
  if (name !== "PATH") say(`${name}=${value}`);
}
Deno.addSignalListener("SIGINT", () => {}); // Ctrl-C is for the command.
const { code } = await new Deno.Command(command, { args, env: variables }).spawn().status;
Deno.exit(code);
