import assert from "node:assert/strict";
import { commands } from "./commands.ts";
import { completionScript } from "./completions.ts";
import { flagTable } from "./flag_table.ts";

const frakti = `frakti() {
  case "$*" in
    "ps --quiet") echo c0ffee; echo cafe ;;
    "pods --all --quiet") echo beef ;;
  esac
}
`;

/** What bash offers for a line whose last word is being typed. */
async function completionsOf(...words: readonly string[]): Promise<readonly string[]> {
  const line = ["frakti", ...words].map((word) => `'${word}'`).join(" ");
  const script = `${frakti}${completionScript("bash", commands, flagTable)}
COMP_WORDS=(${line}); COMP_CWORD=${words.length}
_frakti
printf "%s\\n" "\${COMPREPLY[@]-}"`;
  const { success, stdout, stderr } = await new Deno.Command("bash", {
    args: ["--norc", "-uc", script],
  }).output();
  assert.equal(success, true, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((text) => text !== "");
}

Deno.test("bash completes commands and flags, those of the command included", async () => {
  assert.deepEqual(await completionsOf("p"), ["pods", "ps", "pull"]);
  assert.deepEqual(await completionsOf("logs", "--fol"), ["--follow"]);
  assert.deepEqual(await completionsOf("serve", "--fol"), []);
  assert.deepEqual(await completionsOf("--config", "/x", "ver"), ["version"]);
  assert.deepEqual(await completionsOf("completions", "z"), ["zsh"]);
  assert.deepEqual(await completionsOf("pods", "-o", ""), ["table", "json"]);
});

Deno.test("bash completes containers and pods of the frakti that runs", async () => {
  assert.deepEqual(await completionsOf("exec", "c"), ["c0ffee", "cafe"]);
  assert.deepEqual(await completionsOf("stop", ""), ["beef"]);
  assert.deepEqual(await completionsOf("logs", ""), []); // frakti says nothing there.
});

Deno.test("the scripts of every shell name every command and its flags", () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = completionScript(shell, commands, flagTable);
    for (const { name, summary, flags = [] } of commands) {
      if (summary === undefined) continue;
      assert.ok(script.includes(name), `${shell} ${name}`);
      for (const flag of flags) assert.ok(script.includes(flag.name), `${shell} ${flag.name}`);
    }
    assert.ok(!script.includes("dial-helper"));
    assert.ok(!script.includes("alsologtostderr"));
  }
});
