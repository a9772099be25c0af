import assert from "node:assert/strict";
import fc from "fast-check";
import { containerName, sandboxName } from "./names.ts";

const metadata = { name: "web-0", uid: "a1b2-c3", namespace: "default", attempt: 2 };

Deno.test("names follow the scheme of Docker's shims", () => {
  assert.equal(sandboxName(metadata), "k8s_POD_web-0_default_a1b2-c3_2");
  assert.equal(
    containerName(metadata, { name: "nginx", attempt: 3 }),
    "k8s_nginx_web-0_default_a1b2-c3_3",
  );
});

Deno.test("any metadata makes a name that Docker takes", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.nat(), (name, uid, ns, attempt) => {
      const made = sandboxName({ name, uid, namespace: ns, attempt });
      assert.match(made, /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
      assert.match(
        containerName({ ...metadata, name }, { name: uid, attempt }),
        /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/,
      );
    }),
  );
});

Deno.test("different metadata makes different names", () => {
  const name = (name: string, namespace: string) => sandboxName({ ...metadata, name, namespace });
  assert.notEqual(name("a_b", "c"), name("a", "b_c"));
  assert.notEqual(name("a b", "c"), name("a/b", "c"));
  assert.notEqual(name("", "c"), name("-", "c"));
});
