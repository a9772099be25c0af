/**
 * The one schema of the configuration: every key with its type, range and default, and what is
 * made of it (quantities into bytes, endpoints into socket paths). Reads no file and no flag; the
 * phrase after "must be" in an error is the message given here. Called by config.ts.
 */

import * as v from "valibot";
import {
  absolutePath,
  advertisedAddress,
  boolean,
  bytes,
  dockerEndpoint,
  hostName,
  hostOrAddress,
  hostPort,
  integer,
  mapping,
  matching,
  maxPort,
  oneOf,
  optionalHostPort,
  optionalPath,
  section,
  unixSocket,
} from "./config_values.ts";

const kib = 1024;

/** QEMU's own ceiling on q35 machines is near this; more is a typing error. */
const maxVcpus = 256;

/** Less does not boot any Linux; hyperd refuses less as well. */
const minPodMemoryMb = 16;
const maxPodMemoryMb = 16 * kib * kib; // 16 TiB

/** The pieces one CRI log line may be split into are 16 KiB each; a smaller file cannot hold one. */
const minLogBytes = 16 * kib;
const maxLogBytes = kib ** 4; // 1 TiB

const registry = mapping(v.strictObject({
  mirrors: v.optional(
    v.array(
      matching(
        "a registry such as mirror.example:5000 or https://mirror.example/path",
        new RegExp(`^(?:https?://)?${hostName}(?::\\d{1,5})?(?:/[\\w./~-]*)?$`),
      ),
      "a list of registries",
    ),
    [],
  ),
  insecure: v.optional(boolean(), false),
  caFile: v.optional(absolutePath()),
}, "a mapping"));

/** The whole file. Its input is a plain tree from YAML or flags, its output the `Config`. */
export const configSchema = v.pipe(
  mapping(v.strictObject({
    listen: v.optional(unixSocket(), "/run/frakti.sock"),
    rootDirectory: v.optional(absolutePath(), "/var/lib/frakti"),
    stateDirectory: v.optional(absolutePath(), "/run/frakti"),
    hypervisor: section({
      engine: v.optional(oneOf(["qemu", "hyperd", "none"]), "qemu"),
      cpu: v.optional(integer(1, maxVcpus), 1),
      memory: v.optional(integer(minPodMemoryMb, maxPodMemoryMb), 64),
    }),
    qemu: section({
      accel: v.optional(oneOf(["auto", "kvm", "tcg"]), "auto"),
      binary: v.optional(
        matching("the name or the absolute path of a program", /^(?:\/[^\p{Cc}]+|[\w.+-]+)$/u),
        "qemu-system-x86_64",
      ),
      kernel: v.optional(absolutePath(), "/usr/lib/frakti/vmlinux"),
      initrd: v.optional(absolutePath(), "/usr/lib/frakti/initrd.img"),
    }),
    hyperd: section({
      endpoint: v.optional(hostPort("host:port"), "127.0.0.1:22318"),
    }),
    docker: section({
      enabled: v.optional(boolean(), true),
      endpoint: v.optional(dockerEndpoint(), "unix:///var/run/docker.sock"),
      cgroupDriver: v.optional(oneOf(["auto", "cgroupfs", "systemd"]), "auto"),
      pauseImage: v.optional(
        matching("an image reference", /^[A-Za-z0-9][\w.:/@-]*$/),
        "registry.k8s.io/pause:3.10",
      ),
      allowAnnotation: v.optional(boolean(), true),
    }),
    cni: section({
      confDir: v.optional(absolutePath(), "/etc/cni/net.d"),
      binDirs: v.optional(
        v.array(absolutePath(), "a list of absolute paths"),
        ["/opt/cni/bin", "/usr/lib/cni"],
      ),
      cacheDir: v.optional(absolutePath(), "/var/lib/cni"),
    }),
    streaming: section({
      address: v.optional(matching("a host name or an IP address", hostOrAddress), "127.0.0.1"),
      port: v.optional(integer(0, maxPort), 22521),
      advertiseAddress: v.optional(advertisedAddress(), ""),
      tlsCertFile: v.optional(optionalPath(), ""),
      tlsKeyFile: v.optional(optionalPath(), ""),
    }),
    registries: v.optional(
      mapping(v.record(
        matching("a registry host", new RegExp(`^${hostName}(?::\\d{1,5})?$`)),
        registry,
        "a mapping",
      )),
      {},
    ),
    logs: section({
      replayMaxSize: v.optional(bytes(minLogBytes, maxLogBytes), "20Mi"),
      maxSize: v.optional(bytes(minLogBytes, maxLogBytes, "none"), 0),
    }),
    metrics: section({
      address: v.optional(optionalHostPort('host:port, or "" for none'), ""),
    }),
    log: section({
      level: v.optional(oneOf(["debug", "info", "warn", "error"]), "info"),
      format: v.optional(oneOf(["text", "json"]), "text"),
    }),
  }, "a mapping")),
  v.transform(({ docker: { endpoint, ...docker }, logs, ...rest }) => ({
    ...rest,
    docker: { ...docker, socketPath: endpoint },
    logs: { replayMaxSizeBytes: logs.replayMaxSize, maxSizeBytes: logs.maxSize },
  })),
);
