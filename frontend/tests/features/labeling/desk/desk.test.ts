import fc from "fast-check";
import { expect, test } from "vitest";

import { ApiError } from "@/api/errors";
import { after, EMPTY, held, wants, type Desk, type Happening } from "@/features/labeling/desk/desk";
import { begin, GREAT, move } from "@/features/labeling/pass/machine";

import { FINISHED, FRACTION, POTHOLE } from "../../../recorded";

const THIRD = { ...POTHOLE, id: 43, solution_id: 7003 };
const happened = (...events: Happening[]): Desk => events.reduce(after, EMPTY);
const pass = move(begin({ steps: 4, alternatives: {} }), { type: "rate", rating: GREAT });
const offered = (assignment = FRACTION): Happening => ({ type: "offered", offer: { assignment, reason: null } });
const submitted: Happening = { type: "submitted", sent: { assignment: FRACTION, pass, totalTime: 1000 } };
const closed = new ApiError(409, "generation_closed", "It is closed.");
const reopened: Happening = { type: "reopened", sent: null };

test("a pause takes from the desk what has gone back to the queue", () => {
  const paused: Happening = { type: "offered", offer: { assignment: null, reason: { code: "paused", sentence: "It rests." } } };
  const desk = happened(offered(), offered(POTHOLE), submitted, paused);
  expect([desk.work, held(desk), desk.reason?.code, wants(desk)]).toEqual([null, [], "paused", false]);
});

test("the first offer is the work, the second lies behind it, and both leases are held", () => {
  const desk = happened(offered(), offered(POTHOLE));
  expect([desk.work, desk.next, held(desk)]).toEqual([FRACTION, POTHOLE, [FRACTION, POTHOLE]]);
});

test("at Enter the next one is there, and one more is wanted", () => {
  const desk = happened(offered(), offered(POTHOLE), submitted);
  expect([desk.work, desk.next, wants(desk)]).toEqual([POTHOLE, null, true]);
});

test("what lies on the desk already is not laid there twice", () => {
  expect(happened(offered(), offered())).toMatchObject({ work: FRACTION, next: null });
});

test("a refusal never takes the work away", () => {
  const desk = happened(offered(), { type: "lost", id: FRACTION.id, error: closed });
  expect(desk).toMatchObject({ work: FRACTION, refusal: closed });
  expect(wants(desk)).toBe(false);
});

test("what was fetched ahead and lost goes without a word", () => {
  const desk = happened(offered(), offered(POTHOLE), { type: "lost", id: POTHOLE.id, error: closed });
  expect(desk).toMatchObject({ work: FRACTION, next: null, refusal: null });
});

test("work that is left behind makes room for the next", () => {
  const desk = happened(offered(), offered(POTHOLE), { type: "lost", id: FRACTION.id, error: closed }, { type: "leftBehind" });
  expect(desk).toMatchObject({ work: POTHOLE, refusal: null });
});

test("that the next one can't be fetched ahead is no news, and asks again later", () => {
  const desk = happened(offered(), { type: "asking" }, { type: "unanswered", error: closed });
  expect(desk).toMatchObject({ work: FRACTION, refusal: null, stalled: true });
  expect(wants(desk)).toBe(false);
});

test("a refusal with nothing on the desk stays in sight while it is asked again, and goes with the answer", () => {
  const refused: Happening = { type: "unanswered", error: closed };
  expect(happened(refused, { type: "asking" }).refusal).toBe(closed);
  expect(happened(refused, { type: "asking" }, offered()).refusal).toBeNull();
});

test("while nothing is to be had, nothing more is wanted until something changes", () => {
  expect(wants(happened(offered(), { type: "offered", offer: FINISHED }))).toBe(false);
});

test("reopening puts the present assignment aside, whose lease is still held", () => {
  const desk = happened(offered(), offered(POTHOLE), submitted, offered(THIRD), reopened);
  expect([desk.work, desk.aside, held(desk)]).toEqual([FRACTION, POTHOLE, [POTHOLE, THIRD]]);
});

test("a revision brings back what was put aside, before what was fetched ahead", () => {
  const desk = happened(offered(), offered(POTHOLE), submitted, offered(THIRD), reopened, submitted);
  expect(desk).toMatchObject({ work: POTHOLE, next: THIRD, aside: null, revising: false });
});

test("what is offered while a lone pass is reopened comes up after it", () => {
  const desk = happened(offered(), submitted, reopened, offered(POTHOLE));
  expect(after(desk, submitted)).toMatchObject({ work: POTHOLE, revising: false });
});

test("nothing can be reopened before something was submitted", () => {
  expect(happened(offered(), reopened).revising).toBe(false);
});

test("putting back changes nothing but the desk", () => {
  const before = happened(offered(), offered(POTHOLE), submitted);
  expect([reopened, { type: "putBack" } as const].reduce(after, before)).toEqual(before);
});

test("whatever happens, nothing is held twice, and never more than two", () => {
  const events = fc.constantFrom<Happening>(
    { type: "asking" },
    offered(),
    offered(POTHOLE),
    offered(THIRD),
    { type: "offered", offer: FINISHED },
    { type: "unanswered", error: closed },
    submitted,
    reopened,
    { type: "putBack" },
    { type: "leftBehind" },
    { type: "lost", id: FRACTION.id, error: closed },
    { type: "lost", id: POTHOLE.id, error: closed },
  );
  fc.assert(
    fc.property(fc.array(events, { maxLength: 30 }), (happenings) => {
      const ids = held(happened(...happenings)).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBeLessThanOrEqual(2);
    }),
  );
});
