/**
 * Each shell loads the completions that the program prints and is asked what it offers for lines:
 * bash through its completion variables, fish through `complete -C`, zsh by a TAB on a terminal.
 */

import assert from "node:assert/strict";
import { commands } from "../../src/cli/commands.ts";
import { fraktiCommand, makeDir, run } from "../support/mod.ts";

const dir = await makeDir("completions");
const path = `${dir}/bin:${Deno.env.get("PATH")}`;

/** Stands for a frakti with containers and pods. */
await Deno.mkdir(`${dir}/bin`);
await Deno.writeTextFile(
  `${dir}/bin/frakti`,
  `#!/bin/sh
case "$*" in
  "ps --quiet") echo c0ffee; echo cafe ;;
  "ps --all --quiet") echo c0ffee; echo cafe; echo dead ;;
  "pods --all --quiet") echo beef; echo bead ;;
esac
`,
  { mode: 0o755 },
);
await Deno.mkdir(`${dir}/files/inner`, { recursive: true });
await Deno.writeTextFile(`${dir}/files/one.yaml`, "");

/** The script for `shell`, in a file of that name. */
async function scriptFile(shell: string, name: string): Promise<string> {
  const [program, ...before] = fraktiCommand();
  const text = await run(program, [...before, "completions", shell]);
  await Deno.mkdir(`${dir}/${shell}`, { recursive: true });
  await Deno.writeTextFile(`${dir}/${shell}/${name}`, text);
  return `${dir}/${shell}/${name}`;
}

type Offers = (line: string) => Promise<string>;

async function bashOffers(): Promise<Offers> {
  const script = await scriptFile("bash", "frakti.bash");
  return (line) => {
    // Readline makes words of "=" too.
    const words = line.replaceAll("=", " = ").replace(/ = $/, " =").split(/ +/);
    return run("bash", [
      ...["--norc", "-c"],
      `set -eu; . "$1"; shift
      complete -p frakti >/dev/null
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
      _frakti || : # compgen fails when nothing fits.
      printf '%s\\n' "\${COMPREPLY[@]-}"`,
      ...["bash", script, ...words],
    ], { env: { PATH: path } });
  };
}

async function zshOffers(): Promise<Offers> {
  await scriptFile("zsh", "_frakti");
  const driver = new URL("complete.zsh", import.meta.url).pathname;
  return (line) => run("zsh", ["-f", driver, `${dir}/zsh`, line], { env: { PATH: path } });
}

async function fishOffers(): Promise<Offers> {
  const script = await scriptFile("fish", "frakti.fish");
  return (line) =>
    run("fish", ["--no-config", "-c", `source ${script}; complete -C '${line}'`], {
      env: { PATH: path, HOME: dir },
    });
}

/** What is offered, without descriptions, in the order of the alphabet. */
async function wordsOf(offers: Offers, line: string): Promise<readonly string[]> {
  const typed = /[^ ]*$/.exec(line)?.[0] ?? "";
  const [value = typed] = typed.split("=").slice(1);
  return (await offers(line)).split("\n")
    .map((word) => word.split("\t")[0] ?? "")
    // Some give the whole word, some what follows "=" or the last "/", some add what follows.
    .map((word) => word.replace(/^--[\w-]+=(?=.)/, "").replace(/(?<=.)[=/]$/, ""))
    .map((word) => value.includes("/") ? word.slice(word.lastIndexOf("/") + 1) : word)
    // zsh and fish offer flags where no word can follow.
    .filter((word) => word !== "" && (typed.startsWith("-") || !word.startsWith("-")))
    .sort();
}

const told = commands.filter(({ summary }) => summary !== undefined);

const cases: Readonly<Record<string, readonly string[]>> = {
  "frakti ": told.map(({ name }) => name).sort(),
  "frakti ex": ["exec"],
  "frakti dial": [],
  "frakti --config /x ": told.map(({ name }) => name).sort(),
  "frakti --config=/x lo": ["logs"],
  "frakti --help ver": ["version"],
  "frakti logs --fol": ["--follow"],
  "frakti --listen /x logs --fol": ["--follow"],
  "frakti serve --fol": [],
  "frakti serve --log-": ["--log-format", "--log-level"],
  "frakti --log-": ["--log-format", "--log-level"],
  "frakti --alsologto": [],
  "frakti pods -o ": ["json", "table"],
  "frakti pods --output ": ["json", "table"],
  "frakti pods --output=": ["json", "table"],
  "frakti pods --output=j": ["json"],
  "frakti --log-level ": ["debug", "error", "info", "warn"],
  "frakti serve --hypervisor ": ["hyperd", "none", "qemu"],
  "frakti --cpu ": [],
  "frakti completions ": ["bash", "fish", "zsh"],
  "frakti completions z": ["zsh"],
  "frakti completions zsh ": [],
  "frakti version ": [],
  "frakti exec ": ["c0ffee", "cafe"],
  "frakti exec -it ": ["c0ffee", "cafe"],
  "frakti exec --config /x c": ["c0ffee", "cafe"],
  "frakti exec cafe ": [],
  "frakti exec cafe ls --": [],
  "frakti logs ": ["c0ffee", "cafe", "dead"],
  "frakti logs -p ": ["c0ffee", "cafe", "dead"],
  "frakti logs --tail 3 d": ["dead"],
  "frakti logs dead ": [],
  "frakti ps -p ": [],
  "frakti stop ": ["bead", "beef"],
  "frakti stop beef be": ["bead", "beef"],
  [`frakti --config ${dir}/files/`]: ["inner", "one.yaml"],
  [`frakti pull --auth-file ${dir}/files/o`]: ["one.yaml"],
};

for (
  const [shell, start] of Object.entries({ bash: bashOffers, zsh: zshOffers, fish: fishOffers })
) {
  Deno.test(`${shell} offers commands, flags, values, names and files where they can stand`, async () => {
    const offers = await start();
    for (const [line, expected] of Object.entries(cases)) {
      assert.deepEqual(await wordsOf(offers, line), expected, `${shell}: ${line}`);
    }
  });

  Deno.test(`${shell} offers every flag of every command`, async () => {
    const offers = await start();
    for (const { name, flags = [] } of told) {
      const offered = await wordsOf(offers, `frakti ${name} --`);
      const missing = ["config", "listen", ...flags.map((flag) => flag.name)]
        .filter((flag) => !offered.includes(`--${flag}`));
      assert.deepEqual(missing, [], `${shell} ${name}`);
    }
  });
}
