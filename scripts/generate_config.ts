/**
 * Writes packaging/config.yaml and packaging/config.schema.json from the schema of the
 * configuration. A test of src/cli fails while they are not current.
 *
 *     deno run --allow-read --allow-write scripts/generate_config.ts
 */

import { configFileText, configSchemaText } from "../src/cli/config_file.ts";

const packaging = new URL("../packaging/", import.meta.url);

await Deno.writeTextFile(new URL("config.yaml", packaging), configFileText());
await Deno.writeTextFile(new URL("config.schema.json", packaging), configSchemaText());
