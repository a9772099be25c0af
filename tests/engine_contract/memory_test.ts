import { MemoryEngine } from "../support/memory_engine.ts";
import { testEngineContract } from "./contract.ts";
import type { EngineUnderTest } from "./subject.ts";

const image = "contract/shell:1";

/** What the engine has no ability for is never asked of it. */
const nothing = () => Promise.resolve();

async function openMemory(): Promise<EngineUnderTest> {
  const engine = new MemoryEngine("docker");
  await engine.start();
  engine.addImage("ab", [image]);
  return {
    engine,
    image,
    pullable: "contract/other:1",
    logRoot: "/var/log/pods",
    setNetwork: nothing,
    reopen: nothing,
    away: async () => {
      engine.away = true;
    },
    back: async () => {
      engine.away = false;
    },
    end: () => engine.close(),
  };
}

testEngineContract("memory", [
  "update",
  "absence",
  "bulk",
  "inputEnd",
  "signals",
  "startErrors",
  "loopback",
  "figures",
  "transfer",
], openMemory);
