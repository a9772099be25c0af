import assert from "node:assert/strict";
import {
  engines,
  type Exclusion,
  parseExclusions,
  readExclusions,
  skipPattern,
} from "./exclusions.ts";
import { judge, parseReport, type SpecResult } from "./report.ts";

const spec = (name: string, state: string): SpecResult => ({
  name,
  state,
  message: "",
  seconds: 1,
});
const leftOut = (name: string): Exclusion => ({ spec: name, reason: "no", kind: "leftOut" });

Deno.test("judge counts listed skips as excluded and others as skipped", () => {
  const verdict = judge(
    [spec("a", "passed"), spec("b", "skipped"), spec("c", "skipped")],
    [],
    [leftOut("b")],
  );
  assert.deepEqual(verdict, { passed: 1, excluded: 1, skipped: ["c"], failures: [] });
});

Deno.test("judge fails when a spec did not pass, whatever the word for it", () => {
  for (const state of ["failed", "panicked", "timedout", "interrupted", "aborted"]) {
    const verdict = judge([spec("a", "passed"), spec("b", state)], [], []);
    assert.equal(verdict.failures.length, 1, state);
  }
});

Deno.test("judge fails when a listed spec is unknown or passed", () => {
  const verdict = judge([spec("a", "passed")], [], [leftOut("a"), leftOut("gone")]);
  assert.equal(verdict.failures.length, 2);
});

Deno.test("judge fails when nothing passed", () => {
  assert.equal(judge([spec("a", "skipped")], [], [leftOut("a")]).failures.length, 1);
});

Deno.test("judge fails on a trouble outside of the specs", () => {
  assert.deepEqual(judge([spec("a", "passed")], ["Suite timed out"], []).failures, [
    "Suite timed out",
  ]);
});

Deno.test("parseReport joins the texts of a spec and keeps set-up failures apart", () => {
  const report = [{
    SpecReports: [
      {
        ContainerHierarchyTexts: ["[k8s.io] Pods", "when new"],
        LeafNodeText: "should run",
        LeafNodeType: "It",
        State: "failed",
        RunTime: 2_500_000_000,
        Failure: { Message: "boom" },
      },
      {
        ContainerHierarchyTexts: null,
        LeafNodeType: "SynchronizedBeforeSuite",
        State: "failed",
        RunTime: 1,
        Failure: { Message: "no socket" },
      },
    ],
    SpecialSuiteFailureReasons: null,
  }];
  assert.deepEqual(parseReport(JSON.stringify(report)), {
    specs: [{
      name: "[k8s.io] Pods when new should run",
      state: "failed",
      message: "boom",
      seconds: 2.5,
      isSpec: true,
      type: "It",
    }],
    troubles: ["SynchronizedBeforeSuite failed: no socket"],
  });
});

Deno.test("parseExclusions refuses a spec that is listed twice", () => {
  const text = "leftOut: [{reason: r, specs: [a]}]\nskipsItself: [{reason: s, specs: [a]}]\n";
  assert.throws(() => parseExclusions(text), /listed twice/);
});

Deno.test("parseExclusions refuses an entry without a reason", () => {
  assert.throws(() => parseExclusions("leftOut: [{reason: '', specs: [a]}]\nskipsItself: []\n"));
});

Deno.test("skipPattern matches its own spec and no longer one", () => {
  const pattern = new RegExp(skipPattern(leftOut("[k8s.io] A (b) should run")));
  assert.ok(pattern.test("CRI suite [k8s.io] A (b) should run"));
  assert.ok(!pattern.test("CRI suite [k8s.io] A (b) should run fast"));
});

Deno.test("the list is well formed", async () => {
  for (const engine of engines) assert.ok((await readExclusions(engine)).length > 0);
});
