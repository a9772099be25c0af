/**
 * Files and directories of the host in a VM's reach, before and after it boots: bound below the
 * pod's directory, from where they get into QEMU's mount namespace by themselves.
 */

import { invalidArgument, wrap } from "../../../lib/errors.ts";
import { makePrivateDir, removeIfExists } from "../../../lib/files.ts";
import type { Mounts } from "../../../lib/mounts.ts";
import { Undo } from "../../../lib/undo.ts";
import { insideVm, type PodLayout } from "./layout.ts";

/** What to bind. */
export interface Bind {
  /** On the host, with no link left in it. */
  readonly source: string;
  /** "share": the guest sees it as /run/frakti/share/NAME. "disks": for {@linkcode Disk.file}. */
  readonly place: "share" | "disks";
  /** Of the pod's own; one component, so that no bind lies below one that the guest can write to. */
  readonly name: string;
  readonly isReadOnly: boolean;
  /** Do mounts that the host makes below the source later arrive? */
  readonly receives?: boolean;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** Where binds are made. */
export interface BindPlaces {
  /** A directory of its own, on which binds are made before they get into a VM. */
  readonly stageDir: string;
  /**
   * Below which all pods have their directories. A volume that holds it has them without what is
   * mounted there: each such volume would hold all those before it, twice as many each time.
   */
  readonly podsDir: string;
}

/** Binds of all pods. */
export class PodBinds {
  constructor(
    readonly mounts: Mounts,
    readonly places: BindPlaces,
    readonly onUndoFailure: (step: string, error: unknown) => void,
  ) {}

  /**
   * Binds, and returns the path inside QEMU. What is under that name is replaced.
   * @throws FraktiError InvalidArgument, or Internal with mount's reason.
   */
  async add(layout: PodLayout, bind: Bind): Promise<string> {
    const target = pathOf(layout, bind.place, bind.name);
    await using undo = new Undo(({ step, error }) => this.onUndoFailure(step, error));
    try {
      await this.remove(layout, bind.place, bind.name);
      undo.push("remove mount point", () => this.remove(layout, bind.place, bind.name));
      const isDirectory = await makeLike(bind.source, target);
      if (isDirectory || bind.isReadOnly) await this.#bindStaged(bind, target);
      else await this.mounts.bindFile(bind.source, target);
    } catch (error) {
      throw wrap(`Cannot give "${bind.source}" to pod "${layout.id}"`, error);
    }
    undo.commit();
    return insideVm(layout, target);
  }

  /** Takes it back, whatever still uses it. Absence is success. */
  async remove(layout: PodLayout, place: Bind["place"], name: string): Promise<void> {
    const target = pathOf(layout, place, name);
    await this.mounts.unmount(target);
    await removeIfExists(target);
  }

  async #bindStaged(
    { source, isReadOnly, receives = false }: Bind,
    target: string,
  ): Promise<void> {
    const { stageDir, podsDir } = this.places;
    await makePrivateDir(stageDir);
    const stage = `${stageDir}/${crypto.randomUUID()}`;
    await makeLike(source, stage);
    const pods = await Deno.realPath(podsDir);
    const above = source === "/" ? "" : source;
    const leaveOut = pods.startsWith(`${above}/`) ? pods.slice(above.length) : undefined;
    try {
      await this.mounts.bindStaged({
        ...{ source, target, stage, isReadOnly, receives },
        ...(leaveOut === undefined ? {} : { leaveOut }),
      });
    } finally {
      await removeIfExists(stage);
    }
  }
}

function pathOf(layout: PodLayout, place: Bind["place"], name: string): string {
  if (!namePattern.test(name)) throw invalidArgument(`"${name}" is no name for a bind`);
  return `${layout[place]}/${name}`;
}

/** An empty mount point for what is at `source`; is that a directory? */
async function makeLike(source: string, path: string): Promise<boolean> {
  const { isDirectory } = await Deno.stat(source);
  if (isDirectory) await Deno.mkdir(path, { mode: 0o755 });
  else await Deno.writeFile(path, new Uint8Array(), { createNew: true, mode: 0o644 });
  return isDirectory;
}
