/**
 * What the tests of volumes share: the engine with one pod whose VM serves many cases, directories
 * as a kubelet lays them out, and containers that run scripts.
 */

import assert from "node:assert/strict";
import type { ContainerConfig, Mount } from "../../src/engines/domain.ts";
import type { ContainerId } from "../../src/engines/ids.ts";
import { linesOf, obedient, type Pod, runPod, untilExited } from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { run } from "../support/mod.ts";

/** A mount as a kubelet asks for it. */
export function mountOf(
  hostPath: string,
  containerPath: string,
  more: Partial<Mount> = {},
): Mount {
  return {
    containerPath,
    hostPath,
    readonly: false,
    selinuxRelabel: false,
    propagation: "private",
    uidMappings: [],
    gidMappings: [],
    recursiveReadOnly: false,
    imageSubPath: "",
    ...more,
  };
}

/** Runs a script in a running container; its output of both kinds, trimmed. It must succeed. */
export async function inside(pod: Pod, id: ContainerId, script: string): Promise<string> {
  const { output, code } = await tryInside(pod, id, script);
  assert.equal(code, 0, `${script}\n${output}`);
  return output;
}

export async function tryInside(pod: Pod, id: ContainerId, script: string) {
  const command = ["/bin/sh", "-c", `${script}`];
  const session = await pod.engine.exec(id, { command, tty: false, stdin: false });
  const [out, err, code] = await Promise.all([
    new Response(session.stdout).text(),
    new Response(session.stderr).text(),
    session.exit,
  ]);
  return { output: `${out}${err}`.trim(), code };
}

export class VolumeStand {
  #names = 0;

  private constructor(readonly subject: QemuUnderTest, readonly pod: Pod, readonly dir: string) {}

  static async open(): Promise<VolumeStand> {
    const subject = await openQemu();
    try {
      const dir = `${subject.dir}/kubelet`;
      await Deno.mkdir(dir);
      return new VolumeStand(subject, await runPod(subject), dir);
    } catch (error) {
      await subject.end();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.pod[Symbol.asyncDispose]();
    await this.subject.end();
  }

  /** A name that no other container of the tests has. */
  newName(): string {
    return `c${++this.#names}`;
  }

  /** An empty directory of the node. */
  async directory(): Promise<string> {
    return await Deno.makeTempDir({ dir: this.dir });
  }

  /** A directory that the kubelet made for an emptyDir. @param mode also with set-id bits */
  async emptyDir(mode = 0o777, gid = 0): Promise<string> {
    const path = `${await this.directory()}/volumes/kubernetes.io~empty-dir/data`;
    await Deno.mkdir(path, { recursive: true });
    await Deno.chown(path, 0, gid);
    await Deno.chmod(path, mode);
    return path;
  }

  /** One in memory. */
  async memoryDir(): Promise<string> {
    const path = await this.emptyDir();
    await run("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", path]);
    return path;
  }

  /** A subPath of an emptyDir, as the kubelet makes and binds it. */
  async subPath(emptyDir: string, path: string, number = 0): Promise<string> {
    await Deno.mkdir(`${emptyDir}/${path}`, { recursive: true });
    const pod = emptyDir.slice(0, emptyDir.indexOf("/volumes/"));
    const bound = `${pod}/volume-subpaths/data/main/${number}`;
    await Deno.mkdir(bound, { recursive: true });
    await run("mount", ["--bind", `${emptyDir}/${path}`, bound]);
    return bound;
  }

  config(script: string, mounts: readonly Mount[], more: Partial<ContainerConfig> = {}) {
    const metadata = { name: this.newName(), attempt: 0 };
    return this.pod.script(script, { metadata, mounts, ...more });
  }

  /** A container that waits for `inside`. */
  async start(
    mounts: readonly Mount[],
    more: Partial<ContainerConfig> = {},
    pod = this.pod,
  ): Promise<ContainerId> {
    const id = await pod.create(this.config(obedient, mounts, more));
    await pod.engine.startContainer(id);
    return id;
  }

  /** Runs a script in a container of its own to its end; its output. It must succeed. */
  async output(
    script: string,
    mounts: readonly Mount[],
    more: Partial<ContainerConfig> = {},
  ): Promise<string> {
    const config = this.config(script, mounts, more);
    const id = await this.pod.create(config);
    await this.pod.engine.startContainer(id);
    const { exitCode } = await untilExited(this.pod.engine, id);
    const text = linesOf(await this.pod.log(config.metadata.name)).join("\n");
    await this.pod.engine.removeContainer(id);
    assert.equal(exitCode, 0, text);
    return text;
  }
}
