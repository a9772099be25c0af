// generated from proto/hyperd by scripts/generate_proto.sh: do not edit
// source: types/pod.proto

import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { ContainerStatus } from "./container.ts";
import { UserPod } from "./spec.ts";

/** Pods: what is asked for, and what is told of them. */

export interface PodListRequest {
  podID: string;
  vmID: string;
}

export interface PodListResult {
  podID: string;
  podName: string;
  vmID: string;
  /** "", pending, running, failed (stopped as well), paused, stopping (broken as well). */
  status: string;
  /** Seconds since the epoch. */
  createdAt: bigint;
  labels: Map<string, string>;
}

export interface PodListResult_LabelsEntry {
  key: string;
  value: string;
}

export interface PodListResponse {
  podList: PodListResult[];
}

export interface PodCreateRequest {
  /** Never absent: 0.8.0 does not survive that. */
  podSpec: UserPod | undefined;
  podID: string;
}

export interface PodCreateResponse {
  podID: string;
}

export interface PodInfoRequest {
  podID: string;
}

export interface PodSpec {
  labels: Map<string, string>;
  vcpu: number;
  /** MB. */
  memory: number;
}

export interface PodSpec_LabelsEntry {
  key: string;
  value: string;
}

export interface PodStatus {
  /** Pending, Running, Paused, Succeeded, Failed. */
  phase: string;
  message: string;
  reason: string;
  hostIP: string;
  /** Newer daemons add the length of the prefix. */
  podIP: string[];
  /** Empty in 0.8.0. */
  startTime: string;
  containerStatus: ContainerStatus[];
  /** Empty in 0.8.0. */
  finishTime: string;
}

export interface PodInfo {
  podID: string;
  kind: string;
  apiVersion: string;
  /** Name of the VM. */
  vm: string;
  /** Seconds since the epoch. */
  createdAt: bigint;
  spec: PodSpec | undefined;
  status: PodStatus | undefined;
  podName: string;
}

export interface PodInfoResponse {
  podInfo: PodInfo | undefined;
}

export interface PodRemoveRequest {
  podID: string;
}

export interface PodRemoveResponse {
  code: number;
  cause: string;
}

export interface PodStartRequest {
  podID: string;
}

export interface PodStartResponse {
}

export interface PodStopRequest {
  podID: string;
}

export interface PodStopResponse {
  code: number;
  cause: string;
}

export interface PodSignalRequest {
  podID: string;
  signal: bigint;
}

export interface PodSignalResponse {
}

export interface ExecVMRequest {
  podID: string;
  command: string[];
  stdin: Uint8Array;
}

export interface ExecVMResponse {
  /** Standard output and error. */
  stdout: Uint8Array;
  /** In the last message, whose stdout is empty. */
  exitCode: number;
}

export interface PodStatsRequest {
  podID: string;
}

export interface CpuUsage {
  /** Nanoseconds. */
  total: bigint;
}

export interface CpuStats {
  usage: CpuUsage | undefined;
}

export interface MemoryStats {
  usage: bigint;
  workingSet: bigint;
}

export interface PodStats {
  cpu: CpuStats | undefined;
  memory:
    | MemoryStats
    | undefined;
  /** Seconds since the epoch. */
  timestamp: bigint;
}

export interface PodStatsResponse {
  podStats: PodStats | undefined;
}

function createBasePodListRequest(): PodListRequest {
  return { podID: "", vmID: "" };
}

export const PodListRequest: MessageFns<PodListRequest> = {
  encode(message: PodListRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    if (message.vmID !== "") {
      writer.uint32(18).string(message.vmID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodListRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodListRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.vmID = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodListRequest>): PodListRequest {
    return PodListRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodListRequest>): PodListRequest {
    const message = createBasePodListRequest();
    message.podID = object.podID ?? "";
    message.vmID = object.vmID ?? "";
    return message;
  },
};

function createBasePodListResult(): PodListResult {
  return { podID: "", podName: "", vmID: "", status: "", createdAt: 0n, labels: new Map() };
}

export const PodListResult: MessageFns<PodListResult> = {
  encode(message: PodListResult, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    if (message.podName !== "") {
      writer.uint32(18).string(message.podName);
    }
    if (message.vmID !== "") {
      writer.uint32(26).string(message.vmID);
    }
    if (message.status !== "") {
      writer.uint32(34).string(message.status);
    }
    if (message.createdAt !== 0n) {
      if (BigInt.asIntN(64, message.createdAt) !== message.createdAt) {
        throw new globalThis.Error("value provided for field message.createdAt of type int64 too large");
      }
      writer.uint32(40).int64(message.createdAt);
    }
    message.labels.forEach((value, key) => {
      PodListResult_LabelsEntry.encode({ key: key as any, value }, writer.uint32(50).fork()).join();
    });
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodListResult {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodListResult();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.podName = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.vmID = reader.string();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.status = reader.string();
            continue;
          }
          case 5: {
            if (tag !== 40) {
              break;
            }

            message.createdAt = reader.int64() as bigint;
            continue;
          }
          case 6: {
            if (tag !== 50) {
              break;
            }

            const entry6 = PodListResult_LabelsEntry.decode(reader, reader.uint32());
            if (entry6.value !== undefined) {
              message.labels.set(entry6.key, entry6.value);
            }
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodListResult>): PodListResult {
    return PodListResult.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodListResult>): PodListResult {
    const message = createBasePodListResult();
    message.podID = object.podID ?? "";
    message.podName = object.podName ?? "";
    message.vmID = object.vmID ?? "";
    message.status = object.status ?? "";
    message.createdAt = (object.createdAt !== undefined && object.createdAt !== null) ? BigInt(object.createdAt) : 0n;
    message.labels = (() => {
      const m = new Map();
      (object.labels as Map<string, string> ?? new Map()).forEach((value, key) => {
        if (value !== undefined) {
          m.set(key, globalThis.String(value));
        }
      });
      return m;
    })();
    return message;
  },
};

function createBasePodListResult_LabelsEntry(): PodListResult_LabelsEntry {
  return { key: "", value: "" };
}

export const PodListResult_LabelsEntry: MessageFns<PodListResult_LabelsEntry> = {
  encode(message: PodListResult_LabelsEntry, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.key !== "") {
      writer.uint32(10).string(message.key);
    }
    if (message.value !== "") {
      writer.uint32(18).string(message.value);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodListResult_LabelsEntry {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodListResult_LabelsEntry();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.key = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.value = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodListResult_LabelsEntry>): PodListResult_LabelsEntry {
    return PodListResult_LabelsEntry.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodListResult_LabelsEntry>): PodListResult_LabelsEntry {
    const message = createBasePodListResult_LabelsEntry();
    message.key = object.key ?? "";
    message.value = object.value ?? "";
    return message;
  },
};

function createBasePodListResponse(): PodListResponse {
  return { podList: [] };
}

export const PodListResponse: MessageFns<PodListResponse> = {
  encode(message: PodListResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    for (const v of message.podList) {
      PodListResult.encode(v!, writer.uint32(10).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodListResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodListResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podList.push(PodListResult.decode(reader, reader.uint32()));
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodListResponse>): PodListResponse {
    return PodListResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodListResponse>): PodListResponse {
    const message = createBasePodListResponse();
    message.podList = object.podList?.map((e) => PodListResult.fromPartial(e)) || [];
    return message;
  },
};

function createBasePodCreateRequest(): PodCreateRequest {
  return { podSpec: undefined, podID: "" };
}

export const PodCreateRequest: MessageFns<PodCreateRequest> = {
  encode(message: PodCreateRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podSpec !== undefined) {
      UserPod.encode(message.podSpec, writer.uint32(10).fork()).join();
    }
    if (message.podID !== "") {
      writer.uint32(18).string(message.podID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodCreateRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodCreateRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podSpec = UserPod.decode(reader, reader.uint32());
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodCreateRequest>): PodCreateRequest {
    return PodCreateRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodCreateRequest>): PodCreateRequest {
    const message = createBasePodCreateRequest();
    message.podSpec = (object.podSpec !== undefined && object.podSpec !== null)
      ? UserPod.fromPartial(object.podSpec)
      : undefined;
    message.podID = object.podID ?? "";
    return message;
  },
};

function createBasePodCreateResponse(): PodCreateResponse {
  return { podID: "" };
}

export const PodCreateResponse: MessageFns<PodCreateResponse> = {
  encode(message: PodCreateResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodCreateResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodCreateResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodCreateResponse>): PodCreateResponse {
    return PodCreateResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodCreateResponse>): PodCreateResponse {
    const message = createBasePodCreateResponse();
    message.podID = object.podID ?? "";
    return message;
  },
};

function createBasePodInfoRequest(): PodInfoRequest {
  return { podID: "" };
}

export const PodInfoRequest: MessageFns<PodInfoRequest> = {
  encode(message: PodInfoRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodInfoRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodInfoRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodInfoRequest>): PodInfoRequest {
    return PodInfoRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodInfoRequest>): PodInfoRequest {
    const message = createBasePodInfoRequest();
    message.podID = object.podID ?? "";
    return message;
  },
};

function createBasePodSpec(): PodSpec {
  return { labels: new Map(), vcpu: 0, memory: 0 };
}

export const PodSpec: MessageFns<PodSpec> = {
  encode(message: PodSpec, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    message.labels.forEach((value, key) => {
      PodSpec_LabelsEntry.encode({ key: key as any, value }, writer.uint32(26).fork()).join();
    });
    if (message.vcpu !== 0) {
      writer.uint32(32).int32(message.vcpu);
    }
    if (message.memory !== 0) {
      writer.uint32(40).int32(message.memory);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodSpec {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodSpec();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 3: {
            if (tag !== 26) {
              break;
            }

            const entry3 = PodSpec_LabelsEntry.decode(reader, reader.uint32());
            if (entry3.value !== undefined) {
              message.labels.set(entry3.key, entry3.value);
            }
            continue;
          }
          case 4: {
            if (tag !== 32) {
              break;
            }

            message.vcpu = reader.int32();
            continue;
          }
          case 5: {
            if (tag !== 40) {
              break;
            }

            message.memory = reader.int32();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodSpec>): PodSpec {
    return PodSpec.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodSpec>): PodSpec {
    const message = createBasePodSpec();
    message.labels = (() => {
      const m = new Map();
      (object.labels as Map<string, string> ?? new Map()).forEach((value, key) => {
        if (value !== undefined) {
          m.set(key, globalThis.String(value));
        }
      });
      return m;
    })();
    message.vcpu = object.vcpu ?? 0;
    message.memory = object.memory ?? 0;
    return message;
  },
};

function createBasePodSpec_LabelsEntry(): PodSpec_LabelsEntry {
  return { key: "", value: "" };
}

export const PodSpec_LabelsEntry: MessageFns<PodSpec_LabelsEntry> = {
  encode(message: PodSpec_LabelsEntry, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.key !== "") {
      writer.uint32(10).string(message.key);
    }
    if (message.value !== "") {
      writer.uint32(18).string(message.value);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodSpec_LabelsEntry {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodSpec_LabelsEntry();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.key = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.value = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodSpec_LabelsEntry>): PodSpec_LabelsEntry {
    return PodSpec_LabelsEntry.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodSpec_LabelsEntry>): PodSpec_LabelsEntry {
    const message = createBasePodSpec_LabelsEntry();
    message.key = object.key ?? "";
    message.value = object.value ?? "";
    return message;
  },
};

function createBasePodStatus(): PodStatus {
  return {
    phase: "",
    message: "",
    reason: "",
    hostIP: "",
    podIP: [],
    startTime: "",
    containerStatus: [],
    finishTime: "",
  };
}

export const PodStatus: MessageFns<PodStatus> = {
  encode(message: PodStatus, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.phase !== "") {
      writer.uint32(10).string(message.phase);
    }
    if (message.message !== "") {
      writer.uint32(18).string(message.message);
    }
    if (message.reason !== "") {
      writer.uint32(26).string(message.reason);
    }
    if (message.hostIP !== "") {
      writer.uint32(34).string(message.hostIP);
    }
    for (const v of message.podIP) {
      writer.uint32(42).string(v!);
    }
    if (message.startTime !== "") {
      writer.uint32(50).string(message.startTime);
    }
    for (const v of message.containerStatus) {
      ContainerStatus.encode(v!, writer.uint32(58).fork()).join();
    }
    if (message.finishTime !== "") {
      writer.uint32(66).string(message.finishTime);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodStatus {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodStatus();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.phase = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.message = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.reason = reader.string();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.hostIP = reader.string();
            continue;
          }
          case 5: {
            if (tag !== 42) {
              break;
            }

            message.podIP.push(reader.string());
            continue;
          }
          case 6: {
            if (tag !== 50) {
              break;
            }

            message.startTime = reader.string();
            continue;
          }
          case 7: {
            if (tag !== 58) {
              break;
            }

            message.containerStatus.push(ContainerStatus.decode(reader, reader.uint32()));
            continue;
          }
          case 8: {
            if (tag !== 66) {
              break;
            }

            message.finishTime = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodStatus>): PodStatus {
    return PodStatus.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodStatus>): PodStatus {
    const message = createBasePodStatus();
    message.phase = object.phase ?? "";
    message.message = object.message ?? "";
    message.reason = object.reason ?? "";
    message.hostIP = object.hostIP ?? "";
    message.podIP = object.podIP?.map((e) => e) || [];
    message.startTime = object.startTime ?? "";
    message.containerStatus = object.containerStatus?.map((e) => ContainerStatus.fromPartial(e)) || [];
    message.finishTime = object.finishTime ?? "";
    return message;
  },
};

function createBasePodInfo(): PodInfo {
  return {
    podID: "",
    kind: "",
    apiVersion: "",
    vm: "",
    createdAt: 0n,
    spec: undefined,
    status: undefined,
    podName: "",
  };
}

export const PodInfo: MessageFns<PodInfo> = {
  encode(message: PodInfo, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    if (message.kind !== "") {
      writer.uint32(18).string(message.kind);
    }
    if (message.apiVersion !== "") {
      writer.uint32(26).string(message.apiVersion);
    }
    if (message.vm !== "") {
      writer.uint32(34).string(message.vm);
    }
    if (message.createdAt !== 0n) {
      if (BigInt.asIntN(64, message.createdAt) !== message.createdAt) {
        throw new globalThis.Error("value provided for field message.createdAt of type int64 too large");
      }
      writer.uint32(40).int64(message.createdAt);
    }
    if (message.spec !== undefined) {
      PodSpec.encode(message.spec, writer.uint32(50).fork()).join();
    }
    if (message.status !== undefined) {
      PodStatus.encode(message.status, writer.uint32(58).fork()).join();
    }
    if (message.podName !== "") {
      writer.uint32(66).string(message.podName);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodInfo {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodInfo();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.kind = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.apiVersion = reader.string();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.vm = reader.string();
            continue;
          }
          case 5: {
            if (tag !== 40) {
              break;
            }

            message.createdAt = reader.int64() as bigint;
            continue;
          }
          case 6: {
            if (tag !== 50) {
              break;
            }

            message.spec = PodSpec.decode(reader, reader.uint32());
            continue;
          }
          case 7: {
            if (tag !== 58) {
              break;
            }

            message.status = PodStatus.decode(reader, reader.uint32());
            continue;
          }
          case 8: {
            if (tag !== 66) {
              break;
            }

            message.podName = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodInfo>): PodInfo {
    return PodInfo.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodInfo>): PodInfo {
    const message = createBasePodInfo();
    message.podID = object.podID ?? "";
    message.kind = object.kind ?? "";
    message.apiVersion = object.apiVersion ?? "";
    message.vm = object.vm ?? "";
    message.createdAt = (object.createdAt !== undefined && object.createdAt !== null) ? BigInt(object.createdAt) : 0n;
    message.spec = (object.spec !== undefined && object.spec !== null) ? PodSpec.fromPartial(object.spec) : undefined;
    message.status = (object.status !== undefined && object.status !== null)
      ? PodStatus.fromPartial(object.status)
      : undefined;
    message.podName = object.podName ?? "";
    return message;
  },
};

function createBasePodInfoResponse(): PodInfoResponse {
  return { podInfo: undefined };
}

export const PodInfoResponse: MessageFns<PodInfoResponse> = {
  encode(message: PodInfoResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podInfo !== undefined) {
      PodInfo.encode(message.podInfo, writer.uint32(10).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodInfoResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodInfoResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podInfo = PodInfo.decode(reader, reader.uint32());
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodInfoResponse>): PodInfoResponse {
    return PodInfoResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodInfoResponse>): PodInfoResponse {
    const message = createBasePodInfoResponse();
    message.podInfo = (object.podInfo !== undefined && object.podInfo !== null)
      ? PodInfo.fromPartial(object.podInfo)
      : undefined;
    return message;
  },
};

function createBasePodRemoveRequest(): PodRemoveRequest {
  return { podID: "" };
}

export const PodRemoveRequest: MessageFns<PodRemoveRequest> = {
  encode(message: PodRemoveRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodRemoveRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodRemoveRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodRemoveRequest>): PodRemoveRequest {
    return PodRemoveRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodRemoveRequest>): PodRemoveRequest {
    const message = createBasePodRemoveRequest();
    message.podID = object.podID ?? "";
    return message;
  },
};

function createBasePodRemoveResponse(): PodRemoveResponse {
  return { code: 0, cause: "" };
}

export const PodRemoveResponse: MessageFns<PodRemoveResponse> = {
  encode(message: PodRemoveResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.code !== 0) {
      writer.uint32(8).int32(message.code);
    }
    if (message.cause !== "") {
      writer.uint32(18).string(message.cause);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodRemoveResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodRemoveResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 8) {
              break;
            }

            message.code = reader.int32();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.cause = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodRemoveResponse>): PodRemoveResponse {
    return PodRemoveResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodRemoveResponse>): PodRemoveResponse {
    const message = createBasePodRemoveResponse();
    message.code = object.code ?? 0;
    message.cause = object.cause ?? "";
    return message;
  },
};

function createBasePodStartRequest(): PodStartRequest {
  return { podID: "" };
}

export const PodStartRequest: MessageFns<PodStartRequest> = {
  encode(message: PodStartRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodStartRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodStartRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodStartRequest>): PodStartRequest {
    return PodStartRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodStartRequest>): PodStartRequest {
    const message = createBasePodStartRequest();
    message.podID = object.podID ?? "";
    return message;
  },
};

function createBasePodStartResponse(): PodStartResponse {
  return {};
}

export const PodStartResponse: MessageFns<PodStartResponse> = {
  encode(_: PodStartResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodStartResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodStartResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodStartResponse>): PodStartResponse {
    return PodStartResponse.fromPartial(base ?? {});
  },
  fromPartial(_: DeepPartial<PodStartResponse>): PodStartResponse {
    const message = createBasePodStartResponse();
    return message;
  },
};

function createBasePodStopRequest(): PodStopRequest {
  return { podID: "" };
}

export const PodStopRequest: MessageFns<PodStopRequest> = {
  encode(message: PodStopRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodStopRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodStopRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodStopRequest>): PodStopRequest {
    return PodStopRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodStopRequest>): PodStopRequest {
    const message = createBasePodStopRequest();
    message.podID = object.podID ?? "";
    return message;
  },
};

function createBasePodStopResponse(): PodStopResponse {
  return { code: 0, cause: "" };
}

export const PodStopResponse: MessageFns<PodStopResponse> = {
  encode(message: PodStopResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.code !== 0) {
      writer.uint32(8).int32(message.code);
    }
    if (message.cause !== "") {
      writer.uint32(18).string(message.cause);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodStopResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodStopResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 8) {
              break;
            }

            message.code = reader.int32();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.cause = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodStopResponse>): PodStopResponse {
    return PodStopResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodStopResponse>): PodStopResponse {
    const message = createBasePodStopResponse();
    message.code = object.code ?? 0;
    message.cause = object.cause ?? "";
    return message;
  },
};

function createBasePodSignalRequest(): PodSignalRequest {
  return { podID: "", signal: 0n };
}

export const PodSignalRequest: MessageFns<PodSignalRequest> = {
  encode(message: PodSignalRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    if (message.signal !== 0n) {
      if (BigInt.asIntN(64, message.signal) !== message.signal) {
        throw new globalThis.Error("value provided for field message.signal of type int64 too large");
      }
      writer.uint32(16).int64(message.signal);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodSignalRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodSignalRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 16) {
              break;
            }

            message.signal = reader.int64() as bigint;
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodSignalRequest>): PodSignalRequest {
    return PodSignalRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodSignalRequest>): PodSignalRequest {
    const message = createBasePodSignalRequest();
    message.podID = object.podID ?? "";
    message.signal = (object.signal !== undefined && object.signal !== null) ? BigInt(object.signal) : 0n;
    return message;
  },
};

function createBasePodSignalResponse(): PodSignalResponse {
  return {};
}

export const PodSignalResponse: MessageFns<PodSignalResponse> = {
  encode(_: PodSignalResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodSignalResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodSignalResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodSignalResponse>): PodSignalResponse {
    return PodSignalResponse.fromPartial(base ?? {});
  },
  fromPartial(_: DeepPartial<PodSignalResponse>): PodSignalResponse {
    const message = createBasePodSignalResponse();
    return message;
  },
};

function createBaseExecVMRequest(): ExecVMRequest {
  return { podID: "", command: [], stdin: new Uint8Array(0) };
}

export const ExecVMRequest: MessageFns<ExecVMRequest> = {
  encode(message: ExecVMRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    for (const v of message.command) {
      writer.uint32(18).string(v!);
    }
    if (message.stdin.length !== 0) {
      writer.uint32(26).bytes(message.stdin);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ExecVMRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseExecVMRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.command.push(reader.string());
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.stdin = reader.bytes();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<ExecVMRequest>): ExecVMRequest {
    return ExecVMRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ExecVMRequest>): ExecVMRequest {
    const message = createBaseExecVMRequest();
    message.podID = object.podID ?? "";
    message.command = object.command?.map((e) => e) || [];
    message.stdin = object.stdin ?? new Uint8Array(0);
    return message;
  },
};

function createBaseExecVMResponse(): ExecVMResponse {
  return { stdout: new Uint8Array(0), exitCode: 0 };
}

export const ExecVMResponse: MessageFns<ExecVMResponse> = {
  encode(message: ExecVMResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.stdout.length !== 0) {
      writer.uint32(10).bytes(message.stdout);
    }
    if (message.exitCode !== 0) {
      writer.uint32(16).int32(message.exitCode);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ExecVMResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseExecVMResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.stdout = reader.bytes();
            continue;
          }
          case 2: {
            if (tag !== 16) {
              break;
            }

            message.exitCode = reader.int32();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<ExecVMResponse>): ExecVMResponse {
    return ExecVMResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ExecVMResponse>): ExecVMResponse {
    const message = createBaseExecVMResponse();
    message.stdout = object.stdout ?? new Uint8Array(0);
    message.exitCode = object.exitCode ?? 0;
    return message;
  },
};

function createBasePodStatsRequest(): PodStatsRequest {
  return { podID: "" };
}

export const PodStatsRequest: MessageFns<PodStatsRequest> = {
  encode(message: PodStatsRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodStatsRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodStatsRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodStatsRequest>): PodStatsRequest {
    return PodStatsRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodStatsRequest>): PodStatsRequest {
    const message = createBasePodStatsRequest();
    message.podID = object.podID ?? "";
    return message;
  },
};

function createBaseCpuUsage(): CpuUsage {
  return { total: 0n };
}

export const CpuUsage: MessageFns<CpuUsage> = {
  encode(message: CpuUsage, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.total !== 0n) {
      if (BigInt.asUintN(64, message.total) !== message.total) {
        throw new globalThis.Error("value provided for field message.total of type uint64 too large");
      }
      writer.uint32(8).uint64(message.total);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): CpuUsage {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseCpuUsage();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 8) {
              break;
            }

            message.total = reader.uint64() as bigint;
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<CpuUsage>): CpuUsage {
    return CpuUsage.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<CpuUsage>): CpuUsage {
    const message = createBaseCpuUsage();
    message.total = (object.total !== undefined && object.total !== null) ? BigInt(object.total) : 0n;
    return message;
  },
};

function createBaseCpuStats(): CpuStats {
  return { usage: undefined };
}

export const CpuStats: MessageFns<CpuStats> = {
  encode(message: CpuStats, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.usage !== undefined) {
      CpuUsage.encode(message.usage, writer.uint32(10).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): CpuStats {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseCpuStats();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.usage = CpuUsage.decode(reader, reader.uint32());
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<CpuStats>): CpuStats {
    return CpuStats.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<CpuStats>): CpuStats {
    const message = createBaseCpuStats();
    message.usage = (object.usage !== undefined && object.usage !== null)
      ? CpuUsage.fromPartial(object.usage)
      : undefined;
    return message;
  },
};

function createBaseMemoryStats(): MemoryStats {
  return { usage: 0n, workingSet: 0n };
}

export const MemoryStats: MessageFns<MemoryStats> = {
  encode(message: MemoryStats, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.usage !== 0n) {
      if (BigInt.asUintN(64, message.usage) !== message.usage) {
        throw new globalThis.Error("value provided for field message.usage of type uint64 too large");
      }
      writer.uint32(8).uint64(message.usage);
    }
    if (message.workingSet !== 0n) {
      if (BigInt.asUintN(64, message.workingSet) !== message.workingSet) {
        throw new globalThis.Error("value provided for field message.workingSet of type uint64 too large");
      }
      writer.uint32(16).uint64(message.workingSet);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): MemoryStats {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseMemoryStats();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 8) {
              break;
            }

            message.usage = reader.uint64() as bigint;
            continue;
          }
          case 2: {
            if (tag !== 16) {
              break;
            }

            message.workingSet = reader.uint64() as bigint;
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<MemoryStats>): MemoryStats {
    return MemoryStats.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<MemoryStats>): MemoryStats {
    const message = createBaseMemoryStats();
    message.usage = (object.usage !== undefined && object.usage !== null) ? BigInt(object.usage) : 0n;
    message.workingSet = (object.workingSet !== undefined && object.workingSet !== null)
      ? BigInt(object.workingSet)
      : 0n;
    return message;
  },
};

function createBasePodStats(): PodStats {
  return { cpu: undefined, memory: undefined, timestamp: 0n };
}

export const PodStats: MessageFns<PodStats> = {
  encode(message: PodStats, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.cpu !== undefined) {
      CpuStats.encode(message.cpu, writer.uint32(10).fork()).join();
    }
    if (message.memory !== undefined) {
      MemoryStats.encode(message.memory, writer.uint32(26).fork()).join();
    }
    if (message.timestamp !== 0n) {
      if (BigInt.asIntN(64, message.timestamp) !== message.timestamp) {
        throw new globalThis.Error("value provided for field message.timestamp of type int64 too large");
      }
      writer.uint32(48).int64(message.timestamp);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodStats {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodStats();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.cpu = CpuStats.decode(reader, reader.uint32());
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.memory = MemoryStats.decode(reader, reader.uint32());
            continue;
          }
          case 6: {
            if (tag !== 48) {
              break;
            }

            message.timestamp = reader.int64() as bigint;
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodStats>): PodStats {
    return PodStats.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodStats>): PodStats {
    const message = createBasePodStats();
    message.cpu = (object.cpu !== undefined && object.cpu !== null) ? CpuStats.fromPartial(object.cpu) : undefined;
    message.memory = (object.memory !== undefined && object.memory !== null)
      ? MemoryStats.fromPartial(object.memory)
      : undefined;
    message.timestamp = (object.timestamp !== undefined && object.timestamp !== null) ? BigInt(object.timestamp) : 0n;
    return message;
  },
};

function createBasePodStatsResponse(): PodStatsResponse {
  return { podStats: undefined };
}

export const PodStatsResponse: MessageFns<PodStatsResponse> = {
  encode(message: PodStatsResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podStats !== undefined) {
      PodStats.encode(message.podStats, writer.uint32(10).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodStatsResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodStatsResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.podStats = PodStats.decode(reader, reader.uint32());
            continue;
          }
        }
        if ((tag & 7) === 4 || tag === 0) {
          break;
        }
        reader.skip(tag & 7);
      }
      return message;
    } finally {
      (reader as any).__tsProtoDecodeDepth = previousRecursionDepth;
    }
  },

  create(base?: DeepPartial<PodStatsResponse>): PodStatsResponse {
    return PodStatsResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodStatsResponse>): PodStatsResponse {
    const message = createBasePodStatsResponse();
    message.podStats = (object.podStats !== undefined && object.podStats !== null)
      ? PodStats.fromPartial(object.podStats)
      : undefined;
    return message;
  },
};

type Builtin = Date | Function | Uint8Array | string | number | boolean | bigint | undefined;

type DeepPartial<T> = T extends bigint ? string | number | bigint
  : T extends Builtin ? T : T extends globalThis.Array<infer U> ? globalThis.Array<DeepPartial<U>>
  : T extends ReadonlyArray<infer U> ? ReadonlyArray<DeepPartial<U>>
  : T extends {} ? { [K in keyof T]?: DeepPartial<T[K]> }
  : Partial<T>;

interface MessageFns<T> {
  encode(message: T, writer?: BinaryWriter): BinaryWriter;
  decode(input: BinaryReader | Uint8Array, length?: number): T;
  create(base?: DeepPartial<T>): T;
  fromPartial(object: DeepPartial<T>): T;
}
