import assert from "node:assert/strict";
import { compareVersions, describeVulnerability, vulnerabilities } from "./known_cves.ts";

Deno.test("vulnerabilities knows the fixed release of each branch", () => {
  const count = (version: string) => vulnerabilities("runc", version).length;
  assert.deepEqual(["1.1.11", "1.1.12", "1.2.7", "1.2.8", "1.3.2", "1.3.3", "1.4.0"].map(count), [
    2,
    1,
    1,
    0,
    1,
    0,
    0,
  ]);
  assert.equal(count("unknown"), 0);
  assert.equal(vulnerabilities("nothing", "0.1").length, 0);
});

Deno.test("a regression is not told of releases before it, and of branches without a fix it is", () => {
  const count = (version: string) =>
    vulnerabilities("dockerd", version).filter(({ cves }) => cves.includes("CVE-2024-41110"))
      .length;
  const has = ["19.03.15", "20.10.24+dfsg1", "24.0.9", "25.0.5", "26.1.4", "27.0.3", "27.1.0"];
  for (const version of has) assert.equal(count(version), 1, version);
  for (const version of ["1.12.6", "18.09.9", "25.0.6", "26.1.5", "27.1.1", "29.0.0"]) {
    assert.equal(count(version), 0, version);
  }
});

Deno.test("a vulnerability is told with the releases that mend it", () => {
  const [found] = vulnerabilities("skopeo", "1.9.3");
  assert.ok(found);
  assert.deepEqual(describeVulnerability("1.9.3", found), {
    message: "skopeo 1.9.3 has CVE-2024-3727",
    mend: "Update skopeo to 1.14.4 or 1.15.1, unless the changelog of your package names the fix",
  });
});

Deno.test("compareVersions compares numbers, not text", () => {
  assert.ok(compareVersions("1.24", "1.9") > 0);
  assert.equal(compareVersions("1.1.5+ds1", "1.1.5"), 0);
  assert.ok(compareVersions("20.10.24", "20.10.3") > 0);
});
