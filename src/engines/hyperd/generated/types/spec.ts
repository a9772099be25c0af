// generated from proto/hyperd by scripts/generate_proto.sh: do not edit
// source: types/spec.proto

import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";

/** The specifications of pods and containers. */

export interface UserResource {
  /** 0 = 1. */
  vcpu: number;
  /** MB; 0 = 128. */
  memory: number;
}

export interface PodLogConfig {
  /** "json-file", "none", … */
  type: string;
  config: Map<string, string>;
}

export interface PodLogConfig_ConfigEntry {
  key: string;
  value: string;
}

/** A network card. With a bridge, the address is required. */
export interface UserInterface {
  /** Of the node; the card's tap joins it. */
  bridge: string;
  /** With the length of the prefix. */
  ip: string;
  /**
   * Tells cards of a pod apart, and since 1.0 the tap's name on the node; in the guest they are
   * eth0, eth1, …
   */
  ifname: string;
  mac: string;
  /** At most one card of a pod has one. Since 1.1 this is a number, the MTU: a text is an error. */
  gateway: string;
  /** Up to 0.8 the tap's name on the node, in 1.0 nothing, since 1.1 the gateway. */
  tapOrGateway: string;
}

export interface UserVolume {
  /** One of its kind in the pod. */
  name: string;
  /** Path on the node. */
  source: string;
  /** vfs: a directory or file of the node; raw, qcow2: a file with a file system. */
  format: string;
  /** Of raw and qcow2. */
  fstype: string;
}

export interface UserVolumeReference {
  /** In the container. */
  path: string;
  volume: string;
  readOnly: boolean;
  /** What the volume is, where the pod does not know it yet. */
  detail: UserVolume | undefined;
}

export interface EnvironmentVar {
  env: string;
  value: string;
}

export interface UserUser {
  /** Name or number; empty = the image's. */
  name: string;
  group: string;
  additionalGroups: string[];
}

export interface Ulimit {
  Name: string;
  Hard: bigint;
  Soft: bigint;
}

export interface UserContainer {
  /** One of its kind in the daemon. */
  name: string;
  image: string;
  workdir: string;
  tty: boolean;
  sysctl: Map<string, string>;
  envs: EnvironmentVar[];
  /** Arguments. */
  command: string[];
  entrypoint: string[];
  volumes: UserVolumeReference[];
  user: UserUser | undefined;
  labels: Map<string, string>;
  id: string;
  /** "SIGTERM" or a number; empty = the image's. */
  StopSignal: string;
  ulimits: Ulimit[];
  /** Where the output goes, as lines of Docker's json-file. */
  logPath: string;
  /** Of the root file system; since 1.0. */
  readOnly: boolean;
}

export interface UserContainer_SysctlEntry {
  key: string;
  value: string;
}

export interface UserContainer_LabelsEntry {
  key: string;
  value: string;
}

export interface UserPod {
  /** Also the name. */
  id: string;
  /** Empty = the first 63 characters of the id. */
  hostname: string;
  labels: Map<string, string>;
  resource: UserResource | undefined;
  log:
    | PodLogConfig
    | undefined;
  /** Addresses. */
  dns: string[];
  containers: UserContainer[];
  volumes: UserVolume[];
  interfaces: UserInterface[];
  /** Since 0.8.1. */
  dnsOptions: string[];
  dnsSearch: string[];
}

export interface UserPod_LabelsEntry {
  key: string;
  value: string;
}

function createBaseUserResource(): UserResource {
  return { vcpu: 0, memory: 0 };
}

export const UserResource: MessageFns<UserResource> = {
  encode(message: UserResource, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.vcpu !== 0) {
      writer.uint32(8).int32(message.vcpu);
    }
    if (message.memory !== 0) {
      writer.uint32(16).int32(message.memory);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): UserResource {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUserResource();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 8) {
              break;
            }

            message.vcpu = reader.int32();
            continue;
          }
          case 2: {
            if (tag !== 16) {
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

  create(base?: DeepPartial<UserResource>): UserResource {
    return UserResource.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<UserResource>): UserResource {
    const message = createBaseUserResource();
    message.vcpu = object.vcpu ?? 0;
    message.memory = object.memory ?? 0;
    return message;
  },
};

function createBasePodLogConfig(): PodLogConfig {
  return { type: "", config: new Map() };
}

export const PodLogConfig: MessageFns<PodLogConfig> = {
  encode(message: PodLogConfig, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.type !== "") {
      writer.uint32(10).string(message.type);
    }
    message.config.forEach((value, key) => {
      PodLogConfig_ConfigEntry.encode({ key: key as any, value }, writer.uint32(18).fork()).join();
    });
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodLogConfig {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodLogConfig();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.type = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            const entry2 = PodLogConfig_ConfigEntry.decode(reader, reader.uint32());
            if (entry2.value !== undefined) {
              message.config.set(entry2.key, entry2.value);
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

  create(base?: DeepPartial<PodLogConfig>): PodLogConfig {
    return PodLogConfig.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodLogConfig>): PodLogConfig {
    const message = createBasePodLogConfig();
    message.type = object.type ?? "";
    message.config = (() => {
      const m = new Map();
      (object.config as Map<string, string> ?? new Map()).forEach((value, key) => {
        if (value !== undefined) {
          m.set(key, globalThis.String(value));
        }
      });
      return m;
    })();
    return message;
  },
};

function createBasePodLogConfig_ConfigEntry(): PodLogConfig_ConfigEntry {
  return { key: "", value: "" };
}

export const PodLogConfig_ConfigEntry: MessageFns<PodLogConfig_ConfigEntry> = {
  encode(message: PodLogConfig_ConfigEntry, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.key !== "") {
      writer.uint32(10).string(message.key);
    }
    if (message.value !== "") {
      writer.uint32(18).string(message.value);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): PodLogConfig_ConfigEntry {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBasePodLogConfig_ConfigEntry();
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

  create(base?: DeepPartial<PodLogConfig_ConfigEntry>): PodLogConfig_ConfigEntry {
    return PodLogConfig_ConfigEntry.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<PodLogConfig_ConfigEntry>): PodLogConfig_ConfigEntry {
    const message = createBasePodLogConfig_ConfigEntry();
    message.key = object.key ?? "";
    message.value = object.value ?? "";
    return message;
  },
};

function createBaseUserInterface(): UserInterface {
  return { bridge: "", ip: "", ifname: "", mac: "", gateway: "", tapOrGateway: "" };
}

export const UserInterface: MessageFns<UserInterface> = {
  encode(message: UserInterface, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.bridge !== "") {
      writer.uint32(10).string(message.bridge);
    }
    if (message.ip !== "") {
      writer.uint32(18).string(message.ip);
    }
    if (message.ifname !== "") {
      writer.uint32(26).string(message.ifname);
    }
    if (message.mac !== "") {
      writer.uint32(34).string(message.mac);
    }
    if (message.gateway !== "") {
      writer.uint32(42).string(message.gateway);
    }
    if (message.tapOrGateway !== "") {
      writer.uint32(50).string(message.tapOrGateway);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): UserInterface {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUserInterface();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.bridge = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.ip = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.ifname = reader.string();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.mac = reader.string();
            continue;
          }
          case 5: {
            if (tag !== 42) {
              break;
            }

            message.gateway = reader.string();
            continue;
          }
          case 6: {
            if (tag !== 50) {
              break;
            }

            message.tapOrGateway = reader.string();
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

  create(base?: DeepPartial<UserInterface>): UserInterface {
    return UserInterface.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<UserInterface>): UserInterface {
    const message = createBaseUserInterface();
    message.bridge = object.bridge ?? "";
    message.ip = object.ip ?? "";
    message.ifname = object.ifname ?? "";
    message.mac = object.mac ?? "";
    message.gateway = object.gateway ?? "";
    message.tapOrGateway = object.tapOrGateway ?? "";
    return message;
  },
};

function createBaseUserVolume(): UserVolume {
  return { name: "", source: "", format: "", fstype: "" };
}

export const UserVolume: MessageFns<UserVolume> = {
  encode(message: UserVolume, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.name !== "") {
      writer.uint32(10).string(message.name);
    }
    if (message.source !== "") {
      writer.uint32(18).string(message.source);
    }
    if (message.format !== "") {
      writer.uint32(26).string(message.format);
    }
    if (message.fstype !== "") {
      writer.uint32(42).string(message.fstype);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): UserVolume {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUserVolume();
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

            message.source = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.format = reader.string();
            continue;
          }
          case 5: {
            if (tag !== 42) {
              break;
            }

            message.fstype = reader.string();
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

  create(base?: DeepPartial<UserVolume>): UserVolume {
    return UserVolume.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<UserVolume>): UserVolume {
    const message = createBaseUserVolume();
    message.name = object.name ?? "";
    message.source = object.source ?? "";
    message.format = object.format ?? "";
    message.fstype = object.fstype ?? "";
    return message;
  },
};

function createBaseUserVolumeReference(): UserVolumeReference {
  return { path: "", volume: "", readOnly: false, detail: undefined };
}

export const UserVolumeReference: MessageFns<UserVolumeReference> = {
  encode(message: UserVolumeReference, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.path !== "") {
      writer.uint32(10).string(message.path);
    }
    if (message.volume !== "") {
      writer.uint32(18).string(message.volume);
    }
    if (message.readOnly !== false) {
      writer.uint32(24).bool(message.readOnly);
    }
    if (message.detail !== undefined) {
      UserVolume.encode(message.detail, writer.uint32(34).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): UserVolumeReference {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUserVolumeReference();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.path = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.volume = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 24) {
              break;
            }

            message.readOnly = reader.bool();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.detail = UserVolume.decode(reader, reader.uint32());
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

  create(base?: DeepPartial<UserVolumeReference>): UserVolumeReference {
    return UserVolumeReference.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<UserVolumeReference>): UserVolumeReference {
    const message = createBaseUserVolumeReference();
    message.path = object.path ?? "";
    message.volume = object.volume ?? "";
    message.readOnly = object.readOnly ?? false;
    message.detail = (object.detail !== undefined && object.detail !== null)
      ? UserVolume.fromPartial(object.detail)
      : undefined;
    return message;
  },
};

function createBaseEnvironmentVar(): EnvironmentVar {
  return { env: "", value: "" };
}

export const EnvironmentVar: MessageFns<EnvironmentVar> = {
  encode(message: EnvironmentVar, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.env !== "") {
      writer.uint32(10).string(message.env);
    }
    if (message.value !== "") {
      writer.uint32(18).string(message.value);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): EnvironmentVar {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseEnvironmentVar();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.env = reader.string();
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

  create(base?: DeepPartial<EnvironmentVar>): EnvironmentVar {
    return EnvironmentVar.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<EnvironmentVar>): EnvironmentVar {
    const message = createBaseEnvironmentVar();
    message.env = object.env ?? "";
    message.value = object.value ?? "";
    return message;
  },
};

function createBaseUserUser(): UserUser {
  return { name: "", group: "", additionalGroups: [] };
}

export const UserUser: MessageFns<UserUser> = {
  encode(message: UserUser, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.name !== "") {
      writer.uint32(10).string(message.name);
    }
    if (message.group !== "") {
      writer.uint32(18).string(message.group);
    }
    for (const v of message.additionalGroups) {
      writer.uint32(26).string(v!);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): UserUser {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUserUser();
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

            message.group = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.additionalGroups.push(reader.string());
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

  create(base?: DeepPartial<UserUser>): UserUser {
    return UserUser.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<UserUser>): UserUser {
    const message = createBaseUserUser();
    message.name = object.name ?? "";
    message.group = object.group ?? "";
    message.additionalGroups = object.additionalGroups?.map((e) => e) || [];
    return message;
  },
};

function createBaseUlimit(): Ulimit {
  return { Name: "", Hard: 0n, Soft: 0n };
}

export const Ulimit: MessageFns<Ulimit> = {
  encode(message: Ulimit, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.Name !== "") {
      writer.uint32(10).string(message.Name);
    }
    if (message.Hard !== 0n) {
      if (BigInt.asUintN(64, message.Hard) !== message.Hard) {
        throw new globalThis.Error("value provided for field message.Hard of type uint64 too large");
      }
      writer.uint32(16).uint64(message.Hard);
    }
    if (message.Soft !== 0n) {
      if (BigInt.asUintN(64, message.Soft) !== message.Soft) {
        throw new globalThis.Error("value provided for field message.Soft of type uint64 too large");
      }
      writer.uint32(24).uint64(message.Soft);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): Ulimit {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUlimit();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.Name = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 16) {
              break;
            }

            message.Hard = reader.uint64() as bigint;
            continue;
          }
          case 3: {
            if (tag !== 24) {
              break;
            }

            message.Soft = reader.uint64() as bigint;
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

  create(base?: DeepPartial<Ulimit>): Ulimit {
    return Ulimit.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<Ulimit>): Ulimit {
    const message = createBaseUlimit();
    message.Name = object.Name ?? "";
    message.Hard = (object.Hard !== undefined && object.Hard !== null) ? BigInt(object.Hard) : 0n;
    message.Soft = (object.Soft !== undefined && object.Soft !== null) ? BigInt(object.Soft) : 0n;
    return message;
  },
};

function createBaseUserContainer(): UserContainer {
  return {
    name: "",
    image: "",
    workdir: "",
    tty: false,
    sysctl: new Map(),
    envs: [],
    command: [],
    entrypoint: [],
    volumes: [],
    user: undefined,
    labels: new Map(),
    id: "",
    StopSignal: "",
    ulimits: [],
    logPath: "",
    readOnly: false,
  };
}

export const UserContainer: MessageFns<UserContainer> = {
  encode(message: UserContainer, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.name !== "") {
      writer.uint32(10).string(message.name);
    }
    if (message.image !== "") {
      writer.uint32(18).string(message.image);
    }
    if (message.workdir !== "") {
      writer.uint32(26).string(message.workdir);
    }
    if (message.tty !== false) {
      writer.uint32(40).bool(message.tty);
    }
    message.sysctl.forEach((value, key) => {
      UserContainer_SysctlEntry.encode({ key: key as any, value }, writer.uint32(50).fork()).join();
    });
    for (const v of message.envs) {
      EnvironmentVar.encode(v!, writer.uint32(58).fork()).join();
    }
    for (const v of message.command) {
      writer.uint32(66).string(v!);
    }
    for (const v of message.entrypoint) {
      writer.uint32(74).string(v!);
    }
    for (const v of message.volumes) {
      UserVolumeReference.encode(v!, writer.uint32(90).fork()).join();
    }
    if (message.user !== undefined) {
      UserUser.encode(message.user, writer.uint32(106).fork()).join();
    }
    message.labels.forEach((value, key) => {
      UserContainer_LabelsEntry.encode({ key: key as any, value }, writer.uint32(114).fork()).join();
    });
    if (message.id !== "") {
      writer.uint32(122).string(message.id);
    }
    if (message.StopSignal !== "") {
      writer.uint32(138).string(message.StopSignal);
    }
    for (const v of message.ulimits) {
      Ulimit.encode(v!, writer.uint32(146).fork()).join();
    }
    if (message.logPath !== "") {
      writer.uint32(154).string(message.logPath);
    }
    if (message.readOnly !== false) {
      writer.uint32(160).bool(message.readOnly);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): UserContainer {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUserContainer();
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

            message.image = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.workdir = reader.string();
            continue;
          }
          case 5: {
            if (tag !== 40) {
              break;
            }

            message.tty = reader.bool();
            continue;
          }
          case 6: {
            if (tag !== 50) {
              break;
            }

            const entry6 = UserContainer_SysctlEntry.decode(reader, reader.uint32());
            if (entry6.value !== undefined) {
              message.sysctl.set(entry6.key, entry6.value);
            }
            continue;
          }
          case 7: {
            if (tag !== 58) {
              break;
            }

            message.envs.push(EnvironmentVar.decode(reader, reader.uint32()));
            continue;
          }
          case 8: {
            if (tag !== 66) {
              break;
            }

            message.command.push(reader.string());
            continue;
          }
          case 9: {
            if (tag !== 74) {
              break;
            }

            message.entrypoint.push(reader.string());
            continue;
          }
          case 11: {
            if (tag !== 90) {
              break;
            }

            message.volumes.push(UserVolumeReference.decode(reader, reader.uint32()));
            continue;
          }
          case 13: {
            if (tag !== 106) {
              break;
            }

            message.user = UserUser.decode(reader, reader.uint32());
            continue;
          }
          case 14: {
            if (tag !== 114) {
              break;
            }

            const entry14 = UserContainer_LabelsEntry.decode(reader, reader.uint32());
            if (entry14.value !== undefined) {
              message.labels.set(entry14.key, entry14.value);
            }
            continue;
          }
          case 15: {
            if (tag !== 122) {
              break;
            }

            message.id = reader.string();
            continue;
          }
          case 17: {
            if (tag !== 138) {
              break;
            }

            message.StopSignal = reader.string();
            continue;
          }
          case 18: {
            if (tag !== 146) {
              break;
            }

            message.ulimits.push(Ulimit.decode(reader, reader.uint32()));
            continue;
          }
          case 19: {
            if (tag !== 154) {
              break;
            }

            message.logPath = reader.string();
            continue;
          }
          case 20: {
            if (tag !== 160) {
              break;
            }

            message.readOnly = reader.bool();
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

  create(base?: DeepPartial<UserContainer>): UserContainer {
    return UserContainer.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<UserContainer>): UserContainer {
    const message = createBaseUserContainer();
    message.name = object.name ?? "";
    message.image = object.image ?? "";
    message.workdir = object.workdir ?? "";
    message.tty = object.tty ?? false;
    message.sysctl = (() => {
      const m = new Map();
      (object.sysctl as Map<string, string> ?? new Map()).forEach((value, key) => {
        if (value !== undefined) {
          m.set(key, globalThis.String(value));
        }
      });
      return m;
    })();
    message.envs = object.envs?.map((e) => EnvironmentVar.fromPartial(e)) || [];
    message.command = object.command?.map((e) => e) || [];
    message.entrypoint = object.entrypoint?.map((e) => e) || [];
    message.volumes = object.volumes?.map((e) => UserVolumeReference.fromPartial(e)) || [];
    message.user = (object.user !== undefined && object.user !== null) ? UserUser.fromPartial(object.user) : undefined;
    message.labels = (() => {
      const m = new Map();
      (object.labels as Map<string, string> ?? new Map()).forEach((value, key) => {
        if (value !== undefined) {
          m.set(key, globalThis.String(value));
        }
      });
      return m;
    })();
    message.id = object.id ?? "";
    message.StopSignal = object.StopSignal ?? "";
    message.ulimits = object.ulimits?.map((e) => Ulimit.fromPartial(e)) || [];
    message.logPath = object.logPath ?? "";
    message.readOnly = object.readOnly ?? false;
    return message;
  },
};

function createBaseUserContainer_SysctlEntry(): UserContainer_SysctlEntry {
  return { key: "", value: "" };
}

export const UserContainer_SysctlEntry: MessageFns<UserContainer_SysctlEntry> = {
  encode(message: UserContainer_SysctlEntry, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.key !== "") {
      writer.uint32(10).string(message.key);
    }
    if (message.value !== "") {
      writer.uint32(18).string(message.value);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): UserContainer_SysctlEntry {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUserContainer_SysctlEntry();
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

  create(base?: DeepPartial<UserContainer_SysctlEntry>): UserContainer_SysctlEntry {
    return UserContainer_SysctlEntry.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<UserContainer_SysctlEntry>): UserContainer_SysctlEntry {
    const message = createBaseUserContainer_SysctlEntry();
    message.key = object.key ?? "";
    message.value = object.value ?? "";
    return message;
  },
};

function createBaseUserContainer_LabelsEntry(): UserContainer_LabelsEntry {
  return { key: "", value: "" };
}

export const UserContainer_LabelsEntry: MessageFns<UserContainer_LabelsEntry> = {
  encode(message: UserContainer_LabelsEntry, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.key !== "") {
      writer.uint32(10).string(message.key);
    }
    if (message.value !== "") {
      writer.uint32(18).string(message.value);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): UserContainer_LabelsEntry {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUserContainer_LabelsEntry();
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

  create(base?: DeepPartial<UserContainer_LabelsEntry>): UserContainer_LabelsEntry {
    return UserContainer_LabelsEntry.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<UserContainer_LabelsEntry>): UserContainer_LabelsEntry {
    const message = createBaseUserContainer_LabelsEntry();
    message.key = object.key ?? "";
    message.value = object.value ?? "";
    return message;
  },
};

function createBaseUserPod(): UserPod {
  return {
    id: "",
    hostname: "",
    labels: new Map(),
    resource: undefined,
    log: undefined,
    dns: [],
    containers: [],
    volumes: [],
    interfaces: [],
    dnsOptions: [],
    dnsSearch: [],
  };
}

export const UserPod: MessageFns<UserPod> = {
  encode(message: UserPod, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.id !== "") {
      writer.uint32(10).string(message.id);
    }
    if (message.hostname !== "") {
      writer.uint32(18).string(message.hostname);
    }
    message.labels.forEach((value, key) => {
      UserPod_LabelsEntry.encode({ key: key as any, value }, writer.uint32(50).fork()).join();
    });
    if (message.resource !== undefined) {
      UserResource.encode(message.resource, writer.uint32(58).fork()).join();
    }
    if (message.log !== undefined) {
      PodLogConfig.encode(message.log, writer.uint32(66).fork()).join();
    }
    for (const v of message.dns) {
      writer.uint32(74).string(v!);
    }
    for (const v of message.containers) {
      UserContainer.encode(v!, writer.uint32(82).fork()).join();
    }
    for (const v of message.volumes) {
      UserVolume.encode(v!, writer.uint32(98).fork()).join();
    }
    for (const v of message.interfaces) {
      UserInterface.encode(v!, writer.uint32(106).fork()).join();
    }
    for (const v of message.dnsOptions) {
      writer.uint32(138).string(v!);
    }
    for (const v of message.dnsSearch) {
      writer.uint32(146).string(v!);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): UserPod {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUserPod();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.id = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.hostname = reader.string();
            continue;
          }
          case 6: {
            if (tag !== 50) {
              break;
            }

            const entry6 = UserPod_LabelsEntry.decode(reader, reader.uint32());
            if (entry6.value !== undefined) {
              message.labels.set(entry6.key, entry6.value);
            }
            continue;
          }
          case 7: {
            if (tag !== 58) {
              break;
            }

            message.resource = UserResource.decode(reader, reader.uint32());
            continue;
          }
          case 8: {
            if (tag !== 66) {
              break;
            }

            message.log = PodLogConfig.decode(reader, reader.uint32());
            continue;
          }
          case 9: {
            if (tag !== 74) {
              break;
            }

            message.dns.push(reader.string());
            continue;
          }
          case 10: {
            if (tag !== 82) {
              break;
            }

            message.containers.push(UserContainer.decode(reader, reader.uint32()));
            continue;
          }
          case 12: {
            if (tag !== 98) {
              break;
            }

            message.volumes.push(UserVolume.decode(reader, reader.uint32()));
            continue;
          }
          case 13: {
            if (tag !== 106) {
              break;
            }

            message.interfaces.push(UserInterface.decode(reader, reader.uint32()));
            continue;
          }
          case 17: {
            if (tag !== 138) {
              break;
            }

            message.dnsOptions.push(reader.string());
            continue;
          }
          case 18: {
            if (tag !== 146) {
              break;
            }

            message.dnsSearch.push(reader.string());
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

  create(base?: DeepPartial<UserPod>): UserPod {
    return UserPod.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<UserPod>): UserPod {
    const message = createBaseUserPod();
    message.id = object.id ?? "";
    message.hostname = object.hostname ?? "";
    message.labels = (() => {
      const m = new Map();
      (object.labels as Map<string, string> ?? new Map()).forEach((value, key) => {
        if (value !== undefined) {
          m.set(key, globalThis.String(value));
        }
      });
      return m;
    })();
    message.resource = (object.resource !== undefined && object.resource !== null)
      ? UserResource.fromPartial(object.resource)
      : undefined;
    message.log = (object.log !== undefined && object.log !== null) ? PodLogConfig.fromPartial(object.log) : undefined;
    message.dns = object.dns?.map((e) => e) || [];
    message.containers = object.containers?.map((e) => UserContainer.fromPartial(e)) || [];
    message.volumes = object.volumes?.map((e) => UserVolume.fromPartial(e)) || [];
    message.interfaces = object.interfaces?.map((e) => UserInterface.fromPartial(e)) || [];
    message.dnsOptions = object.dnsOptions?.map((e) => e) || [];
    message.dnsSearch = object.dnsSearch?.map((e) => e) || [];
    return message;
  },
};

function createBaseUserPod_LabelsEntry(): UserPod_LabelsEntry {
  return { key: "", value: "" };
}

export const UserPod_LabelsEntry: MessageFns<UserPod_LabelsEntry> = {
  encode(message: UserPod_LabelsEntry, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.key !== "") {
      writer.uint32(10).string(message.key);
    }
    if (message.value !== "") {
      writer.uint32(18).string(message.value);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): UserPod_LabelsEntry {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseUserPod_LabelsEntry();
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

  create(base?: DeepPartial<UserPod_LabelsEntry>): UserPod_LabelsEntry {
    return UserPod_LabelsEntry.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<UserPod_LabelsEntry>): UserPod_LabelsEntry {
    const message = createBaseUserPod_LabelsEntry();
    message.key = object.key ?? "";
    message.value = object.value ?? "";
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
