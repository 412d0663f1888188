import { expect, test } from "vitest";

import { rowsOf, standing } from "@/features/quality/review/case/rows";
import { saidAt } from "@/shared/text/Said";

import { aCase, aLabel } from "./case";

test("steps over which all labels agree are one row, and one step alone stays itself", () => {
  const found = aCase([aLabel([1, 1, 1, -1]), aLabel([1, 1, -1])], 6);
  expect(rowsOf(found)).toEqual([{ from: 0, to: 1 }, { step: 2 }, { step: 3 }, { from: 4, to: 5 }]);
  expect(rowsOf(aCase([aLabel([1, -1]), aLabel([1, 0, 1])], 3))).toEqual([{ step: 0 }, { step: 1 }, { step: 2 }]);
});

test("a single label hides nothing, and a step somebody was unsure of is always shown", () => {
  expect(rowsOf(aCase([aLabel([1, 1])], 2))).toEqual([{ step: 0 }, { step: 1 }]);
  const unsure = { ratings: [null, null, -1], flagged: [0, 1] };
  expect(
    rowsOf(
      aCase(
        [
          { ...aLabel([]), ...unsure },
          { ...aLabel([]), ...unsure },
        ],
        3,
      ),
    ),
  ).toEqual([{ step: 0 }, { step: 1 }, { step: 2 }]);
});

test("a step that was not rated is not one that was unsure", () => {
  const label = { ...aLabel([1, null]), flagged: [1] };
  expect([0, 1, 2].map((step) => saidAt(label, step))).toEqual([1, "unsure", null]);
});

test("the newest ruling that names a label says which one stands", () => {
  const ruling = (id: number, kind: "keep" | "merge" | "leave", label_id: number | null) => ({
    id,
    kind,
    label_id,
    reason: "",
    detail: {},
    decided_by: "rita",
    decided_at: "2026-11-24T01:00:00Z",
  });
  expect(standing(aCase([], 1))).toBeNull();
  expect(standing({ ...aCase([], 1), rulings: [ruling(1, "keep", 7), ruling(2, "merge", 8), ruling(3, "leave", null)] })).toBe(8);
});
