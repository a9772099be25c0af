/**
 * The files of packaging/ that are made from tables of this room. Written by
 * scripts/generate_packaging.ts, compared by a test. Pure.
 */

import { commands } from "./commands.ts";
import { completionScript } from "./completions.ts";
import { configFileText, configSchemaText } from "./config_file.ts";
import { flagTable } from "./flag_table.ts";

/** Their names below packaging/ and what is in them. */
export function packagedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["config.yaml", configFileText()],
    ["config.schema.json", configSchemaText()],
    ...["bash", "zsh", "fish"].map((shell) =>
      [`completions/frakti.${shell}`, completionScript(shell, commands, flagTable)] as const
    ),
  ]);
}
