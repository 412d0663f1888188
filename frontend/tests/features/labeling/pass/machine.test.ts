import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  answer,
  BAD,
  begin,
  ending,
  firstBad,
  GREAT,
  isPassOver,
  move,
  OKAY,
  openAlternatives,
  place,
  resume,
  stops,
  type Judgement,
  type Move,
  type Pass,
  type Task,
} from "@/features/labeling/pass/machine";

const rate = (rating: Judgement): Move => ({ type: "rate", rating });
const BACK: Move = { type: "back" };
const UP: Move = { type: "go", by: -1 };

const played = (task: Task, moves: readonly Move[]): Pass => moves.reduce(move, begin(task));
const three: Task = { steps: 3, alternatives: {} };
const withAlternatives: Task = { steps: 3, alternatives: { 1: [11, 12] } };

const anyJudgement = fc.constantFrom<Judgement>(BAD, OKAY, GREAT, "unsure");
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: anyJudgement.map(rate) },
  { weight: 2, arbitrary: fc.constant(BACK) },
  { weight: 2, arbitrary: fc.constantFrom<1 | -1>(1, -1).map((by): Move => ({ type: "go", by })) },
  { weight: 1, arbitrary: fc.integer({ min: -3, max: 15 }).map((at): Move => ({ type: "point", at })) },
);
const anyTask: fc.Arbitrary<Task> = fc
  .integer({ min: 1, max: 8 })
  .chain((steps) =>
    fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: steps, maxLength: steps })
      .map((offered) => ({ steps, alternatives: Object.fromEntries(offered.map((n, step) => [step, ids(step, n)])) })),
  );
const ids = (step: number, n: number) => Array.from({ length: n }, (_, index) => step * 10 + index);
const anyPass = fc.tuple(anyTask, fc.array(anyMove, { maxLength: 40 })).map(([task, moves]) => played(task, moves));

describe("whatever is pressed, in any order", () => {
  test("no rating follows the first Bad", () => {
    fc.assert(
      fc.property(anyPass, (pass) => {
        expect(pass.ratings.slice(0, -1)).not.toContain(BAD);
      }),
    );
  });

  test("there are never more ratings than steps", () => {
    fc.assert(
      fc.property(anyPass, (pass) => {
        expect(pass.ratings.length).toBeLessThanOrEqual(pass.task.steps);
      }),
    );
  });

  test("only alternatives of the step rated Bad are judged", () => {
    fc.assert(
      fc.property(anyPass, (pass) => {
        for (const id of Object.keys(pass.judged)) expect(openAlternatives(pass)).toContain(Number(id));
      }),
    );
  });

  test("the cursor stands on something that can be rated", () => {
    fc.assert(
      fc.property(anyPass, (pass) => {
        expect(pass.cursor).toBeGreaterThanOrEqual(0);
        expect(pass.cursor).toBeLessThan(stops(pass));
        const here = place(pass);
        if (here.on === "step") expect(here.step).toBeLessThanOrEqual(pass.ratings.length);
        else expect(openAlternatives(pass)).toContain(here.id);
      }),
    );
  });

  test("the answer is null exactly where it is flagged, and its alternatives were offered", () => {
    fc.assert(
      fc.property(anyPass, (pass) => {
        const { ratings, flagged, alternatives } = answer(pass);
        expect(ratings.flatMap((rating, step) => (rating === null ? [step] : []))).toEqual(flagged);
        for (const each of alternatives) expect(each.rating === null).toBe(each.flagged);
      }),
    );
  });

  test("a complete pass either found an error at its last rating or rated every step", () => {
    fc.assert(
      fc.property(anyPass, (pass) => {
        const end = ending(pass);
        if (end === "found_error") expect(pass.ratings.at(-1)).toBe(BAD);
        if (end === "solution") expect(pass.ratings).toHaveLength(pass.task.steps);
      }),
    );
  });

  test("taking back as often as was rated leaves an empty pass", () => {
    fc.assert(
      fc.property(anyPass, (pass) => {
        const given = pass.ratings.length + Object.keys(pass.judged).length;
        const empty = Array.from({ length: given }, () => BACK).reduce(move, pass);
        expect(empty).toEqual(begin(pass.task));
      }),
    );
  });

  test("Take back undoes a rating at the front, whatever it was", () => {
    fc.assert(
      fc.property(anyPass, anyJudgement, (pass, judgement) => {
        const front = resume(pass.task, pass);
        fc.pre(ending(front) === null);
        expect(move(move(front, rate(judgement)), BACK)).toEqual(front);
      }),
    );
  });

  test("another rating for an earlier step removes all that came after it, and nothing before it", () => {
    fc.assert(
      fc.property(anyPass, fc.nat(), anyJudgement, (pass, at, judgement) => {
        fc.pre(pass.ratings.length > 0);
        const step = at % pass.ratings.length;
        fc.pre(pass.ratings[step] !== judgement);
        const changed = move(move(pass, { type: "point", at: step }), rate(judgement));
        expect(changed).toMatchObject({ ratings: [...pass.ratings.slice(0, step), judgement], judged: {} });
      }),
    );
  });

  test("looking around changes no rating", () => {
    const anyLook = anyMove.filter(({ type }) => type === "go" || type === "point");
    fc.assert(
      fc.property(anyPass, fc.array(anyLook), (pass, looks) => {
        const { ratings, judged } = looks.reduce(move, pass);
        expect({ ratings, judged }).toEqual({ ratings: pass.ratings, judged: pass.judged });
      }),
    );
  });

  test("whoever only goes on rating comes to an end", () => {
    fc.assert(
      fc.property(anyPass, anyJudgement, (pass, judgement) => {
        const left = pass.task.steps + 3; // no step offers more than three alternatives
        expect(ending(Array.from({ length: left }, () => rate(judgement)).reduce(move, resume(pass.task, pass)))).not.toBeNull();
      }),
    );
  });

  test("what was kept is taken up as it was", () => {
    fc.assert(
      fc.property(anyPass, ({ task, ratings, judged }) => {
        expect(isPassOver(task, { ratings, judged })).toBe(true);
        expect(resume(task, { ratings, judged })).toMatchObject({ ratings, judged });
      }),
    );
  });

  test("no move changes the pass it was made on", () => {
    fc.assert(
      fc.property(anyPass, anyMove, (pass, by) => {
        const before = structuredClone(pass);
        move(pass, by);
        expect(pass).toEqual(before);
      }),
    );
  });
});

test("rating moves the cursor to the next step", () => {
  expect(played(three, [rate(GREAT), rate(OKAY)])).toMatchObject({ ratings: [GREAT, OKAY], cursor: 2 });
});

test("a pass without a mistake ends with solution", () => {
  expect(ending(played(three, [rate(GREAT), rate(OKAY), rate(GREAT)]))).toBe("solution");
});

test("the first Bad completes a pass that has no alternatives", () => {
  const pass = played(three, [rate(GREAT), rate(BAD)]);
  expect([ending(pass), firstBad(pass), stops(pass)]).toEqual(["found_error", 1, 2]);
});

test("after the first Bad a rating goes to the alternatives, and each has to be judged", () => {
  const pass = played(withAlternatives, [rate(GREAT), rate(BAD), rate(OKAY)]);
  expect([pass.judged, ending(pass)]).toEqual([{ 11: OKAY }, null]);
  expect(ending(move(pass, rate("unsure")))).toBe("found_error");
});

test("an alternative that is Unsure is sent as a flag without a rating", () => {
  const pass = played(withAlternatives, [rate(GREAT), rate(BAD), rate("unsure"), rate(BAD)]);
  expect(answer(pass)).toEqual({
    ratings: [1, -1],
    flagged: [],
    alternatives: [
      { id: 11, rating: null, flagged: true },
      { id: 12, rating: -1, flagged: false },
    ],
  });
});

test("a step that is Unsure is sent as null and flagged, and the pass goes on", () => {
  const pass = played(three, [rate(GREAT), rate("unsure"), rate(OKAY)]);
  expect(answer(pass)).toMatchObject({ ratings: [1, null, 0], flagged: [1] });
  expect(ending(pass)).toBe("solution");
});

test("changing an earlier rating takes away all that came after it, the alternatives too", () => {
  const judged = played(withAlternatives, [rate(GREAT), rate(BAD), rate(OKAY)]);
  const changed = move(move(judged, { type: "point", at: 0 }), rate(OKAY));
  expect(changed).toMatchObject({ ratings: [OKAY], judged: {}, cursor: 1 });
});

test("giving an earlier step the rating it has takes nothing away", () => {
  const pass = played(three, [rate(GREAT), rate(GREAT), UP, UP, rate(GREAT)]);
  expect(pass).toMatchObject({ ratings: [GREAT, GREAT], cursor: 1 });
});

test("taking back after a Bad takes the alternatives back first, the last one before the one above it", () => {
  const judged = played(withAlternatives, [rate(GREAT), rate(BAD), rate(OKAY), rate(GREAT)]);
  const once = move(judged, BACK);
  expect([once.judged, place(once)]).toEqual([{ 11: OKAY }, { on: "alternative", step: 1, id: 12 }]);
  const thrice = [BACK, BACK].reduce(move, once);
  expect([thrice.ratings, place(thrice)]).toEqual([[GREAT], { on: "step", step: 1 }]);
});

test("taking back undoes the judgement that was made last, also where the alternatives were judged out of order", () => {
  const DOWN: Move = { type: "go", by: 1 };
  const pass = played(withAlternatives, [rate(GREAT), rate(BAD), DOWN, rate(OKAY), UP, rate(GREAT)]);
  expect(pass.judged).toEqual({ 11: GREAT, 12: OKAY });
  expect(move(pass, BACK)).toMatchObject({ judged: { 12: OKAY }, cursor: 2 });
});

test("a kept pass over another solution is not taken up", () => {
  expect(isPassOver(three, { ratings: [GREAT, GREAT, GREAT, GREAT], judged: {} })).toBe(false);
  expect(isPassOver(three, { ratings: [BAD, GREAT], judged: {} })).toBe(false);
  expect(isPassOver(three, { ratings: [5 as Judgement], judged: {} })).toBe(false);
  expect(isPassOver(three, { ratings: [BAD], judged: { 11: GREAT } })).toBe(false);
});

test("a kept pass is taken up at the first thing left to rate", () => {
  expect(place(resume(withAlternatives, { ratings: [GREAT, BAD], judged: { 12: OKAY } }))).toMatchObject({ id: 11 });
  expect(place(resume(three, { ratings: [GREAT], judged: {} }))).toMatchObject({ step: 1 });
});
