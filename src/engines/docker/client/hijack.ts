/**
 * Taking a connection over from HTTP (attach, exec): asks for it, and turns a refusal into an
 * error. Used by the transport only.
 */

import { errorText } from "./answer.ts";
import type { CallBounds, HijackedStream } from "./call.ts";
import { answerError, connectionError } from "./errors.ts";
import { Hijacked } from "./hijacked.ts";
import { askForUpgrade, readRefusal, type UpgradeRequest } from "./upgrade.ts";

/** An engine that answers 200 in place of 101 has taken the connection over all the same. */
const takenOver = [101, 200];

const maxErrorBytes = 64 * 1024;

/**
 * Opens a connection of its own and asks for it within `bounds`.
 * @param action for errors: `Cannot attach to container "x"`.
 */
export async function hijack(
  socketPath: string,
  request: UpgradeRequest,
  action: string,
  bounds: CallBounds,
): Promise<HijackedStream> {
  let stream: Hijacked | undefined;
  const onStop = () => stream?.destroy();
  bounds.signal.addEventListener("abort", onStop, { once: true });
  try {
    const connection = await Deno.connect({ transport: "unix", path: socketPath });
    stream = new Hijacked(action, connection);
    if (bounds.reason !== undefined) throw bounds.reason;
    const answer = await askForUpgrade(connection, request);
    if (!takenOver.includes(answer.status)) {
      const text = errorText(await readRefusal(connection, answer, maxErrorBytes));
      throw answerError(action, answer.status, text);
    }
    stream.unread(answer.rest);
    return stream;
  } catch (error) {
    stream?.destroy();
    throw bounds.reason ?? connectionError(action, error);
  } finally {
    bounds.signal.removeEventListener("abort", onStop);
  }
}
