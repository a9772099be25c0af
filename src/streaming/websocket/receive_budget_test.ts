import assert from "node:assert/strict";
import fc from "fast-check";
import { ReceiveBudget } from "./receive_budget.ts";

const limits = { ownBytes: 10, maxBytes: 60, sharedBytes: 100 };

Deno.test("what a connection holds of its own is not borrowed", () => {
  const budget = new ReceiveBudget(limits);
  const share = budget.open();
  assert.ok(share.hold(10));
  assert.equal(budget.lentBytes, 0);
  assert.ok(share.hold(11));
  assert.equal(budget.lentBytes, 1);
  share.free();
  assert.equal(budget.lentBytes, 0);
});

Deno.test("one connection may not hold more than its maximum", () => {
  const budget = new ReceiveBudget(limits);
  const share = budget.open();
  assert.ok(share.hold(60));
  assert.ok(!share.hold(61));
  assert.equal(budget.lentBytes, 50);
});

Deno.test("together they may not borrow more than is shared, and what is freed can be lent again", () => {
  const budget = new ReceiveBudget(limits);
  const [first, second, third] = [budget.open(), budget.open(), budget.open()];
  assert.ok(first.hold(60) && second.hold(60));
  assert.ok(third.hold(10));
  assert.ok(!third.hold(11));
  second.free();
  assert.ok(third.hold(60));
});

Deno.test("the sum of what is lent is always what is held beyond the own, within the bounds", () => {
  const steps = fc.array(fc.record({ who: fc.nat({ max: 3 }), bytes: fc.nat({ max: 80 }) }));
  fc.assert(fc.property(steps, (steps) => {
    const budget = new ReceiveBudget(limits);
    const shares = Array.from({ length: 4 }, () => budget.open());
    const held = [0, 0, 0, 0];
    for (const { who, bytes } of steps) {
      const before = held[who] ?? 0;
      const taken = shares[who]?.hold(bytes);
      if (taken) held[who] = bytes;
      else assert.ok(bytes > before, "Holding less must always do");
      const lent = held.reduce((sum, each) => sum + Math.max(0, each - limits.ownBytes), 0);
      assert.equal(budget.lentBytes, lent);
      assert.ok(lent <= limits.sharedBytes && held.every((each) => each <= limits.maxBytes));
    }
    for (const share of shares) share.free();
    assert.equal(budget.lentBytes, 0);
  }));
});
