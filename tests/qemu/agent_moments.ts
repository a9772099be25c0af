/** Moments in the middle of an engine's talk with a guest. */

import { GuestConnection } from "../../src/engines/qemu/agent/connection.ts";
import type { Op } from "../../src/engines/qemu/agent/protocol.ts";
import { FraktiError, unavailable } from "../../src/lib/errors.ts";

type Operation = (typeof Op)[keyof typeof Op];

/**
 * What is asked of any VM is done, and the answer is not heard: of the first request of the first kind,
 * then of the next one of the second, and so on; until disposed of.
 * @param how the connection is lost with each answer, or the answers come too late.
 */
export function answersLost(
  how: "connection" | "time",
  ...operations: Operation[]
): Disposable & { readonly isOver: boolean } {
  const { call } = GuestConnection.prototype;
  GuestConnection.prototype.call = async function (request) {
    const isLost = request.op === operations[0];
    if (isLost) operations.shift();
    const fields = await call.call(this, request);
    if (!isLost) return fields;
    if (how === "time") throw new FraktiError("DeadlineExceeded", "The answer is late");
    const lost = unavailable("The connection is lost with an answer");
    this.close(lost);
    throw lost;
  };
  return {
    get isOver() {
      return operations.length === 0;
    },
    [Symbol.dispose]() {
      GuestConnection.prototype.call = call;
    },
  };
}
