import assert from "node:assert/strict";
import { hasCode } from "../lib/errors.ts";
import { FakeClock } from "../lib/fake_clock.ts";
import { maxTokens, Tokens, tokenTtlMs } from "./tokens.ts";

Deno.test("a token gives its value once", () => {
  const tokens = new Tokens<string>(new FakeClock());
  const [first, second] = [tokens.issue("first"), tokens.issue("second")];
  assert.equal(tokens.take(second), "second");
  assert.equal(tokens.take(second), undefined);
  assert.equal(tokens.take(first), "first");
  assert.equal(tokens.take("guessed"), undefined);
  assert.equal(tokens.size, 0);
});

Deno.test("a token has 128 bits that no other has, in characters of a URL", () => {
  const tokens = new Tokens<number>(new FakeClock());
  const issued = Array.from({ length: 500 }, (_, index) => tokens.issue(index));
  assert.equal(new Set(issued).size, 500);
  for (const token of issued) assert.match(token, /^[A-Za-z0-9_-]{22}$/);
  // Every character place varies: none of them is a constant or a counter's upper part.
  for (let at = 0; at < 21; at++) {
    assert.ok(new Set(issued.map((token) => token[at])).size > 30, `place ${at}`);
  }
});

Deno.test("a token expires after a minute", async () => {
  const clock = new FakeClock();
  const tokens = new Tokens<string>(clock);
  const early = tokens.issue("early");
  await clock.advance(tokenTtlMs / 2);
  const late = tokens.issue("late");
  await clock.advance(tokenTtlMs / 2);
  assert.equal(tokens.take(early), undefined);
  assert.equal(tokens.take(late), "late");
});

Deno.test("too many tokens are refused until one is used or expires", async () => {
  const clock = new FakeClock();
  const tokens = new Tokens<number>(clock);
  const first = tokens.issue(0);
  for (let count = 1; count < maxTokens; count++) tokens.issue(count);
  const isFull = () =>
    assert.throws(() => tokens.issue(-1), (error) => hasCode(error, "ResourceExhausted"));
  isFull();
  tokens.take("guessed");
  isFull();
  tokens.take(first);
  tokens.issue(1);
  isFull();
  await clock.advance(tokenTtlMs);
  assert.equal(tokens.size, 0);
  tokens.issue(2);
});
