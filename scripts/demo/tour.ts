/**
 * The demonstration itself: what a kubelet does with a pod, over the same socket and interface.
 */

import { connectCri } from "../../tests/support/cri_client.ts";
import { waitFor } from "../../tests/support/wait.ts";
import { NamespaceMode } from "../../src/cri/generated/v1/config.ts";
import type { DemoImages } from "./images.ts";
import { headline, show, step } from "./output.ts";

const containerPort = 8080;
const hostPort = 18080;
const stopGraceSeconds = 2n;
const requestTimeoutMs = 5_000;

/** What one pod of the demonstration is made of. */
export interface TourOptions {
  readonly socketPath: string;
  readonly images: DemoImages;
  /** Where the containers' logs go; the kubelet chooses /var/log/pods. */
  readonly logDirectory: string;
  /** Called while the pod is running. */
  readonly pause: () => Promise<void>;
}

/** Runs, shows and removes a pod. */
export async function tour(options: TourOptions): Promise<void> {
  const { images, logDirectory } = options;
  await using cri = connectCri(options.socketPath, "v1");
  const image = { image: images.busybox };
  // What a kubelet sends for a pod that does not share its process namespace.
  const linux = { securityContext: { namespaceOptions: { pid: NamespaceMode.CONTAINER } } };
  const podConfig = {
    metadata: { name: "demo", namespace: "default", uid: crypto.randomUUID(), attempt: 0 },
    hostname: "demo",
    logDirectory,
    labels: { app: "demo" },
    portMappings: [{ containerPort, hostPort }],
    linux,
  };
  const run = async (podSandboxId: string, name: string, script: string) => {
    const { containerId } = await cri.runtime.createContainer({
      podSandboxId,
      config: {
        metadata: { name, attempt: 0 },
        image,
        command: ["sh", "-c", script],
        logPath: `${name}.log`,
        linux,
      },
      sandboxConfig: podConfig,
    });
    await cri.runtime.startContainer({ containerId });
    return containerId;
  };

  headline("A pod of two containers");
  const { runtimeName, runtimeVersion } = await cri.runtime.version();
  show(`${runtimeName} ${runtimeVersion} answers on ${options.socketPath}`);
  await step("Pull the image from the registry", () => cri.image.pullImage({ image }));
  const { podSandboxId } = await step(
    `Run the sandbox (host port ${hostPort} leads to port ${containerPort})`,
    () => cri.runtime.runPodSandbox({ config: podConfig }),
  );
  const web = await step("Start container web", () => run(podSandboxId, "web", webScript));
  await step("Start container client", () => run(podSandboxId, "client", clientScript));

  headline("Reaching it");
  const { status } = await cri.runtime.podSandboxStatus({ podSandboxId });
  const address = status?.network?.ip ?? "";
  const pages = [`http://${address}:${containerPort}/`, `http://127.0.0.1:${hostPort}/`];
  for (const page of pages) show(await step(`GET ${page}`, () => get(page)));

  headline("Exec in container web: hostname; ps");
  const { stdout } = await cri.runtime.execSync({
    containerId: web,
    cmd: ["sh", "-c", "hostname; ps"],
    timeout: 10n,
  });
  show(new TextDecoder().decode(stdout));

  headline("Logs of container client");
  const logPath = `${logDirectory}/client.log`;
  show(
    await waitFor("the client logs", {}, async () => {
      const text = await Deno.readTextFile(logPath);
      return text.includes("Hello") ? text : undefined;
    }),
  );

  await options.pause();

  headline("Taking it down");
  const { containers } = await cri.runtime.listContainers();
  for (const { id, metadata } of containers) {
    await step(`Stop and remove container ${metadata?.name}`, async () => {
      await cri.runtime.stopContainer({ containerId: id, timeout: stopGraceSeconds });
      await cri.runtime.removeContainer({ containerId: id });
    });
  }
  await step("Stop and remove the sandbox", async () => {
    await cri.runtime.stopPodSandbox({ podSandboxId });
    await cri.runtime.removePodSandbox({ podSandboxId });
  });
  const { items } = await cri.runtime.listPodSandbox();
  show(`pods left: ${items.length}`);
  if (items.length > 0) throw new Error("A pod was left behind");
}

const webScript = `echo "Hello from pod $(hostname), served by frakti" >/www/index.html
echo "serving on port ${containerPort}"
exec httpd -f -p ${containerPort} -h /www`;

const clientScript = `trap 'exit 0' TERM
while :; do
  echo "the page says: $(wget -qO- http://127.0.0.1:${containerPort}/)"
  sleep 1
done`;

async function get(url: string): Promise<string> {
  return await waitFor(`${url} answers`, {}, async () => {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) });
      return await answer.text();
    } catch (error) {
      if (error instanceof TypeError) return undefined; // The server is not listening yet.
      throw error;
    }
  });
}
