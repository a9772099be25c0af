import { testEngineContract } from "./contract.ts";
import { openQemu } from "./qemu_subject.ts";

testEngineContract(
  "qemu",
  [
    "processes",
    "limits",
    "update",
    "network",
    "registry",
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
  () => openQemu(),
);
