import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { HomePage } from "@/features/progress/HomePage";
import { WorkerBanner } from "@/features/progress/WorkerBanner";

import { FAILED, LABELING, OLGA, PROGRESS, PROJECT, TRAINING_JOB } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve } from "../../server";

const open = (progress: unknown, operates = true, answers = {}) => {
  const server = serve({ "GET /projects/apples": PROJECT, "GET /projects/apples/progress": progress, ...answers });
  renderAs(OLGA, <><WorkerBanner slug="apples" /><HomePage slug="apples" operates={operates} recent="rows" /></>);
  return server;
};

test("the loop is drawn, each stop with its state in words", async () => {
  open(PROGRESS);
  expect(await screen.findByRole("link", { name: /under way train/ })).toBeVisible();
  expect(screen.getByRole("link", { name: /done import 3,280 solutions/ })).toBeVisible();
});

test("an empty project says what to do", async () => {
  open({ ...PROGRESS, problems: 0, solutions: 0, generation: null });
  expect(await screen.findByRole("link", { name: "Import data" })).toHaveAttribute("href", "/p/apples/import");
});

test("Launch is offered when nothing is under way, to those who may", async () => {
  open({ ...PROGRESS, generation: null });
  expect(await screen.findByRole("link", { name: "Launch generation" })).toHaveAttribute("href", "/p/apples/generations?launch");
});

test("a reviewer is not offered what only an operator may do", async () => {
  open({ ...PROGRESS, generation: FAILED }, false);
  await screen.findByText("Generation 0 stopped");
  expect(screen.queryByRole("button", { name: "Retry" })).toBeNull();
});

test("what failed is told with its sentence and can be taken up again", async () => {
  const failed = { ...TRAINING_JOB, id: 31, kind: "import", state: "failed", message: "The upload is gone." };
  const server = open({ ...PROGRESS, needs: { failed_jobs: [failed], contradictions: 0, paused: 0 } }, true, { "POST /projects/apples/jobs/31/retry": failed });
  expect(await screen.findByText("The upload is gone.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  await waitFor(() => expect(server.bodies("POST /projects/apples/jobs/31/retry")).toHaveLength(1));
});

test("a failed generation is told once, not again as its job", async () => {
  const generation = { ...FAILED, jobs: [{ ...FAILED.jobs[0]!, id: 7 }] };
  open({ ...PROGRESS, generation, needs: { failed_jobs: generation.jobs, contradictions: 0, paused: 0 } });
  await screen.findByText("Generation 0 stopped");
  expect(screen.getAllByRole("button", { name: "Retry" })).toHaveLength(1);
});

test("that no worker answers is told, with what to do", async () => {
  const sentence = "No worker answers: start one with `celery -A labelhub worker`.";
  open({ ...PROGRESS, worker: { alive: false, sentence } });
  expect(await screen.findByText(sentence)).toBeVisible();
});

test("an answer that cannot be read is a sentence with a way on, not a blank page", async () => {
  open(() => Promise.reject(new TypeError("fetch failed")));
  expect(await screen.findByText(/The server could not be reached/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
});

test("an import that failed into an empty project is told", async () => {
  const failed = { ...TRAINING_JOB, kind: "import", state: "failed", message: "The upload is gone." };
  open({ ...PROGRESS, problems: 0, solutions: 0, generation: null, needs: { failed_jobs: [failed], contradictions: 0, paused: 0 } });
  expect(await screen.findByText("The upload is gone.")).toBeVisible();
});

test("with a worker at work there is no banner", async () => {
  open(PROGRESS);
  await screen.findByRole("link", { name: /import/ });
  expect(screen.queryByRole("alert")).toBeNull();
});

test("where nothing waits for anybody, that is said", async () => {
  open({ ...PROGRESS, needs: { failed_jobs: [], contradictions: 0, paused: 0 } });
  expect(await screen.findByText("Nothing right now.")).toBeVisible();
});

test.each([[1, "1 contradiction", "See it"], [4, "4 contradictions", "See them"]])("%d of them: %s", async (contradictions, told, see) => {
  open({ ...PROGRESS, needs: { failed_jobs: [], contradictions, paused: 0 } });
  expect(await screen.findByText(told)).toBeVisible();
  expect(screen.getByRole("link", { name: see })).toHaveAttribute("href", "/p/apples/review");
});

test("who was paused by running checks waits for a decision", async () => {
  open({ ...PROGRESS, needs: { failed_jobs: [], contradictions: 0, paused: 2 } });
  expect(await screen.findByText("2 labelers paused by running checks")).toBeVisible();
  expect(screen.getByRole("link", { name: "Decide" })).toHaveAttribute("href", "/p/apples/quality");
});

test("a retry that is refused says why, and can be asked for again", async () => {
  const server = open({ ...PROGRESS, generation: FAILED }, true, {
    "POST /projects/apples/generations/0/retry": new Refused(409, "wrong_state", "The disk is still full."),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Retry" }));
  expect(await screen.findByText("The disk is still full.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Retry" })).toBeEnabled();
  expect(server.bodies("POST /projects/apples/generations/0/retry")).toHaveLength(1);
});

test("each stop of the loop opens its page", async () => {
  open(PROGRESS);
  await screen.findByRole("link", { name: /import/ });
  const leads = (stop: string) => screen.getByRole("link", { name: new RegExp(`${stop}\\b`) }).getAttribute("href");
  expect([leads("grade"), leads("label"), leads("evaluate")]).toEqual(["/p/apples/import", "/p/apples/generations/0", "/p/apples/checkpoints"]);
});

test("what is in is counted by split, grade and source", async () => {
  open({ ...PROGRESS, labels_today: 1 });
  expect(await screen.findByRole("row", { name: "gate 120" })).toBeVisible();
  expect(screen.getByRole("row", { name: "wrong 1,264" })).toBeVisible();
  expect(screen.getByRole("row", { name: "simulated 121" })).toBeVisible();
  expect(screen.getByText("1 pass today")).toBeVisible();
});

test("progress is looked at again by itself while a generation runs", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const server = open(PROGRESS);
  await screen.findByText(/75 of 638/);
  server.answer("GET /projects/apples/progress", { ...PROGRESS, generation: LABELING });
  await vi.advanceTimersByTimeAsync(2_500);
  expect(await screen.findByText(/People rate the batch/)).toBeVisible();
  vi.useRealTimers();
});
