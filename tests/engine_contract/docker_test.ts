import { testEngineContract } from "./contract.ts";
import { openDocker } from "./docker_subject.ts";

testEngineContract(
  "docker",
  [
    "processes",
    "limits",
    "update",
    "network",
    "registry",
    "absence",
    "records",
    "bulk",
    "inputEnd",
    "signals",
    "startErrors",
    "loopback",
    "figures",
    "transfer",
    "flood",
    "sharedMemory",
    "leftBehind",
  ],
  openDocker,
);
