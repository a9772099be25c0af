import assert from "node:assert/strict";
import { checkKubeletDriver } from "./check_kubelet.ts";

const files = {
  config: "/var/lib/kubelet/config.yaml",
  flags: "/var/lib/kubelet/kubeadm-flags.env",
  extra: "/etc/default/kubelet",
} as const;

interface Kubelet {
  readonly config?: string;
  readonly flags?: string;
  /** The operator's own. */
  readonly extra?: string;
  /** As it names itself; undefined where no kubelet is on PATH. */
  readonly version?: string;
}

/** "level: message" for a Docker with the driver systemd. */
async function found(kubelet: Kubelet): Promise<string> {
  const texts = new Map<string, string | undefined>([
    [files.config, kubelet.config],
    [files.flags, kubelet.flags],
    [files.extra, kubelet.extra],
  ]);
  const { level, message, mend } = await checkKubeletDriver(
    { readText: (path) => Promise.resolve(texts.get(path)) },
    (program) => Promise.resolve(program === "kubelet" ? kubelet.version : undefined),
    "systemd",
  );
  assert.equal(mend === undefined, level === "ok");
  return `${level}: ${message}`;
}

const differs = (path: string) => `cgroup driver is systemd, the kubelet's is cgroupfs ("${path}")`;
const named = "cgroupDriver: cgroupfs";
const defaulted = "kind: KubeletConfiguration";
const gated = (value: boolean) => `featureGates: { KubeletCgroupDriverFromCRI: ${value} }`;

Deno.test("the same driver is fine for every kubelet", async () => {
  for (const version of [undefined, "Kubernetes v1.24.0", "Kubernetes v1.34.1"]) {
    const kubelet = { config: "cgroupDriver: systemd", ...(version ? { version } : {}) };
    assert.equal(await found(kubelet), "ok: cgroup driver systemd, the kubelet's too");
  }
  assert.match(await found({}), /^ok: .*must be the same/);
});

Deno.test("a kubelet since 1.31 asks frakti, whatever its files say or leave out", async () => {
  for (const config of [named, defaulted]) {
    for (const release of ["1.31", "1.34"]) {
      assert.equal(
        await found({ config, version: `Kubernetes v${release}.0` }),
        `ok: cgroup driver systemd; kubelet ${release} asks frakti for it`,
      );
    }
  }
});

Deno.test("a kubelet that goes by its own setting, and has another, is a failure", async () => {
  for (const config of [named, defaulted]) {
    const kubelet = { config, version: "Kubernetes v1.30.4" };
    assert.equal(await found(kubelet), `failure: ${differs(files.config)}`);
  }
  const off = { config: gated(false), version: "Kubernetes v1.32.0" };
  assert.equal(await found(off), `failure: ${differs(files.config)}`);
});

Deno.test("from 1.28 on the feature gate makes a kubelet ask, set in the file or by a flag", async () => {
  const version = "Kubernetes v1.28.9";
  const asks = "ok: cgroup driver systemd; kubelet 1.28 asks frakti for it";
  assert.equal(await found({ config: gated(true), version }), asks);
  const flags = 'ARGS="--feature-gates=Other=false,KubeletCgroupDriverFromCRI=true --v=2"';
  assert.equal(await found({ config: named, flags, version }), asks);
  assert.match(await found({ config: gated(true), version: "Kubernetes v1.27.0" }), /^failure/);
});

Deno.test("a kubelet of unknown version is a warning that names the version it depends on", async () => {
  for (const config of [named, defaulted]) {
    assert.equal(
      await found({ config }),
      `warning: ${differs(files.config)}: wrong for a kubelet before 1.31, ignored by later ones`,
    );
  }
  assert.match(await found({ config: gated(true) }), /^warning: .* before 1\.28,/);
  assert.match(await found({ config: gated(false) }), /^failure: /);
});

Deno.test("a flag wins over the file, and a file that is no YAML is told", async () => {
  const flags = 'KUBELET_KUBEADM_ARGS="--cgroup-driver=cgroupfs --node-ip=10.0.0.1"\n';
  const kubelet = { config: "cgroupDriver: systemd", flags, version: "Kubernetes v1.25.0" };
  assert.equal(await found(kubelet), `failure: ${differs(files.flags)}`);
  assert.match(await found({ config: "- a list" }), /^warning: .* cannot be read/);
});

Deno.test("the operator's own flags win over kubeadm's and the file", async () => {
  const config = defaulted;
  const extra = '# --cgroup-driver=cgroupfs\nKUBELET_EXTRA_ARGS="--v=2 --cgroup-driver=systemd"\n';
  assert.equal(await found({ config, extra }), "ok: cgroup driver systemd, the kubelet's too");
  const flags = "KUBELET_KUBEADM_ARGS=--cgroup-driver=cgroupfs";
  assert.match(await found({ config, flags, extra }), /^ok: /);
  const wrong = {
    config: "cgroupDriver: systemd",
    extra: "KUBELET_EXTRA_ARGS=--cgroup-driver=cgroupfs",
  };
  assert.match(
    await found({ ...wrong, version: "Kubernetes v1.20.0" }),
    /^failure: .*etc\/default/,
  );
});
