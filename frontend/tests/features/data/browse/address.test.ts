import { expect, test } from "vitest";

import { askedOf, dayOf, narrowed, startOf } from "@/features/data/browse/listing/address";

test("a filter that changes begins the list anew", () => {
  expect(narrowed({ q: "apples", cursor: "abc" }, { grade: "wrong" })).toEqual({ q: "apples", grade: "wrong" });
});

test("what only means something beside a generation or a checkpoint goes with it", () => {
  const asked = { generation: "3", stratum: "wrong", state: "open", checkpoint: "2", score_min: "0.5", sort: "-score", q: "a" };
  expect(narrowed(asked, { generation: null })).toEqual({ checkpoint: "2", score_min: "0.5", sort: "-score", q: "a" });
  expect(narrowed(asked, { checkpoint: null })).toEqual({ generation: "3", stratum: "wrong", state: "open", q: "a" });
  expect(narrowed({ checkpoint: "2", sort: "score" }, { checkpoint: null })).toEqual({});
  expect(narrowed({ checkpoint: "2", sort: "-id" }, { checkpoint: null })).toEqual({ sort: "-id" });
});

test("what the address leaves empty is not asked for; what is no filter is left to the server to refuse", () => {
  expect(askedOf(new URLSearchParams("q=&labeler__password=a"))).toEqual({ labeler__password: "a" });
});

test("a day is from its beginning here to the beginning of the next", () => {
  const [from, to] = [startOf("2026-03-02")!, startOf("2026-03-02", true)!];
  expect(Date.parse(to) - Date.parse(from)).toBe(24 * 3_600_000);
  expect([dayOf(from), dayOf(to, true)]).toEqual(["2026-03-02", "2026-03-02"]);
  expect([dayOf("yesterday"), dayOf(undefined), startOf("")]).toEqual(["", "", null]);
});
