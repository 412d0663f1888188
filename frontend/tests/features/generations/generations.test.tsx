import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";

import { GenerationPage } from "@/features/generations/GenerationPage";
import { GenerationsPage } from "@/features/generations/GenerationsPage";
import { proposal } from "@/features/generations/LaunchDrawer";

import { FAILED, GENERATION, LABELING, OLGA, PREVIEW, PROJECT } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve } from "../../server";

const CLOSED = { ...GENERATION, state: "closed" as const, sentence: "Finished.", jobs: [] };
const LIST = "GET /projects/apples/generations";
const LAUNCH = "POST /projects/apples/generations";
const PREVIEWED = "POST /projects/apples/generations/preview";

describe("launching", () => {
  const open = (answers = {}) => {
    const server = serve({ [LIST]: [CLOSED], "GET /projects/apples": { ...PROJECT, champion: 1 }, [PREVIEWED]: PREVIEW, [LAUNCH]: LABELING, ...answers });
    renderAs(OLGA, <GenerationsPage slug="apples" operates />, "/?launch");
    return server;
  };

  test("the preview says what it would do, and what is missing", async () => {
    open();
    expect(await screen.findByText("84 picks on 60 problems")).toBeVisible();
    expect(screen.getByText(/67 wrong \(79.8%\), 17 right \(20.2%\)/)).toBeVisible();
    expect(screen.getByText("Short of: 6 Convincing wrong answers")).toBeVisible();
  });

  test("nothing starts before Launch", async () => {
    const server = open();
    await screen.findByText("84 picks on 60 problems");
    expect(server.bodies(LAUNCH)).toHaveLength(0);
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

  test("what the server says of the preview is shown", async () => {
    open({ [PREVIEWED]: new Refused(409, "nothing_to_select", "The pool is empty: no graded, unlabelled train solution is left.") });
    expect(await screen.findByText("The pool is empty: no graded, unlabelled train solution is left.")).toBeVisible();
  });

  test("without a champion only the uniform rule is offered", () => {
    expect(proposal(PROJECT, null)).toMatchObject({ rule: "uniform", seed: 0 });
    expect(proposal({ ...PROJECT, champion: 1 }, CLOSED)).toMatchObject({ rule: "convincing", k: 120, seed: 1 });
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
    expect(screen.getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual(["121 done", "11 withdrawn"]);
    expect(within(screen.getByText("Uniform draw", { selector: "td" }).closest("tr")!).getByText("120")).toBeVisible();
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

  test("a reviewer reads it and changes nothing", async () => {
    open(LABELING, false);
    await screen.findByText(/People rate the batch/);
    expect(screen.queryByRole("button", { name: /Close|Cancel/ })).toBeNull();
  });
});
