/**
 * Starts what frakti needs, frakti itself, and the tour. Runs inside the namespaces that
 * scripts/quickstart.sh has made; uses the harness of the integration tests for the daemons.
 */

import { makeDir } from "../../tests/support/environment.ts";
import { makeNetwork } from "../../tests/support/cni.ts";
import { guestDirectory } from "../../tests/support/guest.ts";
import { startDockerd } from "../../tests/support/dockerd.ts";
import { type Frakti, fraktiCommand, startFrakti } from "../../tests/support/frakti.ts";
import { startRegistry } from "../../tests/support/registry.ts";
import { type DemoImages, pushDemoImages } from "./images.ts";
import { headline, show, step } from "./output.ts";
import { tour } from "./tour.ts";

/** What the file of an installed frakti says, but for the places. */
function configuration(images: DemoImages): Record<string, unknown> {
  const guest = guestDirectory();
  return {
    hypervisor: { engine: "qemu" },
    qemu: { kernel: `${guest}/vmlinux`, initrd: `${guest}/initrd.img` },
    docker: { pauseImage: images.pause },
    log: { level: "info" },
  };
}

async function main(wantsShell: boolean): Promise<void> {
  await using stack = new AsyncDisposableStack();
  headline("Starting what a node has");
  const dockerd = stack.use(await step("Docker Engine, private", () => startDockerd()));
  const registry = stack.use(await step("Image registry on loopback", () => startRegistry()));
  const images = await step("Make and push two images", () => pushDemoImages(registry.host));
  const network = stack.use(await step("CNI network (bridge, portmap)", () => makeNetwork()));
  const frakti = stack.use(
    await step(
      "frakti (its first start unpacks it)",
      () => startFrakti({ dockerd, network, config: configuration(images) }),
    ),
  );
  try {
    await tour({
      socketPath: frakti.socketPath,
      images,
      logDirectory: await makeDir("logs"),
      pause: () => wantsShell ? openShell(frakti, dockerd.endpoint) : Promise.resolve(),
    });
  } catch (error) {
    headline("The last lines of frakti's log");
    show((await frakti.log()).split("\n").slice(-20).join("\n"));
    throw error;
  }
  headline("Cleaning up");
}

async function openShell(frakti: Frakti, dockerEndpoint: string): Promise<void> {
  headline('A shell beside the running pods; "exit" ends it');
  show(
    `frakti pods, ps, logs, exec and the others ask the frakti that runs here
CONTAINER_RUNTIME_ENDPOINT=${frakti.endpoint} (for crictl)
DOCKER_HOST=${dockerEndpoint}`,
  );
  const bin = await makeDir("bin");
  // A frakti that is installed on this machine would look at the machine's own socket.
  const command = [...fraktiCommand(), "--config", frakti.configPath];
  await Deno.writeTextFile(
    `${bin}/frakti`,
    `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(" ")} "$@"\n`,
    { mode: 0o755 },
  );
  await new Deno.Command("bash", {
    args: ["--norc", "-i"],
    env: {
      CONTAINER_RUNTIME_ENDPOINT: frakti.endpoint,
      DOCKER_HOST: dockerEndpoint,
      PATH: `${bin}:${Deno.env.get("PATH")}`,
      PS1: "quickstart# ",
    },
  }).spawn().status;
}

try {
  await main(Deno.args.includes("--shell"));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  Deno.stderr.writeSync(new TextEncoder().encode(`quickstart: ${message}\n`));
  Deno.exit(1);
}
