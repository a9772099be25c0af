// generated from proto/hyperd by scripts/generate_proto.sh: do not edit
// source: types/container.proto

import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { UserContainer } from "./spec.ts";

/** Containers, and what runs in them. */

export interface ContainerListRequest {
  podID: string;
  vmID: string;
}

export interface ContainerListResult {
  containerID: string;
  containerName: string;
  podID: string;
  /** pending, running, succeeded, failed; succeeded also when killed. */
  status: string;
}

export interface ContainerListResponse {
  containerList: ContainerListResult[];
}

export interface ContainerInfoRequest {
  /** Name or id. */
  container: string;
}

export interface Container {
  /** With "/" before it. */
  name: string;
  containerID: string;
  image: string;
  imageID: string;
  tty: boolean;
  labels: Map<string, string>;
}

export interface Container_LabelsEntry {
  key: string;
  value: string;
}

export interface WaitingStatus {
  reason: string;
}

export interface RunningStatus {
  /** RFC 3339, whole seconds; year 1 or empty = not yet. */
  startedAt: string;
}

export interface TermStatus {
  /** 0 also when killed by a signal. */
  exitCode: number;
  reason: string;
  message: string;
  startedAt: string;
  finishedAt: string;
}

export interface ContainerStatus {
  name: string;
  containerID: string;
  /** pending, running, succeeded, failed. */
  phase: string;
  /** What does not belong to the phase is there and empty. */
  waiting: WaitingStatus | undefined;
  running: RunningStatus | undefined;
  terminated: TermStatus | undefined;
}

export interface ContainerInfo {
  container:
    | Container
    | undefined;
  /** Seconds since the epoch. */
  createdAt: bigint;
  podID: string;
  status: ContainerStatus | undefined;
}

export interface ContainerInfoResponse {
  containerInfo: ContainerInfo | undefined;
}

export interface ContainerCreateRequest {
  containerSpec: UserContainer | undefined;
  podID: string;
}

export interface ContainerCreateResponse {
  /** Empty when the name belongs to another pod's container. */
  containerID: string;
}

export interface ContainerStartRequest {
  containerId: string;
}

export interface ContainerStartResponse {
}

export interface ContainerSignalRequest {
  podID: string;
  containerID: string;
  signal: bigint;
}

export interface ContainerSignalResponse {
}

export interface ContainerStopRequest {
  containerID: string;
  /** Seconds; since 0.8.1. 0 = kill at once. */
  timeout: bigint;
}

export interface ContainerStopResponse {
}

export interface ContainerRemoveRequest {
  containerId: string;
}

export interface ContainerRemoveResponse {
}

export interface ExecCreateRequest {
  containerID: string;
  command: string[];
  tty: boolean;
}

export interface ExecCreateResponse {
  execID: string;
}

export interface ExecStartRequest {
  containerID: string;
  execID: string;
  stdin: Uint8Array;
}

export interface ExecStartResponse {
  /** Without a terminal, frames of Docker's stdcopy cut into 32 bytes. */
  stdout: Uint8Array;
}

export interface ExecSignalRequest {
  containerID: string;
  execID: string;
  signal: bigint;
}

export interface ExecSignalResponse {
}

export interface AttachMessage {
  containerID: string;
  data: Uint8Array;
}

export interface WaitRequest {
  container: string;
  /** Of an exec; empty = the container itself. */
  processId: string;
  /** Without effect. */
  noHang: boolean;
}

export interface WaitResponse {
  exitCode: number;
}

export interface TTYResizeRequest {
  containerID: string;
  /** Empty = the container's own terminal. */
  execID: string;
  width: number;
  height: number;
}

export interface TTYResizeResponse {
}

function createBaseContainerListRequest(): ContainerListRequest {
  return { podID: "", vmID: "" };
}

export const ContainerListRequest: MessageFns<ContainerListRequest> = {
  encode(message: ContainerListRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    if (message.vmID !== "") {
      writer.uint32(18).string(message.vmID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerListRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerListRequest();
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

  create(base?: DeepPartial<ContainerListRequest>): ContainerListRequest {
    return ContainerListRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerListRequest>): ContainerListRequest {
    const message = createBaseContainerListRequest();
    message.podID = object.podID ?? "";
    message.vmID = object.vmID ?? "";
    return message;
  },
};

function createBaseContainerListResult(): ContainerListResult {
  return { containerID: "", containerName: "", podID: "", status: "" };
}

export const ContainerListResult: MessageFns<ContainerListResult> = {
  encode(message: ContainerListResult, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerID !== "") {
      writer.uint32(10).string(message.containerID);
    }
    if (message.containerName !== "") {
      writer.uint32(18).string(message.containerName);
    }
    if (message.podID !== "") {
      writer.uint32(26).string(message.podID);
    }
    if (message.status !== "") {
      writer.uint32(34).string(message.status);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerListResult {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerListResult();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.containerName = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.status = reader.string();
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

  create(base?: DeepPartial<ContainerListResult>): ContainerListResult {
    return ContainerListResult.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerListResult>): ContainerListResult {
    const message = createBaseContainerListResult();
    message.containerID = object.containerID ?? "";
    message.containerName = object.containerName ?? "";
    message.podID = object.podID ?? "";
    message.status = object.status ?? "";
    return message;
  },
};

function createBaseContainerListResponse(): ContainerListResponse {
  return { containerList: [] };
}

export const ContainerListResponse: MessageFns<ContainerListResponse> = {
  encode(message: ContainerListResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    for (const v of message.containerList) {
      ContainerListResult.encode(v!, writer.uint32(10).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerListResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerListResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerList.push(ContainerListResult.decode(reader, reader.uint32()));
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

  create(base?: DeepPartial<ContainerListResponse>): ContainerListResponse {
    return ContainerListResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerListResponse>): ContainerListResponse {
    const message = createBaseContainerListResponse();
    message.containerList = object.containerList?.map((e) => ContainerListResult.fromPartial(e)) || [];
    return message;
  },
};

function createBaseContainerInfoRequest(): ContainerInfoRequest {
  return { container: "" };
}

export const ContainerInfoRequest: MessageFns<ContainerInfoRequest> = {
  encode(message: ContainerInfoRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.container !== "") {
      writer.uint32(10).string(message.container);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerInfoRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerInfoRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.container = reader.string();
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

  create(base?: DeepPartial<ContainerInfoRequest>): ContainerInfoRequest {
    return ContainerInfoRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerInfoRequest>): ContainerInfoRequest {
    const message = createBaseContainerInfoRequest();
    message.container = object.container ?? "";
    return message;
  },
};

function createBaseContainer(): Container {
  return { name: "", containerID: "", image: "", imageID: "", tty: false, labels: new Map() };
}

export const Container: MessageFns<Container> = {
  encode(message: Container, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.name !== "") {
      writer.uint32(10).string(message.name);
    }
    if (message.containerID !== "") {
      writer.uint32(18).string(message.containerID);
    }
    if (message.image !== "") {
      writer.uint32(26).string(message.image);
    }
    if (message.imageID !== "") {
      writer.uint32(34).string(message.imageID);
    }
    if (message.tty !== false) {
      writer.uint32(64).bool(message.tty);
    }
    message.labels.forEach((value, key) => {
      Container_LabelsEntry.encode({ key: key as any, value }, writer.uint32(114).fork()).join();
    });
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): Container {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainer();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.name = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.containerID = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.image = reader.string();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.imageID = reader.string();
            continue;
          }
          case 8: {
            if (tag !== 64) {
              break;
            }

            message.tty = reader.bool();
            continue;
          }
          case 14: {
            if (tag !== 114) {
              break;
            }

            const entry14 = Container_LabelsEntry.decode(reader, reader.uint32());
            if (entry14.value !== undefined) {
              message.labels.set(entry14.key, entry14.value);
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

  create(base?: DeepPartial<Container>): Container {
    return Container.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<Container>): Container {
    const message = createBaseContainer();
    message.name = object.name ?? "";
    message.containerID = object.containerID ?? "";
    message.image = object.image ?? "";
    message.imageID = object.imageID ?? "";
    message.tty = object.tty ?? false;
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

function createBaseContainer_LabelsEntry(): Container_LabelsEntry {
  return { key: "", value: "" };
}

export const Container_LabelsEntry: MessageFns<Container_LabelsEntry> = {
  encode(message: Container_LabelsEntry, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.key !== "") {
      writer.uint32(10).string(message.key);
    }
    if (message.value !== "") {
      writer.uint32(18).string(message.value);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): Container_LabelsEntry {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainer_LabelsEntry();
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

  create(base?: DeepPartial<Container_LabelsEntry>): Container_LabelsEntry {
    return Container_LabelsEntry.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<Container_LabelsEntry>): Container_LabelsEntry {
    const message = createBaseContainer_LabelsEntry();
    message.key = object.key ?? "";
    message.value = object.value ?? "";
    return message;
  },
};

function createBaseWaitingStatus(): WaitingStatus {
  return { reason: "" };
}

export const WaitingStatus: MessageFns<WaitingStatus> = {
  encode(message: WaitingStatus, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.reason !== "") {
      writer.uint32(10).string(message.reason);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): WaitingStatus {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseWaitingStatus();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.reason = reader.string();
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

  create(base?: DeepPartial<WaitingStatus>): WaitingStatus {
    return WaitingStatus.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<WaitingStatus>): WaitingStatus {
    const message = createBaseWaitingStatus();
    message.reason = object.reason ?? "";
    return message;
  },
};

function createBaseRunningStatus(): RunningStatus {
  return { startedAt: "" };
}

export const RunningStatus: MessageFns<RunningStatus> = {
  encode(message: RunningStatus, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.startedAt !== "") {
      writer.uint32(10).string(message.startedAt);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): RunningStatus {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseRunningStatus();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.startedAt = reader.string();
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

  create(base?: DeepPartial<RunningStatus>): RunningStatus {
    return RunningStatus.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<RunningStatus>): RunningStatus {
    const message = createBaseRunningStatus();
    message.startedAt = object.startedAt ?? "";
    return message;
  },
};

function createBaseTermStatus(): TermStatus {
  return { exitCode: 0, reason: "", message: "", startedAt: "", finishedAt: "" };
}

export const TermStatus: MessageFns<TermStatus> = {
  encode(message: TermStatus, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.exitCode !== 0) {
      writer.uint32(8).int32(message.exitCode);
    }
    if (message.reason !== "") {
      writer.uint32(18).string(message.reason);
    }
    if (message.message !== "") {
      writer.uint32(26).string(message.message);
    }
    if (message.startedAt !== "") {
      writer.uint32(34).string(message.startedAt);
    }
    if (message.finishedAt !== "") {
      writer.uint32(42).string(message.finishedAt);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): TermStatus {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseTermStatus();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 8) {
              break;
            }

            message.exitCode = reader.int32();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.reason = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.message = reader.string();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.startedAt = reader.string();
            continue;
          }
          case 5: {
            if (tag !== 42) {
              break;
            }

            message.finishedAt = reader.string();
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

  create(base?: DeepPartial<TermStatus>): TermStatus {
    return TermStatus.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<TermStatus>): TermStatus {
    const message = createBaseTermStatus();
    message.exitCode = object.exitCode ?? 0;
    message.reason = object.reason ?? "";
    message.message = object.message ?? "";
    message.startedAt = object.startedAt ?? "";
    message.finishedAt = object.finishedAt ?? "";
    return message;
  },
};

function createBaseContainerStatus(): ContainerStatus {
  return { name: "", containerID: "", phase: "", waiting: undefined, running: undefined, terminated: undefined };
}

export const ContainerStatus: MessageFns<ContainerStatus> = {
  encode(message: ContainerStatus, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.name !== "") {
      writer.uint32(10).string(message.name);
    }
    if (message.containerID !== "") {
      writer.uint32(18).string(message.containerID);
    }
    if (message.phase !== "") {
      writer.uint32(26).string(message.phase);
    }
    if (message.waiting !== undefined) {
      WaitingStatus.encode(message.waiting, writer.uint32(34).fork()).join();
    }
    if (message.running !== undefined) {
      RunningStatus.encode(message.running, writer.uint32(42).fork()).join();
    }
    if (message.terminated !== undefined) {
      TermStatus.encode(message.terminated, writer.uint32(50).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerStatus {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerStatus();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.name = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.containerID = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.phase = reader.string();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.waiting = WaitingStatus.decode(reader, reader.uint32());
            continue;
          }
          case 5: {
            if (tag !== 42) {
              break;
            }

            message.running = RunningStatus.decode(reader, reader.uint32());
            continue;
          }
          case 6: {
            if (tag !== 50) {
              break;
            }

            message.terminated = TermStatus.decode(reader, reader.uint32());
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

  create(base?: DeepPartial<ContainerStatus>): ContainerStatus {
    return ContainerStatus.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerStatus>): ContainerStatus {
    const message = createBaseContainerStatus();
    message.name = object.name ?? "";
    message.containerID = object.containerID ?? "";
    message.phase = object.phase ?? "";
    message.waiting = (object.waiting !== undefined && object.waiting !== null)
      ? WaitingStatus.fromPartial(object.waiting)
      : undefined;
    message.running = (object.running !== undefined && object.running !== null)
      ? RunningStatus.fromPartial(object.running)
      : undefined;
    message.terminated = (object.terminated !== undefined && object.terminated !== null)
      ? TermStatus.fromPartial(object.terminated)
      : undefined;
    return message;
  },
};

function createBaseContainerInfo(): ContainerInfo {
  return { container: undefined, createdAt: 0n, podID: "", status: undefined };
}

export const ContainerInfo: MessageFns<ContainerInfo> = {
  encode(message: ContainerInfo, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.container !== undefined) {
      Container.encode(message.container, writer.uint32(10).fork()).join();
    }
    if (message.createdAt !== 0n) {
      if (BigInt.asIntN(64, message.createdAt) !== message.createdAt) {
        throw new globalThis.Error("value provided for field message.createdAt of type int64 too large");
      }
      writer.uint32(16).int64(message.createdAt);
    }
    if (message.podID !== "") {
      writer.uint32(26).string(message.podID);
    }
    if (message.status !== undefined) {
      ContainerStatus.encode(message.status, writer.uint32(34).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerInfo {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerInfo();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.container = Container.decode(reader, reader.uint32());
            continue;
          }
          case 2: {
            if (tag !== 16) {
              break;
            }

            message.createdAt = reader.int64() as bigint;
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.podID = reader.string();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.status = ContainerStatus.decode(reader, reader.uint32());
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

  create(base?: DeepPartial<ContainerInfo>): ContainerInfo {
    return ContainerInfo.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerInfo>): ContainerInfo {
    const message = createBaseContainerInfo();
    message.container = (object.container !== undefined && object.container !== null)
      ? Container.fromPartial(object.container)
      : undefined;
    message.createdAt = (object.createdAt !== undefined && object.createdAt !== null) ? BigInt(object.createdAt) : 0n;
    message.podID = object.podID ?? "";
    message.status = (object.status !== undefined && object.status !== null)
      ? ContainerStatus.fromPartial(object.status)
      : undefined;
    return message;
  },
};

function createBaseContainerInfoResponse(): ContainerInfoResponse {
  return { containerInfo: undefined };
}

export const ContainerInfoResponse: MessageFns<ContainerInfoResponse> = {
  encode(message: ContainerInfoResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerInfo !== undefined) {
      ContainerInfo.encode(message.containerInfo, writer.uint32(10).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerInfoResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerInfoResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerInfo = ContainerInfo.decode(reader, reader.uint32());
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

  create(base?: DeepPartial<ContainerInfoResponse>): ContainerInfoResponse {
    return ContainerInfoResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerInfoResponse>): ContainerInfoResponse {
    const message = createBaseContainerInfoResponse();
    message.containerInfo = (object.containerInfo !== undefined && object.containerInfo !== null)
      ? ContainerInfo.fromPartial(object.containerInfo)
      : undefined;
    return message;
  },
};

function createBaseContainerCreateRequest(): ContainerCreateRequest {
  return { containerSpec: undefined, podID: "" };
}

export const ContainerCreateRequest: MessageFns<ContainerCreateRequest> = {
  encode(message: ContainerCreateRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerSpec !== undefined) {
      UserContainer.encode(message.containerSpec, writer.uint32(10).fork()).join();
    }
    if (message.podID !== "") {
      writer.uint32(18).string(message.podID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerCreateRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerCreateRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerSpec = UserContainer.decode(reader, reader.uint32());
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

  create(base?: DeepPartial<ContainerCreateRequest>): ContainerCreateRequest {
    return ContainerCreateRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerCreateRequest>): ContainerCreateRequest {
    const message = createBaseContainerCreateRequest();
    message.containerSpec = (object.containerSpec !== undefined && object.containerSpec !== null)
      ? UserContainer.fromPartial(object.containerSpec)
      : undefined;
    message.podID = object.podID ?? "";
    return message;
  },
};

function createBaseContainerCreateResponse(): ContainerCreateResponse {
  return { containerID: "" };
}

export const ContainerCreateResponse: MessageFns<ContainerCreateResponse> = {
  encode(message: ContainerCreateResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerID !== "") {
      writer.uint32(10).string(message.containerID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerCreateResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerCreateResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerID = reader.string();
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

  create(base?: DeepPartial<ContainerCreateResponse>): ContainerCreateResponse {
    return ContainerCreateResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerCreateResponse>): ContainerCreateResponse {
    const message = createBaseContainerCreateResponse();
    message.containerID = object.containerID ?? "";
    return message;
  },
};

function createBaseContainerStartRequest(): ContainerStartRequest {
  return { containerId: "" };
}

export const ContainerStartRequest: MessageFns<ContainerStartRequest> = {
  encode(message: ContainerStartRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerId !== "") {
      writer.uint32(10).string(message.containerId);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerStartRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerStartRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerId = reader.string();
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

  create(base?: DeepPartial<ContainerStartRequest>): ContainerStartRequest {
    return ContainerStartRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerStartRequest>): ContainerStartRequest {
    const message = createBaseContainerStartRequest();
    message.containerId = object.containerId ?? "";
    return message;
  },
};

function createBaseContainerStartResponse(): ContainerStartResponse {
  return {};
}

export const ContainerStartResponse: MessageFns<ContainerStartResponse> = {
  encode(_: ContainerStartResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerStartResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerStartResponse();
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

  create(base?: DeepPartial<ContainerStartResponse>): ContainerStartResponse {
    return ContainerStartResponse.fromPartial(base ?? {});
  },
  fromPartial(_: DeepPartial<ContainerStartResponse>): ContainerStartResponse {
    const message = createBaseContainerStartResponse();
    return message;
  },
};

function createBaseContainerSignalRequest(): ContainerSignalRequest {
  return { podID: "", containerID: "", signal: 0n };
}

export const ContainerSignalRequest: MessageFns<ContainerSignalRequest> = {
  encode(message: ContainerSignalRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.podID !== "") {
      writer.uint32(10).string(message.podID);
    }
    if (message.containerID !== "") {
      writer.uint32(18).string(message.containerID);
    }
    if (message.signal !== 0n) {
      if (BigInt.asIntN(64, message.signal) !== message.signal) {
        throw new globalThis.Error("value provided for field message.signal of type int64 too large");
      }
      writer.uint32(24).int64(message.signal);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerSignalRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerSignalRequest();
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

            message.containerID = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 24) {
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

  create(base?: DeepPartial<ContainerSignalRequest>): ContainerSignalRequest {
    return ContainerSignalRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerSignalRequest>): ContainerSignalRequest {
    const message = createBaseContainerSignalRequest();
    message.podID = object.podID ?? "";
    message.containerID = object.containerID ?? "";
    message.signal = (object.signal !== undefined && object.signal !== null) ? BigInt(object.signal) : 0n;
    return message;
  },
};

function createBaseContainerSignalResponse(): ContainerSignalResponse {
  return {};
}

export const ContainerSignalResponse: MessageFns<ContainerSignalResponse> = {
  encode(_: ContainerSignalResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerSignalResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerSignalResponse();
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

  create(base?: DeepPartial<ContainerSignalResponse>): ContainerSignalResponse {
    return ContainerSignalResponse.fromPartial(base ?? {});
  },
  fromPartial(_: DeepPartial<ContainerSignalResponse>): ContainerSignalResponse {
    const message = createBaseContainerSignalResponse();
    return message;
  },
};

function createBaseContainerStopRequest(): ContainerStopRequest {
  return { containerID: "", timeout: 0n };
}

export const ContainerStopRequest: MessageFns<ContainerStopRequest> = {
  encode(message: ContainerStopRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerID !== "") {
      writer.uint32(10).string(message.containerID);
    }
    if (message.timeout !== 0n) {
      if (BigInt.asIntN(64, message.timeout) !== message.timeout) {
        throw new globalThis.Error("value provided for field message.timeout of type int64 too large");
      }
      writer.uint32(16).int64(message.timeout);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerStopRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerStopRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 16) {
              break;
            }

            message.timeout = reader.int64() as bigint;
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

  create(base?: DeepPartial<ContainerStopRequest>): ContainerStopRequest {
    return ContainerStopRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerStopRequest>): ContainerStopRequest {
    const message = createBaseContainerStopRequest();
    message.containerID = object.containerID ?? "";
    message.timeout = (object.timeout !== undefined && object.timeout !== null) ? BigInt(object.timeout) : 0n;
    return message;
  },
};

function createBaseContainerStopResponse(): ContainerStopResponse {
  return {};
}

export const ContainerStopResponse: MessageFns<ContainerStopResponse> = {
  encode(_: ContainerStopResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerStopResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerStopResponse();
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

  create(base?: DeepPartial<ContainerStopResponse>): ContainerStopResponse {
    return ContainerStopResponse.fromPartial(base ?? {});
  },
  fromPartial(_: DeepPartial<ContainerStopResponse>): ContainerStopResponse {
    const message = createBaseContainerStopResponse();
    return message;
  },
};

function createBaseContainerRemoveRequest(): ContainerRemoveRequest {
  return { containerId: "" };
}

export const ContainerRemoveRequest: MessageFns<ContainerRemoveRequest> = {
  encode(message: ContainerRemoveRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerId !== "") {
      writer.uint32(10).string(message.containerId);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerRemoveRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerRemoveRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerId = reader.string();
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

  create(base?: DeepPartial<ContainerRemoveRequest>): ContainerRemoveRequest {
    return ContainerRemoveRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ContainerRemoveRequest>): ContainerRemoveRequest {
    const message = createBaseContainerRemoveRequest();
    message.containerId = object.containerId ?? "";
    return message;
  },
};

function createBaseContainerRemoveResponse(): ContainerRemoveResponse {
  return {};
}

export const ContainerRemoveResponse: MessageFns<ContainerRemoveResponse> = {
  encode(_: ContainerRemoveResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ContainerRemoveResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseContainerRemoveResponse();
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

  create(base?: DeepPartial<ContainerRemoveResponse>): ContainerRemoveResponse {
    return ContainerRemoveResponse.fromPartial(base ?? {});
  },
  fromPartial(_: DeepPartial<ContainerRemoveResponse>): ContainerRemoveResponse {
    const message = createBaseContainerRemoveResponse();
    return message;
  },
};

function createBaseExecCreateRequest(): ExecCreateRequest {
  return { containerID: "", command: [], tty: false };
}

export const ExecCreateRequest: MessageFns<ExecCreateRequest> = {
  encode(message: ExecCreateRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerID !== "") {
      writer.uint32(10).string(message.containerID);
    }
    for (const v of message.command) {
      writer.uint32(18).string(v!);
    }
    if (message.tty !== false) {
      writer.uint32(24).bool(message.tty);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ExecCreateRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseExecCreateRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerID = reader.string();
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
            if (tag !== 24) {
              break;
            }

            message.tty = reader.bool();
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

  create(base?: DeepPartial<ExecCreateRequest>): ExecCreateRequest {
    return ExecCreateRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ExecCreateRequest>): ExecCreateRequest {
    const message = createBaseExecCreateRequest();
    message.containerID = object.containerID ?? "";
    message.command = object.command?.map((e) => e) || [];
    message.tty = object.tty ?? false;
    return message;
  },
};

function createBaseExecCreateResponse(): ExecCreateResponse {
  return { execID: "" };
}

export const ExecCreateResponse: MessageFns<ExecCreateResponse> = {
  encode(message: ExecCreateResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.execID !== "") {
      writer.uint32(10).string(message.execID);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ExecCreateResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseExecCreateResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.execID = reader.string();
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

  create(base?: DeepPartial<ExecCreateResponse>): ExecCreateResponse {
    return ExecCreateResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ExecCreateResponse>): ExecCreateResponse {
    const message = createBaseExecCreateResponse();
    message.execID = object.execID ?? "";
    return message;
  },
};

function createBaseExecStartRequest(): ExecStartRequest {
  return { containerID: "", execID: "", stdin: new Uint8Array(0) };
}

export const ExecStartRequest: MessageFns<ExecStartRequest> = {
  encode(message: ExecStartRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerID !== "") {
      writer.uint32(10).string(message.containerID);
    }
    if (message.execID !== "") {
      writer.uint32(18).string(message.execID);
    }
    if (message.stdin.length !== 0) {
      writer.uint32(26).bytes(message.stdin);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ExecStartRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseExecStartRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.execID = reader.string();
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

  create(base?: DeepPartial<ExecStartRequest>): ExecStartRequest {
    return ExecStartRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ExecStartRequest>): ExecStartRequest {
    const message = createBaseExecStartRequest();
    message.containerID = object.containerID ?? "";
    message.execID = object.execID ?? "";
    message.stdin = object.stdin ?? new Uint8Array(0);
    return message;
  },
};

function createBaseExecStartResponse(): ExecStartResponse {
  return { stdout: new Uint8Array(0) };
}

export const ExecStartResponse: MessageFns<ExecStartResponse> = {
  encode(message: ExecStartResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.stdout.length !== 0) {
      writer.uint32(10).bytes(message.stdout);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ExecStartResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseExecStartResponse();
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

  create(base?: DeepPartial<ExecStartResponse>): ExecStartResponse {
    return ExecStartResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ExecStartResponse>): ExecStartResponse {
    const message = createBaseExecStartResponse();
    message.stdout = object.stdout ?? new Uint8Array(0);
    return message;
  },
};

function createBaseExecSignalRequest(): ExecSignalRequest {
  return { containerID: "", execID: "", signal: 0n };
}

export const ExecSignalRequest: MessageFns<ExecSignalRequest> = {
  encode(message: ExecSignalRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerID !== "") {
      writer.uint32(10).string(message.containerID);
    }
    if (message.execID !== "") {
      writer.uint32(18).string(message.execID);
    }
    if (message.signal !== 0n) {
      if (BigInt.asIntN(64, message.signal) !== message.signal) {
        throw new globalThis.Error("value provided for field message.signal of type int64 too large");
      }
      writer.uint32(24).int64(message.signal);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ExecSignalRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseExecSignalRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.execID = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 24) {
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

  create(base?: DeepPartial<ExecSignalRequest>): ExecSignalRequest {
    return ExecSignalRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ExecSignalRequest>): ExecSignalRequest {
    const message = createBaseExecSignalRequest();
    message.containerID = object.containerID ?? "";
    message.execID = object.execID ?? "";
    message.signal = (object.signal !== undefined && object.signal !== null) ? BigInt(object.signal) : 0n;
    return message;
  },
};

function createBaseExecSignalResponse(): ExecSignalResponse {
  return {};
}

export const ExecSignalResponse: MessageFns<ExecSignalResponse> = {
  encode(_: ExecSignalResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ExecSignalResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseExecSignalResponse();
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

  create(base?: DeepPartial<ExecSignalResponse>): ExecSignalResponse {
    return ExecSignalResponse.fromPartial(base ?? {});
  },
  fromPartial(_: DeepPartial<ExecSignalResponse>): ExecSignalResponse {
    const message = createBaseExecSignalResponse();
    return message;
  },
};

function createBaseAttachMessage(): AttachMessage {
  return { containerID: "", data: new Uint8Array(0) };
}

export const AttachMessage: MessageFns<AttachMessage> = {
  encode(message: AttachMessage, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerID !== "") {
      writer.uint32(10).string(message.containerID);
    }
    if (message.data.length !== 0) {
      writer.uint32(18).bytes(message.data);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): AttachMessage {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseAttachMessage();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.data = reader.bytes();
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

  create(base?: DeepPartial<AttachMessage>): AttachMessage {
    return AttachMessage.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<AttachMessage>): AttachMessage {
    const message = createBaseAttachMessage();
    message.containerID = object.containerID ?? "";
    message.data = object.data ?? new Uint8Array(0);
    return message;
  },
};

function createBaseWaitRequest(): WaitRequest {
  return { container: "", processId: "", noHang: false };
}

export const WaitRequest: MessageFns<WaitRequest> = {
  encode(message: WaitRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.container !== "") {
      writer.uint32(10).string(message.container);
    }
    if (message.processId !== "") {
      writer.uint32(18).string(message.processId);
    }
    if (message.noHang !== false) {
      writer.uint32(24).bool(message.noHang);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): WaitRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseWaitRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.container = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.processId = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 24) {
              break;
            }

            message.noHang = reader.bool();
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

  create(base?: DeepPartial<WaitRequest>): WaitRequest {
    return WaitRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<WaitRequest>): WaitRequest {
    const message = createBaseWaitRequest();
    message.container = object.container ?? "";
    message.processId = object.processId ?? "";
    message.noHang = object.noHang ?? false;
    return message;
  },
};

function createBaseWaitResponse(): WaitResponse {
  return { exitCode: 0 };
}

export const WaitResponse: MessageFns<WaitResponse> = {
  encode(message: WaitResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.exitCode !== 0) {
      writer.uint32(8).int32(message.exitCode);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): WaitResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseWaitResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 8) {
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

  create(base?: DeepPartial<WaitResponse>): WaitResponse {
    return WaitResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<WaitResponse>): WaitResponse {
    const message = createBaseWaitResponse();
    message.exitCode = object.exitCode ?? 0;
    return message;
  },
};

function createBaseTTYResizeRequest(): TTYResizeRequest {
  return { containerID: "", execID: "", width: 0, height: 0 };
}

export const TTYResizeRequest: MessageFns<TTYResizeRequest> = {
  encode(message: TTYResizeRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.containerID !== "") {
      writer.uint32(10).string(message.containerID);
    }
    if (message.execID !== "") {
      writer.uint32(18).string(message.execID);
    }
    if (message.width !== 0) {
      writer.uint32(24).int32(message.width);
    }
    if (message.height !== 0) {
      writer.uint32(32).int32(message.height);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): TTYResizeRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseTTYResizeRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.containerID = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.execID = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 24) {
              break;
            }

            message.width = reader.int32();
            continue;
          }
          case 4: {
            if (tag !== 32) {
              break;
            }

            message.height = reader.int32();
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

  create(base?: DeepPartial<TTYResizeRequest>): TTYResizeRequest {
    return TTYResizeRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<TTYResizeRequest>): TTYResizeRequest {
    const message = createBaseTTYResizeRequest();
    message.containerID = object.containerID ?? "";
    message.execID = object.execID ?? "";
    message.width = object.width ?? 0;
    message.height = object.height ?? 0;
    return message;
  },
};

function createBaseTTYResizeResponse(): TTYResizeResponse {
  return {};
}

export const TTYResizeResponse: MessageFns<TTYResizeResponse> = {
  encode(_: TTYResizeResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): TTYResizeResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseTTYResizeResponse();
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

  create(base?: DeepPartial<TTYResizeResponse>): TTYResizeResponse {
    return TTYResizeResponse.fromPartial(base ?? {});
  },
  fromPartial(_: DeepPartial<TTYResizeResponse>): TTYResizeResponse {
    const message = createBaseTTYResizeResponse();
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
