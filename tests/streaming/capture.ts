/**
 * Makes testdata/: records what crictl and a streaming server say to each other. SPDY with
 * containerd, the reference; WebSocket with frakti, since containerd refuses what crictl wants.
 *
 *   tests/support/env.sh deno run -A tests/streaming/capture.ts spdy|websocket
 */

import { connectCri } from "../support/cri_client.ts";
import { startContainerd } from "../support/containerd.ts";
import {
  makeDir,
  makeNetwork,
  startDockerd,
  startFrakti,
  toolDir,
  waitFor,
} from "../support/mod.ts";
import { freePort, listens } from "../support/ports.ts";
import { connect, utf8 } from "./client/mod.ts";
import { startPodServers } from "./pod_servers.ts";
import { recordedUser, Recorder } from "./recorder.ts";
import { encodeRecording } from "./recording.ts";
import {
  execUrl,
  netnsOf,
  type PodHost,
  runPod,
  shellContainer,
  startContainer,
  type TestPod,
} from "./support.ts";

const testdata = new URL("testdata/", import.meta.url).pathname;
const echoPort = 7;

/** A runtime, a pod and the containers that are talked to. */
interface Scene {
  readonly host: PodHost;
  readonly endpoint: string;
  readonly pod: TestPod;
  readonly plain: string;
  readonly server: string;
  readonly serverPort: number;
}

type Transport = "spdy" | "websocket";

async function setUp(transport: Transport, stack: AsyncDisposableStack): Promise<Scene> {
  const network = stack.use(await makeNetwork());
  const runtime = transport === "spdy"
    ? stack.use(await startContainerd(network))
    : stack.use(await startFrakti({ dockerd: stack.use(await startDockerd()), network }));
  const cri = stack.use(connectCri(runtime.socketPath, "v1"));
  await Deno.chmod(runtime.socketPath, 0o777);
  await Deno.chmod(runtime.socketPath.replace(/\/[^/]*$/, ""), 0o755);
  const host = { cri, logRoot: await makeDir("logs") };
  const pod = await runPod(host, "captured");
  stack.defer(async () => {
    await cri.runtime.removePodSandbox({ podSandboxId: pod.id });
  });
  const plain = await startContainer(host, pod, shellContainer("plain", "sleep 10000"));
  stack.use(
    await startPodServers(await netnsOf(host, pod), [
      { hostname: "127.0.0.1", port: echoPort, behaviour: "echo" },
    ]),
  );
  const { runtimeName, runtimeVersion } = await cri.runtime.version({});
  const serverPort = Number(new URL(await execUrl(host, plain, ["true"])).port);
  const server = `${runtimeName} ${runtimeVersion}`;
  return { host, endpoint: runtime.endpoint, pod, plain, server, serverPort };
}

/** Runs crictl under the recorder and writes NAME.json. */
async function record(
  scene: Scene,
  name: string,
  args: readonly string[],
  talk: (child: Deno.ChildProcess) => Promise<void>,
  options: { readonly hasTerminal?: boolean } = {},
): Promise<void> {
  await using recorder = await Recorder.start(scene.serverPort);
  const line = ["--config", "/dev/null", "--runtime-endpoint", scene.endpoint, ...args];
  const command = [`${toolDir}/crictl`, ...line];
  const quoted = command.map((word) => `'${word}'`).join(" ");
  const child = new Deno.Command("setpriv", {
    args: [
      ...["--reuid", String(recordedUser), "--clear-groups"],
      ...(options.hasTerminal ? ["script", "-qec", quoted, "/dev/null"] : command),
    ],
    stdin: "piped",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  await talk(child);
  await child.status;
  const client = `crictl ${args.map((arg) => arg.length === 64 ? "ID" : arg).join(" ")}`;
  const passages = await recorder.passages();
  const text = encodeRecording({ client, server: scene.server, passages });
  await Deno.writeTextFile(`${testdata}${name}.json`, text);
}

const type = (...lines: readonly string[]) => async (child: Deno.ChildProcess) => {
  const writer = child.stdin.getWriter();
  for (const line of lines) await writer.write(utf8(line));
  await writer.close();
};

/** Two connections through the forwarder, then Ctrl-C. */
const forwardTwice = (port: number) => async (child: Deno.ChildProcess) => {
  await waitFor("crictl listens", {}, () => listens(`127.0.0.1:${port}`));
  for (const text of ["first\n", "second\n"]) {
    const wire = await connect({ hostname: "127.0.0.1", port });
    await wire.write(utf8(text));
    await wire.closeWrite();
    while (await wire.read() !== undefined);
    wire.close();
  }
  await child.stdin.close();
  child.kill("SIGINT");
};

const transport = Deno.args[0];
if (transport !== "spdy" && transport !== "websocket") throw new Error("Say spdy or websocket");
await using stack = new AsyncDisposableStack();
const scene = await setUp(transport, stack);
const { host, pod, plain } = scene;
const by = ["--transport", transport];
const exec = ["exec", ...by];

await record(
  scene,
  `${transport}-exec-output`,
  [...exec, plain, "sh", "-c", "echo out; echo err >&2; exit 7"],
  type(),
);
await record(scene, `${transport}-exec-stdin`, [...exec, "-i", plain, "cat"], type("hello\n"));
await record(
  scene,
  `${transport}-exec-terminal`,
  [...exec, "-it", plain, "head", "-n", "1"],
  type("typed\n"),
  { hasTerminal: true },
);
const attached = await startContainer(
  host,
  pod,
  shellContainer("attached", "read line; echo got $line", { stdin: true, stdinOnce: true }),
);
await record(scene, `${transport}-attach`, ["attach", ...by, "-i", attached], type("one\n"));
const port = freePort();
await record(
  scene,
  `${transport}-port-forward`,
  ["port-forward", ...by, pod.id, `${port}:${echoPort}`],
  forwardTwice(port),
);
