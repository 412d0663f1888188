import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import type { Item } from "@/api/types";
import { GenerationPage } from "@/features/loop/generations/generation/GenerationPage";
import { GenerationsPage } from "@/features/loop/generations/GenerationsPage";
import { proposal } from "@/features/loop/generations/launch/LaunchDrawer";

import { FAILED, GENERATION, LABELING, OLGA, PREVIEW, PROJECT, RULES } from "../../../recorded";
import { renderAs } from "../../../render";
import { Lost, Refused, serve } from "../../../server";
import { WATCH } from "./watch";

const CLOSED = { ...GENERATION, state: "closed" as const, sentence: "Finished.", jobs: [] };
const LIST = "GET /projects/apples/generations";
const LAUNCH = "POST /projects/apples/generations";
const PREVIEWED = "POST /projects/apples/generations/preview";

describe("launching", () => {
  const open = (answers = {}) => {
    const server = serve({
      [LIST]: [CLOSED],
      "GET /projects/apples": { ...PROJECT, champion: 1 },
      "GET /projects/apples/rules": RULES,
      [PREVIEWED]: PREVIEW,
      [LAUNCH]: LABELING,
      ...answers,
    });
    renderAs(OLGA, <GenerationsPage slug="apples" operates />, "/?launch");
    return server;
  };

  test("the preview says what it would do, and what is missing", async () => {
    open();
    expect(await screen.findByText("84 picks on 60 problems")).toBeVisible();
    expect(screen.getByText(/67 wrong \(79.8%\), 17 right \(20.2%\)/)).toBeVisible();
    expect(screen.getByText(/Convincing wrong answers: 58 of 64 are there. The best of the remainder take their place./)).toBeVisible();
  });

  test("hours and cost come with their range and what they rest on", async () => {
    open();
    expect(await screen.findByText("about 2.1 h (1.4 h to 2.6 h)")).toBeVisible();
    expect(screen.getByText("about €52.50 (€35.00 to €65.00)")).toBeVisible();
    expect(screen.getByText(/For 84 passes, by the active time of the latest 121 passes here/)).toBeVisible();
  });

  test("a cost without an hourly rate says so, and leads to where it is set", async () => {
    const cost = { value: null, low: null, high: null, undefined: "The project's settings don't say yet what an hour of labeling costs." };
    open({ [PREVIEWED]: { ...PREVIEW, effort: { ...PREVIEW.effort, cost, currency: null } } });
    expect(await screen.findByText("Undefined: The project's settings don't say yet what an hour of labeling costs.")).toBeVisible();
    expect(screen.getByRole("link", { name: "Set it in Settings" })).toHaveAttribute("href", "/p/apples/settings");
  });

  test("before anybody labelled, hours are undefined and say why", async () => {
    const nothing = { value: null, low: null, high: null, undefined: "Nobody has labelled here yet." };
    open({ [PREVIEWED]: { ...PREVIEW, effort: { passes: 84, past: 0, hours: nothing, cost: nothing, currency: null } } });
    expect(await screen.findAllByText("Undefined: Nobody has labelled here yet.")).toHaveLength(2);
    expect(screen.getByText("84 passes to make.")).toBeVisible();
  });

  test("how the picks spread over problems is told, and there as a table", async () => {
    open();
    const spread = await screen.findByRole("figure", { name: "Picks per problem" });
    expect(spread).toHaveTextContent("60 problems with at least one, at most 3 of one.");
    await userEvent.click(within(spread).getByText("Table"));
    expect(
      within(spread)
        .getAllByRole("row")
        .map(({ textContent }) => textContent),
    ).toEqual(["Picks of the problemProblems", "140", "216", "34"]);
  });

  test("what was opened ahead is drawn already: its parameters are not asked for again", async () => {
    open({ [LIST]: [{ ...CLOSED, number: 1, state: "ahead", seed: 1 }, CLOSED], [PREVIEWED]: { ...PREVIEW, ahead: 9 } });
    expect(await screen.findByText(/from 12,391 candidates in the pool, beside 9 control or gate items that opened ahead/)).toBeVisible();
    expect(screen.getByText(/9 items opened when the last generation closed, so that nobody was idle/)).toBeVisible();
    expect(screen.queryByLabelText("Control")).toBeNull();
    expect(screen.queryByLabelText("Gate items")).toBeNull();
    expect(screen.getByLabelText("Seed")).toHaveValue("1");
  });

  test("every parameter is explained in a sentence", async () => {
    open();
    await screen.findByText("84 picks on 60 problems");
    for (const label of ["Picks in all", "Wrong share", "Control", "Audit", "Gate items", "Labels for each item", "Seed"])
      expect(screen.getByLabelText(label)).toHaveAccessibleDescription(/\w+ .*\./);
  });

  test("nothing starts before Launch", async () => {
    const server = open();
    await screen.findByText("84 picks on 60 problems");
    expect(server.bodies(LAUNCH)).toHaveLength(0);
  });

  test("a rule that the site has got since is offered under its own name and sentence, and launched by", async () => {
    const added = { name: "wrong_by_lot", description: "Wrong answers by lot.", needs: "nothing" as const, strata: ["wrong_lot"] };
    const server = open({
      "GET /projects/apples": PROJECT,
      "GET /projects/apples/rules": [...RULES, added],
      [PREVIEWED]: { ...PREVIEW, by_stratum: { wrong_lot: 12 } },
    });
    const rule = await screen.findByRole("radio", { name: "wrong_by_lot" });
    expect(rule).toHaveAccessibleDescription("Wrong answers by lot.");
    expect(screen.getByRole("radio", { name: "Uniform draw" })).toBeEnabled();
    expect(screen.getByRole("radio", { name: "Convincing wrong answers" })).toBeDisabled(); // there is no champion
    expect(await screen.findByRole("cell", { name: "wrong_lot" })).toBeVisible();
    await userEvent.click(rule);
    await userEvent.click(screen.getByRole("button", { name: "Launch" }));
    await waitFor(() => expect(server.bodies(LAUNCH).at(-1)).toMatchObject({ rule: "wrong_by_lot" }));
  });

  test("changing a parameter previews it, and Launch sends it", async () => {
    const server = open();
    await screen.findByText("84 picks on 60 problems");
    const k = screen.getByLabelText("Picks in all");
    await userEvent.clear(k);
    await userEvent.type(k, "40");
    await waitFor(() => expect(server.bodies(PREVIEWED).at(-1)).toMatchObject({ k: 40, rule: "convincing", wrong_share: 0.8 }));
    await userEvent.click(screen.getByRole("button", { name: "Launch" }));
    await waitFor(() => expect(server.bodies(LAUNCH)[0]).toMatchObject({ k: 40, scope: "global", seed: 1 }));
    await waitFor(() => expect(screen.getByLabelText("address")).toHaveTextContent("/p/apples/generations/0"));
  });

  test("a launch that is refused says why and keeps the parameters", async () => {
    open({ [LAUNCH]: new Refused(409, "generation_active", "The project has an active generation; close or cancel it first.") });
    await userEvent.click(await screen.findByRole("button", { name: "Launch" }));
    expect(await screen.findByText("The project has an active generation; close or cancel it first.")).toBeVisible();
    expect(screen.getByLabelText("Picks in all")).toHaveValue("120");
  });

  test("a field that was emptied is asked for: nothing is launched with the number it held before", async () => {
    const server = open();
    await userEvent.clear(await screen.findByLabelText("Picks in all"));
    await userEvent.click(screen.getByRole("button", { name: "Launch" }));
    expect(screen.getByLabelText("Picks in all")).toBeInvalid();
    expect(server.bodies(LAUNCH)).toHaveLength(0);
  });

  test.each([
    ["Wrong share", "250", "wrong_share", 1],
    ["Seed", "99999999999999999999", "seed", 2 ** 31 - 1],
    ["Picks in all", "0", "k", 1],
    ["Seed", "007", "seed", 7],
  ])("%s: %s is brought within bounds before it is sent", async (label, typed, name, sent) => {
    const server = open();
    const field = await screen.findByLabelText(label);
    await userEvent.clear(field);
    await userEvent.type(field, typed);
    await userEvent.tab();
    await userEvent.click(screen.getByRole("button", { name: "Launch" }));
    await waitFor(() => expect(server.bodies(LAUNCH)[0]).toMatchObject({ [name]: sent }));
  });

  test("what the server refuses of a parameter stands at its field", async () => {
    open({ [LAUNCH]: new Refused(400, "invalid", "Some fields are not right.", { gate_k: ["There are 12 gate problems."] }) });
    await userEvent.click(await screen.findByRole("button", { name: "Launch" }));
    await waitFor(() => expect(screen.getByLabelText("Gate items")).toHaveAccessibleDescription(/There are 12 gate problems/));
  });

  test("what the preview refuses of a parameter stands at its field too, before anything is launched", async () => {
    open({ [PREVIEWED]: new Refused(400, "invalid", "Some fields are not right.", { k: ["At most 2,147,483,647."] }) });
    await waitFor(() => expect(screen.getByLabelText("Picks in all")).toHaveAccessibleDescription(/At most 2,147,483,647/));
  });

  test("the uniform rule is not asked for what only the other one uses", async () => {
    open();
    await userEvent.click(await screen.findByRole("radio", { name: "Uniform draw" }));
    expect(screen.queryByLabelText("Wrong share")).toBeNull();
    expect(screen.queryByLabelText("Audit")).toBeNull();
    expect(screen.getByLabelText("Control")).toBeVisible();
  });

  test("a preview that did not come can be asked for again", async () => {
    const server = open({ [PREVIEWED]: new Lost() });
    const again = await screen.findByRole("button", { name: "Try again" });
    server.answer(PREVIEWED, { ...PREVIEW, picks: 1, problems: 1, candidates: 1 });
    await userEvent.click(again);
    expect(await screen.findByText("1 pick on 1 problem")).toBeVisible();
    expect(screen.getByText("from 1 candidate in the pool")).toBeVisible();
  });

  test("candidates that have no score yet are told, since launching may change the picks", async () => {
    open({ [PREVIEWED]: { ...PREVIEW, unscored: 1200 } });
    expect(await screen.findByText(/Not scored by the champion yet: 1,200 candidates/)).toBeVisible();
  });

  test("the scores of the pool are also there as a table, the picks in it", async () => {
    open({ [PREVIEWED]: { ...PREVIEW, histogram: { edges: [0, 0.5, 1], pool: [1000, 20], picks: [0, 7] } } });
    const range = await screen.findByText("0.50–1.00");
    expect(range.closest("tr")).toHaveTextContent("0.50–1.00207");
  });

  test("what the server says of the preview is shown", async () => {
    open({ [PREVIEWED]: new Refused(409, "nothing_to_select", "The pool is empty: no graded, unlabelled train solution is left.") });
    expect(await screen.findByText("The pool is empty: no graded, unlabelled train solution is left.")).toBeVisible();
  });

  test("without a champion only the uniform rule is offered", () => {
    expect(proposal(PROJECT, null)).toMatchObject({ rule: "uniform", seed: 0 });
    expect(proposal({ ...PROJECT, champion: 1 }, CLOSED)).toMatchObject({ rule: "convincing", k: 120, seed: 1 });
  });

  test("the first generation is explained, and launched from there", async () => {
    open({ [LIST]: [] });
    await userEvent.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(await screen.findByText(/The first draws uniformly/)).toBeVisible();
    await userEvent.click(screen.getAllByRole("button", { name: "Launch generation" }).at(-1)!);
    expect(await screen.findByRole("dialog", { name: "Launch a generation" })).toBeVisible();
  });

  test("a reviewer sees the list, and no way to launch, whatever the address says", async () => {
    serve({ [LIST]: [CLOSED], "GET /projects/apples": PROJECT });
    renderAs(OLGA, <GenerationsPage slug="apples" operates={false} />, "/?launch");
    expect(await screen.findByRole("link", { name: "0" })).toHaveAttribute("href", "/p/apples/generations/0");
    expect(screen.queryByRole("button", { name: "Launch generation" })).toBeNull();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("while one is under way the next cannot be launched", async () => {
    open({ [LIST]: [LABELING] });
    expect(await screen.findByText(/Generation 0 is under way/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Launch generation" })).toBeDisabled();
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

describe("a generation", () => {
  const ITEMS = { results: [], next: null };
  const open = (generation: typeof GENERATION, operates = true) => {
    const server = serve({
      "GET /projects/apples/generations/0": generation,
      "GET /projects/apples/generations/0/items": ITEMS,
      "GET /projects/apples/generations/0/watch": WATCH,
      "POST /projects/apples/generations/0/close": generation,
      "POST /projects/apples/generations/0/cancel": generation,
      "POST /projects/apples/generations/0/retry": generation,
    });
    renderAs(OLGA, <GenerationPage slug="apples" number={0} operates={operates} />);
    return server;
  };

  test("tells its state, its progress and its composition", async () => {
    open(GENERATION);
    expect(await screen.findByText("A challenger is trained on all eligible labels so far.")).toBeVisible();
    expect(screen.getByText("75 of 638 · 12% · 0.4/s · about 23 min left")).toBeVisible();
    expect(screen.getByRole("link", { name: "121 done" })).toHaveAttribute("href", "/p/apples/generations/0?state=done#items");
    expect(screen.getByRole("link", { name: "11 withdrawn" })).toHaveAttribute("href", "/p/apples/generations/0?state=withdrawn#items");
  });

  test("closing says what it takes back before it does", async () => {
    const server = open(LABELING);
    await userEvent.click(await screen.findByRole("button", { name: "Close and train" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText(/Still open or being rated: 11 items/)).toBeVisible();
    expect(server.bodies("POST /projects/apples/generations/0/close")).toHaveLength(0);
    await userEvent.click(within(dialog).getByRole("button", { name: "Close and train" }));
    await waitFor(() => expect(server.bodies("POST /projects/apples/generations/0/close")).toHaveLength(1));
  });

  test("one that was opened ahead is launched from its page, or withdrawn with a reason", async () => {
    const server = open({ ...LABELING, state: "ahead", champion: null });
    expect(await screen.findByRole("link", { name: "launch it" })).toHaveAttribute("href", "/p/apples/generations?launch");
    expect(screen.queryByRole("button", { name: "Close and train" })).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Withdraw …" }));
    await userEvent.type(await screen.findByLabelText("Why is it withdrawn?"), "No further round{Enter}");
    await waitFor(() => expect(server.bodies("POST /projects/apples/generations/0/cancel")).toEqual([{ reason: "No further round" }]));
  });

  test("closing says that nobody is idle meanwhile", async () => {
    open(LABELING);
    await userEvent.click(await screen.findByRole("button", { name: "Close and train" }));
    expect(await screen.findByText(/Nobody is idle meanwhile: the next generation's control and gate items/)).toBeVisible();
  });

  test("cancelling asks why", async () => {
    const server = open(LABELING);
    await userEvent.click(await screen.findByRole("button", { name: "Cancel …" }));
    await userEvent.type(await screen.findByLabelText("Why is it cancelled?"), "The wrong pool{Enter}");
    await waitFor(() => expect(server.bodies("POST /projects/apples/generations/0/cancel")).toEqual([{ reason: "The wrong pool" }]));
  });

  test("a failed one says why and can be retried", async () => {
    const server = open(FAILED);
    expect(await screen.findByText("Failed while training: The disk is full.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Retry" }));
    await waitFor(() => expect(server.bodies("POST /projects/apples/generations/0/retry")).toHaveLength(1));
  });

  test("what was refused is told, and the generation stays in sight", async () => {
    const server = open(FAILED);
    server.answer("POST /projects/apples/generations/0/retry", new Refused(409, "wrong_state", "Another generation is under way."));
    await userEvent.click(await screen.findByRole("button", { name: "Retry" }));
    expect(await screen.findByText("Another generation is under way.")).toBeVisible();
    expect(screen.getByText("Failed while training: The disk is full.")).toBeVisible();
  });

  test("one that has ended offers nothing more to do, and tells its decision", async () => {
    open({ ...CLOSED, decision: { promoted: false, sentence: "Lower than the champion.", margin: null, verdicts: null } });
    expect(await screen.findByText("Lower than the champion.")).toBeVisible();
    expect(screen.queryByRole("button", { name: /Close|Cancel|Retry/ })).toBeNull();
  });

  test("how it was launched is told, without what its rule does not use", async () => {
    open(GENERATION);
    const fact = (term: string) => screen.queryByText(term)?.nextElementSibling?.textContent;
    await screen.findByText("Picks asked for");
    expect([fact("Picks asked for"), fact("Seed"), fact("Selected by"), fact("Trained")]).toEqual(["120 in all", "0", "no champion", "Checkpoint 1"]);
    expect(fact("Wrong share")).toBeUndefined();
    expect(screen.getByRole("button", { name: "Copy febbfbf40b45" })).toBeVisible();
  });

  test("a cancelled one takes no decision any more", async () => {
    open({ ...GENERATION, state: "cancelled", sentence: "Cancelled; the labels it got are kept." });
    expect(await screen.findByText("None: it was cancelled before a checkpoint of it was evaluated.")).toBeVisible();
    expect(screen.queryByText(/Taken when/)).toBeNull();
  });

  test("one that is not there is told", async () => {
    serve({ "GET /projects/apples/generations/0": new Refused(404, "not_found", "There is no generation 0.") });
    renderAs(OLGA, <GenerationPage slug="apples" number={0} operates />);
    expect(await screen.findByText("There is no generation 0.")).toBeVisible();
  });

  test("a reviewer reads it and changes nothing", async () => {
    open(LABELING, false);
    await screen.findByText(/People rate the batch/);
    expect(screen.queryByRole("button", { name: /Close|Cancel/ })).toBeNull();
  });
});

describe("a long batch", () => {
  const BATCH = "GET /projects/apples/generations/0/items";
  const item = (n: number): Item =>
    ({
      solution_id: n,
      problem: `Problem ${n}`,
      solution: "s",
      stratum: "uniform",
      rank: n,
      score: n === 1 ? null : 0.5,
      log_score: null,
      grade: "wrong",
      state: "open",
      labels: [{ labeler: "l", finish_reason: "found_error", mistake: 3 }],
    }) as Item;
  const rows = () => screen.queryAllByText(/^Problem \d+$/).length;
  const open = (items: unknown) => {
    const server = serve({ "GET /projects/apples/generations/0": LABELING, "GET /projects/apples/generations/0/watch": WATCH, [BATCH]: items });
    renderAs(OLGA, <GenerationPage slug="apples" number={0} operates />);
    return server;
  };

  test("comes a page at a time, on and on, and says when there is no more", async () => {
    const pages = [1, 26, 51].map((from, page) => ({ results: Array.from({ length: 25 }, (_, n) => item(from + n)), next: page < 2 ? from : null }));
    open(() => pages.shift());
    for (const seen of [25, 50]) {
      await waitFor(() => expect(rows()).toBe(seen));
      await userEvent.click(await screen.findByRole("button", { name: "More" }));
    }
    await waitFor(() => expect(rows()).toBe(75));
    expect(screen.queryByRole("button", { name: "More" })).toBeNull();
  });

  test("can be looked at stratum by stratum", async () => {
    const server = open({ results: [item(1)], next: null });
    await screen.findByText("Problem 1");
    server.answer(BATCH, { results: [item(2)], next: null });
    await userEvent.click(screen.getByRole("combobox", { name: "Stratum" }));
    await userEvent.click(await screen.findByRole("option", { name: "Uniform draw (120)" }));
    expect(await screen.findByText("Problem 2")).toBeVisible();
    expect(server.asked.filter(({ call }) => call === BATCH).at(-1)?.query).toContain("stratum=uniform");
    expect(screen.getByLabelText("address")).toHaveTextContent("stratum=uniform");
  });

  test("without a score shows a dash, not a nought", async () => {
    open({ results: [item(1)], next: null });
    const cells = within((await screen.findByText("Problem 1")).closest("tr")!).getAllByRole("cell");
    expect(cells.map(({ textContent }) => textContent).slice(1)).toEqual(["Uniform", "1", "–", "wrong", "open", "mistake at step 3"]);
  });

  test("that is being rated is looked at again by itself", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const server = open({ results: [item(1)], next: null });
    await screen.findByText("Problem 1");
    server.answer(BATCH, { results: [{ ...item(1), state: "done" }], next: null });
    await vi.advanceTimersByTimeAsync(16_000);
    expect(await screen.findByRole("cell", { name: "done" })).toBeVisible();
    vi.useRealTimers();
  });
});
