/**
 * Starts what frakti needs, frakti itself, and the tour. Runs inside the namespaces that
 * scripts/quickstart.sh has made; uses the harness of the integration tests for the daemons.
 */

import { makeDir } from "../../tests/support/environment.ts";
import { makeNetwork } from "../../tests/support/cni.ts";
import { guestDirectory } from "../../tests/support/guest.ts";
import { startDockerd } from "../../tests/support/dockerd.ts";
import { startFrakti } from "../../tests/support/frakti.ts";
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
      pause: () => wantsShell ? openShell(frakti.endpoint, dockerd.endpoint) : Promise.resolve(),
    });
  } catch (error) {
    headline("The last lines of frakti's log");
    show((await frakti.log()).split("\n").slice(-20).join("\n"));
    throw error;
  }
  headline("Cleaning up");
}

async function openShell(criEndpoint: string, dockerEndpoint: string): Promise<void> {
  headline('A shell beside the running pods; "exit" ends it');
  show(`CONTAINER_RUNTIME_ENDPOINT=${criEndpoint} (for crictl)\nDOCKER_HOST=${dockerEndpoint}`);
  await new Deno.Command("bash", {
    args: ["--norc", "-i"],
    env: {
      CONTAINER_RUNTIME_ENDPOINT: criEndpoint,
      DOCKER_HOST: dockerEndpoint,
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
