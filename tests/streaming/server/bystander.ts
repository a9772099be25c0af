/**
 * A session that minds its own business while others misbehave: whatever they do, its bytes still
 * come back.
 */

import assert from "node:assert/strict";
import { openSpdyCommand, openWebSocketCommand, utf8 } from "../client/mod.ts";
import { waitFor } from "../../support/wait.ts";
import type { TestServer } from "./setup.ts";

/** Two innocent sessions, one over each transport. */
export interface Bystanders extends AsyncDisposable {
  /** Throws unless both still work, and nothing but them is open. */
  expectUndisturbed(): Promise<void>;
}

const selection = { stdin: true, stdout: true };

/** Opens the sessions. */
export async function startBystanders(test: TestServer): Promise<Bystanders> {
  const sessions = [
    await openSpdyCommand(test.exec(["cat"], selection), selection),
    await openWebSocketCommand(test.exec(["cat"], selection), {
      ...selection,
      protocols: ["v5.channel.k8s.io"],
    }),
  ];
  let round = 0;
  return {
    async expectUndisturbed() {
      const line = `round ${round++}\n`;
      for (const session of sessions) {
        await session.writeStdin(utf8(line));
        assert.equal(await session.stdout.textUntil((text) => text.endsWith("\n")), line);
      }
      await waitFor(
        "what the others opened is freed",
        {},
        () => test.target.open === sessions.length,
      );
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) await session.close();
    },
  };
}
