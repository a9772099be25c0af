/**
 * A client that calls many times and leaves with calls unanswered, as a process of its own: the
 * order in which its last frames arrive is what server_test.ts is after.
 *
 *     deno run -A tests/cri/leaving_client.ts SOCKET
 */

import { connectCri } from "../support/cri_client.ts";

const [socketPath = ""] = Deno.args;
const cri = connectCri(socketPath, "v1");
for (let call = 0; call < 300; call++) await cri.runtime.version({});
const unanswered = Array.from({ length: 20 }, () => cri.runtime.version({}));
cri.close();
await Promise.allSettled(unanswered);
Deno.exit(0);
