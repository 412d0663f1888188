import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import type { Generation } from "@/api/types";
import { moments } from "@/features/loop/generations/generation/burndown";
import { GenerationPage } from "@/features/loop/generations/generation/GenerationPage";
import type { Watch } from "@/features/loop/generations/queries";

import { GENERATION, LABELING, OLGA, PROGRESS } from "../../../recorded";
import { renderAs } from "../../../render";
import { Refused, serve } from "../../../server";
import { ANNS, WATCH } from "./watch";

const WATCHED = "GET /projects/apples/generations/0/watch";
const REVOKE = "POST /projects/apples/generations/0/leases/88/revoke";
const STANDING = "GET /projects/apples/progress";
const BATCH = "GET /projects/apples/generations/0/items";

interface Opened {
  readonly watch?: Watch;
  readonly generation?: Generation;
  /** The one under way, if any. */
  readonly active?: Generation | null;
  readonly operates?: boolean;
  readonly at?: string;
}

function open({ watch = WATCH, generation = LABELING, active = null, operates = true, at = "/" }: Opened = {}) {
  const server = serve({
    "GET /projects/apples/generations/0": generation,
    [STANDING]: { ...PROGRESS, generation: active },
    [WATCHED]: watch,
    [BATCH]: { results: [], next: null },
    [REVOKE]: undefined,
  });
  renderAs(OLGA, <GenerationPage slug="apples" number={0} operates={operates} />, at);
  return server;
}

const figure = (name: string) => screen.findByRole("figure", { name });
const at = (query: string) => `/p/apples/generations/0?${query}#items`;

describe("watching a generation", () => {
  test("the timeline says what was reached and what is to come", async () => {
    open();
    const timeline = within(await screen.findByRole("region", { name: "Timeline" }));
    expect(timeline.getByText("Opened for labeling").parentElement).not.toHaveTextContent("to come");
    expect(timeline.getByText("Every item labelled").parentElement).toHaveTextContent("to come");
  });

  test("of a cancelled generation nothing is to come, and what was left out says so", async () => {
    const reached = ["launched", "selected", "labeling", "cancelled"] as const;
    const stages = [...reached.slice(0, 3), "full", "training", "evaluated", "cancelled"] as const;
    const was = (stage: string) => (reached as readonly string[]).includes(stage);
    open({
      watch: {
        ...WATCH,
        timeline: stages.map((stage) => (was(stage) ? { stage, at: WATCH.at, reach: "reached" } : { stage, at: null, reach: "not_reached" })),
      },
    });
    const timeline = await screen.findByRole("region", { name: "Timeline" });
    expect(within(timeline).getByText("Checkpoint evaluated").parentElement).toHaveTextContent("not reached");
    expect(timeline).not.toHaveTextContent(/to come|passed over/);
  });

  test("the burndown gives the end as a range, with what it rests on", async () => {
    vi.useFakeTimers({ now: Date.parse(WATCH.at), shouldAdvanceTime: true });
    open();
    const burndown = await figure("Burndown");
    expect(burndown).toHaveTextContent("121 passes made, 11 still wanted.");
    expect(burndown).toHaveTextContent(
      /Likely full .*, in about 20 min; between .* and .* at 80 of 100 paces, drawn from 121 passes in the last 3.0 h/,
    );
    vi.useRealTimers();
  });

  test("an end that can't be told says why", async () => {
    const finish = {
      ...WATCH.burndown.finish!,
      earliest: null,
      likely: null,
      latest: null,
      undefined: "Too few passes in the last 3 h to tell a pace from.",
    };
    open({ watch: { ...WATCH, burndown: { ...WATCH.burndown, finish, undefined: finish.undefined } } });
    expect(await figure("Burndown")).toHaveTextContent("Undefined: Too few passes in the last 3 h to tell a pace from.");
  });

  test("people are told with what they did, each number leading to its items", async () => {
    open();
    expect(await screen.findByText(/1 person is at work now.*2 people have taken items/)).toBeVisible();
    const row = within(screen.getByRole("cell", { name: "40" }).closest("tr")!);
    expect(row.getByRole("link", { name: "100" })).toHaveAttribute("href", at(`labeler=${ANNS}`));
    expect(row.getByRole("link", { name: "40" })).toHaveAttribute("href", at(`labeler=${ANNS}&finish_reason=found_error`));
    expect(screen.getByText("00aa58e0")).toHaveTextContent("simulated");
  });

  test("a lease is released with a reason, and the page looks again", async () => {
    const server = open();
    await userEvent.click(await screen.findByRole("button", { name: "Release the lease of ann on What is 2 + 2?" }));
    const looks = server.bodies(WATCHED).length;
    await userEvent.type(await screen.findByLabelText("Why is it released?"), "Went home{Enter}");
    await waitFor(() => expect(server.bodies(REVOKE)).toEqual([{ reason: "Went home" }]));
    await waitFor(() => expect(server.bodies(WATCHED).length).toBeGreaterThan(looks));
  });

  test("a lease is not released without a reason, nor by a reviewer", async () => {
    const server = open({ operates: false });
    expect(await screen.findByText("1 lease")).toBeVisible();
    expect(screen.queryByRole("button", { name: /Release/ })).toBeNull();
    expect(server.bodies(REVOKE)).toHaveLength(0);
  });

  test("one that was over already is told, and the rest stays in sight", async () => {
    const server = open();
    server.answer(REVOKE, new Refused(409, "conflict", "This lease is over already."));
    await userEvent.click(await screen.findByRole("button", { name: /Release the lease/ }));
    await userEvent.type(await screen.findByLabelText("Why is it released?"), "Went home{Enter}");
    expect(await screen.findByText("This lease is over already.")).toBeVisible();
    expect(screen.getByRole("figure", { name: "Burndown" })).toBeVisible();
  });

  test("what the batch holds stands beside what was planned", async () => {
    open();
    const composition = await figure("Composition, planned and realised");
    expect(composition).toHaveTextContent("132 of 140 planned items are in the batch.");
    await userEvent.click(within(composition).getByText("Table"));
    const gate = within(within(composition).getByText("Gate problems, to evaluate").closest("tr")!);
    expect(gate.getAllByRole("cell").map(({ textContent }) => textContent)).toEqual(["Gate problems, to evaluate", "20", "12", "11", "1", "6", "6"]);
    expect(gate.getByRole("link", { name: "11" })).toHaveAttribute("href", at("stratum=gate&state=done"));
  });

  test("endings and first mistakes lead to the items behind them", async () => {
    open();
    const mix = await figure("How passes end");
    expect(mix).toHaveTextContent("Of 4 passes");
    await userEvent.click(within(mix).getByText("Table"));
    expect(within(mix).getByText("Found a mistake").closest("tr")).toHaveTextContent("Found a mistake250.0%15.0%85.0%");
    const tenths = await figure("Where first mistakes fall, by tenth of the solution");
    await userEvent.click(within(tenths).getByText("Table"));
    expect(within(tenths).getByRole("link", { name: "2" })).toHaveAttribute("href", at("tenth=7"));
    const steps = await figure("Where first mistakes fall");
    await userEvent.click(within(steps).getByText("Table"));
    expect(within(steps).getByRole("link", { name: "2" })).toHaveAttribute("href", at("mistake=2"));
  });

  test("times come with n and interval, and a cost that is undefined says why and where to mend it", async () => {
    open();
    const row = (name: RegExp) => screen.getByText(name).closest("tr");
    await screen.findByText("Median time of a pass that ended at a mistake or at the end");
    expect(row(/Median time of a pass/)).toHaveTextContent("1:481:00 – 2:304");
    expect(within(row(/Median time of a pass/)!).getByRole("link", { name: "4" })).toHaveAttribute(
      "href",
      "/p/apples/labels?generation=0&asked_for=work",
    );
    expect(row(/Median time of a step/)).toHaveTextContent("12.4 s–4");
    expect(row(/Cost of each mistake found/)).toHaveTextContent("Undefined: The project's settings don't say yet what an hour of labeling costs");
    expect(screen.getByRole("link", { name: "Set the hourly rate" })).toHaveAttribute("href", "/p/apples/settings");
  });

  test("with an hourly rate the cost is told in its currency", async () => {
    const paid = { n: 4, value: 0.8, low: 0.5, high: 1.1, undefined: null };
    open({ watch: { ...WATCH, cost: { ...WATCH.cost, currency: "EUR", total: 2.4, per_label: paid, per_error: { ...paid, value: 1.2 } } } });
    expect((await screen.findByText("Cost of each such label")).closest("tr")).toHaveTextContent("€0.80€0.50 – €1.104");
    expect(screen.getByText(/7:12 of active labeling in 4 passes: €2.40/)).toBeVisible();
  });

  test("reasons are told in the labelers' words", async () => {
    open();
    expect((await screen.findByText("Too hard.")).closest("tr")).toHaveTextContent("Given upToo hard.1");
  });

  test("nobody having labelled yet, the figures say so", async () => {
    const nothing = { n: 0, value: null, low: null, high: null, undefined: "Nobody has finished a pass of this generation yet." };
    open({
      generation: { ...LABELING, items: { open: 132, leased: 0, done: 0, withdrawn: 0 } },
      watch: {
        ...WATCH,
        people: [],
        leases: [],
        leased: 0,
        reasons: [],
        mix: WATCH.mix.map((each) => ({ ...each, count: 0, share: nothing })),
        mistakes: { n: 0, steps: [], tenths: [], undefined: "No pass has found a mistake yet." },
      },
    });
    expect(await figure("How passes end")).toHaveTextContent("Undefined: Nobody has finished a pass of this generation yet.");
    expect(await figure("Where first mistakes fall")).toHaveTextContent("Undefined: No pass has found a mistake yet.");
    expect(screen.getByText("Nobody holds an item.")).toBeVisible();
    expect(screen.getByRole("link", { name: "invite people" })).toHaveAttribute("href", "/p/apples/people");
  });

  test("it is looked at again by itself while people are at it", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const server = open();
    await screen.findByText("1 lease");
    server.answer(WATCHED, { ...WATCH, leases: [], leased: 0 });
    await vi.advanceTimersByTimeAsync(2_500);
    expect(await screen.findByText("Nobody holds an item.")).toBeVisible();
    vi.useRealTimers();
  });

  test("what comes next is said in each state", async () => {
    open({ generation: { ...GENERATION, state: "closed", checkpoint: 1, jobs: [] } });
    expect(await screen.findByRole("link", { name: "See checkpoint 1" })).toBeVisible();
    expect(await screen.findByRole("link", { name: "launch the next generation" })).toHaveAttribute("href", "/p/apples/generations?launch");
  });

  test("nothing is to be launched while another generation is under way", async () => {
    const server = open({ generation: { ...GENERATION, state: "closed", checkpoint: 1, jobs: [] }, active: { ...GENERATION, number: 8 } });
    expect(await screen.findByRole("link", { name: "See checkpoint 1" })).toBeVisible();
    await waitFor(() => expect(server.asked.some(({ call }) => call === STANDING)).toBe(true));
    expect(screen.queryByRole("link", { name: /aunch the next generation/ })).toBeNull();
  });
});

describe("the batch by its address", () => {
  test("is narrowed as a number's link says, and each filter can be taken off", async () => {
    const server = open({ at: `/?finish_reason=found_error&tenth=7&labeler=${ANNS}&nonsense=1&state=lost#items` });
    await waitFor(() => expect(server.asked.some(({ call }) => call === BATCH)).toBe(true));
    const asked = new URLSearchParams(server.asked.find(({ call }) => call === BATCH)!.query);
    expect(Object.fromEntries(asked)).toEqual({ after: "-1", limit: "25", finish_reason: "found_error", tenth: "7", labeler: ANNS });
    await userEvent.click(await screen.findByRole("button", { name: "No longer narrowed to first mistake in tenth 7" }));
    await waitFor(() => expect(screen.getByLabelText("address")).toHaveTextContent(`/?finish_reason=found_error&labeler=${ANNS}`));
  });
});

describe("the burndown's lines", () => {
  test("go from now, where all paces start, down to nothing", () => {
    const lines = moments(WATCH.burndown);
    const now = Date.parse(WATCH.at);
    expect(lines.find(({ at: when }) => when === now)).toEqual({ at: now, left: 11, fast: 11, likely: 11, slow: 11 });
    expect(lines.slice(2)).toEqual([
      { at: Date.parse("2026-11-23T06:10:00Z"), fast: 0 },
      { at: Date.parse("2026-11-23T06:20:00Z"), likely: 0 },
      { at: Date.parse("2026-11-23T06:40:00Z"), slow: 0 },
    ]);
  });

  test("a pace that takes for ever ends with the chart, not with the others squeezed flat", () => {
    const finish = { ...WATCH.burndown.finish!, latest: "2026-11-23T08:00:00Z" };
    expect(moments({ ...WATCH.burndown, finish }).at(-1)).toEqual({ at: Date.parse("2026-11-23T07:00:00Z"), slow: 5.5 });
  });

  test("once labeling is over there is the past alone", () => {
    expect(moments({ ...WATCH.burndown, finish: null })).toHaveLength(2);
  });
});
