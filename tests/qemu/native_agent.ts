/**
 * The guest's agent as a program on this machine, with a stand-in for crun (stand_in_crun.c):
 * everything of the channel is real, only the containers are not. Quick, and faster than any VM.
 */

import { type AgentConnection, connectAgent } from "../../src/engines/qemu/agent/mod.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { BackgroundProcess, makeDir, run, tryRun, waitFor } from "../support/mod.ts";

const top = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

export class NativeAgent {
  private constructor(
    readonly process: BackgroundProcess,
    readonly dir: string,
    readonly socketPath: string,
  ) {}

  /** Builds and starts it. */
  static async start(): Promise<NativeAgent> {
    const dir = await makeDir("agent");
    const program = `${dir}/agent`;
    await run("bash", [
      "-c",
      'set -eu; top=$1; . "$1/scripts/guest/agent.sh"; build_agent "$1/src/engines/qemu/guest" "$2"',
      "build",
      top,
      program,
    ]);
    await Deno.mkdir(`${dir}/bin`);
    await Deno.mkdir(`${dir}/scripts`);
    await run("gcc", [
      "-Wall",
      "-Werror",
      `-DSCRIPTS="${dir}/scripts"`,
      `-o${dir}/bin/crun`,
      `${top}/tests/qemu/stand_in_crun.c`,
    ]);
    const socketPath = `${dir}/agent.sock`;
    const process = BackgroundProcess.start(
      program,
      ["--listen", socketPath, "--scratch", `${dir}/scratch`],
      `${dir}/agent.log`,
      { env: { PATH: `${dir}/bin:${Deno.env.get("PATH") ?? ""}` } },
    );
    return new NativeAgent(process, dir, socketPath);
  }

  connect(): Promise<AgentConnection> {
    return connectAgent({ socketPath: this.socketPath, clock: systemClock });
  }

  /** What container `id` is to run. */
  async script(id: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.dir}/scripts/${id}`, text);
  }

  /** Resolves when the process `name`, of which there is one, has stopped writing. */
  async writesNothing(name: string): Promise<void> {
    let before = "";
    await waitFor(`"${name}" to wait`, {}, async () => {
      const { stdout } = await tryRun("pgrep", ["-x", name]);
      const io = await Deno.readTextFile(`/proc/${stdout.trim()}/io`).catch(() => "");
      const written = /wchar: (\d+)/.exec(io)?.[1] ?? "";
      const isSame = written !== "" && written !== "0" && written === before;
      before = written;
      return isSame;
    });
  }

  /** Walks over trees of files stand still until the end of the scope. */
  async holdWalks(): Promise<AsyncDisposable> {
    const signal = (name: string) =>
      run("pkill", [`--signal=${name}`, "-P", String(this.process.pid), "-x", "frakti-walks"]);
    await signal("STOP");
    return { [Symbol.asyncDispose]: () => signal("CONT").then(() => {}) };
  }

  async stop(): Promise<void> {
    await this.process.kill();
    await Deno.remove(this.dir, { recursive: true });
  }
}
