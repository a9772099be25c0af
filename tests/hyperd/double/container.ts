/** A container of the double: a process in the guest, with a root file system of its own. */

import { run } from "../../support/command.ts";
import { type wire } from "../../../src/engines/hyperd/client/mod.ts";
import type { Guest } from "./guest.ts";
import { GuestProcess, type Sink } from "./guest_process.ts";
import type { StoredImage } from "./images.ts";
import { JsonLog } from "./json_log.ts";

/** $1 is the root, $2 the pod's shared memory or none, $3 a directory; then volumes and the command. */
const setup = `
root=$1; shm=$2; dir=$3; shift 3
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
  source=$1; target=$root$2; mode=$3; shift 3
  if [ -d "$source" ]; then mkdir -p "$target"
  else mkdir -p "\${target%/*}"; [ -e "$target" ] || : >"$target"; fi
  mount --bind "$source" "$target"
  [ "$mode" = rw ] || mount -o remount,bind,ro "$target"
done
shift
mkdir -p "$root/proc" "$root/dev/shm"
mount -t proc proc "$root/proc"
for name in null zero full random urandom; do
  [ -e "$root/dev/$name" ] || : >"$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
if [ "$shm" = none ]; then mount -t tmpfs tmpfs "$root/dev/shm"
else mount --bind "$shm" "$root/dev/shm"; fi
[ "$READ_ONLY" != 1 ] || mount -o remount,bind,ro "$root"
userspec=$USERSPEC
unset READ_ONLY USERSPEC
if [ "$dir" != / ]; then exec chroot $userspec "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$dir" "$@"; fi
exec chroot $userspec "$root" "$@"
`;

/** A process that dies with its VM may be seen to end before the VM is. */
const vmEndMs = 300;

/** As hyperd calls the stages of a container's life. */
export type Phase = "pending" | "running" | "succeeded" | "failed";

export class DoubleContainer {
  readonly createdAtMs = Date.now();
  startedAtMs = 0;
  finishedAtMs = 0;
  process: GuestProcess | undefined;
  exitCode = 0;
  /** hyperd was asked to end it. */
  isKilled = false;
  hasEnded = false;
  /** What was said after an exited container was started again. */
  runsForEver = false;
  /** A create that failed has left it. */
  isHalfMade = false;
  /** Its end is forgotten. */
  isForgotten = false;
  readonly sinks = new Set<Sink>();
  readonly #whenEnded: (() => void)[] = [];

  constructor(
    readonly id: string,
    readonly podId: string,
    readonly spec: wire.UserContainer,
    readonly image: StoredImage,
    readonly rootfs: string,
  ) {}

  get env(): Record<string, string> {
    const own = Object.fromEntries(this.spec.envs.map(({ env, value }) => [env, value]));
    const image = Object.fromEntries((this.image.config.Env ?? []).map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }));
    return { ...image, ...own };
  }

  get phase(): Phase {
    if (this.runsForEver) return "running";
    if (this.process === undefined) return this.hasEnded ? "failed" : "pending";
    if (!this.hasEnded) return "running";
    return this.exitCode !== 0 || this.isKilled ? "failed" : "succeeded";
  }

  async start(guest: Guest, inputBytesPerSecond: number): Promise<void> {
    await run("cp", ["-a", `${this.image.rootfs}/.`, this.rootfs]);
    const log = new JsonLog(this.spec.logPath);
    const { entrypoint, command } = this.spec;
    const words = entrypoint.length > 0 ? [...entrypoint, ...command] : [
      ...this.image.config.Entrypoint ?? [],
      ...(command.length > 0 ? command : this.image.config.Cmd ?? []),
    ];
    this.startedAtMs = Date.now();
    if (guest.version.startsWith("0.") && !await this.#namesUser()) {
      this.process = await this.#run(guest, ["/bin/false"], inputBytesPerSecond);
      await this.process.ended;
      this.#end(125);
      return;
    }
    if (!await this.#exists(words[0] ?? "")) {
      log.write("stderr", new TextEncoder().encode("exec failed: No such file or directory\n"));
      this.process = await this.#run(guest, ["/bin/false"], inputBytesPerSecond);
      await this.process.ended;
      this.#end(127);
      return;
    }
    const process = await this.#run(guest, words, inputBytesPerSecond);
    this.process = process;
    process.listen((stream, bytes) => log.write(stream, bytes));
    process.listen(async (stream, bytes) => {
      await Promise.all([...this.sinks].map((sink) => sink(stream, bytes)));
    });
    process.ended.then(async ({ code, signalled }) => {
      await Promise.race([process.drained, new Promise((resolve) => setTimeout(resolve, 1_000))]);
      log.close();
      const endedWithVm = signalled && await guest.endsWithin(vmEndMs);
      this.#end(endedWithVm || !guest.isRunning ? 255 : signalled ? 0 : code);
    });
  }

  /** Resolves when it has ended; at once when it was never started. */
  whenEnded(): Promise<void> {
    if (this.process === undefined || this.hasEnded) return Promise.resolve();
    return new Promise((resolve) => this.#whenEnded.push(resolve));
  }

  #end(exitCode: number): void {
    this.exitCode = exitCode;
    this.hasEnded = true;
    this.finishedAtMs = Date.now();
    for (const wake of this.#whenEnded.splice(0)) wake();
  }

  /** Whether the files of the image have the user and the group that were asked for. */
  async #namesUser(): Promise<boolean> {
    const { name = "", group = "" } = this.spec.user ?? {};
    for (const [file, wanted] of [["passwd", name], ["group", group]] as const) {
      if (wanted === "") continue;
      const text = await Deno.readTextFile(`${this.rootfs}/etc/${file}`).catch(() => "");
      const rows = text.split("\n").map((line) => line.split(":"));
      if (!rows.some(([called, , id]) => called === wanted || id === wanted)) return false;
    }
    return true;
  }

  async #exists(program: string): Promise<boolean> {
    const paths = program.includes("/")
      ? [program]
      : (this.env["PATH"] ?? "/bin").split(":").map((dir) => `${dir}/${program}`);
    for (const path of paths) {
      const found = await Deno.lstat(`${this.rootfs}${path}`).catch(() => undefined);
      if (found !== undefined) return true;
    }
    return false;
  }

  async #run(
    guest: Guest,
    words: readonly string[],
    inputBytesPerSecond: number,
  ): Promise<GuestProcess> {
    const { user, volumes, workdir, tty, readOnly } = this.spec;
    const name = user?.name || this.image.config.User || "";
    const groups = (user?.additionalGroups ?? []).join(",");
    const who = [
      ...(name === "" ? [] : [`--userspec=${name}${user?.group ? `:${user.group}` : ""}`]),
      ...(groups === "" ? [] : [`--groups=${groups}`]),
    ];
    const mounts = volumes.flatMap(({ path, readOnly: isReadOnly, detail }) => [
      detail?.source ?? "",
      path,
      isReadOnly ? "ro" : "rw",
    ]);
    const dir = workdir || this.image.config.WorkingDir || "/";
    return new GuestProcess({
      command: [
        ...guest.enter,
        ...["unshare", "--mount", "--propagation", "private", "/bin/sh", "-euc", setup, "sh"],
        ...[this.rootfs, guest.sharedMemory, dir, ...mounts, "--", ...words],
      ],
      env: {
        ...this.env,
        ...(tty ? { TERM: "xterm", SHELL: "/bin/sh" } : {}),
        USERSPEC: who.join(" "),
        READ_ONLY: readOnly ? "1" : "0",
      },
      tty,
      inputBytesPerSecond,
    });
  }
}
