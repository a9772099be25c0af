import assert from "node:assert/strict";
import { Image } from "../cri/generated/v1/image.ts";
import { fakeDeps, FakeNode, FakeTerminal, requestOf } from "./fake_node.ts";
import { runClient } from "./mod.ts";

async function print(node: FakeNode, request: ReturnType<typeof requestOf>, columns?: number) {
  const terminal = new FakeTerminal(columns);
  assert.equal(await runClient(fakeDeps(node, terminal), request), 0);
  return terminal.stdout;
}

Deno.test("pods shows ready pods with engine and address, and with -a the others", async () => {
  const node = new FakeNode();
  node.addPod("web");
  node.addPod("old", { state: 1 });
  assert.equal(
    await print(node, requestOf("pods")),
    "POD ID         NAMESPACE  NAME  STATE  ENGINE  IP         AGE\n" +
      "aaaaaaaaaaaaa  default    web   ready  qemu    10.88.0.2  59m\n",
  );
  assert.match(await print(node, requestOf("pods", [], { all: "true" })), /old .*notready/);
  assert.equal(await print(node, requestOf("pods", [], { namespace: "x", quiet: "true" })), "");
});

Deno.test("pods -o json is an array with whole ids and labels", async () => {
  const node = new FakeNode();
  const pod = node.addPod("web", { labels: new Map([["app", "web"]]) });
  const [row] = JSON.parse(await print(node, requestOf("pods", [], { output: "json" })));
  assert.equal(row.id, pod.id);
  assert.equal(row.name, "web");
  assert.equal(row.engine, "qemu");
  assert.deepEqual(row.ips, ["10.88.0.2"]);
  assert.deepEqual(row.labels, { app: "web" });
  assert.equal(row.createdAt, "1970-01-01T00:00:00.000Z");
});

Deno.test("pods leaves out a pod that was removed while it asked", async () => {
  const node = new FakeNode();
  const gone = node.addPod("gone");
  node.podDetails = () => {
    node.podList = node.podList.filter(({ id }) => id !== gone.id);
    return FakeNode.prototype.podDetails.call(node, gone.id);
  };
  assert.equal(await print(node, requestOf("pods", [], { output: "json" })), "[]\n");
});

Deno.test("pods -q asks for no details, which wait for the networks", async () => {
  const node = new FakeNode();
  const { id } = node.addPod("web");
  node.podDetails = () => Promise.reject(new Error("Asked"));
  assert.equal(await print(node, requestOf("pods", [], { quiet: "true" })), `${id}\n`);
});

Deno.test("ps names pods and images, and hides what ended unless -a", async () => {
  const node = new FakeNode();
  const pod = node.addPod("web");
  node.addContainer(pod, "main");
  node.addContainer(pod, "init", { state: 2 });
  const shown = await print(node, requestOf("ps"));
  assert.match(shown, /^c{13} {2}main {2}default\/web {2}registry\.test\/web:1 {2}running {2}0 /m);
  assert.ok(!shown.includes("init"));
  assert.match(
    await print(node, requestOf("ps", [], { all: "true", pod: "web" })),
    /init .*exited/,
  );
});

Deno.test("a list fits the terminal, and control characters do not reach it", async () => {
  const node = new FakeNode();
  const pod = node.addPod("a-rather-long-name-of-a-pod\x1b[31m");
  node.addContainer(pod, "main");
  const shown = await print(node, requestOf("ps"), 80);
  for (const line of shown.split("\n")) assert.ok([...line].length <= 80, line);
  assert.match(shown, /…/);
  assert.ok(!shown.includes("\x1b"));
  assert.match(await print(node, requestOf("ps")), /a-rather-long-name-of-a-pod\\u001b\[31m/);
});

Deno.test("images has a line per tag and tells images without one by their digest", async () => {
  const node = new FakeNode();
  node.imageList = [
    Image.fromPartial({ id: "sha256:111", repoTags: ["r.test:5000/a:1", "a:2"], size: 1234n }),
    Image.fromPartial({ id: "sha256:222", repoDigests: ["b@sha256:9"], size: 2_500_000_000n }),
  ];
  assert.equal(
    await print(node, requestOf("images")),
    "IMAGE          TAG     IMAGE ID  SIZE\n" +
      "r.test:5000/a  1       111       1.2 kB\n" +
      "a              2       111       1.2 kB\n" +
      "b              <none>  222       2.5 GB\n",
  );
  assert.equal(
    await print(node, requestOf("images", [], { quiet: "true" })),
    "sha256:111\nsha256:222\n",
  );
  const rows = JSON.parse(await print(node, requestOf("images", [], { output: "json" })));
  assert.deepEqual(rows[0].repoTags, ["r.test:5000/a:1", "a:2"]);
  assert.equal(rows.length, 2);
});

Deno.test("an output form that does not exist is refused with the ones that do", async () => {
  await assert.rejects(
    print(new FakeNode(), requestOf("pods", [], { output: "yaml" })),
    /Invalid flag --output: must be table or json, not "yaml"/,
  );
});
