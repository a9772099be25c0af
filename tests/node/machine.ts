/**
 * A whole node in a virtual machine: Debian with a systemd of its own as process 1, control groups
 * v2 and AppArmor, which the machine of the tests has not. image.sh makes its disk; what a test
 * brings along lies in /media/tests, and what it writes is gone with the machine.
 */

import { BackgroundProcess, makeDir, run, waitFor } from "../support/mod.ts";
import { connectCri, type CriClient } from "../support/cri_client.ts";
import { freePort } from "../support/ports.ts";
import type { PodHost } from "../docker/support.ts";

/** How a script in the node ended. */
export interface ScriptResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Pods that ask for Docker run there, whatever runs the others. */
export const inDocker = {
  annotations: { "runtime.frakti.alpha.kubernetes.io/OSContainer": "true" },
};

const imageTimeoutMs = 15 * 60_000;
const bootTimeoutMs = 5 * 60_000;
const scriptTimeoutMs = 5 * 60_000;
/** Systemd takes the order at once, and then the network goes. */
const rebootOrderMs = 20_000;
const memoryMb = 3072;

/** Software emulation with what it can do of a plain processor. */
const processor = "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+cx16,+rdrand";

/** What makes a /dev/kvm of it: QEMU emulates the virtualization of a processor as well. */
export const withKvm = ",+svm,+npt";

/** A node that runs. */
export class VirtualNode {
  #boots = 0;
  #cri: CriClient<"v1"> | undefined;

  private constructor(
    readonly qemu: BackgroundProcess,
    readonly consolePath: string,
    readonly ports: { readonly run: number; readonly cri: number },
  ) {}

  /** Boots a node that finds the files of `brought` in /media/tests. */
  static async start(brought: string, features = ""): Promise<VirtualNode> {
    const dir = await makeDir("node");
    const image = await imageDirectory();
    await packDisk(brought, `${dir}/brought.img`);
    const ports = { run: freePort(), cri: freePort() };
    const consolePath = `${dir}/console`;
    const qemu = BackgroundProcess.start("qemu-system-x86_64", [
      ...[
        "-machine",
        "q35",
        "-accel",
        "tcg,thread=multi",
        "-cpu",
        processor + features,
        "-smp",
        "2",
      ],
      ...["-m", String(memoryMb), "-nodefaults", "-no-user-config", "-display", "none"],
      ...["-kernel", `${image}/vmlinuz`, "-serial", `file:${consolePath}`],
      // NVMe and ext4 are in this kernel itself: it needs no initial file system.
      ...["-append", "root=/dev/nvme0n1 rw console=ttyS0 quiet mitigations=off panic=-1"],
      ...disk("system", `${image}/disk.img`, "snapshot=on"),
      ...disk("brought", `${dir}/brought.img`, "readonly=on"),
      ...["-netdev", `user,id=net0,${forward(ports.run, 2222)},${forward(ports.cri, 2223)}`],
      ...["-device", "virtio-net-pci,netdev=net0", "-device", "virtio-rng-pci"],
    ], `${dir}/qemu.log`);
    const node = new VirtualNode(qemu, consolePath, ports);
    await node.#untilUp();
    return node;
  }

  /** The CRI of its frakti, over a connection that a restart of frakti breaks: take a new one then. */
  host(): PodHost {
    this.#cri?.close();
    this.#cri = connectCri(`127.0.0.1:${this.ports.cri}`, "v1", scriptTimeoutMs);
    return { cri: this.#cri, logRoot: "/var/log/pods" };
  }

  /** Runs a shell script as root, whatever its exit code. */
  async try(script: string, timeoutMs = scriptTimeoutMs): Promise<ScriptResult> {
    const answer = await this.#ask(script, AbortSignal.timeout(timeoutMs));
    if (answer !== undefined) return answer;
    throw new Error(`The node ran this for more than ${timeoutMs} ms or broke off: ${script}`);
  }

  /** Runs a shell script and resolves with what it printed; throws when one of its commands fails. */
  async run(script: string, timeoutMs = scriptTimeoutMs): Promise<string> {
    const { code, stdout, stderr } = await this.try(`set -euo pipefail\n${script}`, timeoutMs);
    if (code === 0) return stdout;
    throw new Error(`${script}\nexited ${code} in the node: ${stdout}${stderr}`);
  }

  /** Waits until a script succeeds, and resolves with what it printed. */
  async until(what: string, script: string, timeoutMs = scriptTimeoutMs): Promise<string> {
    return await waitFor(`${what} in the node`, { timeoutMs, intervalMs: 500 }, async () => {
      const { code, stdout } = await this.try(script, timeoutMs);
      return code === 0 && { stdout };
    }).then(({ stdout }) => stdout);
  }

  /** Reboots it by systemd, as an operator does. */
  async reboot(): Promise<void> {
    const boot = await this.run("cat /proc/sys/kernel/random/boot_id");
    // The answer may be lost with the network of the node, and QEMU keeps the connection open then.
    await this.#ask("systemctl reboot", AbortSignal.timeout(rebootOrderMs));
    await this.#untilUp(boot.trim());
  }

  async stop(): Promise<void> {
    this.#cri?.close();
    await this.qemu.kill();
  }

  async #untilUp(lastBoot = ""): Promise<void> {
    const what = `boot ${++this.#boots} of the node`;
    await this.qemu.waitUntil(what, bootTimeoutMs, async () => {
      const script = "cat /proc/sys/kernel/random/boot_id";
      const answer = await this.#ask(script, AbortSignal.timeout(10_000));
      return answer?.code === 0 && answer.stdout.trim() !== lastBoot;
    }).catch(async (cause) => {
      const told = await Deno.readTextFile(this.consolePath).catch(() => "");
      throw new Error(`The console of the node:\n${told.slice(-4000)}`, { cause });
    });
  }

  /** Undefined when there was no whole answer; see files/node-run for what is said. */
  async #ask(script: string, signal: AbortSignal): Promise<ScriptResult | undefined> {
    let connection: Deno.TcpConn;
    try {
      connection = await Deno.connect({ hostname: "127.0.0.1", port: this.ports.run });
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) return undefined;
      throw error;
    }
    const close = () => closeOnce(connection);
    signal.addEventListener("abort", close, { once: true });
    try {
      const body = new TextEncoder().encode(script);
      const writer = connection.writable.getWriter();
      await writer.write(new TextEncoder().encode(`${body.length}\n`));
      await writer.write(body);
      return parseAnswer(new Uint8Array(await new Response(connection.readable).arrayBuffer()));
    } catch (error) {
      // A node that goes down, or that was given up above.
      if (isBreak(error)) return undefined;
      throw error;
    } finally {
      signal.removeEventListener("abort", close);
      close();
    }
  }
}

/** What was read to its end is closed already. */
function closeOnce(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function isBreak(error: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionReset, Interrupted } = Deno.errors;
  return [BadResource, BrokenPipe, ConnectionReset, Interrupted].some((each) =>
    error instanceof each
  );
}

function parseAnswer(bytes: Uint8Array): ScriptResult | undefined {
  const end = bytes.indexOf(0x0a);
  const decoder = new TextDecoder();
  const [code, out, err] = decoder.decode(bytes.subarray(0, Math.max(0, end))).split(" ").map(
    Number,
  );
  if (code === undefined || out === undefined || err === undefined) return undefined;
  const text = bytes.subarray(end + 1);
  if (text.length < out + err) return undefined;
  return {
    code,
    stdout: decoder.decode(text.subarray(0, out)),
    stderr: decoder.decode(text.subarray(out, out + err)),
  };
}

/** The stage `node/image` of the test run makes it; an environment itself reaches no packages. */
async function imageDirectory(): Promise<string> {
  const given = Deno.env.get("FRAKTI_NODE_IMAGE");
  if (given !== undefined) return given;
  return (await run(`${import.meta.dirname}/image.sh`, [], { timeoutMs: imageTimeoutMs })).trim();
}

function disk(id: string, path: string, mode: string): string[] {
  return [
    ...["-drive", `file=${path},format=raw,if=none,id=${id},${mode}`],
    ...["-device", `nvme,drive=${id},serial=${id}`],
  ];
}

function forward(port: number, inNode: number): string {
  return `hostfwd=tcp:127.0.0.1:${port}-:${inNode}`;
}

/** Makes an ext4 image of a directory, without mounting anything. */
async function packDisk(from: string, image: string): Promise<void> {
  const megabytes = Number((await run("du", ["-sm", from])).split("\t")[0]);
  await run("truncate", ["-s", `${megabytes + 64}M`, image]);
  await run("mke2fs", ["-q", "-t", "ext4", "-O", "^has_journal", "-d", from, image]);
}
