import assert from "node:assert/strict";
import { hasCode } from "../lib/errors.ts";
import { FakeNode } from "./fake_node.ts";
import { findContainer, findPod } from "./find.ts";

const node = new FakeNode();
const web = node.addPod("web", { id: "abc1" });
const other = node.addPod("other", { id: "abd2", metadata: { name: "other", namespace: "x" } });
const first = node.addContainer(web, "main", { id: "f001", state: 2 });
const second = node.addContainer(web, "main", {
  id: "f002",
  metadata: { name: "main", attempt: 1 },
});
const elsewhere = node.addContainer(other, "main", { id: "e001" });

const container = (word: string) => findContainer(word, node.containerList, node.podList).id;

Deno.test("findContainer takes an id, its beginning, and names with pod and namespace", () => {
  assert.equal(container("f001"), first.id);
  assert.equal(container("e"), elsewhere.id);
  assert.equal(container("other/main"), elsewhere.id);
  assert.equal(container("x/other/main"), elsewhere.id);
});

Deno.test("findContainer takes the newest attempt for a name", () => {
  assert.equal(container("web/main"), second.id);
});

Deno.test("findContainer refuses what could be several, with the list", () => {
  assert.throws(
    () => container("main"),
    /"main" can be several containers: f002 \(default\/web\/main\), e001 \(x\/other\/main\)/,
  );
  assert.throws(() => container("f00"), /can be several containers: f001 .*, f002 /);
  assert.throws(() => container("nothing"), (error) => hasCode(error, "NotFound"));
});

Deno.test("findPod takes an id, its beginning, and a name with or without namespace", () => {
  const pod = (word: string) => findPod(word, node.podList).id;
  assert.equal(pod("abd"), other.id);
  assert.equal(pod("x/other"), other.id);
  assert.equal(pod("web"), web.id);
  assert.throws(() => pod("ab"), /can be several pods: abc1 \(default\/web\), abd2 \(x\/other\)/);
});
