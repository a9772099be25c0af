/**
 * Reads our own interface statements (proto/cri) as far as the field table needs them: messages,
 * the fields of each, and the requests of each service. It knows the style of those files, not
 * the whole language.
 */

/** A message's fields: name → type, without its package. */
export type Fields = ReadonlyMap<string, string>;

/** What one API package states. */
export interface Schema {
  /** By name; messages inside messages as "Outer.Inner". */
  readonly messages: ReadonlyMap<string, Fields>;
  /** The request message of each method. */
  readonly requests: ReadonlyMap<string, string>;
}

/** Reads every statement below `directory` as one package. */
export async function readSchema(directory: URL): Promise<Schema> {
  const messages = new Map<string, Fields>();
  const requests = new Map<string, string>();
  for await (const entry of Deno.readDir(directory)) {
    if (!entry.name.endsWith(".proto")) continue;
    const text = await Deno.readTextFile(new URL(entry.name, directory));
    read(text, messages, requests);
  }
  return { messages, requests };
}

const fieldLine = /^(?:repeated )?(map<\w+, \w+>|[\w.]+) (\w+) = \d+(?: \[[^\]]*\])?;$/;
const rpcLine = /^rpc (\w+)\(([\w.]+)\) returns \(/;

function read(text: string, messages: Map<string, Fields>, requests: Map<string, string>): void {
  const open: { name: string; fields: Map<string, string> | undefined }[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.replace(/\/\/.*$/, "").trim();
    const block = /^(message|enum|service) (\w+) \{(\})?$/.exec(line);
    if (block !== null) {
      const [, kind, name = "", closed] = block;
      const outer = open.at(-1);
      const fullName = outer?.fields === undefined ? name : `${outer.name}.${name}`;
      const fields = kind === "message" ? new Map<string, string>() : undefined;
      if (fields !== undefined) messages.set(fullName, fields);
      if (closed === undefined) open.push({ name: fullName, fields });
      continue;
    }
    if (line === "}") {
      open.pop();
      continue;
    }
    const rpc = rpcLine.exec(line);
    if (rpc !== null) requests.set(rpc[1] ?? "", bare(rpc[2] ?? ""));
    const field = fieldLine.exec(line);
    if (field !== null) open.at(-1)?.fields?.set(field[2] ?? "", bare(field[1] ?? ""));
  }
}

/** A type without its package. */
function bare(type: string): string {
  return type.replace(/^runtime\.(v1(alpha2)?\.)?/, "");
}

/** Every message that is part of some request, with its fields. */
export function requestMessages(schema: Schema): ReadonlyMap<string, Fields> {
  const found = new Map<string, Fields>();
  const pending = [...schema.requests.values()];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const fields = schema.messages.get(name);
    if (fields === undefined || found.has(name)) continue;
    found.set(name, fields);
    pending.push(...fields.values());
  }
  return found;
}
