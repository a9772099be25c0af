import assert from "node:assert/strict";
import fc from "fast-check";
import {
  containerLabels,
  instanceLabelFilter,
  instanceOf,
  readLabels,
  sandboxLabels,
} from "./labels.ts";

Deno.test("labels and annotations come back as they were, whatever their keys are", () => {
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "io.frakti.instance",
      "io.frakti.label.x",
      "io.kubernetes.sandbox.id",
      "io.kubernetes.docker.type",
      "annotation.x",
      "annotation.",
      "__proto__",
    ),
  );
  const map = fc.array(fc.tuple(key, fc.string())).map((pairs) => Object.fromEntries(pairs));
  fc.assert(fc.property(map, map, (labels, annotations) => {
    const read = readLabels(containerLabels("node-1", "5a9d", labels, annotations));
    assert.deepEqual(read.labels, labels);
    assert.deepEqual(read.annotations, annotations);
    assert.deepEqual([read.instanceId, read.kind, read.sandboxId], ["node-1", "container", "5a9d"]);
  }));
});

Deno.test("a label cannot pass a container for another installation's", () => {
  const labels = sandboxLabels("node-1", { "io.frakti.instance": "node-2" }, {});
  assert.equal(instanceOf(labels), "node-1");
  assert.equal(readLabels(labels).kind, "sandbox");
});

Deno.test("a container without the marker belongs to nobody", () => {
  const labels = { "io.kubernetes.docker.type": "podsandbox", "io.kubernetes.pod.name": "x" };
  assert.equal(instanceOf(labels), undefined);
  assert.equal(readLabels(labels).kind, undefined);
});

Deno.test("a kubelet's own labels go in under their own keys", () => {
  const labels = containerLabels("n", "s", { "io.kubernetes.container.name": "web" }, {});
  assert.equal(labels["io.kubernetes.container.name"], "web");
});

Deno.test("the filter asks for this installation only", () => {
  assert.deepEqual(instanceLabelFilter("n"), { label: ["io.frakti.instance=n"] });
});
