/**
 * Owning a path as a unix socket: a live one is never taken from the process that serves it, one
 * that nobody serves any more is replaced, and on the way out only our own is removed.
 *
 * The socket is bound in a private directory beside the path, given its mode there and then linked
 * to the path. So it never exists with a wider mode, and the process umask is left alone. A lock on
 * the directory lets processes that start at once do this one after another
 * (docs/decisions/0040-owning-the-socket.md).
 */

import { bindName, boundPath, workshopSuffix } from "../lib/bound_path.ts";
import { FraktiError, invalidArgument, wrap } from "../lib/errors.ts";
import { isMissing, removeIfExists } from "../lib/files.ts";

/** Root and its group: a kubelet runs as root. */
const socketMode = 0o660;

/** What fits sockaddr_un without its closing NUL, less the room for binding beside the path. */
const maxPathBytes = 107 - workshopSuffix.length - bindName.length;

/** How long a server may take to accept and answer before it is asked again. */
const probeMs = 2000;

/**
 * A program that a killed frakti ran may hold its listening socket for a while, and then it accepts
 * but nothing answers. What still accepts after this counts as served all the same.
 */
const holdMs = 15_000;
const askAgainMs = 250;

/** The client's preface of HTTP/2 and an empty SETTINGS frame, which every CRI server answers. */
const greeting = new TextEncoder().encode(
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
);

/** A path that leads to our socket. */
export interface OwnedSocket {
  /** Removes the path, unless it leads to another socket by now. */
  release(): Promise<void>;
}

/**
 * Makes `path` lead to a socket that `bind` creates; `bind` is given the path to bind.
 * @throws FraktiError InvalidArgument for a path that cannot be a socket's; AlreadyExists when
 *   another process serves it or it is no socket.
 */
export async function ownSocket(
  path: string,
  bind: (bindPath: string) => Promise<void>,
): Promise<OwnedSocket> {
  checkPath(path);
  const parent = path.slice(0, path.lastIndexOf("/")) || "/";
  try {
    await Deno.mkdir(parent, { recursive: true });
    using directory = await Deno.open(parent);
    await directory.lock(true); // Released with the handle, also when the process is killed.
    await removeStale(path);
    return await bindAndLink(path, bind);
  } catch (error) {
    throw wrap(`Cannot listen on "${path}"`, error);
  }
}

async function bindAndLink(
  path: string,
  bind: (bindPath: string) => Promise<void>,
): Promise<OwnedSocket> {
  const workshop = path + workshopSuffix;
  const bindPath = boundPath(path);
  await removeIfExists(workshop, true); // Of a start that was killed.
  await Deno.mkdir(workshop, { mode: 0o700 });
  try {
    await bind(bindPath);
    await Deno.chmod(bindPath, socketMode);
    const inode = await inodeOf(bindPath);
    await Deno.link(bindPath, path);
    return { release: () => release(path, inode) };
  } catch (error) {
    // Only a process that knows nothing of the lock can have come between.
    throw error instanceof Deno.errors.AlreadyExists ? servedByAnother(path, error) : error;
  } finally {
    await removeIfExists(workshop, true);
  }
}

function checkPath(path: string): void {
  if (!path.startsWith("/") || path.endsWith("/")) {
    throw invalidArgument(`Socket "${path}" is not the absolute path of a file`);
  }
  if (path.includes("\0")) throw invalidArgument("Socket path holds a NUL character");
  if (new TextEncoder().encode(path).length > maxPathBytes) {
    throw invalidArgument(`Socket "${path}" is longer than ${maxPathBytes} bytes`);
  }
}

async function removeStale(path: string): Promise<void> {
  const inode = await inodeOf(path);
  if (inode === undefined) return;
  if (await isServed(path)) throw servedByAnother(path);
  // What was found dead is removed, not what may have taken its place meanwhile.
  if (await inodeOf(path) === inode) await removeIfExists(path);
}

function servedByAnother(path: string, cause?: unknown): FraktiError {
  return new FraktiError("AlreadyExists", `Another process serves "${path}"`, { cause });
}

/** @throws FraktiError AlreadyExists when something other than a socket is there. */
async function inodeOf(path: string): Promise<string | undefined> {
  try {
    const info = await Deno.lstat(path);
    if (info.isSocket !== true) {
      throw new FraktiError("AlreadyExists", `"${path}" exists and is not a socket`);
    }
    return `${info.dev}:${info.ino}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Only a refusal proves that nobody listens: who does not answer may be busy. */
async function isServed(path: string): Promise<boolean> {
  const untilMs = performance.now() + holdMs;
  for (;;) {
    const found = await probe(path);
    if (found !== "silent") return found === "answers";
    if (performance.now() > untilMs) return true;
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
  }
}

async function probe(path: string): Promise<"answers" | "silent" | "dead"> {
  const asking = ask(path);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<"silent">((resolve) => {
    timer = setTimeout(() => resolve("silent"), probeMs);
  });
  try {
    return await Promise.race([asking.answer, tooLong]);
  } finally {
    clearTimeout(timer);
    asking.stop();
  }
}

function ask(path: string): {
  readonly answer: Promise<"answers" | "silent" | "dead">;
  stop(): void;
} {
  let connection: Deno.Conn | undefined;
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    connection?.close();
    connection = undefined;
  };
  const answer = (async () => {
    try {
      const opened = await Deno.connect({ transport: "unix", path });
      if (isStopped) opened.close();
      else connection = opened;
      await opened.write(greeting);
      await opened.read(new Uint8Array(1));
      return "answers"; // An end is an answer too: somebody has closed it.
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused || isMissing(error)) return "dead";
      return "silent"; // Cut off by us, or by the end of who held the socket.
    }
  })();
  return { answer, stop };
}

async function release(path: string, inode: string | undefined): Promise<void> {
  if (await inodeOf(path) === inode) await removeIfExists(path);
}
