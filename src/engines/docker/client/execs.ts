/**
 * The engine's exec calls. Starting one takes the connection over; how the session behaves is
 * src/engines/docker/exec.
 */

import { internal } from "../../../lib/errors.ts";
import type { ExecCreateBody } from "./bodies.ts";
import type { HijackedStream, Transport } from "./call.ts";
import { type DockerExec, readCreatedId, readExec } from "./responses.ts";

export interface DockerExecsApi {
  /** @throws FraktiError NotFound or FailedPrecondition when the container is gone or stopped. */
  create(containerId: string, body: ExecCreateBody): Promise<string>;
  start(execId: string, tty: boolean): Promise<HijackedStream>;
  inspect(execId: string): Promise<DockerExec>;
  /** Only after the start; engines answer NotFound or FailedPrecondition before. */
  resize(execId: string, columns: number, rows: number): Promise<void>;
}

/** Exec calls over `transport`. */
export function execsApi(transport: Transport): DockerExecsApi {
  return {
    async create(containerId, body) {
      const action = `Cannot exec in container "${containerId}"`;
      const answer = await transport.call({
        action,
        method: "POST",
        path: `/containers/${encodeURIComponent(containerId)}/exec`,
        body,
        repeatable: true, // One that is never started takes a few hundred bytes of the engine's.
      });
      const id = readCreatedId(answer.body);
      if (id === "") throw internal(`${action}: Docker gave no exec id`);
      return id;
    },

    start(execId, tty) {
      return transport.hijack({
        action: `Cannot start exec "${execId}"`,
        method: "POST",
        path: `/exec/${encodeURIComponent(execId)}/start`,
        body: { Detach: false, Tty: tty },
      });
    },

    async inspect(execId) {
      const answer = await transport.call({
        action: `Cannot inspect exec "${execId}"`,
        method: "GET",
        path: `/exec/${encodeURIComponent(execId)}/json`,
      });
      return readExec(answer.body);
    },

    async resize(execId, columns, rows) {
      await transport.call({
        action: `Cannot resize the terminal of exec "${execId}"`,
        method: "POST",
        path: `/exec/${encodeURIComponent(execId)}/resize`,
        query: { w: columns, h: rows },
        // 1.24 answers 200 or 201 depending on the engine.
      });
    },
  };
}
