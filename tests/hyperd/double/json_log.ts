/** Writes a container's output as Docker's json-file does: a line of JSON for each message. */

import { Buffer } from "node:buffer";

const maxMessageBytes = 16 * 1024;
const newline = 0x0a;

export class JsonLog {
  readonly #pending = { stdout: new Uint8Array(0), stderr: new Uint8Array(0) };

  constructor(readonly path: string) {
    if (path !== "") Deno.writeTextFileSync(path, "", { append: true });
  }

  write(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    if (this.path === "") return;
    const all = new Uint8Array(Buffer.concat([this.#pending[stream], bytes]));
    const lines: string[] = [];
    let start = 0;
    while (start < all.length) {
      const found = all.indexOf(newline, start);
      const end = found === -1 ? all.length : found + 1;
      if (found === -1 && end - start < maxMessageBytes) break;
      const cut = Math.min(end, start + maxMessageBytes);
      lines.push(this.#line(stream, all.subarray(start, cut)));
      start = cut;
    }
    this.#pending[stream] = all.slice(start);
    if (lines.length > 0) Deno.writeTextFileSync(this.path, lines.join(""), { append: true });
  }

  /** What no newline ended. */
  close(): void {
    if (this.path === "") return;
    for (const stream of ["stdout", "stderr"] as const) {
      const rest = this.#pending[stream];
      this.#pending[stream] = new Uint8Array(0);
      if (rest.length === 0) continue;
      Deno.writeTextFileSync(this.path, this.#line(stream, rest), { append: true });
    }
  }

  #line(stream: string, bytes: Uint8Array): string {
    const log = new TextDecoder().decode(bytes);
    const time = new Date().toISOString().replace("Z", "000000Z");
    return `${JSON.stringify({ log, stream, time })}\n`;
  }
}
