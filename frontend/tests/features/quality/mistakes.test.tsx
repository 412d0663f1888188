import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { MistakesPage } from "@/features/quality/mistakes/MistakesPage";
import type { Mistakes, Outcomes } from "@/features/quality/mistakes/queries";
import type { Rate } from "@/features/quality/share";

import { OLGA } from "../../recorded";
import { renderAs } from "../../render";
import { serve } from "../../server";

const rate = (hits: number, n: number): Rate => ({ hits, n, low: n ? 0.1 : null, high: n ? 0.5 : null });
const OUTCOMES: Outcomes = {
  agreed: rate(60, 100),
  said_none: rate(10, 50),
  too_late: rate(5, 50),
  too_early: rate(5, 50),
  false_alarm: rate(0, 0),
  unsure: rate(3, 100),
  not_finished: rate(2, 100),
  missed: rate(15, 50),
  alarmed: rate(23, 100),
};
const REPORT: Mistakes = {
  passes: 100,
  newest: 10_000,
  outcomes: OUTCOMES,
  offsets: [
    { steps: -1, count: 5 },
    { steps: 3, count: 4 },
  ],
  parts: [
    { part: "first", ...rate(1, 10) },
    { part: "middle", ...rate(6, 20) },
    { part: "last", ...rate(0, 0) },
  ],
  labelers: [{ labeler: "dca8d58e-10b5-4ba3-a43b-ebad55f8c396", username: null, passes: 100, outcomes: OUTCOMES }],
  golds: [
    {
      id: 5,
      purpose: "check",
      solution_id: 7001,
      problem: "Ana has 3 pears.",
      steps: ["Three.", "3 + 2 = 6."],
      first_mistakes: [1],
      explanation: "",
      wrong: rate(8, 10),
      commonest: { finish_reason: "solution", said: null, unsure: false, count: 6 },
    },
  ],
};
const CALL = "GET /projects/apples/gold/mistakes";

const open = (report: Mistakes = REPORT, address = "/") => {
  const server = serve({ [CALL]: report });
  renderAs(OLGA, <MistakesPage slug="apples" />, address);
  return server;
};
const rowsOf = async (figure: string) => {
  const table = within(await screen.findByRole("figure", { name: figure })).getByRole("table", { hidden: true });
  return within(table)
    .getAllByRole("row", { hidden: true })
    .slice(1)
    .map((row) =>
      within(row)
        .getAllByRole("cell", { hidden: true })
        .map(({ textContent }) => textContent),
    );
};

test("each outcome comes with its n, its share and its interval, and one that could not happen with none", async () => {
  open();
  const rows = await rowsOf("How passes go wrong");
  expect(rows.find(([name]) => name === "Found none")?.slice(0, 6)).toEqual(["Found none", "10", "50", "20.0%", "10.0%", "50.0%"]);
  expect(rows.find(([name]) => name === "False alarm")?.slice(0, 6)).toEqual(["False alarm", "0", "0", "–", "–", "–"]);
  expect(screen.getByText(/is missed in 15\/50 · 30% \(95% 10%–50%\)/)).toBeVisible();
});

test("how far off and where are told in sentences and tables", async () => {
  open();
  expect(await screen.findByText("Of those that named a wrong step, 5 were too early and 4 too late.")).toBeVisible();
  expect(await rowsOf("How far off")).toEqual([
    ["-1", "5"],
    ["3", "4"],
  ]);
  expect(screen.getByText("Most in the middle third: 6/20 · 30% (95% 10%–50%).")).toBeVisible();
});

test("every chart can be taken along", async () => {
  open();
  for (const name of ["How passes go wrong", "How far off", "Where mistakes are missed", "Agreement with gold, by labeler"]) {
    expect(within(await screen.findByRole("figure", { name })).getByRole("button", { name: new RegExp(name) })).toBeVisible();
  }
});

test("a labeler without an account goes by the pseudonym", async () => {
  open();
  const [[name, agreed]] = (await rowsOf("Agreement with gold, by labeler")) as [[string, string]];
  expect([name, agreed]).toEqual(["dca8d58e", "60%"]);
});

test("what is most missed is ready to teach from, or says what is wanting", async () => {
  open();
  const card = within(await screen.findByRole("article", { name: "Gold label 5" }));
  expect(card.getByText(/Most often said: no mistake, 6 of 8 wrong answers\. Right: step 2\./)).toBeVisible();
  expect(card.getByText("Wrong in 8/10 · 80% (95% 10%–50%)")).toBeVisible();
  expect(card.getByText(/No explanation yet/)).toBeVisible();
  expect(card.getByRole("link", { name: "Write one" })).toHaveAttribute("href", "/p/apples/quality/gold/5");
});

test("one purpose is asked for alone, by the address too", async () => {
  const server = open(REPORT, "/?purpose=practice");
  await waitFor(() => expect(server.asked.map(({ query }) => query)).toEqual(["?purpose=practice"]));
  await userEvent.click(await screen.findByRole("radio", { name: "Running checks" }));
  await waitFor(() => expect(server.asked.at(-1)?.query).toBe("?purpose=check"));
});

test("without a pass the page says what brings them", async () => {
  open({ ...REPORT, passes: 0 });
  expect(await screen.findByText("No pass over a gold label yet")).toBeVisible();
  expect(screen.queryByRole("figure")).toBeNull();
});
