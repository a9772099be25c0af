/**
 * Figures as answers show them. What was not measured stays absent: a zero would be believed.
 */

import type {
  ContainerStats,
  CpuUsage,
  InterfaceUsage,
  MemoryUsage,
  Psi,
  PsiData,
  SandboxStats,
} from "../../engines/domain.ts";
import type { Container, Sandbox } from "../../engines/domain.ts";
import type {
  ContainerAttributes,
  ContainerStats as WireContainerStats,
  CpuUsage as WireCpuUsage,
  MemoryUsage as WireMemoryUsage,
  NetworkInterfaceUsage,
  PodSandboxAttributes,
  PodSandboxStats,
  PsiData as WirePsiData,
  PsiStats,
  UInt64Value,
} from "../wire.ts";
import { fromFilesystem } from "./images.ts";
import { fromStringMap } from "./maps.ts";
import { toUint64 } from "./uint64.ts";

/** What CNI plugins are told to call a pod's interface, here as everywhere. */
const podInterface = "eth0";

/** One container's figures. */
export function fromContainerStats(stats: ContainerStats): WireContainerStats {
  const { swap } = stats;
  return {
    attributes: containerAttributes(stats.container),
    cpu: fromCpu(stats.cpu),
    memory: fromMemory(stats.memory),
    writableLayer: stats.writableLayer === undefined
      ? undefined
      : fromFilesystem(stats.writableLayer),
    swap: swap === undefined ? undefined : {
      timestamp: swap.timestampNs,
      swapAvailableBytes: measured(swap.availableBytes),
      swapUsageBytes: measured(swap.usageBytes),
    },
    io: fromIo(stats.io),
  };
}

/** The figures of a container that has none: it does not run. */
export function fromIdleContainer(container: Container): WireContainerStats {
  return fromContainerStats({ container });
}

/** One pod's figures, its containers' included. */
export function fromSandboxStats(stats: SandboxStats): PodSandboxStats {
  const { network } = stats;
  const interfaces = network?.interfaces ?? [];
  // The kernel may make others before (tunl0, sit0), which carry nothing.
  const main = interfaces.find(({ name }) => name === podInterface) ?? interfaces[0];
  const others = interfaces.filter((one) => one !== main);
  const timestamp = stats.cpu?.timestampNs ?? network?.timestampNs ?? 0n;
  return {
    attributes: sandboxAttributes(stats.sandbox),
    linux: {
      cpu: fromCpu(stats.cpu),
      memory: fromMemory(stats.memory),
      // A kubelet that takes its stats from here (seen: 1.37.2) crashes on a network without a
      // default interface, as a pod has while it loses its interfaces.
      network: network === undefined || main === undefined ? undefined : {
        timestamp: network.timestampNs,
        defaultInterface: fromInterface(main),
        interfaces: others.map(fromInterface),
      },
      process: stats.processCount === undefined
        ? undefined
        : { timestamp, processCount: measured(stats.processCount) },
      containers: stats.containers.map(fromContainerStats),
      io: fromIo(stats.io),
    },
  };
}

/** The figures of a pod that has none: it is not ready. */
export function fromIdleSandbox(sandbox: Sandbox): PodSandboxStats {
  return { attributes: sandboxAttributes(sandbox), linux: undefined };
}

function containerAttributes(container: Container): ContainerAttributes {
  return {
    id: container.id,
    metadata: { ...container.metadata },
    labels: fromStringMap(container.labels),
    annotations: fromStringMap(container.annotations),
  };
}

function sandboxAttributes(sandbox: Sandbox): PodSandboxAttributes {
  return {
    id: sandbox.id,
    metadata: { ...sandbox.metadata },
    labels: fromStringMap(sandbox.labels),
    annotations: fromStringMap(sandbox.annotations),
  };
}

function fromCpu(cpu: CpuUsage | undefined): WireCpuUsage | undefined {
  return cpu === undefined ? undefined : {
    timestamp: cpu.timestampNs,
    usageCoreNanoSeconds: measured(cpu.usageNs),
    usageNanoCores: measured(cpu.usageNanoCores),
    psi: fromPsi(cpu.psi),
  };
}

function fromMemory(memory: MemoryUsage | undefined): WireMemoryUsage | undefined {
  return memory === undefined ? undefined : {
    timestamp: memory.timestampNs,
    workingSetBytes: measured(memory.workingSetBytes),
    availableBytes: measured(memory.availableBytes),
    usageBytes: measured(memory.usageBytes),
    rssBytes: measured(memory.rssBytes),
    pageFaults: measured(memory.pageFaults),
    majorPageFaults: measured(memory.majorPageFaults),
    psi: fromPsi(memory.psi),
  };
}

function fromIo(io: ContainerStats["io"]) {
  return io === undefined ? undefined : { timestamp: io.timestampNs, psi: fromPsi(io.psi) };
}

function fromPsi(psi: Psi | undefined): PsiStats | undefined {
  return psi === undefined
    ? undefined
    : { Full: fromPsiData(psi.full), Some: fromPsiData(psi.some) };
}

function fromPsiData(data: PsiData | undefined): WirePsiData | undefined {
  return data === undefined
    ? undefined
    : { Total: toUint64(data.totalUs), Avg10: data.avg10, Avg60: data.avg60, Avg300: data.avg300 };
}

function fromInterface(nic: InterfaceUsage): NetworkInterfaceUsage {
  return {
    name: nic.name,
    rxBytes: measured(nic.rxBytes),
    rxErrors: measured(nic.rxErrors),
    txBytes: measured(nic.txBytes),
    txErrors: measured(nic.txErrors),
  };
}

function measured(value: bigint | undefined): UInt64Value | undefined {
  return value === undefined ? undefined : { value: toUint64(value) };
}
