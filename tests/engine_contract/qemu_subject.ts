/** The qemu engine under test: as main.ts makes it, in software emulation, on directories of its own. */

import type { Engine } from "../../src/engines/engine.ts";
import {
  openQemuEngine,
  type QemuEngineOptions,
  systemCgroupFiles,
  systemHostSize,
  systemProc,
} from "../../src/engines/qemu/mod.ts";
import { systemClock as clock } from "../../src/lib/clock.ts";
import { detachedProcesses as starter } from "../../src/lib/detached.ts";
import { silentLogger as log } from "../../src/lib/log.ts";
import { systemProcesses as processes } from "../../src/lib/process.ts";
import { Namespaces, PodNetwork } from "../../src/network/mod.ts";
import {
  guestDirectory,
  makeDir,
  makeNetwork,
  type NetworkOptions,
  removeDir,
  type TestNetwork,
} from "../support/mod.ts";
import type { EngineUnderTest } from "./subject.ts";

const image = "registry.k8s.io/e2e-test-images/busybox:1.29-2";

/** What tests of this engine alone look at beside the engine. */
export interface QemuUnderTest extends EngineUnderTest {
  readonly dir: string;
  /** The options that the engine was opened with. */
  readonly options: QemuEngineOptions;
  readonly network: TestNetwork;
  /** Closes the engine and opens it again with these options, and else the first ones. */
  reopenWith(options: Partial<QemuEngineOptions>): Promise<void>;
  /** Closes the engine, and opens it again when `meanwhile` has done its work. */
  reopenAfter(meanwhile: () => Promise<void>): Promise<void>;
}

/** Opens the engine, with its image pulled. @param more options other than the usual ones. */
export async function openQemu(
  more: Partial<QemuEngineOptions> = {},
  networkOptions: NetworkOptions = {},
): Promise<QemuUnderTest> {
  const network = await makeNetwork(networkOptions);
  const dir = await makeDir("vms");
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
  const guest = guestDirectory();
  const namespaces = new Namespaces("/run/netns", processes);
  const first: QemuEngineOptions = {
    directory: `${dir}/qemu`,
    podDirectory: `${dir}/qemu/pods`,
    stateDirectory: `${dir}/state`,
    binary: "qemu-system-x86_64",
    accel: "tcg",
    kernel: `${guest}/vmlinux`,
    initrd: `${guest}/initrd.img`,
    defaultVcpus: 1,
    defaultMemoryMiB: 64,
    registries: {},
    logMaxSizeBytes: 0,
    wasRebooted: false,
    bootId: "boot",
    ...more,
  };
  let options = first;
  const open = async () => {
    const opened = await openQemuEngine(options, {
      network: podNetwork,
      namespaces,
      processes,
      starter,
      proc: systemProc,
      cgroupFiles: systemCgroupFiles,
      host: systemHostSize(),
      clock,
      log,
    });
    await opened.start();
    return opened;
  };
  let engine: Engine = await open();
  const reopenAfter = async (meanwhile: () => Promise<void>) => {
    await engine.close();
    await meanwhile();
    engine = await open();
  };
  const reopen = () => reopenAfter(() => Promise.resolve());
  await engine.pullImage(image, undefined, new AbortController().signal);
  return {
    dir,
    network,
    get options() {
      return options;
    },
    get engine() {
      return engine;
    },
    image,
    pullable: "gcr.io/k8s-staging-cri-tools/test-image-1:latest",
    logRoot: `${dir}/pods`,
    async setNetwork(works) {
      const aside = `${dir}/network.conflist`;
      const { configPath } = network;
      await (works ? Deno.rename(aside, configPath) : Deno.rename(configPath, aside));
    },
    away: () => Promise.reject(new Error("Nothing behind this engine can go away")),
    back: () => Promise.resolve(),
    reopen,
    reopenAfter,
    async reopenWith(changed) {
      options = { ...first, ...changed };
      await reopen();
    },
    async end() {
      await engine.close();
      await podNetwork.close();
      await network.stop();
      await removeDir(dir);
    },
  };
}
