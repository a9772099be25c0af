/** Who listens in a guest, from its /proc/net/tcp and tcp6 (proc(5)). Pure. */

/** On all addresses, or on localhost of one family alone. */
export type Listener = "everywhere" | "loopback4" | "loopback6";

const listenState = "0A";
const loopback4 = "0100007F";
const loopback6 = "00000000000000000000000001000000";
/** 127.0.0.1 as an address of IPv6. */
const mappedLoopback = "0000000000000000FFFF00000100007F";

/** The best way to reach a listener on `port`; undefined when there is none on localhost. */
export function listenersOn(tables: string, port: number): Listener | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const found = new Set<Listener>();
  for (const line of tables.split("\n")) {
    const match = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /i.exec(
      line,
    );
    if (match === null || match[2]?.toUpperCase() !== wanted) continue;
    if (match[3]?.toUpperCase() !== listenState) continue;
    const address = match[1]?.toUpperCase() ?? "";
    if (/^0+$/.test(address)) found.add("everywhere");
    else if (address === loopback4 || address === mappedLoopback) found.add("loopback4");
    else if (address === loopback6) found.add("loopback6");
  }
  return (["everywhere", "loopback4", "loopback6"] as const).find((kind) => found.has(kind));
}
