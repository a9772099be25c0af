/**
 * Makes the terminal pictures of the README from a real run: a node with a pod in a virtual machine
 * and one in Docker, and what the commands for people print there. Nothing is edited; the commands
 * are chosen so that nothing of the machine it runs on shows, and a picture that would show it is
 * refused. Needs dist/guest (scripts/build-guest.sh).
 *
 *   tests/support/env.sh deno run -A scripts/pictures.ts
 */

import { makeDir, testEnvironment, waitFor } from "../tests/support/mod.ts";
import { DemoPod, openClient } from "./demo/pods.ts";
import { installNode, type PictureNode } from "./pictures/node.ts";
import { renderPicture, type Row } from "./pictures/svg.ts";
import { session } from "./pictures/terminal.ts";

const columns = 98;
const maxBytes = 20 * 1024;
const top = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const outDir = `${top}/docs/pictures`;

/** A VM in software emulation takes seconds to speak. */
const outputLimitMs = 60_000;

const check = {
  file: "check.svg",
  title: "What frakti check says of a new node",
  commands: ["frakti check"],
};

const pods = {
  file: "pods.svg",
  title: "A pod in a virtual machine and one in Docker, on one node",
  commands: [
    "frakti pods",
    "frakti ps",
    "frakti images",
    // What distributions and clouds add to a kernel's version says nothing here.
    "frakti exec nginx uname -r | cut -d- -f1",
    "frakti exec exporter uname -r | cut -d- -f1",
    // nginx tells of itself on standard error; its fourth line is wider than the picture.
    "frakti logs -t nginx 2>&1 | head -n 3",
  ],
};

/** An ordinary pod, which gets a virtual machine, and a privileged one, which goes to Docker. */
async function runPods(node: PictureNode): Promise<() => Promise<void>> {
  const cri = openClient(node.socketPath);
  const logs = await makeDir("logs");
  const web = new DemoPod(cri, {
    name: "web-6d4b75cb6d-hx9tr",
    namespace: "shop",
    image: "docker.io/library/nginx:latest",
    logDirectory: `${logs}/web`,
  });
  const exporter = new DemoPod(cri, {
    name: "node-exporter-8kq2n",
    namespace: "monitoring",
    image: "docker.io/library/busybox:latest",
    logDirectory: `${logs}/exporter`,
    privileged: true,
  });
  for (const pod of [web, exporter]) {
    await pod.pull();
    await pod.run();
  }
  await web.start("nginx", "exec nginx -g 'daemon off;'");
  await exporter.start("exporter", "trap 'exit 0' TERM; while :; do sleep 1; done");
  await waitFor("nginx to say that it runs", { timeoutMs: outputLimitMs }, async () => {
    const log = await Deno.readTextFile(`${logs}/web/nginx.log`);
    return log.includes("start worker process ");
  });
  return async () => {
    for (const [pod, name] of [[web, "nginx"], [exporter, "exporter"]] as const) {
      await pod.removeContainer(name);
      await pod.removeSandbox();
    }
    cri.close();
  };
}

/** Throws when a row names this machine, its kernel, or where things are on it. */
function refuseTraces(rows: readonly Row[]): void {
  const { dir } = testEnvironment();
  const host = new RegExp(`(?<![\\w-])${RegExp.escape(Deno.hostname())}(?![\\w-])`);
  for (const { text } of rows) {
    const hasTrace = [dir, top, Deno.osRelease()].some((trace) => text.includes(trace)) ||
      host.test(text);
    if (hasTrace) throw new Error(`A picture would show this machine: ${text}`);
  }
}

/** Runs the commands on the node and writes the picture of that. */
async function take({ file, title, commands }: typeof pods, node: PictureNode): Promise<void> {
  const rows = await session(commands, { columns, env: node.env });
  const text = rows.map(({ kind, text }) => `${kind === "typed" ? "# " : ""}${text}\n`).join("");
  await Deno.stdout.write(new TextEncoder().encode(text));
  refuseTraces(rows);
  const svg = new TextEncoder().encode(renderPicture({ title, columns, rows }));
  if (svg.length > maxBytes) throw new Error(`${file} has ${svg.length} bytes`);
  await Deno.mkdir(outDir, { recursive: true });
  await Deno.writeFile(`${outDir}/${file}`, svg);
}

await using node = await installNode({ hypervisor: { engine: "qemu" } });
await take(check, node);
await node.start();
const removePods = await runPods(node);
await take(pods, node);
await removePods();
