/**
 * CNI plugins that wait: a directory to put before the real ones, whose plugins wait at a verb as
 * long as a file is there, then go on as the real one, or fail. They tell that they wait by a file of
 * their own, so that a test can act in the middle of an attachment.
 */

import { debianPluginDir, exists, makeDir, waitFor } from "../support/mod.ts";

export interface SlowPlugins {
  /** To be searched before the real plugins. */
  readonly binDir: string;
  /** From now on `VERB` of the plugin waits. */
  hold(plugin: string, verb: string): Promise<void>;
  /** Resolves when a held plugin waits. */
  isHeld(plugin: string, verb: string): Promise<void>;
  /** Kills the plugin that waits. */
  kill(plugin: string, verb: string): Promise<void>;
  /** Held plugins go on, later ones do not wait. */
  release(plugin: string, verb: string): Promise<void>;
  /** Whether `VERB` of the plugin fails, once it has waited. */
  setBroken(plugin: string, verb: string, isBroken: boolean): Promise<void>;
}

const longestHoldTenths = 300; // A test that forgets to release must not hang.

/** Makes stand-ins for `plugins`. */
export async function makeSlowPlugins(plugins: readonly string[]): Promise<SlowPlugins> {
  const dir = await makeDir("slow-plugins");
  const binDir = `${dir}/bin`;
  await Deno.mkdir(binDir);
  const gate = (plugin: string, verb: string) => `${dir}/${plugin}.${verb}.hold`;
  const fault = (plugin: string, verb: string) => `${dir}/${plugin}.${verb}.fault`;
  const sign = (plugin: string, verb: string) => `${dir}/${plugin}.${verb}.held`;
  for (const plugin of plugins) {
    const script = `#!/bin/sh
gate=${dir}/${plugin}.$CNI_COMMAND.hold
tenths=0
while [ -e "$gate" ] && [ $tenths -lt ${longestHoldTenths} ]; do
  echo $$ >${dir}/${plugin}.$CNI_COMMAND.held
  sleep 0.1
  tenths=$((tenths + 1))
done
if [ -e ${dir}/${plugin}.$CNI_COMMAND.fault ]; then
  echo "its daemon is away" >&2
  exit 1
fi
exec ${debianPluginDir}/${plugin}
`;
    await Deno.writeTextFile(`${binDir}/${plugin}`, script, { mode: 0o755 });
  }
  return {
    binDir,
    hold: (plugin, verb) => Deno.writeTextFile(gate(plugin, verb), ""),
    isHeld: async (plugin, verb) => {
      await waitFor(`${plugin} waits in ${verb}`, {}, () => exists(sign(plugin, verb)));
    },
    kill: async (plugin, verb) => {
      const pid = () => Deno.readTextFile(sign(plugin, verb)).then(Number, () => 0);
      const id = await waitFor(`${plugin} waits in ${verb}`, {}, async () => await pid() || false);
      Deno.kill(id, "SIGKILL");
    },
    setBroken: async (plugin, verb, isBroken) => {
      const path = fault(plugin, verb);
      await (isBroken ? Deno.writeTextFile(path, "") : Deno.remove(path));
    },
    release: async (plugin, verb) => {
      await Deno.remove(gate(plugin, verb));
      if (await exists(sign(plugin, verb))) await Deno.remove(sign(plugin, verb));
    },
  };
}
