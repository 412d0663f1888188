import { expect, test, vi } from "vitest";

import { draftKey, dropDraft, findDraft, hasDraft, keepDraft, sweepDrafts } from "@/features/labeling/desk/draft";
import { begin, GREAT, move } from "@/features/labeling/pass/machine";

const task = { steps: 3, alternatives: {} };
const pass = move(begin(task), { type: "rate", rating: GREAT });
const key = draftKey("ann", 7001);

test("a kept pass is found again, with its active time", () => {
  keepDraft(key, pass, null, 4200, 0);
  expect(findDraft(key, task)).toMatchObject({ ratings: [GREAT], totalTime: 4200 });
});

test("a pass without a rating is not worth keeping", () => {
  keepDraft(key, pass, null, 4200, 0);
  keepDraft(key, begin(task), null, 5000, 1);
  expect(hasDraft(key)).toBe(false);
});

test("what was submitted is dropped", () => {
  keepDraft(key, pass, null, 4200, 0);
  dropDraft(key);
  expect(findDraft(key, task)).toBeNull();
});

test.each(["{", "null", '"x"', '{"ratings":[1]}', '{"ratings":[7],"judged":{},"totalTime":1,"at":1}'])(
  "something else under its name (%s) is not taken up",
  (text) => {
    localStorage.setItem(`labelhub.pass.${key}`, text);
    expect(findDraft(key, task)).toBeNull();
  },
);

test("drafts that nobody came back to in a month are swept, younger ones stay", () => {
  const day = 86_400_000;
  keepDraft(key, pass, null, 1, 0);
  keepDraft(draftKey("ann", 7002), pass, null, 1, 20 * day);
  sweepDrafts(31 * day);
  expect([hasDraft(key), hasDraft(draftKey("ann", 7002))]).toEqual([false, true]);
});

test("a browser that keeps nothing is no reason to stop", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  expect(() => keepDraft(key, pass, null, 1, 0)).not.toThrow();
  expect(findDraft(key, task)).toBeNull();
  vi.restoreAllMocks();
});
