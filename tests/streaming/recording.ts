/** What a client and a server said to each other on one connection, and its form on disk. */

import { Buffer } from "node:buffer";
import { concat } from "./client/mod.ts";

/** Bytes of one side, in the pieces and the order in which they passed. */
export interface Passage {
  readonly from: "client" | "server";
  readonly bytes: Uint8Array;
}

/** One connection. */
export interface Recording {
  /** The client's command line. */
  readonly client: string;
  readonly server: string;
  readonly passages: readonly Passage[];
}

/** The JSON of testdata/*.json. */
export function encodeRecording({ client, server, passages }: Recording): string {
  const lines = passages.map(({ from, bytes }) => ({
    [from]: Buffer.from(bytes).toString("base64"),
  }));
  return `${JSON.stringify({ client, server, passages: lines }, null, 1)}\n`;
}

/** Reads a file of testdata. */
export async function readRecording(name: string): Promise<Recording> {
  const path = new URL(`testdata/${name}.json`, import.meta.url);
  const file: {
    readonly client: string;
    readonly server: string;
    readonly passages: readonly { readonly client?: string; readonly server?: string }[];
  } = JSON.parse(await Deno.readTextFile(path));
  return {
    client: file.client,
    server: file.server,
    passages: file.passages.map(({ client, server }) => ({
      from: client === undefined ? "server" : "client",
      bytes: new Uint8Array(Buffer.from(client ?? server ?? "", "base64")),
    })),
  };
}

/** Everything one side said. */
export function said(recording: Recording, from: Passage["from"]): Uint8Array {
  return concat(recording.passages.filter((each) => each.from === from).map(({ bytes }) => bytes));
}
