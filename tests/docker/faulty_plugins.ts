/**
 * CNI plugins that fail for pods of certain names, and are the real ones for all others: a pod
 * named `PLUGIN-FAULT` meets FAULT when PLUGIN attaches it.
 */

import { debianPluginDir, makeDir } from "../support/mod.ts";

/** To be searched before the real plugins. */
export async function makeFaultyPlugins(plugins: readonly string[]): Promise<string> {
  const dir = await makeDir("faulty-plugins");
  for (const plugin of plugins) {
    const script = `#!/bin/sh
fault=none
[ "$CNI_COMMAND" = ADD ] && case ";$CNI_ARGS;" in
  *";K8S_POD_NAME=${plugin}-"*)
    fault=\${CNI_ARGS##*K8S_POD_NAME=${plugin}-}
    fault=\${fault%%;*} ;;
esac
[ "$CNI_COMMAND" = DEL ] && [ -e ${dir}/refuse-del ] && fault=exit
case $fault in
  hang) exec sleep 600 ;;
  rubbish) echo 'no { JSON'; exit 0 ;;
  flood) yes 0123456789 | head -c 3000000; exit 0 ;;
  exit) echo "something went wrong inside" >&2; exit 1 ;;
  error) echo '{"cniVersion": "1.0.0", "code": 100, "msg": "no more room", "details": "at all"}'
    exit 1 ;;
  killed) kill -9 $$ ;;
  after) ${debianPluginDir}/${plugin} >/dev/null; echo "failed after all" >&2; exit 1 ;;
esac
exec ${debianPluginDir}/${plugin}
`;
    await Deno.writeTextFile(`${dir}/${plugin}`, script, { mode: 0o755 });
  }
  return dir;
}
