import assert from "node:assert/strict";
import {
  createContainer,
  podStatusOf,
  removePod,
  restartFrakti,
  runPod,
  shellContainer,
  startNode,
  statusOf,
} from "./support.ts";

const node = await startNode();
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

/** Keys that are something else to JavaScript, to Docker, to its shims or to frakti itself. */
const odd = new Map([
  ["__proto__", "polluted"],
  ["constructor", "x"],
  ["hasOwnProperty", ""],
  ["toString", "y"],
  ["$bigint", "12"],
  ["$bytes", "AA=="],
  ["io.frakti.instance", "somebody-else"],
  ["io.frakti.kind", "sandbox"],
  ["io.frakti.label.io.frakti.kind", "escaped"],
  ["annotation.note", "not an annotation"],
  ["io.kubernetes.docker.type", "podsandbox"],
  ["io.kubernetes.sandbox.id", "of another"],
  ["io.kubernetes.container.logpath", "/etc/shadow"],
  ["io.kubernetes.pod.name", "a name"],
  ["with space, comma=equals", "a=b,c"],
  ["unicode ✓", "ключ"],
  ["lines", "one\ntwo\r\n\tthree"],
  ["quotes\"'`", "\"'`$(id)"],
]);

function sorted(map: ReadonlyMap<string, string>): [string, string][] {
  return [...map].toSorted(([a], [b]) => a < b ? -1 : 1);
}

Deno.test("labels and annotations with the oddest keys come back as they were, also after a restart", async () => {
  const pod = await runPod(node, "odd", { labels: odd, annotations: odd });
  const id = await createContainer(
    node,
    pod,
    shellContainer("main", "true", { labels: odd, annotations: odd }),
  );
  const check = async () => {
    const { items } = await node.cri.runtime.listPodSandbox({});
    const { containers } = await node.cri.runtime.listContainers({});
    const all = [items[0], containers[0], await podStatusOf(node, pod), await statusOf(node, id)];
    assert.equal(items.length, 1);
    assert.equal(containers.length, 1);
    for (const each of all) {
      assert.deepEqual(sorted(each?.labels ?? new Map()), sorted(odd));
      assert.deepEqual(sorted(each?.annotations ?? new Map()), sorted(odd));
    }
  };
  await check();
  await restartFrakti(node);
  await check();
  await node.dockerd.kill();
  await node.dockerd.start();
  await restartFrakti(node);
  await check();
  await removePod(node, pod);
});

Deno.test("a label selector with an odd key finds what has it and nothing else", async () => {
  const pod = await runPod(node, "selected", { labels: new Map([["__proto__", "x"]]) });
  const other = await runPod(node, "plain");
  const select = async (key: string, value: string) => {
    const labelSelector = new Map([[key, value]]);
    const { items } = await node.cri.runtime.listPodSandbox({ filter: { labelSelector } });
    return items.map(({ id }) => id);
  };
  assert.deepEqual(await select("__proto__", "x"), [pod.id]);
  assert.deepEqual(await select("__proto__", "y"), []);
  assert.deepEqual(await select("toString", "function"), []);
  assert.deepEqual(await select("io.frakti.kind", "sandbox"), []);
  await removePod(node, pod);
  await removePod(node, other);
});

Deno.test("a container of somebody else in the same Docker is left alone", async () => {
  const foreign = (await node.dockerd.docker([
    ...["run", "-d", "--network=none", "--label", "io.frakti.instance=another"],
    ...["--label", "io.frakti.kind=sandbox", "registry.k8s.io/pause:3.10"],
  ])).trim();
  await restartFrakti(node);
  const { items } = await node.cri.runtime.listPodSandbox({});
  assert.deepEqual(items, []);
  const state = await node.dockerd.docker(["inspect", "-f", "{{.State.Running}}", foreign]);
  assert.equal(state.trim(), "true");
  await node.cri.runtime.removePodSandbox({ podSandboxId: foreign });
  assert.match(await node.dockerd.docker(["ps", "-q", "--no-trunc"]), new RegExp(foreign));
  await node.dockerd.docker(["rm", "-f", foreign]);
});
