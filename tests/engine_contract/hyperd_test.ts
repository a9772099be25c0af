import { testEngineContract } from "./contract.ts";
import { openHyperd } from "./hyperd_subject.ts";

/** A hyperd that is there, for `scripts/test.sh --hyperd HOST:PORT`. */
const endpoint = Deno.env.get("FRAKTI_TEST_HYPERD");

testEngineContract(
  "hyperd",
  // What is missing here hyperd has no way for: docs/SCOPE.md.
  [
    "processes",
    "network",
    "registry",
    "records",
    ...(endpoint === undefined ? ["absence" as const] : []),
  ],
  () => openHyperd(endpoint === undefined ? {} : { endpoint }),
);
