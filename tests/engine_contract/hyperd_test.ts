import { testEngineContract } from "./contract.ts";
import { openHyperd, realHyperd } from "./hyperd_subject.ts";

testEngineContract(
  "hyperd",
  // What is missing here hyperd has no way for: docs/SCOPE.md.
  [
    "processes",
    "network",
    "registry",
    "records",
    ...(realHyperd === undefined ? ["flood" as const, "absence" as const] : []),
  ],
  () => openHyperd(realHyperd === undefined ? {} : { endpoint: realHyperd }),
);
