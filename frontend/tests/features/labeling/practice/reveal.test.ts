import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { PRACTICE_KEYS, REVEAL_KEYS } from "@/features/labeling/practice/actions";
import { outcome, verdicts } from "@/features/labeling/practice/reveal";
import { words as english } from "@/features/labeling/practice/texts.en";
import { words as chinese } from "@/features/labeling/practice/texts.zh";

const feedback = (first_mistakes: number[], first_mistake: number | null) => ({
  agreed: first_mistake === null ? first_mistakes.length === 0 : first_mistakes.includes(first_mistake),
  unsure: false,
  first_mistakes,
  first_mistake,
  explanation: "",
});

const anyFeedback = fc.integer({ min: 1, max: 20 }).chain((steps) =>
  fc.record({
    steps: fc.constant(steps),
    mistakes: fc.uniqueArray(fc.integer({ min: 0, max: steps - 1 }), { maxLength: 3 }),
    chosen: fc.option(fc.integer({ min: 0, max: steps - 1 })),
  }),
);

describe("what the team says, step by step", () => {
  test("names every acceptable first mistake and calls nothing before the first of them one", () => {
    fc.assert(
      fc.property(anyFeedback, ({ steps, mistakes, chosen }) => {
        const told = verdicts(steps, feedback(mistakes, chosen));
        expect(told.flatMap((verdict, step) => (verdict === "mistake" ? [step] : []))).toEqual([...mistakes].sort((a, b) => a - b));
        const first = Math.min(...mistakes, steps);
        expect(told.slice(0, first).every((verdict) => verdict === "sound")).toBe(true);
        expect(told.slice(first).includes("sound")).toBe(false);
      }),
    );
  });

  test("goes as far as the pass went, and through a sound solution to its end", () => {
    expect(verdicts(4, feedback([], 1))).toEqual(["sound", "sound", "sound", "sound"]);
    expect(verdicts(4, feedback([1], 1))).toEqual(["sound", "mistake"]);
    expect(verdicts(4, feedback([1], 2))).toEqual(["sound", "mistake", "unsaid"]);
    expect(verdicts(4, feedback([1], null))).toEqual(["sound", "mistake", "unsaid", "unsaid"]);
  });

  test.each([
    [[], null, "agreed"],
    [[1, 3], 3, "agreed"],
    [[], 2, "false_alarm"],
    [[2], null, "missed"],
    [[2], 1, "too_early"],
    [[1], 2, "too_late"],
    [[1, 3], 2, "too_late"],
  ] as const)("tells the slip: %j rated %j is %s", (mistakes, chosen, slip) => {
    expect(outcome(feedback([...mistakes], chosen))).toBe(slip);
  });

  test.each([[[]], [[1]]])("an unsure pass is told that it was unsure, not that it missed or imagined a mistake: %j", (mistakes) => {
    expect(outcome({ ...feedback(mistakes, null), agreed: false, unsure: true })).toBe("unsure");
  });
});

test("practice rates by the labeler's own keys, and Enter goes on in both halves", () => {
  expect([...PRACTICE_KEYS.keys()].filter((key) => "1234".includes(key))).toEqual(["1", "2", "3", "4"]);
  expect(PRACTICE_KEYS.has("Enter") && REVEAL_KEYS.has("Enter")).toBe(true);
});

test("every outcome and verdict has its words in both languages", () => {
  expect(Object.keys(chinese.practice.outcome)).toEqual(Object.keys(english.practice.outcome));
  expect(Object.keys(chinese.practice.verdict)).toEqual(Object.keys(english.practice.verdict));
});
