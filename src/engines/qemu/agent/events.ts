/**
 * What the guest tells unasked: that a process ended, and lines for frakti's log. Both are rationed:
 * a guest has no reason for more than a pod's processes can make.
 */

import type { Clock } from "../../../lib/clock.ts";
import { Budget } from "./budget.ts";
import { cleanText } from "./errno.ts";
import { decodeFields, type Fields } from "./fields.ts";
import { EventKind, Tag, violation } from "./protocol.ts";

/** The end of a process that SPAWN or EXEC made. */
export interface ExitEvent {
  readonly kind: "exit";
  readonly processId: string;
  readonly ending: ProcessEnding;
}

/** How a process ended. */
export interface ProcessEnding {
  /** 0 to 255; 128 + signal when one ended it. */
  readonly exitCode: number;
  /** 0 when it ended by itself. */
  readonly signal: number;
  readonly outOfMemory: boolean;
  readonly endedAtNs: bigint;
}

export interface MessageEvent {
  readonly kind: "message";
  /** One line. */
  readonly text: string;
}

export type AgentEvent = ExitEvent | MessageEvent;

const eventBurst = 2_000; // Execs end by the hundred in a second when clients do their worst.
const eventsPerSecond = 200;
const messagesPerMinute = 20;
/** The longest process id; ours are a container's id or an exec's. */
export const maxProcessIdBytes = 128;

export class EventReader {
  readonly #events: Budget;
  readonly #messages: Budget;
  #dropped = 0;

  constructor(clock: Clock) {
    this.#events = new Budget(clock, eventBurst, eventsPerSecond);
    this.#messages = new Budget(clock, messagesPerMinute, messagesPerMinute / 60);
  }

  /**
   * The event in `payload`; undefined when it is of an unknown kind or one message too many.
   * @throws FraktiError Internal when it is malformed or the guest floods.
   */
  read(payload: Uint8Array): AgentEvent | undefined {
    if (!this.#events.take(1)) throw violation("floods the host with events");
    const kind = new DataView(payload.buffer, payload.byteOffset).getUint16(0, true);
    const fields = decodeFields(payload.subarray(4));
    if (kind === EventKind.exit) {
      const processId = fields.needText(Tag.processId, maxProcessIdBytes);
      return { kind: "exit", processId, ending: readEnding(fields) };
    }
    if (kind !== EventKind.message) return undefined;
    const text = cleanText(fields.needText(Tag.text));
    if (!this.#messages.take(1)) {
      this.#dropped++;
      return undefined;
    }
    const dropped = this.#dropped;
    this.#dropped = 0;
    return {
      kind: "message",
      text: dropped === 0 ? text : `${text} (${dropped} messages before it were dropped)`,
    };
  }
}

/** The fields that EXIT and LIST share. */
export function readEnding(fields: Fields): ProcessEnding {
  return {
    exitCode: fields.needNumber(Tag.exitCode, 255),
    signal: fields.number(Tag.signal, 127) ?? 0,
    outOfMemory: fields.number(Tag.outOfMemory, 1) === 1,
    endedAtNs: fields.needBigint(Tag.endTime),
  };
}
