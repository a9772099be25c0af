/** TCP ports in tests. */

/** A port of `hostname` on which nobody listens now. */
export function freePort(hostname = "127.0.0.1"): number {
  using listener = Deno.listen({ hostname, port: 0 });
  return listener.addr.port;
}

/** True when somebody accepts connections on `HOST:PORT`. */
export async function listens(host: string): Promise<boolean> {
  const [hostname = "", port] = host.split(":");
  try {
    (await Deno.connect({ hostname, port: Number(port) })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
