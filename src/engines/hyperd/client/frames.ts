/** Output of hyperd: frames cut into messages of 32 bytes (exec) or 512 (attach), anywhere. */

import { OutputFrames } from "../../common/output_frames.ts";

const streams = { 1: "stdout", 2: "stderr" } as const;

/** Takes hyperd's frames apart as their bytes come, however they are cut. */
export class FrameReader extends OutputFrames<"stdout" | "stderr"> {
  constructor() {
    super("hyperd's output", streams);
  }
}
