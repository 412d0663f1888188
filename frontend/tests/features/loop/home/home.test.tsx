import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { HomePage } from "@/features/loop/home/HomePage";
import { WorkerBanner } from "@/features/loop/home/WorkerBanner";

import { FAILED, GENERATION, LABELING, OLGA, PROGRESS, PROJECT, TRAINING_JOB } from "../../../recorded";
import { renderAs } from "../../../render";
import { Refused, serve } from "../../../server";

const NO_OVERLAP = { value: null, low: null, high: null, n: 0, undefined: "No item has been rated by two labelers." };
const ROUND = {
  number: 0,
  found_errors: 58,
  active_ms: 9_000_000,
  agreement: NO_OVERLAP,
  found: { value: 0.62, low: 0.52, high: 0.71, n: 94, undefined: null },
  change: { difference: 0.022, low: -0.01, high: 0.055 },
};
const OVERVIEW = {
  review: [{ kind: "contradictions", count: 0 }],
  shut_out: 0,
  begun: { instructions: false, labelers: 1, links: 0 },
  finish: null,
  rounds: [ROUND],
};
const EMPTY = { ...PROGRESS, problems: 0, solutions: 0, generation: null };
const UNBEGUN = { ...OVERVIEW, begun: { instructions: false, labelers: 0, links: 0 }, rounds: [] };

const open = (progress: unknown, operates = true, answers = {}) => {
  const server = serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/progress": progress,
    "GET /projects/apples/overview": OVERVIEW,
    "GET /projects/apples/generations": [GENERATION],
    ...answers,
  });
  renderAs(
    OLGA,
    <>
      <WorkerBanner slug="apples" />
      <HomePage slug="apples" operates={operates} />
    </>,
  );
  return server;
};

const withOverview = (overview: unknown) => ({ "GET /projects/apples/overview": overview });
const needing = (needs: object, generation: unknown = null) => ({
  ...PROGRESS,
  generation,
  needs: { failed_jobs: [], contradictions: 0, paused: 0, ...needs },
});

test("the loop is drawn, each stop with its state in words", async () => {
  open(PROGRESS);
  expect(await screen.findByRole("link", { name: /under way train/ })).toBeVisible();
  expect(screen.getByRole("link", { name: /done import 3,280 solutions/ })).toBeVisible();
});

describe("a new project says what comes first, next, then", () => {
  test("an import, before anything can be launched", async () => {
    open(EMPTY, true, withOverview(UNBEGUN));
    expect(await screen.findByRole("heading", { name: "This project is empty" })).toBeVisible();
    const next = screen.getAllByRole("listitem", { current: "step" });
    expect(next).toHaveLength(1);
    expect(within(next[0]!).getByRole("link", { name: "Import data" })).toHaveAttribute("href", "/p/apples/import");
    expect(screen.queryByRole("link", { name: "Launch generation" })).toBeNull();
  });

  test("people, once there are solutions", async () => {
    open({ ...PROGRESS, generation: null }, true, withOverview(UNBEGUN));
    const next = await screen.findByRole("listitem", { current: "step" });
    expect(within(next).getByRole("link", { name: "Invite people" })).toHaveAttribute("href", "/p/apples/people");
  });

  test.each([
    { labelers: 1, links: 0 },
    { labelers: 0, links: 1 },
  ])("the launch, once somebody can come: %j", async (begun) => {
    open({ ...PROGRESS, generation: null }, true, withOverview({ ...UNBEGUN, begun: { instructions: false, ...begun } }));
    const next = await screen.findByRole("listitem", { current: "step" });
    expect(screen.getAllByRole("link", { name: "Launch generation" })).toHaveLength(1);
    expect(within(next).getByRole("link", { name: "Launch generation" })).toHaveAttribute("href", "/p/apples/generations?launch");
  });

  test("and nothing more once a generation was launched", async () => {
    open(PROGRESS);
    await screen.findByRole("row", { name: /Generation 0/ });
    expect(screen.queryByRole("listitem", { current: "step" })).toBeNull();
  });

  test("nothing is drawn that the first steps would push down once they come", async () => {
    let tell: (overview: unknown) => void = () => undefined;
    open(
      EMPTY,
      true,
      withOverview(() => new Promise((resolve) => (tell = resolve))),
    );
    await expect(screen.findByRole("region", { name: "The loop" }, { timeout: 300 })).rejects.toThrow();
    tell(UNBEGUN);
    expect(await screen.findByRole("listitem", { current: "step" })).toBeVisible();
    expect(screen.getByRole("region", { name: "The loop" })).toBeVisible();
  });

  test("a reviewer is told to wait for it", async () => {
    open(EMPTY, false, withOverview(UNBEGUN));
    expect(await screen.findByText(/An operator imports problems/)).toBeVisible();
    expect(screen.queryByRole("link", { name: "Import data" })).toBeNull();
  });
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
  const server = open({ ...PROGRESS, needs: { failed_jobs: [failed], contradictions: 0, paused: 0 } }, true, {
    "POST /projects/apples/jobs/31/retry": failed,
  });
  expect(await screen.findByText("The upload is gone.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  await waitFor(() => expect(server.bodies("POST /projects/apples/jobs/31/retry")).toHaveLength(1));
});

test("a generation that stopped waits for somebody", async () => {
  open(needing({}, FAILED));
  await screen.findByText("Generation 0 stopped");
  expect(screen.queryByText("Nothing right now.")).toBeNull();
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

test("each queue of the reviewers that has something in it is told, with what it is", async () => {
  const review = [
    { kind: "questions", count: 2 },
    { kind: "disagreements", count: 1 },
    { kind: "gaps", count: 0 },
  ];
  open(needing({}), true, withOverview({ ...OVERVIEW, review }));
  expect(await screen.findByText("2 questions of labelers")).toBeVisible();
  expect(screen.getByRole("link", { name: "See it: 1 disagreement" })).toHaveAttribute("href", "/p/apples/review?kind=disagreements");
  expect(screen.queryByText(/gap/)).toBeNull();
});

test("whom the screening shut out waits for a decision", async () => {
  open(needing({}), true, withOverview({ ...OVERVIEW, shut_out: 1 }));
  expect(await screen.findByRole("link", { name: /Decide: 1 labeler shut out/ })).toHaveAttribute("href", "/p/apples/quality/screening");
});

const FULL = { ...LABELING, items: { open: 0, leased: 0, done: 132, withdrawn: 0 } };

test("a full batch waits for somebody to close it", async () => {
  open(needing({}, FULL));
  expect(await screen.findByRole("link", { name: /Close and train: Generation 0/ })).toHaveAttribute("href", "/p/apples/generations/0");
});

test("a generation that is trained elsewhere waits for its checkpoint", async () => {
  const trained = { ...TRAINING_JOB, state: "done" as const };
  open(needing({}, { ...LABELING, state: "training", jobs: [trained] }));
  expect(await screen.findByRole("link", { name: /Labels and model: Generation 0 waits for its checkpoint/ })).toHaveAttribute(
    "href",
    "/p/apples/checkpoints",
  );
});

test("a batch that nobody can rate asks for people", async () => {
  open(needing({}, LABELING), true, withOverview({ ...OVERVIEW, begun: { instructions: false, labelers: 0, links: 1 } }));
  expect(await screen.findByRole("link", { name: /Invite people: Nobody here/ })).toHaveAttribute("href", "/p/apples/people");
});

test.each([
  ["it closes by itself", true, { ...PROJECT, auto_advance: true }, FULL],
  ["it is not full", true, PROJECT, LABELING],
  ["one may not", false, PROJECT, FULL],
])("and not where %s", async (_, operates, project, generation) => {
  open(needing({}, generation), operates, { "GET /projects/apples": project });
  expect(await screen.findByText("Nothing right now.")).toBeVisible();
});

test.each([
  [1, "1 contradiction", "See it"],
  [4, "4 contradictions", "See them"],
])("%d of them: %s", async (contradictions, told, see) => {
  open({ ...PROGRESS, needs: { failed_jobs: [], contradictions, paused: 0 } });
  expect(await screen.findByText(told)).toBeVisible();
  expect(screen.getByRole("link", { name: `${see}: ${told}` })).toHaveAttribute("href", "/p/apples/review?kind=contradictions");
});

test("who was paused by running checks waits for a decision", async () => {
  open({ ...PROGRESS, needs: { failed_jobs: [], contradictions: 0, paused: 2 } });
  expect(await screen.findByText("2 labelers paused by running checks")).toBeVisible();
  expect(screen.getByRole("link", { name: /^Decide/ })).toHaveAttribute("href", "/p/apples/quality");
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

test("a round is told with its mix, what it found, and what it changed; what is undefined says why", async () => {
  const decision = { ...GENERATION.decision, promoted: true, sentence: "Promoted." };
  const generations = [{ ...GENERATION, state: "closed", decision }];
  open(PROGRESS, true, { "GET /projects/apples/generations": generations });
  const row = await screen.findByRole("row", { name: /Generation 0/ });
  expect(row).toHaveTextContent("120 uniform, 12 control");
  expect(row).toHaveTextContent("5862% of 94");
  expect(row).toHaveTextContent("No item has been rated by two labelers.");
  expect(row).toHaveTextContent("2.5 h");
  expect(row).toHaveTextContent("promoted+2.2 points (−1.0 to +5.5)");
});

test("the first checkpoint met no champion, and says why it was promoted", async () => {
  const decision = { ...GENERATION.decision, promoted: true, sentence: "It is the project's first evaluated checkpoint." };
  open(PROGRESS, true, {
    "GET /projects/apples/generations": [{ ...GENERATION, state: "closed", decision }],
    ...withOverview({ ...OVERVIEW, rounds: [{ ...ROUND, change: null }] }),
  });
  expect(await screen.findByRole("row", { name: /promoted It is the project's first evaluated checkpoint/ })).toBeVisible();
});

test("a champion that was promoted meanwhile is seen without a reload", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const server = open(PROGRESS);
  await screen.findByRole("link", { name: /promote no champion/ });
  server.answer("GET /projects/apples", { ...PROJECT, champion: 1 });
  await vi.advanceTimersByTimeAsync(16_000);
  expect(await screen.findByRole("link", { name: /promote checkpoint 1/ })).toBeVisible();
  vi.useRealTimers();
});

test("what the overview can't tell leaves the loop standing", async () => {
  open(PROGRESS, true, withOverview(new Refused(500, "crashed", "The server has a fault.")));
  expect(await screen.findByText("The server has a fault.")).toBeVisible();
  expect(screen.getByRole("link", { name: /under way train/ })).toBeVisible();
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

test("each count of what is in leads to what it counts", async () => {
  open(PROGRESS);
  await screen.findByRole("row", { name: "gate 120" });
  const leads = (row: string) =>
    within(screen.getByRole("row", { name: row }))
      .getByRole("link")
      .getAttribute("href");
  expect(leads("gate 120")).toBe("/p/apples/problems?split=gate");
  expect(leads("not graded yet 0")).toBe("/p/apples/solutions?grade=none");
  expect(leads("simulated 121")).toBe("/p/apples/labels?source=simulated");
});
