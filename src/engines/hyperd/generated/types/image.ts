// generated from proto/hyperd by scripts/generate_proto.sh: do not edit
// source: types/image.proto

import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";

/** Images, in the store that hyperd keeps. */

export interface ImageListRequest {
  /** JSON of filters; empty = none. */
  filterArgs: string;
  /** Glob of names; empty = all. */
  filter: string;
  /** Layers in between as well. */
  all: boolean;
}

export interface ImageInfo {
  /** "sha256:" and 64 hex digits. */
  id: string;
  parentID: string;
  repoTags: string[];
  /** Always empty in 0.8.0. */
  repoDigests: string[];
  /** Seconds since the epoch. */
  created: bigint;
  virtualSize: bigint;
  labels: Map<string, string>;
}

export interface ImageInfo_LabelsEntry {
  key: string;
  value: string;
}

export interface ImageListResponse {
  imageList: ImageInfo[];
}

export interface AuthConfig {
  username: string;
  password: string;
  /** base64 of user:password. */
  auth: string;
  email: string;
  serveraddress: string;
  registrytoken: string;
}

export interface ImagePullRequest {
  /** Without tag and digest. */
  image: string;
  /** Tag or digest; empty would pull every tag. */
  tag: string;
  auth: AuthConfig | undefined;
}

export interface ImagePullResponse {
  data: Uint8Array;
}

export interface ImageRemoveRequest {
  /** name:tag or id. */
  image: string;
  force: boolean;
  prune: boolean;
}

export interface ImageDelete {
  /** So spelt. */
  untaged: string;
  deleted: string;
}

export interface ImageRemoveResponse {
  images: ImageDelete[];
}

function createBaseImageListRequest(): ImageListRequest {
  return { filterArgs: "", filter: "", all: false };
}

export const ImageListRequest: MessageFns<ImageListRequest> = {
  encode(message: ImageListRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.filterArgs !== "") {
      writer.uint32(10).string(message.filterArgs);
    }
    if (message.filter !== "") {
      writer.uint32(18).string(message.filter);
    }
    if (message.all !== false) {
      writer.uint32(24).bool(message.all);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ImageListRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseImageListRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.filterArgs = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.filter = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 24) {
              break;
            }

            message.all = reader.bool();
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

  create(base?: DeepPartial<ImageListRequest>): ImageListRequest {
    return ImageListRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ImageListRequest>): ImageListRequest {
    const message = createBaseImageListRequest();
    message.filterArgs = object.filterArgs ?? "";
    message.filter = object.filter ?? "";
    message.all = object.all ?? false;
    return message;
  },
};

function createBaseImageInfo(): ImageInfo {
  return { id: "", parentID: "", repoTags: [], repoDigests: [], created: 0n, virtualSize: 0n, labels: new Map() };
}

export const ImageInfo: MessageFns<ImageInfo> = {
  encode(message: ImageInfo, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.id !== "") {
      writer.uint32(10).string(message.id);
    }
    if (message.parentID !== "") {
      writer.uint32(18).string(message.parentID);
    }
    for (const v of message.repoTags) {
      writer.uint32(26).string(v!);
    }
    for (const v of message.repoDigests) {
      writer.uint32(34).string(v!);
    }
    if (message.created !== 0n) {
      if (BigInt.asIntN(64, message.created) !== message.created) {
        throw new globalThis.Error("value provided for field message.created of type int64 too large");
      }
      writer.uint32(40).int64(message.created);
    }
    if (message.virtualSize !== 0n) {
      if (BigInt.asIntN(64, message.virtualSize) !== message.virtualSize) {
        throw new globalThis.Error("value provided for field message.virtualSize of type int64 too large");
      }
      writer.uint32(48).int64(message.virtualSize);
    }
    message.labels.forEach((value, key) => {
      ImageInfo_LabelsEntry.encode({ key: key as any, value }, writer.uint32(58).fork()).join();
    });
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ImageInfo {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseImageInfo();
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

            message.parentID = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.repoTags.push(reader.string());
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.repoDigests.push(reader.string());
            continue;
          }
          case 5: {
            if (tag !== 40) {
              break;
            }

            message.created = reader.int64() as bigint;
            continue;
          }
          case 6: {
            if (tag !== 48) {
              break;
            }

            message.virtualSize = reader.int64() as bigint;
            continue;
          }
          case 7: {
            if (tag !== 58) {
              break;
            }

            const entry7 = ImageInfo_LabelsEntry.decode(reader, reader.uint32());
            if (entry7.value !== undefined) {
              message.labels.set(entry7.key, entry7.value);
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

  create(base?: DeepPartial<ImageInfo>): ImageInfo {
    return ImageInfo.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ImageInfo>): ImageInfo {
    const message = createBaseImageInfo();
    message.id = object.id ?? "";
    message.parentID = object.parentID ?? "";
    message.repoTags = object.repoTags?.map((e) => e) || [];
    message.repoDigests = object.repoDigests?.map((e) => e) || [];
    message.created = (object.created !== undefined && object.created !== null) ? BigInt(object.created) : 0n;
    message.virtualSize = (object.virtualSize !== undefined && object.virtualSize !== null)
      ? BigInt(object.virtualSize)
      : 0n;
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

function createBaseImageInfo_LabelsEntry(): ImageInfo_LabelsEntry {
  return { key: "", value: "" };
}

export const ImageInfo_LabelsEntry: MessageFns<ImageInfo_LabelsEntry> = {
  encode(message: ImageInfo_LabelsEntry, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.key !== "") {
      writer.uint32(10).string(message.key);
    }
    if (message.value !== "") {
      writer.uint32(18).string(message.value);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ImageInfo_LabelsEntry {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseImageInfo_LabelsEntry();
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

  create(base?: DeepPartial<ImageInfo_LabelsEntry>): ImageInfo_LabelsEntry {
    return ImageInfo_LabelsEntry.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ImageInfo_LabelsEntry>): ImageInfo_LabelsEntry {
    const message = createBaseImageInfo_LabelsEntry();
    message.key = object.key ?? "";
    message.value = object.value ?? "";
    return message;
  },
};

function createBaseImageListResponse(): ImageListResponse {
  return { imageList: [] };
}

export const ImageListResponse: MessageFns<ImageListResponse> = {
  encode(message: ImageListResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    for (const v of message.imageList) {
      ImageInfo.encode(v!, writer.uint32(10).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ImageListResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseImageListResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.imageList.push(ImageInfo.decode(reader, reader.uint32()));
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

  create(base?: DeepPartial<ImageListResponse>): ImageListResponse {
    return ImageListResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ImageListResponse>): ImageListResponse {
    const message = createBaseImageListResponse();
    message.imageList = object.imageList?.map((e) => ImageInfo.fromPartial(e)) || [];
    return message;
  },
};

function createBaseAuthConfig(): AuthConfig {
  return { username: "", password: "", auth: "", email: "", serveraddress: "", registrytoken: "" };
}

export const AuthConfig: MessageFns<AuthConfig> = {
  encode(message: AuthConfig, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.username !== "") {
      writer.uint32(10).string(message.username);
    }
    if (message.password !== "") {
      writer.uint32(18).string(message.password);
    }
    if (message.auth !== "") {
      writer.uint32(26).string(message.auth);
    }
    if (message.email !== "") {
      writer.uint32(34).string(message.email);
    }
    if (message.serveraddress !== "") {
      writer.uint32(42).string(message.serveraddress);
    }
    if (message.registrytoken !== "") {
      writer.uint32(50).string(message.registrytoken);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): AuthConfig {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseAuthConfig();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.username = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.password = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.auth = reader.string();
            continue;
          }
          case 4: {
            if (tag !== 34) {
              break;
            }

            message.email = reader.string();
            continue;
          }
          case 5: {
            if (tag !== 42) {
              break;
            }

            message.serveraddress = reader.string();
            continue;
          }
          case 6: {
            if (tag !== 50) {
              break;
            }

            message.registrytoken = reader.string();
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

  create(base?: DeepPartial<AuthConfig>): AuthConfig {
    return AuthConfig.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<AuthConfig>): AuthConfig {
    const message = createBaseAuthConfig();
    message.username = object.username ?? "";
    message.password = object.password ?? "";
    message.auth = object.auth ?? "";
    message.email = object.email ?? "";
    message.serveraddress = object.serveraddress ?? "";
    message.registrytoken = object.registrytoken ?? "";
    return message;
  },
};

function createBaseImagePullRequest(): ImagePullRequest {
  return { image: "", tag: "", auth: undefined };
}

export const ImagePullRequest: MessageFns<ImagePullRequest> = {
  encode(message: ImagePullRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.image !== "") {
      writer.uint32(10).string(message.image);
    }
    if (message.tag !== "") {
      writer.uint32(18).string(message.tag);
    }
    if (message.auth !== undefined) {
      AuthConfig.encode(message.auth, writer.uint32(26).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ImagePullRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseImagePullRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.image = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.tag = reader.string();
            continue;
          }
          case 3: {
            if (tag !== 26) {
              break;
            }

            message.auth = AuthConfig.decode(reader, reader.uint32());
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

  create(base?: DeepPartial<ImagePullRequest>): ImagePullRequest {
    return ImagePullRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ImagePullRequest>): ImagePullRequest {
    const message = createBaseImagePullRequest();
    message.image = object.image ?? "";
    message.tag = object.tag ?? "";
    message.auth = (object.auth !== undefined && object.auth !== null)
      ? AuthConfig.fromPartial(object.auth)
      : undefined;
    return message;
  },
};

function createBaseImagePullResponse(): ImagePullResponse {
  return { data: new Uint8Array(0) };
}

export const ImagePullResponse: MessageFns<ImagePullResponse> = {
  encode(message: ImagePullResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.data.length !== 0) {
      writer.uint32(10).bytes(message.data);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ImagePullResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseImagePullResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
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

  create(base?: DeepPartial<ImagePullResponse>): ImagePullResponse {
    return ImagePullResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ImagePullResponse>): ImagePullResponse {
    const message = createBaseImagePullResponse();
    message.data = object.data ?? new Uint8Array(0);
    return message;
  },
};

function createBaseImageRemoveRequest(): ImageRemoveRequest {
  return { image: "", force: false, prune: false };
}

export const ImageRemoveRequest: MessageFns<ImageRemoveRequest> = {
  encode(message: ImageRemoveRequest, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.image !== "") {
      writer.uint32(10).string(message.image);
    }
    if (message.force !== false) {
      writer.uint32(16).bool(message.force);
    }
    if (message.prune !== false) {
      writer.uint32(24).bool(message.prune);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ImageRemoveRequest {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseImageRemoveRequest();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.image = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 16) {
              break;
            }

            message.force = reader.bool();
            continue;
          }
          case 3: {
            if (tag !== 24) {
              break;
            }

            message.prune = reader.bool();
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

  create(base?: DeepPartial<ImageRemoveRequest>): ImageRemoveRequest {
    return ImageRemoveRequest.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ImageRemoveRequest>): ImageRemoveRequest {
    const message = createBaseImageRemoveRequest();
    message.image = object.image ?? "";
    message.force = object.force ?? false;
    message.prune = object.prune ?? false;
    return message;
  },
};

function createBaseImageDelete(): ImageDelete {
  return { untaged: "", deleted: "" };
}

export const ImageDelete: MessageFns<ImageDelete> = {
  encode(message: ImageDelete, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (message.untaged !== "") {
      writer.uint32(10).string(message.untaged);
    }
    if (message.deleted !== "") {
      writer.uint32(18).string(message.deleted);
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ImageDelete {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseImageDelete();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.untaged = reader.string();
            continue;
          }
          case 2: {
            if (tag !== 18) {
              break;
            }

            message.deleted = reader.string();
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

  create(base?: DeepPartial<ImageDelete>): ImageDelete {
    return ImageDelete.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ImageDelete>): ImageDelete {
    const message = createBaseImageDelete();
    message.untaged = object.untaged ?? "";
    message.deleted = object.deleted ?? "";
    return message;
  },
};

function createBaseImageRemoveResponse(): ImageRemoveResponse {
  return { images: [] };
}

export const ImageRemoveResponse: MessageFns<ImageRemoveResponse> = {
  encode(message: ImageRemoveResponse, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    for (const v of message.images) {
      ImageDelete.encode(v!, writer.uint32(10).fork()).join();
    }
    return writer;
  },

  decode(input: BinaryReader | Uint8Array, length?: number): ImageRemoveResponse {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const previousRecursionDepth = (reader as any).__tsProtoDecodeDepth ?? 0;
    if (previousRecursionDepth >= 100) {
      throw new globalThis.Error("protobuf decode recursion limit exceeded");
    }
    (reader as any).__tsProtoDecodeDepth = previousRecursionDepth + 1;
    try {
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = createBaseImageRemoveResponse();
      while (reader.pos < end) {
        const tag = reader.uint32();
        switch (tag >>> 3) {
          case 1: {
            if (tag !== 10) {
              break;
            }

            message.images.push(ImageDelete.decode(reader, reader.uint32()));
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

  create(base?: DeepPartial<ImageRemoveResponse>): ImageRemoveResponse {
    return ImageRemoveResponse.fromPartial(base ?? {});
  },
  fromPartial(object: DeepPartial<ImageRemoveResponse>): ImageRemoveResponse {
    const message = createBaseImageRemoveResponse();
    message.images = object.images?.map((e) => ImageDelete.fromPartial(e)) || [];
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
