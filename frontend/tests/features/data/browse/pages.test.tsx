import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { LabelsPage } from "@/features/data/browse/LabelsPage";
import { SolutionPage } from "@/features/data/browse/solution/SolutionPage";
import { SolutionsPage } from "@/features/data/browse/SolutionsPage";

import { OLGA } from "../../../recorded";
import { renderAs } from "../../../render";
import { Refused, serve } from "../../../server";
import { KNOWN, PAGE, ROW } from "./recorded";

const LIST = "GET /projects/apples/solutions";
const ONE = "GET /projects/apples/solutions/7";
const others = { "GET /projects/apples/checkpoints": [], "GET /projects/apples/generations": [] };
const address = () => screen.getByLabelText("address").textContent;
const page = <SolutionsPage slug="apples" operates />;

test("what is typed is asked for once it rests, in the address and of the server", async () => {
  const server = serve({ ...others, [LIST]: PAGE });
  renderAs(OLGA, page, "/p/apples/solutions?grade=wrong&cursor=abc");
  await userEvent.type(await screen.findByLabelText("Words of the steps, the answer or the id"), "quince");
  await waitFor(() => expect(address()).toBe("/p/apples/solutions?grade=wrong&q=quince"));
  await waitFor(() => expect(server.asked.at(-1)?.query).toBe("?grade=wrong&q=quince"));
  expect(server.asked.filter(({ query }) => query.includes("q=quin") && !query.includes("quince"))).toEqual([]);
});

test("more than are counted are said to be more", async () => {
  serve({ ...others, [LIST]: { ...PAGE, count: 1000, exact: false, next: "abc" } });
  renderAs(OLGA, page, "/p/apples/solutions");
  expect(await screen.findByText("More than 1,000 found.")).toBeVisible();
  expect(screen.getByRole("link", { name: "Next page" })).toHaveAttribute("href", expect.stringContaining("cursor=abc"));
});

test("a window without a row says how far it looked, and searches on until there is one", async () => {
  const none = { rows: [], next: "a", count: 0, exact: false, searched: 20_000 };
  const answers = [none, { ...none, next: "b", count: null }, { ...PAGE, count: null }];
  serve({ ...others, [LIST]: () => answers.shift() ?? { ...PAGE, count: null } });
  renderAs(OLGA, page, "/p/apples/solutions?q=quince");
  expect(await screen.findByText(/None among the 20,000 looked through so far/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Search on" }));
  expect(await screen.findByRole("link", { name: "Solution 7" })).toBeVisible();
  expect(address()).toContain("cursor=b");
});

test("what several windows looked through is added up", async () => {
  const none = { rows: [], next: "a", count: null, exact: false, searched: 20_000 };
  const last = { ...PAGE, count: null, searched: 5_000 };
  const answers = [none, { ...none, next: "b" }, { ...none, next: "c" }];
  serve({ ...others, [LIST]: () => answers.shift() ?? last });
  renderAs(OLGA, page, "/p/apples/solutions?q=quince");
  await userEvent.click(await screen.findByRole("button", { name: "Search on" }));
  expect(await screen.findByText(/found among the 65,000 looked through so far/)).toBeVisible();
});

test.each([
  ["", "More filters", false],
  ["?score_min=0.5&checkpoint=2", /^More filters \(\d set\)$/, true],
])("seldom asked for filters are folded away unless one is set: %s", async (search, name, open) => {
  serve({ ...others, [LIST]: PAGE });
  renderAs(OLGA, page, `/p/apples/solutions${search}`);
  expect((await screen.findByText(name)).closest("details")!.open).toBe(open);
});

test("nothing found says what to do, and a project without solutions says what brings them", async () => {
  const server = serve({ ...others, [LIST]: { ...PAGE, rows: [], count: 0 } });
  const { unmount } = renderAs(OLGA, page, "/p/apples/solutions?q=quince");
  expect(await screen.findByText("Nothing fits these filters")).toBeVisible();
  unmount();
  server.answer(LIST, { ...PAGE, rows: [], count: 0 });
  renderAs(OLGA, page, "/p/apples/solutions");
  expect(await screen.findByRole("link", { name: "Import a file" })).toHaveAttribute("href", "/p/apples/import");
});

test("a filter that a link brought is shown, and can be taken off", async () => {
  serve({ ...others, [LIST]: PAGE });
  renderAs(OLGA, page, "/p/apples/solutions?problem=3");
  await userEvent.click(await screen.findByRole("button", { name: "Take off: problem 3" }));
  expect(address()).toBe("/p/apples/solutions");
});

test("the server's refusal of a filter is told", async () => {
  serve({ ...others, [LIST]: new Refused(400, "invalid", "There is no field ordering here.") });
  renderAs(OLGA, page, "/p/apples/solutions?ordering=id");
  expect(await screen.findByText("There is no field ordering here.")).toBeVisible();
});

test("scores are shown of the checkpoint that was asked for alone", async () => {
  const checkpoint = { number: 2, is_champion: true, jobs: [] };
  serve({ ...others, "GET /projects/apples/checkpoints": [checkpoint], [LIST]: { ...PAGE, rows: [{ ...ROW, score: 0.5 }] } });
  renderAs(OLGA, page, "/p/apples/solutions?checkpoint=2");
  expect(await screen.findByRole("columnheader", { name: "Score by no. 2" })).toBeVisible();
  expect(screen.getByRole("cell", { name: "0.500" })).toBeVisible();
});

test("a solution's page has the champion's probabilities beside the newest labels", async () => {
  serve({ [ONE]: KNOWN });
  renderAs(OLGA, <SolutionPage slug="apples" id={7} />);
  const row = await screen.findByRole("row", { name: /So 3 \+ 4 = 8/ });
  expect(within(row).getByText("31%")).toHaveAttribute("title", "The first step below the checkpoint's threshold, 0.400");
  expect(within(row).getByText("Bad")).toBeVisible();
  expect(within(row).queryByText("Unsure")).toBeNull();
  await userEvent.click(screen.getByRole("switch", { name: "Show earlier revisions beside the newest" }));
  expect(within(screen.getByRole("row", { name: /So 3 \+ 4 = 8/ })).getByText("Unsure")).toBeVisible();
});

test("other texts of a step stand under their own step alone", async () => {
  const alternatives = [
    { id: 1, step: 0, text: "Tom has 4.", source: null },
    { id: 2, step: 1, text: "So 3 + 4 = 7.", source: "sampler" },
  ];
  serve({ [ONE]: { ...KNOWN, alternatives } });
  renderAs(OLGA, <SolutionPage slug="apples" id={7} />);
  const texts = (step: string) => within(screen.getByText(step).parentElement!).getAllByRole("listitem");
  await screen.findByText("For step 1");
  expect(texts("For step 1").map(({ textContent }) => textContent)).toEqual(["Tom has 4. "]);
  expect(texts("For step 2").map(({ textContent }) => textContent)).toEqual(["So 3 + 4 = 7. sampler"]);
});

test("another checkpoint's view says that the two are never compared", async () => {
  serve({ [ONE]: KNOWN });
  renderAs(OLGA, <SolutionPage slug="apples" id={7} />);
  expect(await screen.findByText(/scores of different checkpoints are never compared/)).toBeVisible();
  await userEvent.click(screen.getByRole("combobox", { name: "P(correct) of each step, by" }));
  await userEvent.click(await screen.findByRole("option", { name: "Checkpoint 2" }));
  expect(screen.getByText(/too long for its window/)).toBeVisible();
  expect(screen.queryByText("31%")).toBeNull();
});

test("a label says what speaks against it", async () => {
  serve({ [ONE]: KNOWN });
  renderAs(OLGA, <SolutionPage slug="apples" id={7} />);
  const labels = within(await screen.findByRole("region", { name: "Labels" }));
  expect(labels.getByText("superseded")).toBeVisible();
  expect(labels.getByText("held back")).toBeVisible();
  expect(labels.getByText("mistake in step 2")).toBeVisible();
});

test("a label with an unrated step before its Bad names no first mistake", async () => {
  const label = KNOWN.labels[0]!;
  serve({ [ONE]: { ...KNOWN, labels: [{ ...label, ratings: [null, -1], flagged: [0] }] } });
  renderAs(OLGA, <SolutionPage slug="apples" id={7} />);
  const labels = within(await screen.findByRole("region", { name: "Labels" }));
  expect(labels.getByText("mistake found, but an earlier step is unrated")).toBeVisible();
  expect(labels.queryByText(/mistake in step/)).toBeNull();
});

test("nor does the list of labels name one for it", async () => {
  const row = {
    id: 1,
    solution_id: 7,
    problem_id: 3,
    problem_text: "Tom has 3 apples.",
    grade: "wrong",
    labeler: KNOWN.labels[0]!.labeler,
    username: "ann",
    source: "human",
    generation: 0,
    stratum: "control",
    finish_reason: "found_error",
    reason: "",
    mistake: null,
    revision: 1,
    contradiction: false,
    asked_for: "work",
    comment: null,
    total_time: 12_000,
    submitted_at: "2026-03-02T08:00:00Z",
  };
  serve({ ...others, "GET /projects/apples/labelers": [], "GET /projects/apples/labels": { ...PAGE, rows: [row] } });
  renderAs(OLGA, <LabelsPage slug="apples" />, "/p/apples/labels");
  expect(await screen.findByRole("cell", { name: "mistake found, but an earlier step is unrated" })).toBeVisible();
});
