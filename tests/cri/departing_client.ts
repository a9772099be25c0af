/** Connects, calls and leaves again and again on the socket it is given, without any pause. */

import { connectCri } from "../support/cri_client.ts";

const [socketPath = "", rounds = "1", calls = "1"] = Deno.args;
for (let round = 0; round < Number(rounds); round++) {
  const cri = connectCri(socketPath, "v1");
  for (let call = 0; call < Number(calls); call++) await cri.runtime.version({});
  cri.close();
}
Deno.exit(0);
