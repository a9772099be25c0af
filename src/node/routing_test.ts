import assert from "node:assert/strict";
import type { EngineName, SandboxConfig } from "../engines/domain.ts";
import { podNamespaces, sandboxConfig } from "../../tests/support/configs.ts";
import { hasCode } from "../lib/errors.ts";
import { osContainerAnnotation, routeSandbox, type RoutingSettings } from "./routing.ts";

const hybrid: RoutingSettings = {
  hypervisor: "qemu",
  dockerEnabled: true,
  allowAnnotation: true,
  engines: new Set<EngineName>(["docker", "qemu"]),
};
const dockerOnly: RoutingSettings = {
  ...hybrid,
  hypervisor: "none",
  engines: new Set<EngineName>(["docker"]),
};
const vmOnly: RoutingSettings = {
  ...hybrid,
  dockerEnabled: false,
  engines: new Set<EngineName>(["qemu"]),
};

const ordinary = sandboxConfig();
const annotated = sandboxConfig({ annotations: { [osContainerAnnotation]: "true" } });
const hostPods: Record<string, SandboxConfig> = {
  privileged: sandboxConfig({ security: { privileged: true } }),
  "host network": sandboxConfig({
    security: { namespaces: { ...podNamespaces, network: "node" } },
  }),
  "host PID": sandboxConfig({ security: { namespaces: { ...podNamespaces, pid: "node" } } }),
  "host IPC": sandboxConfig({ security: { namespaces: { ...podNamespaces, ipc: "node" } } }),
};

Deno.test("an ordinary pod goes to the hypervisor that is configured", () => {
  assert.equal(routeSandbox(ordinary, "", hybrid).engine, "qemu");
  assert.equal(routeSandbox(ordinary, "hypervisor", hybrid).engine, "qemu");
  assert.equal(routeSandbox(ordinary, "qemu", hybrid).engine, "qemu");
});

Deno.test("an ordinary pod runs in Docker where no hypervisor is configured", () => {
  assert.equal(routeSandbox(ordinary, "", dockerOnly).engine, "docker");
});

for (const [what, config] of Object.entries(hostPods)) {
  Deno.test(`a pod with ${what} goes to Docker`, () => {
    assert.equal(routeSandbox(config, "", hybrid).engine, "docker");
    assert.equal(routeSandbox(config, "docker", hybrid).engine, "docker");
  });

  Deno.test(`a pod with ${what} is refused under a VM handler and where Docker is off`, () => {
    for (const handler of ["hypervisor", "qemu", "hyperd"]) refused(config, handler, hybrid);
    refused(config, "", vmOnly);
    refused(config, "docker", vmOnly);
  });
}

Deno.test("the annotation asks for Docker, only as exactly true and only where it is allowed", () => {
  assert.equal(routeSandbox(annotated, "", hybrid).engine, "docker");
  for (const value of ["True", "1", "yes", "false", ""]) {
    const config = sandboxConfig({ annotations: { [osContainerAnnotation]: value } });
    assert.equal(routeSandbox(config, "", hybrid).engine, "qemu");
  }
  assert.equal(routeSandbox(annotated, "", { ...hybrid, allowAnnotation: false }).engine, "qemu");
});

Deno.test("an annotation of false does not take a privileged pod out of Docker", () => {
  const config = sandboxConfig({
    annotations: { [osContainerAnnotation]: "false" },
    security: { privileged: true },
  });
  assert.equal(routeSandbox(config, "", hybrid).engine, "docker");
});

Deno.test("an ordinary pod may name the handler docker", () => {
  assert.equal(routeSandbox(ordinary, "docker", hybrid).engine, "docker");
});

Deno.test("handlers that this node does not serve are refused", () => {
  refused(ordinary, "hypervisor", dockerOnly);
  refused(ordinary, "qemu", dockerOnly);
  refused(ordinary, "hyperd", hybrid);
  refused(ordinary, "docker", vmOnly);
});

Deno.test("an unknown handler is an invalid argument, whatever the pod", () => {
  for (const handler of ["kata", "runc", "Docker", " "]) {
    assert.throws(
      () => routeSandbox(ordinary, handler, hybrid),
      (error) => hasCode(error, "InvalidArgument"),
    );
  }
});

Deno.test("the reason names what decided", () => {
  assert.match(routeSandbox(annotated, "", hybrid).reason, /OSContainer/);
  assert.match(routeSandbox(ordinary, "qemu", hybrid).reason, /"qemu"/);
});

function refused(config: SandboxConfig, handler: string, settings: RoutingSettings): void {
  assert.throws(
    () => routeSandbox(config, handler, settings),
    (error) => hasCode(error, "FailedPrecondition"),
  );
}
