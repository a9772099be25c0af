/**
 * The corpus of clients that break rules: SPDY ones in files under corpus/, made by make_corpus.ts
 * and replayed by server/corpus_test.ts; WebSocket ones under corpus/websocket/, by
 * make_websocket_corpus.ts and server/websocket_corpus_test.ts. Lines of `#` tell what it is, then come the
 * kind of session and what has to become of it, then the client's bytes in hexadecimal, a packet a
 * line.
 */

import { Buffer } from "node:buffer";

/**
 * `ends`: the server ends the connection. `lives`: a ping behind the bytes is answered. `any`:
 * either, as long as everything is freed.
 */
export type Fate = "ends" | "lives" | "any";

/** One client. */
export interface Misdeed {
  readonly name: string;
  readonly what: string;
  readonly session: "exec" | "portforward";
  /** The subprotocol of a WebSocket; absent = SPDY. */
  readonly protocol?: string;
  readonly fate: Fate;
  /** What the server's bytes must hold, as text; "" = whatever. */
  readonly tells: string;
  readonly packets: readonly Uint8Array[];
}

export const corpusDir = new URL("corpus/", import.meta.url).pathname;
export const webSocketCorpusDir = `${corpusDir}websocket/`;

const lineBytes = 48;

export function encodeMisdeed(misdeed: Misdeed): string {
  const { what, session, protocol, fate, tells, packets } = misdeed;
  const hex = packets.flatMap((packet) => {
    const text = Buffer.from(packet).toString("hex");
    const lines = text.match(new RegExp(`.{1,${2 * lineBytes}}`, "g")) ?? [""];
    // A packet that goes on in the next line ends with a stroke.
    return lines.map((line, index) => index < lines.length - 1 ? `${line}/` : line);
  });
  const tellsLine = tells === "" ? [] : [`tells: ${tells}`];
  const protocolLine = protocol === undefined ? [] : [`protocol: ${protocol}`];
  const head = [`# ${what}`, `session: ${session}`, ...protocolLine, `fate: ${fate}`];
  return [...head, ...tellsLine, ...hex, ""].join("\n");
}

/** @throws Error naming the file when it is none of the corpus. */
export function decodeMisdeed(name: string, text: string): Misdeed {
  const field = (key: string) => new RegExp(`^${key}: (.*)$`, "m").exec(text)?.[1];
  const session = field("session");
  const fate = field("fate");
  if (session !== "exec" && session !== "portforward") throw new Error(`${name}: no session`);
  if (fate !== "ends" && fate !== "lives" && fate !== "any") throw new Error(`${name}: no fate`);
  const protocol = field("protocol");
  const hex = text.split("\n").filter((line) => /^[0-9a-f]+\/?$/.test(line)).join("\n");
  return {
    name,
    what: /^# (.*)$/m.exec(text)?.[1] ?? name,
    session,
    ...(protocol === undefined ? {} : { protocol }),
    fate,
    tells: field("tells") ?? "",
    packets: hex.replaceAll("/\n", "").split("\n")
      .map((line) => new Uint8Array(Buffer.from(line, "hex"))),
  };
}

/** Every file of a directory, in order of the names. */
export async function readCorpus(dir = corpusDir): Promise<Misdeed[]> {
  const names = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name)
    .filter((name) => name.endsWith(".txt")).sort();
  return await Promise.all(
    names.map(async (name) => decodeMisdeed(name, await Deno.readTextFile(dir + name))),
  );
}
