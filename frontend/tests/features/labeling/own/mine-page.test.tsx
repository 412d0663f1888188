import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import MinePage from "@/features/labeling/own/MinePage";
import type { Mine, MyPass } from "@/features/labeling/practice/queries";

import { ANN, MY_PROGRESS, PROJECT } from "../../../recorded";
import { renderAs } from "../../../render";
import { serve } from "../../../server";

const never = { hits: 0, n: 0, low: null, high: null };
const nothing = {
  agreed: never,
  said_none: never,
  too_late: never,
  too_early: never,
  false_alarm: never,
  unsure: never,
  not_finished: never,
  missed: never,
  alarmed: never,
};
const MINE: Mine = {
  passes: 1_234,
  today: 12,
  median_ms: null,
  practice: { solutions: 0, done: 0, agreed: 0 },
  screening: { state: "none", attempt: null, answered: null, agreed: null, of: null, may_retake: false },
  mistakes: { practice: nothing, screening: nothing },
};
const PASS: MyPass = {
  id: 9,
  assignment_id: 41,
  solution_id: 7,
  problem: "The first problem.",
  revision: 1,
  finish_reason: "solution",
  reason: "",
  total_time: 83_000,
  submitted_at: "2026-01-05T10:00:00Z",
  comment: null,
  answer: null,
  open: true,
};
const CLOSED: MyPass = { ...PASS, id: 8, assignment_id: 40, problem: "The second problem.", open: false };

function open(mine: Partial<Mine>, passes: readonly MyPass[] = []) {
  const server = serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/progress": MY_PROGRESS,
    "GET /projects/apples/me": { ...MINE, ...mine },
    "GET /projects/apples/me/passes": { results: passes, next: null },
  });
  renderAs(ANN, <MinePage slug="apples" />);
  return server;
}

const figure = async (name: string) => (await screen.findByText(name, { selector: "dt" })).nextElementSibling;

test("how much, how fast and how it went, and nothing of what is not asked for", async () => {
  open({});
  expect(await figure("In all")).toHaveTextContent("1,234");
  expect(await figure("Median active time")).toHaveTextContent("–");
  expect(screen.queryByText("Practice", { selector: "dt" })).toBeNull();
  expect(screen.queryByText("Screening", { selector: "dt" })).toBeNull();
  expect(await screen.findByText("No pass yet")).toBeVisible();
});

test("practice says how often it agrees, or that there was none yet", async () => {
  open({ practice: { solutions: 4, done: 3, agreed: 2 } });
  expect(await figure("Practice")).toHaveTextContent("2 of 3 agree");
});

test("practice not begun is none yet", async () => {
  open({ practice: { solutions: 4, done: 0, agreed: 0 } });
  expect(await figure("Practice")).toHaveTextContent("none yet");
});

test("a screening that wasn't passed says by how much, and is taken again where that is allowed", async () => {
  const server = open({ screening: { state: "failed", attempt: 1, answered: 10, agreed: 6, of: 10, may_retake: true } });
  expect(await figure("Screening")).toHaveTextContent("not passed: 6 of 10");
  server.answer("POST /projects/apples/screening/retake", {});
  server.answer("GET /projects/apples/me", { ...MINE, screening: { ...MINE.screening, state: "open", answered: 0, of: 10 } });
  await userEvent.click(screen.getByRole("button", { name: "Take the screening again" }));
  expect(await screen.findByText("0 of 10 answered")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Take the screening again" })).toBeNull();
});

test("a pass can be changed while its round is open, and only looked at after", async () => {
  open({}, [PASS, CLOSED]);
  const row = async (problem: string) => within((await screen.findByText(problem)).closest("tr")!);
  expect((await row("The first problem.")).getByRole("link", { name: "Look or change" })).toHaveAttribute("href", "/p/apples/me/41");
  expect((await row("The second problem.")).getByRole("link", { name: "Look" })).toHaveAttribute("href", "/p/apples/me/40");
  expect((await row("The first problem.")).getByText("1:23")).toBeVisible();
});
