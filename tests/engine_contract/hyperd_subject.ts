/** The hyperd engine for tests: on a double of hyperd, or on a real one, and a network of its own. */

import type { Engine } from "../../src/engines/engine.ts";
import { HyperdClient, openHyperdEngine } from "../../src/engines/hyperd/mod.ts";
import { systemClock as clock } from "../../src/lib/clock.ts";
import type { Logger } from "../../src/lib/log.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { systemProcesses as processes } from "../../src/lib/process.ts";
import { Namespaces, PodNetwork } from "../../src/network/mod.ts";
import { HyperdDouble } from "../hyperd/double/mod.ts";
import { makeDir, makeNetwork, removeDir, type TestNetwork, waitFor } from "../support/mod.ts";
import type { EngineUnderTest } from "./subject.ts";

const image = "registry.k8s.io/e2e-test-images/busybox:1.29-2";
const readyTimeoutMs = 30_000;

/** host:port of a hyperd that is there, for `scripts/test.sh --hyperd HOST:PORT`; else the double. */
export const realHyperd = Deno.env.get("FRAKTI_TEST_HYPERD");

/** What the contract needs, and what tests of hyperd's own ways look at. */
export interface HyperdUnderTest extends EngineUnderTest {
  readonly network: TestNetwork;
  /** undefined with a real hyperd. */
  readonly double: HyperdDouble | undefined;
  /** Where records and files of pods are. */
  readonly directory: string;
  /** Closes the engine, and opens it again as after a reboot of the host. */
  reopenRebooted(): Promise<void>;
}

/** The double, where the tests need one. */
export function doubleOf({ double }: HyperdUnderTest): HyperdDouble {
  if (double === undefined) throw new Error("This test needs the double");
  return double;
}

export interface HyperdSubjectOptions {
  /** host:port of a real hyperd; the double unless given. */
  readonly endpoint?: string;
  readonly limitsMs?: ConstructorParameters<typeof HyperdClient>[0]["limitsMs"];
  readonly defaultLimitMs?: number;
  readonly log?: Logger;
  /** A network of its own unless given. */
  readonly network?: TestNetwork;
}

/** The hyperd engine as main.ts makes it. */
export async function openHyperd(options: HyperdSubjectOptions = {}): Promise<HyperdUnderTest> {
  const double = options.endpoint === undefined ? await HyperdDouble.start() : undefined;
  const endpoint = options.endpoint ?? double?.endpoint ?? "";
  const network = options.network ?? await makeNetwork();
  const dir = await makeDir("hyperd-engine");
  const log = options.log ?? silentLogger;
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
  const open = async (wasRebooted: boolean) => {
    const opened = await openHyperdEngine(
      {
        directory: `${dir}/hyperd`,
        instanceId: `contract-${dir.slice(-6)}`,
        defaultSize: { vcpus: 1, memoryMiB: 64 },
        logMaxSizeBytes: 0,
        wasRebooted,
      },
      {
        client: new HyperdClient({
          endpoint,
          ...(options.limitsMs === undefined ? {} : { limitsMs: options.limitsMs }),
          ...(options.defaultLimitMs === undefined
            ? {}
            : { defaultLimitMs: options.defaultLimitMs }),
        }),
        network: podNetwork,
        namespaces: new Namespaces("/run/netns", processes),
        processes,
        clock,
        log,
      },
    );
    await opened.start();
    return opened;
  };

  let engine: Engine = await open(false);
  const reopen = async (wasRebooted: boolean) => {
    await engine.close();
    engine = await open(wasRebooted);
  };
  await engine.pullImage(image, undefined, new AbortController().signal);
  const untilReady = (ready: boolean) =>
    waitFor(
      `hyperd is ${ready ? "ready" : "away"}`,
      { timeoutMs: readyTimeoutMs },
      () => engine.health().ready === ready,
    );
  return {
    double,
    network,
    directory: `${dir}/hyperd`,
    get engine() {
      return engine;
    },
    image,
    pullable: "gcr.io/k8s-staging-cri-tools/test-image-1:latest",
    logRoot: `${dir}/pods`,
    listenAddress: "0.0.0.0",
    async setNetwork(works) {
      const aside = `${dir}/network.conflist`;
      const { configPath } = network;
      await (works ? Deno.rename(aside, configPath) : Deno.rename(configPath, aside));
    },
    async away() {
      double?.kill();
      await untilReady(false);
    },
    async back() {
      await double?.serve();
      await untilReady(true);
    },
    reopen: () => reopen(false),
    reopenRebooted: () => reopen(true),
    async end() {
      await engine.close();
      await podNetwork.close();
      if (options.network === undefined) await network.stop();
      await double?.stop();
      await removeDir(dir);
    },
  };
}
