/**
 * What every key of the configuration is for, for the file in packaging/ and for editors. Keyed by
 * path; a test makes sure that each key of the schema is told and nothing else. Pure data.
 */

/** A line for a key; `note` stands behind the value where it fits. */
export interface KeyComment {
  readonly text: string;
  readonly note?: string;
}

/** Sections and keys in the order of the schema. */
export const configComments: Readonly<Record<string, KeyComment>> = {
  listen: {
    text: "Socket for the kubelet (--container-runtime-endpoint=unix:///run/frakti.sock).",
  },
  rootDirectory: {
    text: "What survives a reboot of the node: records of pods, images of the qemu engine.",
  },
  stateDirectory: { text: "What does not: sockets and files of running pods." },

  hypervisor: { text: "Where pods run that do not need the host: in virtual machines." },
  "hypervisor.engine": {
    text: "The engine of these pods; with none they run in Docker.",
    note: "qemu | hyperd | none",
  },
  "hypervisor.cpu": { text: "vCPUs of a pod without limits." },
  "hypervisor.memory": {
    text: "MB of a pod without limits; what the guest itself takes is added to it.",
  },

  qemu: { text: "The qemu engine: a QEMU of frakti's own for each pod." },
  "qemu.accel": {
    text: "How VMs run. auto tries whether guests boot with KVM, else emulates in software.",
    note: "auto | kvm | tcg",
  },
  "qemu.binary": { text: "QEMU: a name on PATH or an absolute path." },
  "qemu.kernel": { text: "The guest's kernel; guest.json must lie beside it." },
  "qemu.initrd": { text: "The guest's initial file system." },

  hyperd: { text: "The hyperd engine: VMs of a hyperd that runs on the node." },
  "hyperd.endpoint": { text: "Its gRPC address, host:port." },

  docker: {
    text:
      "Where pods run that need the host: privileged ones, and those with its network, PID or " +
      "IPC namespace.",
  },
  "docker.enabled": { text: "Without it, pods that need the host are refused." },
  "docker.endpoint": { text: "The socket of the Docker Engine (API 1.24 or newer)." },
  "docker.cgroupDriver": {
    text: "Must be the kubelet's. auto asks Docker.",
    note: "auto | cgroupfs | systemd",
  },
  "docker.pauseImage": { text: "Image of the container that holds a Docker pod's namespaces." },
  "docker.allowAnnotation": {
    text: "May a pod ask for Docker with the annotation " +
      "runtime.frakti.alpha.kubernetes.io/OSContainer?",
  },

  cni: { text: "Networks of pods, by CNI plugins." },
  "cni.confDir": { text: "Network configurations; the first by name is used, and watched." },
  "cni.binDirs": { text: "Where plugins are looked for, in this order." },
  "cni.cacheDir": { text: "Where plugins and frakti keep what was attached." },

  streaming: { text: "The server of kubectl exec, attach and port-forward." },
  "streaming.address": { text: "The address it listens on; loopback is right since kubelet 1.11." },
  "streaming.port": { text: "Its port.", note: "0 = any" },
  "streaming.advertiseAddress": {
    text: "Host or host:port that URLs say; for kubelets up to 1.10 the node's name or address.",
  },
  "streaming.tlsCertFile": {
    text: "PEM file of the certificate and its chain, read again when it changes; then URLs are " +
      "https. Empty is plain HTTP, as kubelets since 1.11 want it.",
  },
  "streaming.tlsKeyFile": { text: "PEM file of its key. Both or neither." },

  registries: {
    text:
      "Registries with settings of their own, for pulls of the qemu engine (Docker has its own " +
      "settings); loopback is plain HTTP as in Docker.",
  },
  "registries.*": { text: "A registry by its host, with the port when it has one." },
  "registries.*.mirrors": { text: "Asked first, in this order." },
  "registries.*.insecure": { text: "Plain HTTP, or TLS without a check of the certificate." },
  "registries.*.caFile": { text: "PEM file of the authority of its certificate." },

  logs: { text: "Logs of containers." },
  "logs.replayMaxSize": {
    text: "What Docker keeps per container while frakti is away, such as 20Mi.",
  },
  "logs.maxSize": {
    text: "Cap of a container's log file, for kubelets up to 1.10, which do not rotate.",
    note: "0 = none",
  },

  metrics: { text: "Metrics for Prometheus at /metrics, with /healthz and /readyz." },
  "metrics.address": {
    text: "host:port such as 127.0.0.1:22580; whoever reaches it may read it. Empty is off.",
  },

  log: { text: "frakti's own log, on standard error." },
  "log.level": { text: "The least that is logged.", note: "debug | info | warn | error" },
  "log.format": { text: "For people or for machines.", note: "text | json" },
};

/** For keys whose names the operator chooses: an example of one line. */
export const configExamples: Readonly<Record<string, string>> = {
  registries:
    "registry.example:5000: { mirrors: [mirror.example], caFile: /etc/frakti/registry.crt }",
};
