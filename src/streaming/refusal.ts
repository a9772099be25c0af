/**
 * HTTP answers that refuse an upgrade, written onto the raw socket: the request never reaches a
 * response object. Shared by the transports.
 */

import { STATUS_CODES } from "node:http";
import type { Upgrade } from "./upgrade.ts";

/** How long a refused client may take to read its answer. */
const lingerMs = 5000;

/**
 * Answers with a status and a line of text, then closes the connection. Header values must be
 * free of line breaks; a list makes one header line each.
 */
export function refuse(
  { socket, clock }: Pick<Upgrade, "socket" | "clock">,
  status: number,
  message: string,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  const body = `${message}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}`,
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    `Content-Length: ${new TextEncoder().encode(body).length}`,
  ];
  for (const [name, values] of Object.entries(headers)) {
    for (const value of [values].flat()) lines.push(`${name}: ${value}`);
  }
  // The socket closes at the peer's end of file; one that never comes must not hold it.
  const cancel = clock.after(lingerMs, () => socket.destroy());
  socket.once("close", cancel);
  socket.once("error", () => socket.destroy());
  socket.resume();
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}
