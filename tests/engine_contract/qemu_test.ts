import {
  openQemuEngine,
  systemCgroupFiles,
  systemHostSize,
  systemProc,
} from "../../src/engines/qemu/mod.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { systemClock as clock } from "../../src/lib/clock.ts";
import { detachedProcesses as starter } from "../../src/lib/detached.ts";
import { silentLogger as log } from "../../src/lib/log.ts";
import { systemProcesses as processes } from "../../src/lib/process.ts";
import { Namespaces, PodNetwork } from "../../src/network/mod.ts";
import { guestDirectory, makeDir, makeNetwork, removeDir } from "../support/mod.ts";
import { testEngineContract } from "./contract.ts";
import type { EngineUnderTest } from "./subject.ts";

const image = "registry.k8s.io/e2e-test-images/busybox:1.29-2";

/** The qemu engine as main.ts makes it, in software emulation. */
async function openQemu(): Promise<EngineUnderTest> {
  const network = await makeNetwork();
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
  const open = async () => {
    const opened = await openQemuEngine(
      {
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
      },
      {
        network: podNetwork,
        namespaces: new Namespaces("/run/netns", processes),
        processes,
        starter,
        proc: systemProc,
        cgroupFiles: systemCgroupFiles,
        host: systemHostSize(),
        clock,
        log,
      },
    );
    await opened.start();
    return opened;
  };

  let engine: Engine = await open();
  await engine.pullImage(image, undefined, new AbortController().signal);
  return {
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
    async reopen() {
      await engine.close();
      engine = await open();
    },
    async end() {
      await engine.close();
      await podNetwork.close();
      await network.stop();
      await removeDir(dir);
    },
  };
}

testEngineContract(
  "qemu",
  [
    "processes",
    "limits",
    "update",
    "network",
    "registry",
    "records",
    "bulk",
    "inputEnd",
    "signals",
    "startErrors",
    "loopback",
    "figures",
    "transfer",
  ],
  openQemu,
);
