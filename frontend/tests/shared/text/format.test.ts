import { expect, test } from "vitest";

import { ago, bytes, clock, count, percent, plural, signed, span } from "@/shared/text/format";

test.each([
  [0, "0:00"],
  [42_400, "0:42"],
  [725_000, "12:05"],
  [3_723_000, "1:02:03"],
])("%d ms is %s", (ms, shown) => expect(clock(ms)).toBe(shown));

test.each([
  [0.4, "1 s"],
  [59, "59 s"],
  [240, "4 min"],
  [9000, "2.5 h"],
])("%d seconds are %s", (seconds, shown) => expect(span(seconds)).toBe(shown));

test("a minus is a minus, and a plus is said", () => {
  expect([signed(-0.0123), signed(0.0123), signed(0), signed(-0.0004)]).toEqual(["−0.012", "+0.012", "+0.000", "+0.000"]);
});

test("numbers, shares and sizes", () => {
  expect([count(12391), percent(0.6125), bytes(999), bytes(4_200_000)]).toEqual(["12,391", "61.3%", "999 B", "4.2 MB"]);
});

test.each([
  ["2026-11-23T11:59:40Z", "just now"],
  ["2026-11-23T11:30:00Z", "30 minutes ago"],
  ["2026-11-23T11:00:20Z", "59 minutes ago"],
  ["2026-11-22T11:00:00Z", "yesterday"],
])("%s is %s at noon", (iso, shown) => expect(ago(iso, Date.parse("2026-11-23T12:00:00Z"))).toBe(shown));

test.each([
  [0, "0 passes"],
  [1, "1 pass"],
  [1200, "1,200 passes"],
])("%d: %s", (n, shown) => expect(plural(n, "pass", "passes")).toBe(shown));
