/** Dials into a namespace, holds the connection, and waits to be killed. Run by dial_test.ts. */

import { makeDialer } from "./dial_support.ts";

const [dir = "", netnsPath = "", port = ""] = Deno.args;
const dialer = makeDialer(dir);
await dialer.start();
const connection = await dialer.dial({ podId: "pod", netnsPath }, Number(port));
Deno.stdout.writeSync(new TextEncoder().encode("dialed\n"));
await connection.readable.getReader().read();
