import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { expect, test } from "vitest";

import type { Gold, GoldReport, GoldSet, KnownGold, Solution } from "@/features/quality/gold/queries";
import { QualityPages } from "@/features/quality/QualityPages";

import { OLGA } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve } from "../../server";

const SETS: GoldSet[] = [
  { purpose: "practice", labels: 5, without_mistake: 2, retired: 1, shortcomings: [] },
  { purpose: "screening", labels: 12, without_mistake: 0, retired: 0, shortcomings: ["There are 12 questions, and 30 are asked."] },
  { purpose: "check", labels: 0, without_mistake: 0, retired: 0, shortcomings: ["There are 0 checks, and a generation asks 15."] },
];
const GOLD: Gold = {
  id: 5,
  purpose: "check",
  solution_id: 7001,
  solution: "s",
  problem: "Ana has 3 pears.",
  steps: ["Ana starts with 3.", "3 + 2 = 6.", "So 6."],
  first_mistakes: [1, 2],
  explanation: "3 + 2 is 5.",
  label: null,
  shown: 40,
  agreed: { hits: 30, n: 40, low: 0.598, high: 0.859 },
  created_at: "2026-11-23T03:14:48Z",
  created_by: "rita",
  retired_at: null,
};
const KNOWN: KnownGold = {
  ...GOLD,
  answers: [
    { finish_reason: "found_error", said: 1, outcome: "agreed", count: 30 },
    { finish_reason: "solution", said: null, outcome: "said_none", count: 10 },
  ],
  history: [{ verb: "explain gold", actor: "rita", at: "2026-11-24T03:14:48Z", reason: "", before: "See step 2." }],
};
const REPORT: GoldReport = {
  created: 2,
  solutions: 2,
  problems: 2,
  skipped: 1,
  rejected: 1,
  rejections: [{ line: 3, reason: "first_mistakes[0] is 7, not between 0 and 2." }],
  more: 0,
  made: [{ line: 1, problem: "Ana has 3 pears.", steps: GOLD.steps, first_mistakes: [1], explanation: "3 + 2 is 5." }],
  after: { purpose: "screening", labels: 2, without_mistake: 0, retired: 0, shortcomings: ["There are 2 questions, and 30 are asked."] },
};
const LIST = "GET /projects/apples/gold";
const FILE = "POST /projects/apples/gold/file";

const open = (address: string, answers: Record<string, unknown>, operates = true) => {
  const server = serve({ [LIST]: { results: [GOLD], next: null, sets: SETS }, ...answers });
  const pages = <QualityPages slug="apples" operates={operates} absent="no such page" />;
  renderAs(
    OLGA,
    <Routes>
      <Route path="/p/apples/quality/*" element={pages} />
    </Routes>,
    `/p/apples/quality/${address}`,
  );
  return server;
};

test("each set tells what it holds and in words what it lacks", async () => {
  open("gold", {});
  const set = async (name: string) => within(await screen.findByRole("article", { name }));
  expect((await set("Practice")).getByText(/2 without a mistake \(40%\) · 1 retired/)).toBeVisible();
  expect((await set("Practice")).getByText("Lacks nothing.")).toBeVisible();
  expect((await set("Screening")).getByText("There are 12 questions, and 30 are asked.")).toBeVisible();
});

test("a gold label's row tells who met it and how many agree, with the interval", async () => {
  open("gold", {});
  const row = within((await screen.findByRole("link", { name: "Ana has 3 pears." })).closest("tr")!);
  expect(
    row
      .getAllByRole("cell")
      .slice(1, 7)
      .map(({ textContent }) => textContent),
  ).toEqual(["Running checks", "3", "2, 3", "40", "30/40 · 75%", "60%–86%"]);
});

test("the list is asked for by purpose and by whether it is retired, and the address says so", async () => {
  const server = open("gold", {});
  await userEvent.click(await screen.findByRole("radio", { name: "Screening" }));
  await userEvent.click(screen.getByRole("radio", { name: "Retired" }));
  await waitFor(() => expect(server.asked.at(-1)?.query).toBe("?after=0&limit=30&retired=true&purpose=screening"));
  expect(screen.getByLabelText("address")).toHaveTextContent("?purpose=screening&retired=true");
});

test("a reviewer makes gold but imports none", async () => {
  open("gold", {}, false);
  expect(await screen.findByRole("link", { name: "Make one …" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "Import a file …" })).toBeNull();
});

test("one gold label is told with its steps, its answers and its history, and is said in other words", async () => {
  const explain = "PATCH /projects/apples/gold/5";
  const server = open("gold/5", { "GET /projects/apples/gold/5": KNOWN, [explain]: { ...GOLD, explanation: "3 + 2 makes 5." } });
  const steps = within(await screen.findByRole("list")).getAllByRole("listitem");
  expect(steps.map((step) => step.textContent?.includes("may be called the first mistake"))).toEqual([false, true, true]);
  expect(screen.getByText("30 of 40 passes agree.")).toBeVisible();
  expect(screen.getByText("Before: See step 2.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Say it in other words" }));
  const field = screen.getByRole("textbox", { name: "Explanation" });
  await userEvent.clear(field);
  await userEvent.type(field, "3 + 2 makes 5.");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.bodies(explain)).toEqual([{ explanation: "3 + 2 makes 5." }]));
});

test("an explanation that was not saved stays in the field", async () => {
  open("gold/5", { "GET /projects/apples/gold/5": KNOWN, "PATCH /projects/apples/gold/5": new Refused(400, "invalid", "Too long.") });
  await userEvent.click(await screen.findByRole("button", { name: "Say it in other words" }));
  await userEvent.type(screen.getByRole("textbox", { name: "Explanation" }), " And more.");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("It was not saved")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Explanation" })).toHaveValue("3 + 2 is 5. And more.");
});

test("retiring takes a reason along", async () => {
  const retire = "POST /projects/apples/gold/5/retire";
  const server = open("gold/5", { "GET /projects/apples/gold/5": KNOWN, [retire]: undefined });
  await userEvent.click(await screen.findByRole("button", { name: "Retire …" }));
  await userEvent.type(await screen.findByRole("textbox"), "It is known by now.");
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Retire" }));
  await waitFor(() => expect(server.bodies(retire)).toEqual([{ reason: "It is known by now." }]));
});

test("an address that is no gold label is no page", async () => {
  open("gold/five", {});
  expect(await screen.findByText("no such page")).toBeVisible();
});

const SOLUTION = {
  problem: { text: "Ana has 3 pears." },
  gold: null,
  solution: { id: 7001, steps: GOLD.steps },
  labels: [
    { id: 17, username: "ann", labeler: "dca8", current: true, finish_reason: "found_error", ratings: [1, -1] },
    { id: 18, username: "bob", labeler: "dca9", current: true, finish_reason: "give_up", ratings: [1] },
  ],
} as unknown as Solution;
const MAKE = "POST /projects/apples/gold";

test("gold is made of a label, with other steps that may be called the first mistake", async () => {
  const server = open("gold/new?solution=7001", {
    "GET /projects/apples/solutions/7001": SOLUTION,
    [MAKE]: GOLD,
    "GET /projects/apples/gold/5": KNOWN,
  });
  expect(screen.queryByRole("button", { name: /bob/ })).toBeNull(); // half a pass tells nothing
  await userEvent.click(await screen.findByRole("button", { name: "ann: step 2" }));
  await userEvent.click(screen.getByRole("checkbox", { name: "Step 3" }));
  await userEvent.click(screen.getByRole("radio", { name: "Running checks" }));
  await userEvent.type(screen.getByRole("textbox", { name: "Explanation" }), "3 + 2 is 5.");
  await userEvent.click(screen.getByRole("button", { name: "Make gold" }));
  await waitFor(() => expect(server.bodies(MAKE)).toEqual([{ label: 17, purpose: "check", first_mistakes: [1, 2], explanation: "3 + 2 is 5." }]));
  expect(await screen.findByRole("heading", { name: "Gold label 5" })).toBeVisible();
});

test("a solution is made gold only once something is said of its first mistake", async () => {
  const server = open("gold/new?solution=7001", {
    "GET /projects/apples/solutions/7001": SOLUTION,
    [MAKE]: GOLD,
    "GET /projects/apples/gold/5": KNOWN,
  });
  await userEvent.click(await screen.findByRole("button", { name: "Make gold" }));
  expect(screen.getByRole("alert")).toHaveTextContent("Tick at least one step");
  await userEvent.click(screen.getByRole("checkbox", { name: "Step 1" }));
  await userEvent.click(screen.getByRole("checkbox", { name: /no mistake/ })); // the two exclude each other
  expect(screen.getByRole("checkbox", { name: "Step 1" })).not.toBeChecked();
  await userEvent.click(screen.getByRole("button", { name: "Make gold" }));
  await waitFor(() => expect(server.bodies(MAKE)).toEqual([{ solution_id: 7001, purpose: "practice", first_mistakes: [], explanation: "" }]));
});

test("what is gold already leads there, and what is not here says so", async () => {
  const known = { purpose: "screening", first_mistakes: [], retired_at: null };
  open("gold/new?solution=7001", { "GET /projects/apples/solutions/7001": { ...SOLUTION, gold: known } });
  expect(await screen.findByText(/gold for screening already/)).toBeVisible();
  open("gold/new?solution=7", { "GET /projects/apples/solutions/7": new Refused(404, "not_found") });
  expect(await screen.findByText("There is no such solution in this project.")).toBeVisible();
});

const choose = async () => {
  const input = document.querySelector<HTMLInputElement>("input[type=file]")!;
  await userEvent.upload(input, new File(["{}\n"], "gold.jsonl"));
};

test("a file is checked before anything happens, and imported when that has been seen", async () => {
  const server = open("gold/import", { [FILE]: REPORT });
  await userEvent.click(await screen.findByRole("radio", { name: "Screening" }));
  await choose();
  expect(await screen.findByText("2 lines would come in.")).toBeVisible();
  expect(screen.getByText("The first 1 of 2.")).toBeVisible();
  expect(server.bodies(FILE)).toMatchObject([{ purpose: "screening", check: "true" }]);
  expect(screen.getByText("1 line can't be used:")).toBeVisible();
  expect(screen.getByText("first_mistakes[0] is 7, not between 0 and 2.")).toBeVisible();
  expect(screen.getByText("1 line is gold for this purpose already.")).toBeVisible();
  expect(screen.getByText("There are 2 questions, and 30 are asked.")).toBeVisible();
  const row = within(screen.getByText("Ana has 3 pears.").closest("tr")!);
  expect(row.getAllByRole("cell").map(({ textContent }) => textContent)).toEqual(["1", "Ana has 3 pears.", "3", "2", "yes"]);
  await userEvent.click(screen.getByRole("button", { name: "Import 2 lines" }));
  expect(await screen.findByText("2 gold labels came in.")).toBeVisible();
  expect(server.bodies(FILE).slice(1)).toMatchObject([{ purpose: "screening", check: "false" }]);
});

test("a file that is shown whole is not said to be shown in part", async () => {
  open("gold/import", { [FILE]: { ...REPORT, created: 1 } });
  await choose();
  expect(await screen.findByText("1 line would come in.")).toBeVisible();
  expect(screen.queryByText(/^The first/)).toBeNull();
});

test("another purpose checks the file anew", async () => {
  const server = open("gold/import", { [FILE]: { ...REPORT, created: 0, made: [] } });
  await choose();
  expect(await screen.findByText("No line would come in.")).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Import/ })).toBeNull();
  await userEvent.click(screen.getByRole("radio", { name: "Running checks" }));
  await waitFor(() => expect(server.bodies(FILE).at(-1)).toMatchObject({ purpose: "check", check: "true" }));
});

test("a file that is refused says why, and the page shows what a line looks like", async () => {
  open("gold/import", { [FILE]: new Refused(413, "too_large", "A file of gold has at most 4,194,304 bytes here.") });
  expect(screen.getByText(/"first_mistakes":\[1\]/)).toBeVisible();
  await choose();
  expect(await screen.findByText("A file of gold has at most 4,194,304 bytes here.")).toBeVisible();
});
