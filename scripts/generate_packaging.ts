/**
 * Writes what is in packaging/ and made from tables of src/cli: the configuration file, its schema
 * for editors, completions for shells. A test of src/cli fails while they are not current.
 *
 *     deno run --allow-read --allow-write scripts/generate_packaging.ts
 */

import { packagedFiles } from "../src/cli/packaged_files.ts";

const packaging = new URL("../packaging/", import.meta.url);

for (const [name, text] of packagedFiles()) {
  await Deno.mkdir(new URL(".", new URL(name, packaging)), { recursive: true });
  await Deno.writeTextFile(new URL(name, packaging), text);
}
