import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { CheckpointsPage } from "@/features/loop/checkpoints/CheckpointsPage";

import { CHECKPOINT, OLGA, PROJECT } from "../../../recorded";
import { renderAs } from "../../../render";
import { Refused, serve } from "../../../server";
import { CHAMPIONS, LOOP } from "./recorded";

const ADD = "POST /projects/apples/scorers";
const OPTIONS = {
  models: ["owner/prm", "/models/tokenizer"],
  endpoints: ["local", "hosted"],
  styles: [
    { name: "qwen", sentence: "Two classes behind each step.", public: false },
    { name: "tokens", sentence: "Three classes at each step's end.", public: true },
  ],
  aggregates: ["product", "min"],
};

async function opened(routes: Record<string, unknown> = {}) {
  const server = serve({
    "GET /projects/apples/checkpoints": [{ ...CHECKPOINT, source: "served", name: "prm", scorer: { style: "qwen", endpoint: "local" }, labels: 0 }],
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/checkpoints/champions": CHAMPIONS,
    "GET /projects/apples/checkpoints/loop": LOOP,
    "GET /projects/apples/checkpoints/teachable": { labels: 0, unseen: 0, newest: null },
    "GET /projects/apples/scorers": OPTIONS,
    [ADD]: CHECKPOINT,
    "POST /projects/apples/checkpoints/scores": CHECKPOINT,
    ...routes,
  });
  renderAs(OLGA, <CheckpointsPage slug="apples" operates />);
  await userEvent.click(await screen.findByRole("button", { name: "Add a model …" }));
  return { server, dialog: within(await screen.findByRole("dialog")) };
}

test("the list says which model from elsewhere a checkpoint is, and no number of labels", async () => {
  await opened();
  const row = within(screen.getByRole("row", { name: "Checkpoint 2", hidden: true }));
  expect(row.getByText(/prm on the server local, read as qwen/)).toBeVisible();
  expect(row.queryByText(/labels/)).not.toBeInTheDocument();
});

test("a served model is named; server, style and tokenizer are chosen from what the deployment lists", async () => {
  const { server, dialog } = await opened();
  expect(await dialog.findByText("Two classes behind each step.")).toBeVisible();
  await userEvent.type(dialog.getByLabelText(/^Model/), "prm");
  await userEvent.type(dialog.getByLabelText(/^Threshold/), "0.5");
  await userEvent.click(dialog.getByRole("button", { name: "Add and measure" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(server.bodies(ADD)).toEqual([
    { source: "served", endpoint: "local", model: "prm", style: "qwen", tokenizer: "owner/prm", threshold: 0.5, generation: null },
  ]);
});

test("where a generation waits for a checkpoint, the labels are there and what is added is that one", async () => {
  const waiting = { ...CHECKPOINT, number: 3, state: "training", generation: 4, awaited: true, jobs: [] };
  const { server, dialog } = await opened({ "GET /projects/apples/checkpoints": [waiting] });
  const labels = screen.getByRole("link", { name: "Download the labels", hidden: true });
  expect(labels).toHaveAttribute("href", "/api/v1/projects/apples/exports/labelhub?checkpoint=3");
  expect(dialog.getByText(/generation 4 waits for/)).toBeVisible();
  await userEvent.type(await dialog.findByLabelText(/^Model/), "prm");
  await userEvent.click(dialog.getByRole("button", { name: "Add and measure" }));
  await waitFor(() => expect(server.bodies(ADD)).toMatchObject([{ generation: 4 }]));
});

test("a judge takes no tokenizer", async () => {
  const { dialog } = await opened({
    "GET /projects/apples/scorers": { ...OPTIONS, styles: [{ name: "judge", sentence: "By votes.", public: false }] },
  });
  expect(await dialog.findByText("By votes.")).toBeVisible();
  expect(dialog.queryByLabelText("Tokenizer")).not.toBeInTheDocument();
});

test("where nothing is listed it says what the administrator does", async () => {
  const { dialog } = await opened({ "GET /projects/apples/scorers": { ...OPTIONS, endpoints: [] } });
  expect(await dialog.findByText(/SCORING_ENDPOINTS=local=http/)).toBeVisible();
  expect(dialog.queryByRole("button", { name: "Add and measure" })).not.toBeInTheDocument();
});

test("a refusal stands at its field, and nothing that was typed is lost", async () => {
  const refusal = new Refused(400, "invalid", "No.", { model: ["Checkpoint 1 is this model already."] });
  const { dialog } = await opened({ [ADD]: refusal });
  await userEvent.type(await dialog.findByLabelText(/^Model/), "prm");
  await userEvent.click(dialog.getByRole("button", { name: "Add and measure" }));
  expect(await dialog.findByText("Checkpoint 1 is this model already.")).toBeVisible();
  expect(dialog.getByLabelText(/^Model/)).toHaveValue("prm");
});

test("a file of scores takes a name", async () => {
  const { server, dialog } = await opened();
  await userEvent.click(dialog.getByRole("radio", { name: /I have a file of its scores/ }));
  const submit = await dialog.findByRole("button", { name: "Add and measure" });
  expect(submit).toBeDisabled();
  await userEvent.type(dialog.getByLabelText(/^Name/), "elsewhere");
  const file = new File(["{}"], "scores.jsonl");
  await userEvent.upload(document.querySelector<HTMLInputElement>('input[type="file"]')!, file);
  await userEvent.click(submit);
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(server.bodies("POST /projects/apples/checkpoints/scores")).toMatchObject([{ name: "elsewhere", aggregate: "product" }]);
});
