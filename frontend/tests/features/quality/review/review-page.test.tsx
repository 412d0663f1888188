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

test("a merge is rated up to the first mistake: what all labels say is filled in, the rest is asked for", async () => {
  const server = open();
  await screen.findByText("graded wrong");
  await userEvent.keyboard("m");
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.click(dialog.getByRole("button", { name: "Merge" }));
  expect(dialog.getByRole("alert")).toHaveTextContent("Rate every step up to the first mistake.");
  expect(server.bodies(RULE)).toEqual([]);
  await userEvent.click(within(dialog.getByRole("radiogroup", { name: "Step 2" })).getByRole("radio", { name: "Bad" }));
  expect(dialog.queryByText("Step 3 of it.")).toBeNull();
  await userEvent.click(dialog.getByRole("button", { name: "Merge" }));
  await vi.waitFor(() => expect(server.bodies(RULE)).toMatchObject([{ kind: "merge", ratings: [1, -1], seen: 0 }]));
});

test("an answer that corrects nothing is not sent, another is, without the space around it", async () => {
  const server = open();
  await screen.findByText("graded wrong");
  await userEvent.keyboard("t");
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.click(dialog.getByRole("button", { name: "Correct and grade anew" }));
  expect(dialog.getByText("Say the answer that is right.")).toBeVisible();
  const field = dialog.getByLabelText("The right answer");
  await userEvent.clear(field);
  await userEvent.type(field, " 8 ");
  await userEvent.click(dialog.getByRole("button", { name: "Correct and grade anew" }));
  await vi.waitFor(() => expect(server.bodies(RULE)).toMatchObject([{ kind: "ground_truth", ground_truth_answer: "8" }]));
});

test("back goes to the case before, not to the first", async () => {
  const third = { ...OTHER, solution: { ...OTHER.solution, id: 8, grade: "unknown" } };
  open({ [QUEUE]: { ...TWO, solutions: [5, 6, 8] }, "GET /projects/apples/review/6": OTHER, "GET /projects/apples/review/8": third });
  await screen.findByText("graded wrong");
  await userEvent.keyboard("j");
  await screen.findByText("graded right");
  await userEvent.keyboard("j");
  await vi.waitFor(() => expect(screen.queryByText("graded right")).toBeNull());
  await userEvent.keyboard("u");
  expect(await screen.findByText("graded right")).toBeVisible();
});

test("a solution without steps can't be merged, and a retired problem is brought back rather than retired", async () => {
  const retired = { ...found.problem, retired_at: "2026-11-24T01:00:00Z" };
  open({ "GET /projects/apples/review/5": { ...found, problem: retired, solution: { ...found.solution, steps: [] } } });
  await screen.findByText("graded wrong");
  const rulings = within(screen.getByRole("group", { name: "Rule on this case" }));
  expect(rulings.queryByRole("button", { name: /^Merge/ })).toBeNull();
  expect(rulings.queryByRole("button", { name: /^Retire the problem/ })).toBeNull();
  expect(rulings.getByRole("button", { name: /^Bring the problem back/ })).toBeVisible();
});
