/**
 * The contract of src/engines/engine.ts as tests that every engine passes. A test file per engine
 * opens it and states its abilities:
 *
 *     testEngineContract("docker", ["processes", ...], openDocker);
 */

import { absenceCases } from "./absence_cases.ts";
import { attachCases } from "./attach_cases.ts";
import { containerCases } from "./container_cases.ts";
import { dialCases } from "./dial_cases.ts";
import { execCases } from "./exec_cases.ts";
import { figureCases } from "./figure_cases.ts";
import { imageCases } from "./image_cases.ts";
import { logCases } from "./log_cases.ts";
import { processCases } from "./process_cases.ts";
import { sandboxCases } from "./sandbox_cases.ts";
import { stopCases } from "./stop_cases.ts";
import type { Ability, ContractCase, EngineUnderTest } from "./subject.ts";

const cases: readonly ContractCase[] = [
  ...sandboxCases,
  ...containerCases,
  ...processCases,
  ...stopCases,
  ...logCases,
  ...execCases,
  ...attachCases,
  ...dialCases,
  ...imageCases,
  ...figureCases,
  ...absenceCases, // Last: what they take away comes back, but a failure there ends the engine.
];

/** Registers the contract's tests for one engine; cases that need more than `abilities` are out. */
export function testEngineContract(
  engine: string,
  abilities: readonly Ability[],
  open: () => Promise<EngineUnderTest>,
): void {
  let subject: EngineUnderTest | undefined;
  Deno.test.beforeAll(async () => {
    subject = await open();
  });
  Deno.test.afterAll(() => subject?.end());
  for (const { name, needs, run } of cases) {
    if (!needs.every((ability) => abilities.includes(ability))) continue;
    Deno.test({
      name: `${engine}: ${name}`,
      // The engine outlives the case and does its own work meanwhile.
      sanitizeOps: false,
      sanitizeResources: false,
      async fn() {
        if (subject === undefined) throw new Error("The engine was not opened");
        await run(subject);
      },
    });
  }
}
