/** The Docker engine for tests: on a dockerd and a network of its own. */

import { dockerClient, openDockerEngine, pinnedApiVersion } from "../../src/engines/docker/mod.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { ownProgram } from "../../src/cli/mod.ts";
import { systemClock as clock } from "../../src/lib/clock.ts";
import { systemCompanions as companions } from "../../src/lib/companion.ts";
import { silentLogger as log } from "../../src/lib/log.ts";
import { systemProcesses as processes } from "../../src/lib/process.ts";
import { Namespaces, PodDialer, PodNetwork } from "../../src/network/mod.ts";
import {
  type Dockerd,
  makeDir,
  makeNetwork,
  pauseImage,
  removeDir,
  startDockerd,
  waitFor,
} from "../support/mod.ts";
import type { EngineUnderTest } from "./subject.ts";

const image = "registry.k8s.io/e2e-test-images/busybox:1.29-2";
const readyTimeoutMs = 60_000;

/** What the contract needs, and what tests of Docker's own ways look at. */
export interface DockerUnderTest extends EngineUnderTest {
  readonly dockerd: Dockerd;
  /** Where sockets of dial helpers are. */
  readonly dialDir: string;
}

/** The Docker engine as main.ts makes it, on a dockerd whose containers outlive its absence. */
export async function openDocker(): Promise<DockerUnderTest> {
  const dockerd = await startDockerd({ liveRestore: true });
  const network = await makeNetwork();
  const dir = await makeDir("engine");
  const podNetwork = new PodNetwork(
    {
      confDir: network.confDir,
      binDirs: network.binDirs,
      cacheDir: network.cacheDir,
      stateDir: `${dir}/state`,
    },
    { clock, processes, log },
  );
  await Deno.mkdir(`${dir}/state`);
  await podNetwork.start();
  const program = ownProgram(
    "source",
    Deno.execPath(),
    new URL("../../main.ts", import.meta.url).href,
  );
  const dialer = new PodDialer(
    { dir: `${dir}/dial`, program: [...program, "dial-helper"], env: Deno.env.toObject() },
    { clock, companions, log },
  );
  await dialer.start();
  const pin = Deno.env.get("FRAKTI_TEST_DOCKER_API");
  const open = async () => {
    const opened = await openDockerEngine(
      {
        recordDirectory: `${dir}/docker`,
        cgroupDriver: "auto",
        pauseImage,
        replayMaxSizeBytes: 20 * 1024 * 1024,
        logMaxSizeBytes: 0,
        instanceId: "contract",
        wasRebooted: false,
      },
      {
        client: dockerClient({
          socketPath: dockerd.socketPath,
          ...(pin === undefined ? {} : { pinnedApiVersion: pinnedApiVersion(pin) }),
        }),
        network: podNetwork,
        namespaces: new Namespaces("/run/netns", processes),
        dialer,
        processes,
        clock,
        log,
      },
    );
    await opened.start();
    return opened;
  };

  let engine: Engine = await open();
  await engine.pullImage(image, undefined, new AbortController().signal);
  const untilReady = (ready: boolean) =>
    waitFor(
      `Docker is ${ready ? "ready" : "away"}`,
      { timeoutMs: readyTimeoutMs },
      () => engine.health().ready === ready,
    );
  return {
    dockerd,
    dialDir: `${dir}/dial`,
    get engine() {
      return engine;
    },
    image,
    pullable: "gcr.io/k8s-staging-cri-tools/test-image-1:latest",
    logRoot: `${dir}/pods`,
    async setNetwork(works) {
      const aside = `${dir}/network.conflist`;
      await Deno.rename(...pair(works, network.configPath, aside));
    },
    async away() {
      await dockerd.kill();
      await untilReady(false);
    },
    async back() {
      await dockerd.start();
      await untilReady(true);
    },
    async reopen() {
      await engine.close();
      engine = await open();
    },
    async end() {
      await engine.close();
      await dialer.close();
      await podNetwork.close();
      await network.stop();
      await dockerd.stop();
      await removeDir(dir);
    },
  };
}

/** From where to where a configuration moves. */
function pair(works: boolean, path: string, aside: string): [string, string] {
  return works ? [aside, path] : [path, aside];
}
