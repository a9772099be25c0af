/**
 * The commands for people at a node, as the command line sees them: names, words, flags. What they
 * do is in src/client. Pure data.
 */

import { flag, type FlagSpec } from "./flag_table.ts";

/** One command that asks the frakti that runs. */
export interface NodeCommand {
  readonly name: string;
  readonly summary: string;
  /** What the words after it mean; in brackets those that may be left out. */
  readonly words?: readonly string[];
  readonly flags: readonly FlagSpec[];
  /** What follows so many words belongs to another program, flags included. */
  readonly passesRestAfter?: number;
  /** What its words name, for shells to complete. */
  readonly completes?: "containers" | "running containers" | "pods";
}

const output = text(
  "output",
  "o",
  "FORM",
  "table or json (table)",
  ["table", "json"],
);
const quiet = toggle("quiet", "q", "print ids only");

/** In the order of the help. */
export const nodeCommands: readonly NodeCommand[] = [
  {
    name: "pods",
    summary: "list the pods, with the engine that runs each",
    flags: [
      toggle("all", "a", "also those that are not ready"),
      text("namespace", "n", "NAME", "only those of a Kubernetes namespace"),
      output,
      quiet,
    ],
  },
  {
    name: "ps",
    summary: "list the containers",
    flags: [
      toggle("all", "a", "also those that do not run"),
      text("pod", "p", "POD", "only those of a pod: its name or the beginning of its id"),
      output,
      quiet,
    ],
  },
  { name: "images", summary: "list the images", flags: [output, quiet] },
  {
    name: "pull",
    words: ["IMAGE"],
    summary: "pull an image from its registry",
    flags: [
      text(
        "handler",
        undefined,
        "NAME",
        "for pods of this runtime handler (those that name none)",
        ["docker", "qemu", "hyperd", "hypervisor"],
      ),
      text("auth-file", undefined, "FILE", 'credentials as "docker login" writes them'),
      toggle("quiet", "q", "print the id only"),
    ],
  },
  {
    name: "logs",
    words: ["CONTAINER"],
    summary: "print what a container wrote",
    completes: "containers",
    flags: [
      toggle("follow", "f", "go on until the container ends"),
      text("tail", undefined, "N", "only the last lines"),
      text("since", undefined, "TIME", "only lines since then: 10m, 3h, 2026-01-31T12:00:00Z"),
      toggle("timestamps", "t", "with the time of each line"),
      toggle("previous", "p", "of the attempt before"),
    ],
  },
  {
    name: "exec",
    words: ["CONTAINER", "COMMAND..."],
    summary: "run a command in a container",
    completes: "running containers",
    passesRestAfter: 1,
    flags: [
      toggle("stdin", "i", "hand over standard input"),
      toggle("tty", "t", "with a terminal"),
    ],
  },
  {
    name: "stop",
    words: ["[POD...]"],
    summary: "stop pods; a kubelet that runs starts its own again",
    completes: "pods",
    flags: [
      toggle("all", undefined, "every pod of the node"),
      toggle("remove", undefined, "and remove them"),
    ],
  },
];

/** The command of that name, if it is one of these. */
export function findNodeCommand(name: string): NodeCommand | undefined {
  return nodeCommands.find((command) => command.name === name);
}

function text(
  name: string,
  letter: string | undefined,
  value: string,
  help: string,
  choices?: readonly string[],
): FlagSpec {
  const spec = flag(name, value, help, { type: "option" }, choices);
  return letter === undefined ? spec : { ...spec, letter };
}

function toggle(name: string, letter: string | undefined, help: string): FlagSpec {
  return {
    name,
    kind: "switch",
    help,
    effect: { type: "option" },
    ...(letter === undefined ? {} : { letter }),
  };
}
