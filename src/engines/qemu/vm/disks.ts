/**
 * Disks that come and go while the VM runs: SCSI disks whose target number is chosen by the caller.
 * What is plugged in is asked of QEMU, never remembered, so each verb can be repeated, also by a
 * frakti that was killed in the middle of one.
 */

import type { Clock } from "../../../lib/clock.ts";
import { codeOf, FraktiError, invalidArgument, wrap } from "../../../lib/errors.ts";
import { KeyedLock } from "../../../lib/lock.ts";
import type { QmpClient } from "../qmp/client.ts";
import { asList, asObject, type JsonObject, textOf } from "../qmp/messages.ts";
import { deviceIds } from "./command_line.ts";

/** SCSI target 0 is left free; virtio-scsi has 256. */
export const maxTarget = 255;

/** QEMU's cap on a SCSI disk's serial number (hw/scsi/scsi-disk.c). */
const maxSerialLength = 36;

/** A disk to plug in. */
export interface Disk {
  /** 1 to {@linkcode maxTarget}; the guest finds the disk by it. */
  readonly target: number;
  /** As QEMU sees it, e.g. "/pod/disks/3". */
  readonly file: string;
  readonly isReadOnly: boolean;
  /** A block device of the host rather than a file. */
  readonly isDevice?: boolean;
  /** Printable ASCII. */
  readonly serial?: string;
  /**
   * May the host lose the guest's synced writes when it crashes itself? True saves the time of
   * syncing for what does not outlive the pod anyhow.
   */
  readonly isScratch?: boolean;
}

/** How long QEMU may take to let a disk go, and how often to ask. */
const unplugTimeoutMs = 10_000;
const retryMs = 20;

/** The disks of one VM. */
export class ScsiDisks {
  readonly #locks = new KeyedLock();

  constructor(readonly qmp: QmpClient, readonly clock: Clock) {}

  /**
   * Plugs a disk in. The same disk again is success; another one in its place is refused.
   * @throws FraktiError InvalidArgument, AlreadyExists, or Internal with QEMU's reason.
   */
  async plug(disk: Disk): Promise<void> {
    check(disk);
    await this.#locks.run(String(disk.target), async () => {
      const id = idOf(disk.target);
      const file = await this.#fileOf(id);
      if ((await this.#deviceIds()).has(id)) {
        if (file === disk.file) return;
        const what = `Target ${disk.target} holds "${file ?? "an unknown disk"}" already`;
        throw new FraktiError("AlreadyExists", what);
      }
      if (file !== undefined) await this.#dropNode(id); // Of a frakti that was killed midway.
      try {
        await this.qmp.execute("blockdev-add", nodeOf(disk));
        await this.qmp.execute("device_add", deviceOf(disk));
      } catch (error) {
        await this.#undo(id, error);
      }
    });
  }

  /**
   * Takes a disk out, whatever the guest does with it, and frees its file. Absence is success.
   * @throws FraktiError DeadlineExceeded when QEMU does not let it go.
   */
  async unplug(target: number): Promise<void> {
    await this.#locks.run(String(target), async () => {
      const id = idOf(target);
      try {
        if ((await this.#deviceIds()).has(id)) await this.#removeDevice(id);
        if (await this.#fileOf(id) !== undefined) await this.#dropNode(id);
      } catch (error) {
        throw wrap(`Cannot unplug the disk at target ${target}`, error);
      }
    });
  }

  /** Target → file of everything plugged in. */
  async list(): Promise<Map<number, string>> {
    const disks = new Map<number, string>();
    for (const id of await this.#deviceIds()) {
      const target = /^disk(\d{1,3})$/.exec(id)?.[1];
      if (target !== undefined) disks.set(Number(target), await this.#fileOf(id) ?? "");
    }
    return disks;
  }

  /** True when the disk at this target can only be read. */
  async isReadOnly(target: number): Promise<boolean> {
    return (await this.#node(idOf(target)))?.["ro"] === true;
  }

  async #undo(id: string, cause: unknown): Promise<never> {
    const failure = wrap(`Cannot plug in "${id}"`, cause);
    try {
      if (await this.#fileOf(id) !== undefined) await this.#dropNode(id);
    } catch (error) {
      throw new FraktiError(codeOf(failure), failure.message, {
        cause: new AggregateError([cause, error]),
      });
    }
    throw failure;
  }

  /** Device ids of everything that was named at the start or by device_add. */
  async #deviceIds(): Promise<Set<string>> {
    const children = await this.qmp.execute("qom-list", { path: "/machine/peripheral" });
    return new Set(asList(children).map((child) => textOf(asObject(child)?.["name"])));
  }

  /** The file behind a block node; undefined when there is no such node. */
  async #fileOf(id: string): Promise<string | undefined> {
    const node = await this.#node(id);
    return node === undefined ? undefined : textOf(node["file"]);
  }

  async #node(id: string): Promise<JsonObject | undefined> {
    const nodes = await this.qmp.execute("query-named-block-nodes", { flat: true });
    return asList(nodes).map(asObject).find((one) => one?.["node-name"] === id);
  }

  /** QEMU reports the end of a device by an event, and sometimes only in its tree. */
  async #removeDevice(id: string): Promise<void> {
    const deleted = new AbortController();
    const stop = this.qmp.onEvent(({ name, data }) => {
      if (name === "DEVICE_DELETED" && data["device"] === id) deleted.abort();
    });
    try {
      await this.qmp.execute("device_del", { id });
      await this.#until(`Device "${id}"`, async () => {
        if (deleted.signal.aborted) return true;
        return !(await this.#deviceIds()).has(id);
      }, deleted.signal);
    } finally {
      stop();
    }
  }

  /** A node is busy for a moment after its device is gone: requests under way still end. */
  async #dropNode(id: string): Promise<void> {
    await this.#until(`Block node "${id}"`, async () => {
      try {
        await this.qmp.execute("blockdev-del", { "node-name": id });
      } catch (error) {
        if (await this.#fileOf(id) !== undefined) return false;
        if (!this.qmp.isOpen) throw error;
      }
      return true;
    });
  }

  async #until(
    what: string,
    isGone: () => Promise<boolean>,
    signal?: AbortSignal,
  ): Promise<void> {
    const untilMs = this.clock.monotonicMs() + unplugTimeoutMs;
    while (!await isGone()) {
      if (this.clock.monotonicMs() > untilMs) {
        throw new FraktiError(
          "DeadlineExceeded",
          `${what} is still there after ${unplugTimeoutMs} ms`,
        );
      }
      await this.clock.sleep(retryMs, signal);
    }
  }
}

function idOf(target: number): string {
  return `disk${target}`;
}

function check({ target, serial = "" }: Disk): void {
  if (!Number.isInteger(target) || target < 1 || target > maxTarget) {
    throw invalidArgument(`SCSI target ${target} is not between 1 and ${maxTarget}`);
  }
  if (serial.length > maxSerialLength || !/^[\x20-\x7e]*$/.test(serial)) {
    throw invalidArgument(`Serial number "${serial}" is malformed`);
  }
}

/** Arguments of blockdev-add. Discards pass through, so that a sparse file stays sparse. */
function nodeOf(disk: Disk): JsonObject {
  const common = {
    "read-only": disk.isReadOnly,
    discard: "unmap",
    cache: { direct: false, "no-flush": disk.isScratch ?? false },
  };
  return {
    ...common,
    driver: "raw",
    "node-name": idOf(disk.target),
    file: {
      ...common,
      driver: disk.isDevice ? "host_device" : "file",
      filename: disk.file,
    },
  };
}

/** Arguments of device_add. Errors go to the guest: by default a full disk would stop the VM. */
function deviceOf({ target, serial, isDevice = false }: Disk): JsonObject {
  return {
    driver: "scsi-hd",
    id: idOf(target),
    bus: deviceIds.scsiBus,
    "scsi-id": target,
    lun: 0,
    drive: idOf(target),
    werror: "report",
    rerror: "report",
    // Several pods may have a block device, as they may in Docker; two with one file destroy it.
    "share-rw": isDevice,
    ...(serial === undefined ? {} : { serial }),
  };
}
