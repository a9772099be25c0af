/**
 * Every flag frakti knows: its name, whether it takes a value, what it sets, and its line in the
 * help. Old flags keep the meaning they had in Frakti v0.1 to v1.x. Parsing is in flags.ts.
 */

import { invalidArgument } from "../lib/errors.ts";
import type { Override } from "./config.ts";

/** What a flag does. `set` gives the keys of the configuration that a value stands for. */
export type FlagEffect =
  | { readonly type: "set"; readonly set: (text: string) => readonly Omit<Override, "flag">[] }
  | { readonly type: "config" | "help" | "version" | "json" | "ignored" }
  /** A flag of one command, which gets it under the flag's name. */
  | { readonly type: "option" };

/** One flag. A `switch` needs no value and takes true or false; a `text` needs one. */
export interface FlagSpec {
  readonly name: string;
  /** A single letter that stands for it; only flags of a command have one. */
  readonly letter?: string;
  readonly kind: "switch" | "text";
  /** What the help calls the value. */
  readonly value?: string;
  /** The words it takes, for shells to complete; absent = any. */
  readonly choices?: readonly string[];
  readonly help: string;
  /** Old flags stand in a part of their own in the help. */
  readonly isOld?: boolean;
  readonly effect: FlagEffect;
}

/** glog levels: 4 and more is where Kubernetes programs begin to tell what they do step by step. */
const debugVerbosity = 4;

const text = (raw: string): unknown => raw;
const integer = (raw: string): unknown => /^-?\d{1,15}$/.test(raw) ? Number(raw) : raw;
const boolean = (raw: string): unknown => raw === "true" ? true : raw === "false" ? false : raw;

/** The flag stands for one key. */
function key(path: string, read = text): FlagEffect {
  return { type: "set", set: (raw) => [{ path: path.split("."), value: read(raw) }] };
}

/** Like {@linkcode key}, but "" leaves the key alone: that was the default of these flags. */
function keyUnlessEmpty(...paths: readonly string[]): FlagEffect {
  return {
    type: "set",
    set: (raw) => raw === "" ? [] : paths.map((path) => ({ path: path.split("."), value: raw })),
  };
}

const cniBinDir: FlagEffect = {
  type: "set",
  set: (raw) => [{ path: ["cni", "binDirs"], value: raw.split(":") }],
};

const verbosity: FlagEffect = {
  type: "set",
  set: (raw) => {
    if (!/^\d{1,9}$/.test(raw)) {
      throw invalidArgument(`Invalid flag --v: must be a whole number, not ${JSON.stringify(raw)}`);
    }
    return [{ path: ["log", "level"], value: Number(raw) >= debugVerbosity ? "debug" : "info" }];
  },
};

const ignored: FlagEffect = { type: "ignored" };

/** The table, in the order of the help. */
export const flagTable: readonly FlagSpec[] = [
  flag("config", "FILE", "configuration file (/etc/frakti/config.yaml)", { type: "config" }),
  flag("listen", "SOCKET", "socket for the kubelet (/run/frakti.sock)", key("listen")),
  flag("root-directory", "DIR", "what survives a reboot (/var/lib/frakti)", key("rootDirectory")),
  flag("state-directory", "DIR", "what does not (/run/frakti)", key("stateDirectory")),
  flag(
    "hypervisor",
    "ENGINE",
    "engine of ordinary pods: qemu, hyperd or none (qemu)",
    key("hypervisor.engine"),
    ["qemu", "hyperd", "none"],
  ),
  flag("cpu", "N", "vCPUs of a pod without limits (1)", key("hypervisor.cpu", integer)),
  flag("memory", "MB", "memory of a pod without limits (64)", key("hypervisor.memory", integer)),
  flag(
    "docker-endpoint",
    "SOCKET",
    "Docker Engine (unix:///var/run/docker.sock)",
    key("docker.endpoint"),
  ),
  flag(
    "cgroup-driver",
    "NAME",
    "auto, cgroupfs or systemd (auto)",
    key("docker.cgroupDriver"),
    ["auto", "cgroupfs", "systemd"],
  ),
  flag(
    "pause-image",
    "IMAGE",
    "image of a Docker pod's sandbox (registry.k8s.io/pause:3.10)",
    key("docker.pauseImage"),
  ),
  flag("cni-net-dir", "DIR", "CNI network configurations (/etc/cni/net.d)", key("cni.confDir")),
  flag(
    "cni-plugin-dir",
    "DIRS",
    "CNI plugins, split by colons (/opt/cni/bin:/usr/lib/cni)",
    cniBinDir,
  ),
  flag(
    "log-level",
    "LEVEL",
    "debug, info, warn or error (info)",
    key("log.level"),
    ["debug", "info", "warn", "error"],
  ),
  flag("log-format", "FORMAT", "text or json (text)", key("log.format"), ["text", "json"]),
  toggle("json", "print the result of check as JSON", { type: "json" }),
  toggle("help", "print this and exit", { type: "help" }),
  toggle("version", "print the version and exit", { type: "version" }),

  old(flag("hyper-endpoint", "HOST:PORT", "hyperd.endpoint", key("hyperd.endpoint"))),
  old(flag("streaming-server-port", "PORT", "streaming.port", key("streaming.port", integer))),
  old(
    flag(
      "streaming-server-addr",
      "HOST",
      "streaming.address and advertiseAddress",
      keyUnlessEmpty("streaming.address", "streaming.advertiseAddress"),
    ),
  ),
  old(toggle("enable-privileged-runtime", "docker.enabled", key("docker.enabled", boolean))),
  old(toggle("enable-alternative-runtime", "docker.enabled", key("docker.enabled", boolean))),
  old(
    flag(
      "pod-infra-container-image",
      "IMAGE",
      "docker.pauseImage",
      keyUnlessEmpty("docker.pauseImage"),
    ),
  ),
  old(flag("v", "N", "log.level: info up to 3, debug from 4", verbosity)),
  old(toggle("logtostderr", "ignored: logs always go to standard error", ignored)),
  old(toggle("alsologtostderr", "ignored", ignored)),
  old(flag("log-dir", "DIR", "ignored", ignored)),
  old(flag("log-backtrace-at", "LINE", "ignored", ignored)),
  old(flag("log-flush-frequency", "TIME", "ignored", ignored)),
];

/** One that takes a value. */
export function flag(
  name: string,
  value: string,
  help: string,
  effect: FlagEffect,
  choices?: readonly string[],
): FlagSpec {
  return {
    name,
    kind: "text",
    value,
    help,
    effect,
    ...(choices === undefined ? {} : { choices }),
  };
}

function toggle(name: string, help: string, effect: FlagEffect): FlagSpec {
  return { name, kind: "switch", help, effect };
}

function old(spec: FlagSpec): FlagSpec {
  return { ...spec, isOld: true };
}
