import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { ScreeningSet, Standing } from "@/features/quality/screening/queries";
import { ScreeningPage } from "@/features/quality/screening/ScreeningPage";

import { OLGA, PROJECT } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve } from "../../server";

const SET: ScreeningSet = {
  is_open: true,
  questions: 90,
  unfit: null,
  labelers: { to_take: 1, open: 1, passed: 1, failed: 1, admitted: 1 },
};
const PASSED: Standing = {
  id: 1,
  labeler: "dca8",
  username: "ann",
  role: "labeler",
  stands: "passed",
  attempts: 1,
  answered: 30,
  agreed: 25,
  of: 30,
  needed: 23,
  decided_at: "2026-11-23T03:14:48Z",
  retakes_left: null,
  admitted_by: null,
  admitted_at: "2026-11-23T03:14:48Z",
  reason: "",
};
const NONE = { answered: null, agreed: null, of: null, needed: null, decided_at: null, admitted_at: null, attempts: 0 };
const STANDINGS: Standing[] = [
  PASSED,
  { ...PASSED, id: 2, labeler: "b0b", username: "bob", stands: "open", answered: 12, agreed: null, decided_at: null, admitted_at: null },
  { ...PASSED, id: 3, labeler: "c1e0", username: "cleo", stands: "failed", agreed: 20, retakes_left: 0, admitted_at: null },
  { ...PASSED, ...NONE, id: 4, labeler: "da9", username: "dan", stands: "admitted", admitted_by: "olga", reason: "He taught the others." },
  { ...PASSED, ...NONE, id: 5, labeler: "e4e", username: "eve", role: "reviewer", stands: "to_take" },
];
const PEOPLE = "GET /projects/apples/screening/labelers";

const open = (set: Partial<ScreeningSet> = {}, answers: Record<string, unknown> = {}, operates = true) => {
  const server = serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/screening": { ...SET, ...set },
    [PEOPLE]: { results: STANDINGS, next: null },
    ...answers,
  });
  renderAs(OLGA, <ScreeningPage slug="apples" operates={operates} />);
  return server;
};
const row = async (name: string) => within((await screen.findByText(name)).closest("tr")!);
const told = async (name: string) =>
  (await row(name))
    .getAllByRole("cell")
    .slice(1, 4)
    .map(({ textContent }) => textContent);

test("everybody stands somewhere, in figures", async () => {
  open();
  expect(await told("ann")).toEqual(["✓ passed", "25 of 30 agree, 23 needed", "1"]);
  expect(await told("bob")).toEqual(["under way", "12 of 30 answered", "1"]);
  expect(await told("cleo")).toEqual(["✕ failed", "20 of 30 agree, 23 needed; no retake left", "1"]);
  expect(await told("dan")).toEqual(["✓ let in", "by olga: “He taught the others.”", "–"]);
  expect(await told("eve")).toEqual(["not begun", "–", "–"]);
});

test("the rule is told with the figures that the project sets", async () => {
  open();
  expect(await screen.findByText(/Each is asked 30 and let in at 75%, which is 23 of 30\. Whoever stays below may try again once/)).toBeVisible();
});

test("an open set with too few questions for the retakes it promises says so", async () => {
  open({ questions: 45 });
  expect(await screen.findByText(/For that the set needs 60 questions and holds 45/)).toBeVisible();
});

test("a set that cannot be opened says why, and leads to its gold", async () => {
  open({ is_open: false, unfit: "There are 12 questions, and 30 are asked." });
  expect(await screen.findByText("There are 12 questions, and 30 are asked.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Open the screening" })).toBeDisabled();
  expect(screen.getByRole("link", { name: "To the gold labels for screening" })).toHaveAttribute("href", "/p/apples/quality/gold?purpose=screening");
});

test("it is opened at once, and closed with a reason", async () => {
  const [OPEN, CLOSE] = ["POST /projects/apples/screening", "POST /projects/apples/screening/close"];
  const server = open({ is_open: false }, { [OPEN]: SET, [CLOSE]: undefined });
  await userEvent.click(await screen.findByRole("button", { name: "Open the screening" }));
  await waitFor(() => expect(server.bodies(OPEN)).toHaveLength(1));
  server.answer("GET /projects/apples/screening", SET);
  await userEvent.click(screen.getByRole("button", { name: "Open the screening" }));
  await userEvent.click(await screen.findByRole("button", { name: "Close …" }));
  await userEvent.type(await screen.findByRole("textbox"), "Enough people.");
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Close the screening" }));
  await waitFor(() => expect(server.bodies(CLOSE)).toEqual([{ reason: "Enough people." }]));
});

test.each([
  ["Let in … (cleo)", "admit", "Let in"],
  ["Grant a retake … (cleo)", "grant", "Grant a retake"],
])("an operator may, with a reason: %s", async (button, act, submit) => {
  const call = `POST /projects/apples/screening/${act}`;
  const server = open({}, { [call]: undefined });
  await userEvent.click(await screen.findByRole("button", { name: button }));
  await userEvent.type(await screen.findByRole("textbox"), "The page had crashed.");
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: submit }));
  await waitFor(() => expect(server.bodies(call)).toEqual([{ labeler: "c1e0", reason: "The page had crashed." }]));
});

test("what was refused is told, and the row stays", async () => {
  open({}, { "POST /projects/apples/screening/grant": new Refused(409, "no_retake", "No unseen question is left.") });
  await userEvent.click(await screen.findByRole("button", { name: "Grant a retake … (cleo)" }));
  await userEvent.type(await screen.findByRole("textbox"), "Please.");
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Grant a retake" }));
  expect(await screen.findByText(/unseen question/)).toBeVisible();
  expect(screen.getByText("cleo")).toBeVisible();
});

test("a reviewer sees it all and changes nothing", async () => {
  open({}, {}, false);
  expect(await told("cleo")).toHaveLength(3);
  expect(screen.queryByRole("button", { name: /Let in|Close|Take in/ })).toBeNull();
});

test("those who stand alike are asked for by the address", async () => {
  const server = open();
  await userEvent.click(await screen.findByRole("radio", { name: "Failed 1" }));
  await waitFor(() => expect(server.asked.some(({ query }) => query.includes("stands=failed"))).toBe(true));
  expect(screen.getByLabelText("address")).toHaveTextContent("?stands=failed");
});
