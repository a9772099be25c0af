/**
 * The cage in which QEMU is started: the pod's network namespace, a mount namespace in which
 * nothing is left but the pod's directory and what QEMU is made of, an unprivileged user of its
 * own, four capabilities. Pure: makes the command; docs/decisions/0111 has the reasons.
 */

import { names, type PodLayout, podMount } from "./layout.ts";

/** What one launch needs. */
export interface CageSpec {
  readonly layout: PodLayout;
  /** An empty directory: each QEMU builds its root on it, in a mount namespace of its own. */
  readonly rootDir: string;
  /** The path on which the pod's network namespace is pinned; none = no interface but `lo`. */
  readonly netnsPath?: string;
  /** Files and directories of the host that QEMU may read. */
  readonly readable: readonly string[];
  /** Symbolic links to make, as on a host whose /lib is one into /usr. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  /** Device nodes, e.g. /dev/net/tun. */
  readonly devices: readonly string[];
  /** Directories of control groups to join. */
  readonly cgroups: readonly string[];
  readonly oomScoreAdj: number;
}

/**
 * CHOWN, FOWNER and FSETID keep the owners and modes that the guest gives files of its share,
 * DAC_OVERRIDE lets it at them. DAC_READ_SEARCH would allow opening any file of a file system of
 * which one directory is in reach (open_by_handle_at(2), the "shocker" exploit): it stays out.
 */
const capabilities = ["chown", "dac_override", "fowner", "fsetid"];

/**
 * The user ids that QEMUs get, one a pod, so that none may signal or trace another. systemd's list
 * of UID ranges has these as unused by everybody.
 */
const firstUid = 0x7000_0000;
const uidBits = 28;

/** The user id of a pod's QEMU, from a hash of the pod's id. */
export function uidOf(podId: string): number {
  let hash = 0x811c_9dc5; // FNV-1a.
  for (const byte of new TextEncoder().encode(podId)) {
    hash = Math.imul(hash ^ byte, 0x0100_0193) >>> 0;
  }
  return firstUid + (hash >>> (32 - uidBits));
}

/** The whole command that ends up being `qemu` under the process id it was started with. */
export function cagedCommand(
  spec: CageSpec,
  qemu: readonly string[],
): { command: string; args: string[] } {
  const unshare = ["unshare", "--mount", "--propagation", "slave", "--ipc", "--uts"];
  const network = spec.netnsPath === undefined
    ? [...unshare, "--net"]
    : ["nsenter", `--net=${spec.netnsPath}`, ...unshare];
  const [command = "", ...args] = [
    ...network,
    ...["/bin/sh", "-euc", script, vmScriptName],
    ...[spec.rootDir, spec.layout.dir, podMount, names.io, String(spec.oomScoreAdj)],
    ...spec.cgroups.flatMap((dir) => ["cgroup", dir]),
    ...spec.readable.flatMap((path) => ["readable", path]),
    ...spec.devices.flatMap((path) => ["device", path]),
    ...spec.links.flatMap(({ path, target }) => ["link", path, target]),
    "run",
    ...leastPrivilege(uidOf(spec.layout.id)),
    ...qemu,
  ];
  return { command, args };
}

function leastPrivilege(uid: number): string[] {
  const kept = `-all,${capabilities.map((name) => `+${name}`).join(",")}`;
  return [
    "setpriv",
    `--reuid=${uid}`,
    `--regid=${uid}`,
    "--clear-groups",
    `--inh-caps=${kept}`,
    `--ambient-caps=${kept}`,
    `--bounding-set=${kept}`,
    "--no-new-privs",
    "--",
  ];
}

/** Its $0, which error messages begin with. */
const vmScriptName = "frakti-cage";

/**
 * Runs in the new namespaces and becomes QEMU. The namespace's mounts are slaves: what frakti
 * binds below the pod's directory later arrives, writable or not as it was bound; nothing done here
 * gets out. The directory itself is read-only: on a mount point that the guest can replace by a
 * link, frakti's next bind would land anywhere on the host. QEMU's 9p server
 * reaches files through /proc/self/fd; that one directory is all it sees of /proc.
 */
const script = `
umask 077
root=$1 pod=$2 podmount=$3 io=$4 oom=$5
shift 5
ulimit -c 0
ulimit -n "$(ulimit -Hn)" || :
echo "$oom" >/proc/self/oom_score_adj || :

place() { # A mount point for $1, of the same kind.
  if [ -d "$1" ]; then mkdir -p "$root$1"
  else mkdir -p "$root\${1%/*}"; : >"$root$1"; fi
}

mount -t tmpfs -o mode=755,size=1m,nosuid,nodev tmpfs "$root"
umask 022
mkdir "$root$podmount" "$root/.old"
mount --rbind "$pod" "$root$podmount"
mount -o remount,bind,ro,nosuid "$root$podmount"
mount -o bind,nosuid,nodev "$pod/$io" "$root$podmount/$io"
while [ "$1" != run ]; do
  case $1 in
    cgroup) echo $$ >"$2/cgroup.procs"; shift 2 ;;
    readable) place "$2"; mount -o bind,ro,nosuid,nodev "$2" "$root$2"; shift 2 ;;
    device) place "$2"; mount --bind "$2" "$root$2"; shift 2 ;;
    link) mkdir -p "$root\${2%/*}"; ln -s "$3" "$root$2"; shift 3 ;;
  esac
done
shift
mkdir -p "$root/proc/self/fd"
mount --bind "/proc/$$/fd" "$root/proc/self/fd"
mount --bind /proc "$root/proc" # umount and mount read it; it goes last.
cd "$root"
pivot_root . .old
umount -l /.old
rmdir /.old
mount -o remount,ro,nosuid,nodev /
umount -l /proc
cd "$podmount"
umask 077
exec "$@"
`;
