/** Moments in the middle of an engine's work: between the commands that it gives to QEMU's monitor. */

import { QmpClient } from "../../src/engines/qemu/qmp/client.ts";

/** Just before a command for this disk is sent, or just after it was answered. */
export type Moment = readonly [
  when: "before" | "after",
  command: "blockdev-add" | "device_add" | "device_del" | "blockdev-del",
  disk: string,
];

/** Does `act` at the first such moment of any VM, which is waited for; until disposed of. */
export function atMoment(
  [when, command, disk]: Moment,
  act: () => void | Promise<void>,
): Disposable & { isReached(): boolean } {
  const { execute } = QmpClient.prototype;
  let isReached = false;
  const reach = async (at: typeof when) => {
    if (at !== when || isReached) return;
    isReached = true;
    await act();
  };
  QmpClient.prototype.execute = async function (name, args = {}, ...more) {
    const fits = name === command && (args["node-name"] ?? args["id"]) === disk;
    if (fits) await reach("before");
    const result = await execute.call(this, name, args, ...more);
    if (fits) await reach("after");
    return result;
  };
  return {
    isReached: () => isReached,
    [Symbol.dispose]() {
      QmpClient.prototype.execute = execute;
    },
  };
}
