import { expect, test } from "vitest";

import { ApiError } from "@/api/errors";
import { after, EMPTY, held, type Desk, type Happening } from "@/features/labeling/desk";
import { begin, GREAT, move } from "@/features/labeling/machine";

import { FINISHED, FRACTION, POTHOLE } from "../../recorded";

const happened = (...events: Happening[]): Desk => events.reduce(after, EMPTY);
const pass = move(begin({ steps: 4, alternatives: {} }), { type: "rate", rating: GREAT });
const sent = { assignment: FRACTION, pass, totalTime: 1000 };
const offered: Happening = { type: "offered", offer: { assignment: FRACTION, reason: null } };
const landed: Happening = { type: "landed", sent, offer: { assignment: POTHOLE, reason: null } };
const refused: Happening = { type: "refused", error: new ApiError(409, "generation_closed", "It is closed.") };

test("what was offered lies on the desk, and its lease is held", () => {
  const desk = happened({ type: "asking" }, offered);
  expect([desk.work, held(desk), desk.busy]).toEqual([FRACTION, FRACTION, null]);
});

test("a refusal never takes the work away", () => {
  expect(happened(offered, { type: "sending" }, refused)).toMatchObject({ work: FRACTION, busy: null });
});

test("a refusal stays in sight while it is asked again, and goes with the answer", () => {
  expect(happened(offered, refused, { type: "asking" }).refusal).not.toBeNull();
  expect(happened(offered, refused, { type: "asking" }, offered).refusal).toBeNull();
});

test("reopening puts the present assignment aside, whose lease is still held", () => {
  const desk = happened(offered, landed, { type: "reopened" });
  expect([desk.work, desk.aside, held(desk)]).toEqual([FRACTION, POTHOLE, POTHOLE]);
});

test("a revision that lands brings back what was put aside, and counts no second pass", () => {
  const revised: Happening = { type: "landed", sent, offer: FINISHED };
  const desk = happened(offered, landed, { type: "reopened" }, revised);
  expect(desk).toMatchObject({ work: POTHOLE, aside: null, revising: false, landed: 1 });
});

test("a revision after which there was nothing takes what the server offers", () => {
  const desk = happened(offered, { ...landed, offer: FINISHED }, { type: "reopened" }, landed);
  expect(desk).toMatchObject({ work: POTHOLE, revising: false });
});

test("nothing can be reopened before something landed, or while something is on its way", () => {
  expect(happened(offered, { type: "reopened" }).revising).toBe(false);
  expect(happened(offered, landed, { type: "sending" }, { type: "reopened" }).revising).toBe(false);
});

test("putting back changes nothing but the desk", () => {
  const desk = happened(offered, landed, { type: "reopened" }, { type: "putBack" });
  expect(desk).toEqual(happened(offered, landed));
});
