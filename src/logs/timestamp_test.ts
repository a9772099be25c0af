import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import {
  parseTimestamp,
  parseTimestampText,
  TimestampFormatter,
  timestampLength,
} from "./timestamp.ts";

Deno.test("TimestampFormatter keeps every nanosecond, before the epoch too", () => {
  const formatter = new TimestampFormatter();
  const anyTime = fc.bigInt({
    min: -62_135_596_800_000_000_000n,
    max: 253_402_300_799_999_999_999n,
  });
  fc.assert(fc.property(anyTime, (timeNs) => {
    const text = formatter.format(timeNs);
    assert.equal(text.length, timestampLength);
    assert.equal(parseTimestampText(text), timeNs);
    const read = parseTimestamp(Buffer.from(`__${text} stdout`), 2);
    assert.deepEqual(read, { timeNs, length: timestampLength });
  }));
});

Deno.test("TimestampFormatter writes fixed width in UTC", () => {
  const formatter = new TimestampFormatter();
  assert.equal(formatter.format(1_700_000_000_000_000_001n), "2023-11-14T22:13:20.000000001Z");
  assert.equal(formatter.format(1_700_000_000_999_000_000n), "2023-11-14T22:13:20.999000000Z");
  assert.equal(formatter.format(10n ** 30n), "9999-12-31T23:59:59.999999999Z");
});

Deno.test("parseTimestampText reads offsets and short fractions", () => {
  assert.equal(parseTimestampText("1970-01-01T02:00:00.5+02:00"), 500_000_000n);
  assert.equal(parseTimestampText("1969-12-31T22:00:01-02:00"), 1_000_000_000n);
  assert.equal(parseTimestampText("1970-01-01T00:00:00.000000007Z"), 7n);
});

Deno.test("parseTimestamp refuses what is no timestamp", () => {
  for (
    const text of [
      "",
      " ",
      "2023-11-14T22:13:20Z", // No space after it.
      "2023-13-14T22:13:20Z x",
      "2023-11-14T25:13:20Z x",
      "2023-11-14 22:13:20Z x",
      "2023-11-14T22:13:20.Z x",
      "2023-11-14T22:13:20.1234567890Z x",
      `${"9".repeat(60)} x`,
    ]
  ) {
    assert.equal(parseTimestamp(Buffer.from(text), 0), undefined, text);
  }
});
