/**
 * `frakti pull`: an image from its registry. The CRI tells nothing of a pull until it is over, so
 * progress is the time and what the image store has grown by.
 */

import { readTextIfExists } from "../lib/files.ts";
import { invalidArgument, notFound } from "../lib/errors.ts";
import type { PullOrder } from "./node_client.ts";
import { type ClientCommand, type ClientDeps, isOn } from "./request.ts";
import { visible } from "./table.ts";
import { size } from "./words.ts";

const tickMs = 1000;

/** On something that is no terminal, a line this often shows that it goes on. */
const quietTickMs = 30_000;

/** A person's docker config.json; one with credential helpers for many registries has 10 KiB. */
const maxAuthFileBytes = 1024 * 1024;

/** IMAGE; `--handler`, `--auth-file`, `-q` for the id alone. */
export const pull: ClientCommand = async (deps, request) => {
  const { node, terminal, clock } = deps;
  const [image = ""] = request.words;
  const handler = request.options.get("handler");
  const authFile = request.options.get("auth-file");
  const order: PullOrder = {
    image,
    ...(handler === undefined ? {} : { handler }),
    ...(authFile === undefined ? {} : { auth: await readAuth(authFile, image) }),
  };
  const isQuiet = isOn(request, "quiet");
  const startedMs = clock.monotonicMs();
  const over = new AbortController();
  const progress = isQuiet ? Promise.resolve() : showProgress(deps, order, over.signal);
  try {
    const id = await node.pull(order, new AbortController().signal);
    over.abort();
    await progress;
    if (isQuiet) {
      terminal.out(`${id}\n`);
      return 0;
    }
    const seconds = (clock.monotonicMs() - startedMs) / 1000;
    const bytes = (await node.image(id))?.size;
    const told = bytes === undefined ? "" : `, ${size(bytes)}`;
    terminal.out(`${visible(image)} is here: ${id}${told}, after ${seconds.toFixed(1)} s\n`);
    return 0;
  } finally {
    over.abort();
    await progress;
  }
};

/** Never rejects: a figure that cannot be had is left out. */
async function showProgress(
  { node, terminal, clock }: ClientDeps,
  { image, handler }: PullOrder,
  over: AbortSignal,
): Promise<void> {
  const startedMs = clock.monotonicMs();
  // The figure is of the store of ordinary pods, and Docker tells nothing of a pull until it is over.
  const bytesNow = () =>
    handler === "docker" ? Promise.resolve(undefined) : node.imageBytes().catch(() => undefined);
  const before = await bytesNow();
  const isLive = terminal.isErrTerminal;
  let shown = false;
  for (;;) {
    await clock.sleep(isLive ? tickMs : quietTickMs, over);
    if (over.aborted) break;
    const now = await bytesNow();
    if (over.aborted) break;
    const grown = before === undefined || now === undefined || now <= before ? 0n : now - before;
    const told = grown === 0n ? "" : `, ${size(grown)} stored`;
    const seconds = Math.round((clock.monotonicMs() - startedMs) / 1000);
    const line = `Pulling ${visible(image)}: ${seconds} s${told}`;
    terminal.err(isLive ? `\r\x1b[K${line}` : `${line}\n`);
    shown = true;
  }
  if (isLive && shown) terminal.err("\r\x1b[K");
}

/** What `docker login` wrote for the image's registry. */
async function readAuth(path: string, image: string): Promise<{ auth: string }> {
  const text = await readTextIfExists(path, maxAuthFileBytes);
  if (text === undefined) throw notFound(`There is no file ${JSON.stringify(path)}`);
  const host = registryOf(image);
  const auths = property(parse(path, text), "auths");
  for (const name of [host, `https://${host}`, `https://${host}/v1/`, `https://${host}/v2/`]) {
    const auth = property(property(auths, name), "auth");
    if (typeof auth === "string" && auth !== "") return { auth };
  }
  throw notFound(`File "${path}" has no credentials for "${host}"`);
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The reason would quote from the file.
    throw invalidArgument(`File "${path}" is no JSON`);
  }
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** The registry of a reference as Docker reads it; its own is called by its old name in files. */
export function registryOf(image: string): string {
  const slash = image.indexOf("/");
  const first = slash < 0 ? "" : image.slice(0, slash);
  const isHost = first.includes(".") || first.includes(":") || first === "localhost";
  return isHost && first !== "docker.io" ? first : "index.docker.io";
}
