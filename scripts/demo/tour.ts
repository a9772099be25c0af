/**
 * The demonstration itself: what a kubelet does with two pods, over the same socket and interface.
 * The ordinary one runs in a virtual machine, the privileged one in Docker; frakti decides.
 */

import { waitFor } from "../../tests/support/wait.ts";
import type { DemoImages } from "./images.ts";
import { headline, show, step } from "./output.ts";
import { DemoPod, openClient } from "./pods.ts";

const containerPort = 8080;
const hostPort = 18080;
const requestTimeoutMs = 5_000;
/** The first container of a VM in software emulation takes seconds to speak. */
const answerLimitMs = 60_000;

/** What the demonstration is made of. */
export interface TourOptions {
  readonly socketPath: string;
  readonly images: DemoImages;
  /** Where the pods' logs go, one directory each. */
  readonly logDirectory: string;
  /** Called while the pods are running. */
  readonly pause: () => Promise<void>;
}

/** Runs, shows and removes the pods. */
export async function tour(options: TourOptions): Promise<void> {
  const { images: { busybox: image }, logDirectory, socketPath } = options;
  await using cri = openClient(socketPath);
  const { runtimeName, runtimeVersion } = await cri.runtime.version();
  show(`${runtimeName} ${runtimeVersion} answers on ${socketPath}`);
  const port = { containerPort, hostPort };
  const ordinary = new DemoPod(cri, {
    ...{ name: "demo", image, port, logDirectory: `${logDirectory}/demo` },
  });
  const privileged = new DemoPod(cri, {
    ...{ name: "demo-host", image, privileged: true, logDirectory: `${logDirectory}/demo-host` },
  });

  headline("An ordinary pod of two containers, in a virtual machine");
  await runOrdinary(ordinary);
  headline("A privileged pod, in Docker");
  await step("Pull the image for Docker", () => privileged.pull());
  await step("Run the sandbox", () => privileged.run());
  await step("Start container agent", () => privileged.start("agent", agentScript));

  headline("Reaching the ordinary pod");
  const address = await ordinary.address();
  const pages = [`http://${address}:${containerPort}/`, `http://127.0.0.1:${hostPort}/`];
  for (const page of pages) show(await step(`GET ${page}`, () => get(page)));

  headline("Exec in container web: hostname; ps");
  show(await ordinary.exec("web", "hostname; ps"));

  headline("Exec in both pods: uname -r");
  await showKernels(ordinary, privileged);

  headline("Logs of containers client and agent");
  show(await firstLog(ordinary, "client", "Hello"));
  show(await firstLog(privileged, "agent", "agent of"));

  await options.pause();

  headline("Taking them down");
  for (const pod of [ordinary, privileged]) {
    for (const name of pod.containers) {
      await step(`Stop and remove container ${name}`, () => pod.removeContainer(name));
    }
    await step(`Stop and remove the sandbox of ${pod.name}`, () => pod.removeSandbox());
  }
  const { items } = await cri.runtime.listPodSandbox();
  show(`pods left: ${items.length}`);
  if (items.length > 0) throw new Error("A pod was left behind");
}

async function runOrdinary(pod: DemoPod): Promise<void> {
  await step("Pull the image from the registry", () => pod.pull());
  await step(
    `Run the sandbox (host port ${hostPort} leads to port ${containerPort})`,
    () => pod.run(),
  );
  await step("Start container web", () => pod.start("web", webScript));
  await step("Start container client", () => pod.start("client", clientScript));
}

/** The VM has a kernel of its own; the container in Docker has the node's. */
async function showKernels(ordinary: DemoPod, privileged: DemoPod): Promise<void> {
  const own = await step("in pod demo", () => ordinary.exec("web", "uname -r"));
  const shared = await step("in pod demo-host", () => privileged.exec("agent", "uname -r"));
  show(`this machine    ${Deno.osRelease()}`);
  show(`pod demo        ${own.trim()}   the kernel of its virtual machine`);
  show(`pod demo-host   ${shared.trim()}   the kernel of this machine`);
  if (shared.trim() !== Deno.osRelease()) {
    throw new Error("The privileged pod is not on this kernel");
  }
}

const webScript = `echo "Hello from pod $(hostname), served by frakti" >/www/index.html
echo "serving on port ${containerPort}"
exec httpd -f -p ${containerPort} -h /www`;

const clientScript = `trap 'exit 0' TERM
while :; do
  echo "the page says: $(wget -qO- http://127.0.0.1:${containerPort}/)"
  sleep 1
done`;

const agentScript = `trap 'exit 0' TERM
echo "agent of $(hostname), on Linux $(uname -r)"
while :; do sleep 1; done`;

/** The log of a container as soon as it holds `text`. */
function firstLog(pod: DemoPod, container: string, text: string): Promise<string> {
  const path = `${pod.logDirectory}/${container}.log`;
  return waitFor(`${container} logs`, { timeoutMs: answerLimitMs }, async () => {
    const log = await Deno.readTextFile(path);
    return log.includes(text) ? log : undefined;
  });
}

async function get(url: string): Promise<string> {
  return await waitFor(`${url} answers`, { timeoutMs: answerLimitMs }, async () => {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) });
      return await answer.text();
    } catch (error) {
      const isEarly = error instanceof TypeError || // The server is not listening yet.
        error instanceof DOMException && error.name === "TimeoutError"; // A busy VM is slow.
      if (isEarly) return undefined;
      throw error;
    }
  });
}
