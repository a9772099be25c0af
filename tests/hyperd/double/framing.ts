/** Docker's stdcopy frames, cut into small messages as hyperd does. */

/** Output as it goes on the wire, in messages of `messageBytes`. */
export function messagesOf(
  stream: "stdout" | "stderr",
  bytes: Uint8Array,
  tty: boolean,
  messageBytes: number,
): Uint8Array[] {
  const whole = tty ? bytes : frame(stream, bytes);
  const messages: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += messageBytes) {
    messages.push(whole.slice(at, at + messageBytes));
  }
  return messages;
}

function frame(stream: "stdout" | "stderr", bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(8 + bytes.length);
  framed[0] = stream === "stdout" ? 1 : 2;
  new DataView(framed.buffer).setUint32(4, bytes.length);
  framed.set(bytes, 8);
  return framed;
}
