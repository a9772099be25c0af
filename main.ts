/**
 * Where the parts meet: arguments → configuration → parts → serve → drain. No logic of its own.
 * What serving needs is imported when it is asked for, so that `frakti version` stays quick.
 */

import {
  buildInfo,
  type CliParts,
  type Config,
  exitUsage,
  ownProgram,
  runCli,
} from "./src/cli/mod.ts";
import { accelerationChecks } from "./src/cli/check_acceleration.ts";
import { certificateChecks, guestSpeaks } from "./src/cli/check_parts.ts";
import type { EngineName } from "./src/engines/domain.ts";
import { systemClock as clock } from "./src/lib/clock.ts";
import { systemCompanions as companions } from "./src/lib/companion.ts";
import { detachedProcesses } from "./src/lib/detached.ts";
import { FraktiError } from "./src/lib/errors.ts";
import { makePrivateDir } from "./src/lib/files.ts";
import type { Logger } from "./src/lib/log.ts";
import { systemProcesses as processes } from "./src/lib/process.ts";

/** Where `ip netns` and other tools look for named namespaces. */
const netnsDirectory = "/run/netns";

async function serve(config: Config, log: Logger): Promise<number> {
  const [cri, docker, figures, network, node, state, streaming, vms, hyper] = await Promise.all([
    import("./src/cri/mod.ts"),
    import("./src/engines/docker/mod.ts"),
    import("./src/metrics/mod.ts"),
    import("./src/network/mod.ts"),
    import("./src/node/node.ts"),
    import("./src/state/boot.ts"),
    import("./src/streaming/mod.ts"),
    import("./src/engines/qemu/mod.ts"),
    import("./src/engines/hyperd/mod.ts"),
  ]);
  const { rootDirectory, stateDirectory } = config;
  await makePrivateDir(rootDirectory);
  await makePrivateDir(stateDirectory);
  using _lock = await lockDirectory(rootDirectory);
  const bootId = await state.readBootId();
  const instanceId = await state.readInstanceId(rootDirectory);
  const isFirstOfBoot = await state.wasRebooted(rootDirectory, bootId);
  const wasRebooted = async (engine: EngineName) =>
    isFirstOfBoot || await state.wasRebootedSinceUse(`${rootDirectory}/${engine}`, bootId);
  const countPods = {
    qemu: vms.countPods,
    hyperd: hyper.countPods,
    docker: docker.countPods,
  };
  const { refusalOf } = await import("./src/node/left_out.ts");
  const refusal = await refusalOf(
    { hypervisor: config.hypervisor.engine, dockerEnabled: config.docker.enabled },
    // What ran before a reboot does not run, and its addresses are given back as orphans'.
    async (engine) =>
      await wasRebooted(engine) ? 0 : await countPods[engine](`${rootDirectory}/${engine}`, log),
  );
  if (refusal !== undefined) {
    log.error(refusal);
    return exitUsage;
  }

  const metrics = new figures.NodeMetrics(clock);
  const namespaces = new network.Namespaces(netnsDirectory, processes);
  const podNetwork = new network.PodNetwork(
    { ...config.cni, stateDir: stateDirectory, pluginEnv: Deno.env.toObject() },
    { clock, processes: metrics.watchPlugins(processes), log: log.with({ room: "network" }) },
  );
  await podNetwork.start();
  const program = ownProgram(buildInfo.kind, Deno.execPath(), Deno.mainModule);
  const dialer = new network.PodDialer(
    {
      dir: `${stateDirectory}/dial`,
      program: [...program, "dial-helper"],
      env: Deno.env.toObject(),
    },
    { clock, companions, log: log.with({ room: "network" }) },
  );
  await dialer.start();

  const engines = [];
  if (config.hypervisor.engine === "qemu") {
    const { qemu, hypervisor, registries, logs } = config;
    engines.push(
      await vms.openQemuEngine(
        {
          ...qemu,
          arch: Deno.build.arch,
          directory: `${rootDirectory}/qemu`,
          podDirectory: `${rootDirectory}/qemu/pods`,
          stateDirectory,
          defaultVcpus: hypervisor.cpu,
          defaultMemoryMiB: hypervisor.memory,
          registries,
          logMaxSizeBytes: logs.maxSizeBytes,
          wasRebooted: await wasRebooted("qemu"),
          bootId,
        },
        {
          network: podNetwork,
          namespaces,
          processes,
          starter: detachedProcesses,
          proc: vms.systemProc,
          cgroupFiles: vms.systemCgroupFiles,
          host: vms.systemHostSize(),
          proxies: vms.proxiesOf(Deno.env.toObject()),
          onBoot: metrics.vmBooted,
          onLogWritten: metrics.logWritten("qemu"),
          clock,
          log: log.with({ room: "qemu" }),
        },
      ),
    );
  }
  if (config.hypervisor.engine === "hyperd") {
    const { hyperd, hypervisor, logs } = config;
    engines.push(
      await hyper.openHyperdEngine(
        {
          directory: `${rootDirectory}/hyperd`,
          instanceId,
          defaultSize: { vcpus: hypervisor.cpu, memoryMiB: hypervisor.memory },
          logMaxSizeBytes: logs.maxSizeBytes,
          wasRebooted: await wasRebooted("hyperd"),
        },
        {
          client: new hyper.HyperdClient({ endpoint: hyperd.endpoint }),
          network: podNetwork,
          namespaces,
          processes,
          onLogWritten: metrics.logWritten("hyperd"),
          clock,
          log: log.with({ room: "hyperd" }),
        },
      ),
    );
  }
  if (config.docker.enabled) {
    const pin = Deno.env.get("DOCKER_API_VERSION"); // As Docker's own clients take it.
    engines.push(
      await docker.openDockerEngine(
        {
          recordDirectory: `${rootDirectory}/docker`,
          cgroupDriver: config.docker.cgroupDriver,
          pauseImage: config.docker.pauseImage,
          replayMaxSizeBytes: config.logs.replayMaxSizeBytes,
          logMaxSizeBytes: config.logs.maxSizeBytes,
          instanceId,
          wasRebooted: await wasRebooted("docker"),
        },
        {
          client: docker.dockerClient({
            socketPath: config.docker.socketPath,
            ...(pin ? { pinnedApiVersion: docker.pinnedApiVersion(pin) } : {}),
          }),
          onLogWritten: metrics.logWritten("docker"),
          network: podNetwork,
          namespaces,
          dialer,
          processes,
          clock,
          log: log.with({ room: "docker" }),
        },
      ),
    );
  }
  const podNode = new node.PodNode({
    engines: engines.map((engine) => metrics.watchEngine(engine)),
    network: podNetwork,
    settings: {
      hypervisor: config.hypervisor.engine,
      allowAnnotation: config.docker.allowAnnotation,
      cgroupDriver: config.docker.cgroupDriver,
      configForInfo: { ...config },
      version: buildInfo.version,
    },
    log: log.with({ room: "node" }),
    clock,
  });
  for (const engine of engines) await engine.start();
  if (isFirstOfBoot) log.info("The host was rebooted; every pod of before is not ready");
  const used = engines.map(({ name }) => `${rootDirectory}/${name}`);
  await state.recordSometime(async () => {
    for (const directory of used) await state.recordUse(directory, bootId);
    await state.recordBoot(rootDirectory, bootId);
  }, { clock, log: log.with({ room: "state" }) });

  const { tlsCertFile, tlsKeyFile, ...listening } = config.streaming;
  const streams = await streaming.startStreamingServer({
    ...listening,
    ...(tlsCertFile === "" ? {} : { tls: { certFile: tlsCertFile, keyFile: tlsKeyFile } }),
    target: podNode,
    webSocket: streaming.webSocketUpgrades(),
    observe: metrics.sessionBegins,
    log: log.with({ room: "streaming" }),
    clock,
  });
  const server = await cri.startCriServer({
    socketPath: config.listen,
    node: podNode,
    streaming: streams.urls,
    observe: metrics.callEnded,
    log: log.with({ room: "cri" }),
    clock,
    runtime: { name: "frakti", version: buildInfo.version },
    keepsConnections: true, // Until the exit at the end of this file.
  });

  // Plugins may need a daemon that is a pod itself: nothing of theirs comes before the socket.
  const collecting = new AbortController();
  const attachments = engines.flatMap((engine) => engine.attachments());
  const collected = podNetwork.gc(attachments, collecting.signal);

  const metricsServer = await figures.serveMetrics({
    address: config.metrics.address,
    metrics,
    node: podNode,
    build: buildInfo,
    log: log.with({ room: "metrics" }),
  });

  await terminationSignal();
  log.info("Draining");
  await metricsServer?.close();
  await server.close();
  await streams.close();
  collecting.abort();
  await collected;
  for (const engine of engines) await engine.close();
  await dialer.close();
  await podNetwork.close();
  log.info("Stopped; pods go on");
  return 0;
}

/** Two of us on the same records would undo each other's work; the lock ends with the process. */
async function lockDirectory(directory: string): Promise<Deno.FsFile> {
  const file = await Deno.open(`${directory}/lock`, { write: true, create: true, mode: 0o600 });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new FraktiError("FailedPrecondition", `"${directory}" is in use by another frakti`);
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function terminationSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isSecond = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      Deno.addSignalListener(signal, () => {
        if (isSecond) Deno.exit(1);
        isSecond = true;
        resolve();
      });
    }
  });
}

const parts: CliParts = {
  serve,
  network: async (cni) => {
    const network = await import("./src/network/mod.ts");
    const { silentLogger: log } = await import("./src/lib/log.ts");
    return await network.reportNetwork({ ...cni, stateDir: "" }, { clock, processes, log });
  },
  moreChecks: ({ hypervisor, hyperd: { endpoint }, qemu, stateDirectory, streaming }) => [
    ...(hypervisor.engine !== "hyperd" ? [] : [{
      name: "hyperd",
      run: async () => {
        const { checkHyperd } = await import("./src/engines/hyperd/mod.ts");
        return await checkHyperd(endpoint);
      },
    }]),
    ...accelerationChecks({ hypervisor, qemu }, async () => {
      const { rememberedAcceleration } = await import("./src/engines/qemu/vm/remembered.ts");
      const { readBootId } = await import("./src/state/boot.ts");
      return await rememberedAcceleration({ ...qemu, stateDirectory, bootId: await readBootId() });
    }),
    ...guestSpeaks(hypervisor.engine, async () => {
      const { readGuestFiles } = await import("./src/engines/qemu/vm/guest_files.ts");
      return await readGuestFiles(qemu.kernel, qemu.initrd);
    }),
    ...certificateChecks(streaming, clock, async (files) => {
      const { readTlsPair } = await import("./src/streaming/tls_files.ts");
      return await readTlsPair(files);
    }),
  ],
  dialHelper: async (socketPath) => {
    const { runDialHelper } = await import("./src/network/dial/helper.ts");
    await runDialHelper(socketPath, { clock, stdin: Deno.stdin.readable, stdout: Deno.stdout });
  },
  askNode: async ({ command, words, options, config }) => {
    const client = await import("./src/client/mod.ts");
    const { tlsCertFile } = config.streaming;
    return await client.runClient(
      {
        node: client.connectNode(config.listen),
        terminal: client.systemTerminal,
        clock,
        ...(tlsCertFile === "" ? {} : { streamingCertFile: tlsCertFile }),
      },
      { command, words, options },
    );
  },
  output: {
    stdout: (text) => Deno.stdout.writeSync(new TextEncoder().encode(text)),
    stderr: (text) => Deno.stderr.writeSync(new TextEncoder().encode(text)),
  },
};

if (import.meta.main) Deno.exit(await runCli(Deno.args, parts));
