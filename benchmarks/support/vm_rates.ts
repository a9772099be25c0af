/** Throughput out of a pod: through its file systems and its network, as dd and nc see it. */

import { BackgroundProcess, makeDir, waitFor } from "../../tests/support/mod.ts";
import type { BenchNode, CriPod } from "./node.ts";

const timeoutSeconds = 300;

/** Where the container has its volume and its emptyDir. */
export const places = { rootfs: "/", volume: "/volume", emptyDir: "/empty" } as const;

async function exec({ cri }: BenchNode, pod: CriPod, script: string): Promise<void> {
  const { exitCode, stderr } = await cri.runtime.execSync({
    containerId: pod.container,
    cmd: ["/bin/sh", "-c", script],
    timeout: timeoutSeconds,
  });
  if (exitCode !== 0) throw new Error(`${script}: ${new TextDecoder().decode(stderr)}`);
}

async function rate(megabytes: number, work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return megabytes * 1000 / (performance.now() - startMs);
}

/** Of a file so many times as large a guest of the default size has nothing of its beginning left. */
const wholeTimes = 4;

/**
 * MB/s of writing a file to the disk, of reading it from there, and of reading it again from the cache.
 * The node has it in its cache all the time, for a VM as for a container.
 */
export async function fileRates(
  node: BenchNode,
  pod: CriPod,
  directory: string,
  megabytes: number,
): Promise<{ readonly write: number; readonly read: number; readonly again: number }> {
  const file = `${directory}/bench`;
  const whole = wholeTimes * megabytes;
  const write = await rate(
    whole,
    () => exec(node, pod, `dd if=/dev/zero of=${file} bs=1M count=${whole} && sync`),
  );
  // A pod may not drop the guest's cache: what came after the beginning has taken its place.
  const begin = `dd if=${file} of=/dev/null bs=1M count=${megabytes}`;
  const read = await rate(megabytes, () => exec(node, pod, begin));
  const again = await rate(megabytes, () => exec(node, pod, begin));
  await exec(node, pod, `rm ${file}`);
  return { write, read, again };
}

/** MB/s of TCP from the pod to a listener on the host. */
export async function networkRate(
  node: BenchNode,
  pod: CriPod,
  megabytes: number,
): Promise<number> {
  const gateway = node.network.subnet.replace(/0\/24$/, "1");
  const port = 21_700;
  const log = `${await makeDir("sink")}/log`;
  const sink = BackgroundProcess.start("busybox", ["nc", "-l", "-p", String(port)], log);
  try {
    await waitFor("the sink listens", {}, async () => {
      const wanted = port.toString(16).toUpperCase();
      const tables = await Promise.all(
        ["tcp", "tcp6"].map((name) => Deno.readTextFile(`/proc/net/${name}`)),
      );
      return tables.some((table) => table.includes(`:${wanted} `));
    });
    return await rate(
      megabytes,
      () =>
        exec(
          node,
          pod,
          `dd if=/dev/zero bs=1M count=${megabytes} 2>/dev/null | nc -w 5 ${gateway} ${port}`,
        ),
    );
  } finally {
    await sink.kill();
    await Deno.remove(log).catch(() => {});
  }
}
