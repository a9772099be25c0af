/** Asks a hyperd what it is, for `frakti check`. */

import { describe } from "../../lib/errors.ts";
import { capabilitiesOf, HyperdClient } from "./client/mod.ts";

/** What was found, as `frakti check` prints it. */
export interface HyperdCheck {
  readonly level: "ok" | "warning" | "failure";
  readonly message: string;
  readonly mend?: string;
}

/** Looks at the hyperd behind host:port. Never rejects. */
export async function checkHyperd(endpoint: string): Promise<readonly HyperdCheck[]> {
  const client = new HyperdClient({ endpoint });
  try {
    const { version } = await client.call("version", {});
    const can = capabilitiesOf(version);
    const { executionDriver: driver, dockerRootDir } = await client.call("info", {});
    const lacks = [
      ...(can.execUser ? [] : ["exec runs as root, not as the container's user"]),
      ...(can.readonlyRootfs ? [] : ["no read-only root file systems"]),
    ];
    const found = `hyperd ${version} at ${endpoint}, ${driver}, images in ${dockerRootDir}`;
    return [
      { level: "ok", message: found },
      ...(lacks.length === 0 ? [] : [{
        level: "warning" as const,
        message: `hyperd ${version}: ${lacks.join("; ")}`,
        mend: "Update hyperd to 1.0 or later where pods need it",
      }]),
    ];
  } catch (error) {
    return [{
      level: "failure",
      message: `${endpoint}: ${describe(error)}`,
      mend: "Start hyperd with gRPCHost in its configuration, or set hyperd.endpoint",
    }];
  } finally {
    client.close();
  }
}
