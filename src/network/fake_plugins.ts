/**
 * CNI plugins for unit tests: files that can be found, and a process runner that answers in their
 * place and writes down what they were asked. Nothing is executed.
 */

import { FraktiError } from "../lib/errors.ts";
import type { ProcessRequest, ProcessResult, ProcessRunner } from "../lib/process.ts";
import { type JsonObject, parseObject } from "./json.ts";

/** One execution as a plugin sees it. */
export interface FakeCall {
  readonly type: string;
  readonly verb: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: JsonObject;
  readonly timeoutMs: number;
  /** Aborted: it would be killed, which the plugin shows by ending with code null. */
  readonly signal: AbortSignal | undefined;
}

/** What a plugin does: prints an object, a text, or ends as stated. */
export type FakeAnswer = JsonObject | string | Partial<ProcessResult>;

/** Answers calls; undefined = prints nothing and succeeds. */
export type FakePlugin = (
  call: FakeCall,
) => FakeAnswer | undefined | Promise<FakeAnswer | undefined>;

/** A directory of plugins. */
export class FakePlugins implements ProcessRunner, AsyncDisposable {
  readonly calls: FakeCall[] = [];

  private constructor(readonly binDir: string, readonly plugins: Map<string, FakePlugin>) {}

  static async make(plugins: Readonly<Record<string, FakePlugin>>): Promise<FakePlugins> {
    const binDir = await Deno.makeTempDir({ prefix: "frakti-bin-" });
    for (const type of Object.keys(plugins)) {
      await Deno.writeTextFile(`${binDir}/${type}`, "", { mode: 0o755 });
    }
    return new FakePlugins(binDir, new Map(Object.entries(plugins)));
  }

  /** "ADD bridge", "DEL bridge", … in the order they ran. */
  get order(): string[] {
    return this.calls.map((call) => `${call.verb} ${call.type}`);
  }

  /** The calls of one verb. */
  of(verb: string): FakeCall[] {
    return this.calls.filter((call) => call.verb === verb);
  }

  async run(request: ProcessRequest): Promise<ProcessResult> {
    const type = request.command.slice(request.command.lastIndexOf("/") + 1);
    const plugin = this.plugins.get(type);
    if (plugin === undefined) throw new FraktiError("NotFound", `Cannot run "${type}"`);
    const env = request.env ?? {};
    const stdin = parseObject(String(request.stdin), "The input");
    const { timeoutMs, signal } = request;
    const call = { type, verb: env["CNI_COMMAND"] ?? "", env, stdin, timeoutMs, signal };
    this.calls.push(call);
    return resultOf(await plugin(call));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.binDir, { recursive: true });
  }
}

/** A plugin that ends badly with an error in the specification's form. */
export function cniError(code: number, message: string, details?: string): Partial<ProcessResult> {
  return { code: 1, stdout: encode({ cniVersion: "1.0.0", code, msg: message, details }) };
}

/** A plugin that hangs until it is killed. */
export function killed({ signal }: FakeCall): Promise<Partial<ProcessResult>> {
  return new Promise((resolve) => {
    signal?.addEventListener("abort", () => resolve({ code: null, signal: "SIGKILL" }));
  });
}

/** What a bridge answers to ADD in the form of 0.3.0 and newer. */
export function bridgeResult(netns: string, address = "10.1.0.5/24"): JsonObject {
  return {
    interfaces: [
      { name: "cni0", mac: "0a:00:00:00:00:01" },
      { name: "veth1", mac: "0a:00:00:00:00:02" },
      { name: "eth0", mac: "0A:00:00:00:00:03", sandbox: netns },
    ],
    ips: [{ address, gateway: "10.1.0.1", interface: 2 }],
    routes: [{ dst: "0.0.0.0/0" }],
  };
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}

const done: ProcessResult = {
  code: 0,
  signal: null,
  stdout: new Uint8Array(),
  stderr: new Uint8Array(),
  timedOut: false,
  truncated: false,
};

function resultOf(answer: FakeAnswer | undefined): ProcessResult {
  if (answer === undefined) return done;
  if (isEnd(answer)) return { ...done, ...answer };
  return { ...done, stdout: encode(answer) };
}

function isEnd(answer: FakeAnswer): answer is Partial<ProcessResult> {
  return typeof answer === "object" && ("code" in answer || "timedOut" in answer) &&
    !("msg" in answer);
}
