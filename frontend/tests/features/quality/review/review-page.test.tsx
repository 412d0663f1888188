import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { ReviewPage } from "@/features/quality/review/ReviewPage";

import { OLGA } from "../../../recorded";
import { renderAs } from "../../../render";
import { Refused, serve } from "../../../server";
import { aCase, aLabel } from "./case";

const QUEUE = "GET /projects/apples/review";
const RULE = "POST /projects/apples/review/5/rulings";
const NONE = { counts: [{ kind: "contradictions", count: 0 }], kind: null, solutions: [] };
const ONE = {
  counts: [
    { kind: "questions", count: 0 },
    { kind: "contradictions", count: 1 },
  ],
  kind: "contradictions",
  solutions: [5],
};
const found = aCase([aLabel([1, 1, 1]), aLabel([1, -1], { alternatives: [{ text: "So it is 7.", rating: 1, flagged: false }] })], 3);

const open = (answers = {}, address = "/") => {
  const server = serve({ [QUEUE]: ONE, "GET /projects/apples/review/5": found, [RULE]: found, ...answers });
  renderAs(OLGA, <ReviewPage slug="apples" />, address);
  return server;
};

test("where nothing waits the page says what will come", async () => {
  open({ [QUEUE]: NONE });
  expect(await screen.findByText("Nothing waits for you")).toBeVisible();
});

test("a case shows its grade, the labels side by side, and what could stand in a mistake's place", async () => {
  open();
  expect(await screen.findByText("graded wrong")).toBeVisible();
  expect(screen.getByText(/as do 2 of 4 solutions of this problem/)).toBeVisible();
  const row = within(screen.getByText("Step 2 of it.").closest("tr")!);
  expect(row.getByText("Bad")).toBeVisible();
  expect(row.getByText("So it is 7.")).toBeVisible();
  expect(screen.getByRole("button", { name: /Questions 0/ })).toBeDisabled();
});

test("one key keeps a label, naming the ruling that the page has seen", async () => {
  const server = open({
    "GET /projects/apples/review/5": {
      ...found,
      rulings: [{ id: 3, kind: "leave", label_id: null, reason: "", detail: {}, decided_by: "rita", decided_at: "2026-11-24T01:00:00Z" }],
    },
  });
  await screen.findByText("graded wrong");
  server.answer(QUEUE, NONE);
  await userEvent.keyboard("2");
  expect(await screen.findByText("Nothing waits for you")).toBeVisible();
  expect(server.bodies(RULE)).toMatchObject([{ kind: "keep", label: found.labels[1]!.id, seen: 3 }]);
});

const OTHER = { ...aCase([aLabel([1]), aLabel([-1])], 1), solution: { ...found.solution, id: 6, grade: "right" } };
const TWO = {
  counts: [
    { kind: "contradictions", count: 2 },
    { kind: "gaps", count: 1 },
  ],
  kind: "contradictions",
  solutions: [5, 6],
};
const MOVED = { ...TWO, solutions: [6] };

test("a ruling that comes too late is told, and the case stays although it waits no more", async () => {
  const server = open({
    [QUEUE]: TWO,
    "GET /projects/apples/review/6": OTHER,
    [RULE]: new Refused(409, "conflict", "Somebody else has ruled on this solution in the meantime."),
  });
  await screen.findByText("graded wrong");
  server.answer(QUEUE, MOVED);
  await userEvent.keyboard("l");
  await vi.waitFor(() => expect(server.asked.filter(({ call }) => call === QUEUE)).toHaveLength(2));
  expect(await screen.findByText(/Somebody else has ruled/)).toBeVisible();
  expect(screen.getByText("graded wrong")).toBeVisible();
  await userEvent.keyboard("j");
  expect(await screen.findByText("graded right")).toBeVisible();
});

test("the last case, ruled on, doesn't come once more while the queue is looked at again", async () => {
  const server = open();
  await screen.findByText("graded wrong");
  let tell: (queue: typeof NONE) => void = () => undefined;
  server.answer(QUEUE, () => new Promise((resolve) => (tell = resolve)));
  await userEvent.keyboard("l");
  expect(await screen.findByRole("status", { name: "Loading" })).toBeVisible();
  expect(screen.queryByText("graded wrong")).toBeNull();
  tell(NONE);
  expect(await screen.findByText("Nothing waits for you")).toBeVisible();
});

test("another queue shows its own case, also after a link to one", async () => {
  const server = open({ [QUEUE]: TWO, "GET /projects/apples/review/6": OTHER }, "/?solution=5");
  await screen.findByText("graded wrong");
  server.answer(QUEUE, { ...MOVED, kind: "gaps" });
  await userEvent.click(screen.getByRole("button", { name: /Far from the model/ }));
  expect(await screen.findByText("graded right")).toBeVisible();
});

test("what makes no sense for a case has neither key nor button", async () => {
  const server = open();
  await screen.findByText("graded wrong");
  expect(screen.queryByRole("button", { name: /^Answer/ })).toBeNull();
  await userEvent.keyboard("wy3");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(server.bodies(RULE)).toEqual([]);
});

test("a link from a solution's page opens its case, whether it waits or not", async () => {
  serve({ [QUEUE]: NONE, "GET /projects/apples/review/5": found });
  renderAs(OLGA, <ReviewPage slug="apples" />, "/p/apples/review?solution=5");
  expect(await screen.findByText("graded wrong")).toBeVisible();
});

test.each([
  ["?kind=gaps", "?kind=gaps"],
  ["?kind=nonsense", ""],
])("a link to %s opens the queue that it names, if there is one", async (address, query) => {
  const server = open({}, `/p/apples/review${address}`);
  expect(await screen.findByText("graded wrong")).toBeVisible();
  expect(server.asked.find(({ call }) => call === QUEUE)).toMatchObject({ query });
});
