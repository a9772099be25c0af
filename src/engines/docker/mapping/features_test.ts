import assert from "node:assert/strict";
import { hasCode } from "../../../lib/errors.ts";
import { sandboxConfig } from "../../../../tests/support/configs.ts";
import { containerSpec } from "./container_spec.ts";
import {
  allApiVersions,
  containerFacts,
  fakeContainer,
  fakeFacts,
  fakeFiles,
  fakeMount,
} from "./fake_facts.ts";
import { dockerFeatures } from "./features.ts";
import { sandboxSpec } from "./sandbox_spec.ts";

for (const version of allApiVersions) {
  Deno.test(`API ${version}: recursive read-only mounts are offered exactly where they work`, async () => {
    const mount = fakeMount({ readonly: true, recursiveReadOnly: true });
    const files = fakeFiles({ [mount.hostPath]: "" });
    const facts = containerFacts(fakeFacts(version), { files });
    const works = await containerSpec(fakeContainer({ mounts: [mount] }), facts).then(
      () => true,
      () => false,
    );
    assert.equal(dockerFeatures(facts).recursiveReadOnlyMounts, works);
  });
}

Deno.test("user namespaces and the strict groups policy are not offered, and are refused", async () => {
  const facts = { ...fakeFacts(), pauseImage: "pause" };
  const offered = dockerFeatures(facts);
  assert.equal(offered.userNamespaces, false);
  assert.equal(offered.supplementalGroupsPolicy, false);
  const strict = sandboxConfig({ security: { supplementalGroupsPolicy: "strict" } });
  const mapped = sandboxConfig();
  const userns = {
    mode: "pod" as const,
    uids: [{ hostId: 100000, containerId: 0, length: 65536 }],
    gids: [{ hostId: 100000, containerId: 0, length: 65536 }],
  };
  const inUserns = {
    ...mapped,
    security: {
      ...mapped.security,
      namespaces: { ...mapped.security.namespaces, userns },
    },
  };
  for (const config of [strict, inUserns]) {
    await assert.rejects(
      sandboxSpec(config, facts),
      (error) => hasCode(error, "InvalidArgument") || hasCode(error, "Unimplemented"),
    );
  }
});

Deno.test("a daemon that is away offers nothing", () => {
  assert.deepEqual(Object.values(dockerFeatures(undefined)), [false, false, false]);
});
