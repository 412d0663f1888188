import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { ExportFile } from "@/api/types";
import { addressOf } from "@/features/data/exporting/export";
import { ExportPage } from "@/features/data/exporting/ExportPage";

import { CHECKPOINT, GENERATION, OLGA } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve } from "../../server";

const FILES = "GET /projects/apples/exports";
const ASK = "POST /projects/apples/exports";

const READY: ExportFile = {
  id: 12,
  left_out: 0,
  kind: "export",
  state: "done",
  done: 3,
  total: 3,
  rate: null,
  seconds_left: null,
  message: "",
  attempt: 1,
  format: "trl",
  view: "train",
  generation: 0,
  checkpoint: null,
  source: null,
  filename: "apples.train.generation-0.trl.jsonl",
  labels: 3,
  rows: 4,
  size: 12_345,
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  file: "/api/v1/projects/apples/exports/jobs/12/file",
  created_by: "olga",
  created_at: "2026-11-23T03:08:51.054314Z",
  finished_at: "2026-11-23T03:08:53.054314Z",
  kept_until: "2026-12-23T03:08:53.054314Z",
};
const WRITING: ExportFile = {
  ...READY,
  state: "running",
  done: 400,
  total: 1000,
  rate: 100,
  seconds_left: 6,
  message: "Writing apples.train.generation-0.trl.jsonl",
  labels: null,
  rows: null,
  size: null,
  sha256: null,
  file: null,
  finished_at: null,
  kept_until: null,
};

function open(files: ExportFile[], answers = {}) {
  const server = serve({
    "GET /projects/apples/generations": [GENERATION],
    "GET /projects/apples/checkpoints": [CHECKPOINT],
    [FILES]: files,
    ...answers,
  });
  renderAs(OLGA, <ExportPage slug="apples" />);
  return server;
}

test("an export is a plain link with what was asked for, and nothing else", () => {
  expect(addressOf("apples", { format: "trl", view: "train", source: "human", generation: 0, checkpoint: null })).toBe(
    "/api/v1/projects/apples/exports/trl?view=train&source=human&generation=0",
  );
});

test("the page links to the format and view that are chosen, and shows a row of it", async () => {
  open([]);
  expect(screen.getByRole("region", { name: "A row of PRM800K" })).toHaveTextContent("pre_generated_verifier_score");
  await userEvent.click(screen.getByRole("radio", { name: "ProcessBench" }));
  await userEvent.click(screen.getByRole("radio", { name: "Only what may train a model" }));
  expect(screen.getByRole("region", { name: "A row of ProcessBench" })).toHaveTextContent("final_answer_correct");
  expect(screen.getByRole("link", { name: "Download now" })).toHaveAttribute("href", "/api/v1/projects/apples/exports/processbench?view=train");
});

test("without a file the page says how there will be one", async () => {
  open([]);
  expect(await screen.findByRole("heading", { name: "No file yet" })).toBeVisible();
});

test("a file is asked for with what is chosen, and then listed with its progress", async () => {
  const server = open([], { [ASK]: WRITING });
  await userEvent.click(screen.getByRole("radio", { name: "TRL stepwise" }));
  server.answer(FILES, [WRITING]);
  await userEvent.click(screen.getByRole("button", { name: "Prepare a file" }));
  expect(await screen.findByText("400 of 1,000 · 40% · 100/s · about 6 s left")).toBeVisible();
  expect(server.bodies(ASK)).toEqual([{ format: "trl", view: "all", source: null, generation: null, checkpoint: null }]);
  server.answer(FILES, [READY]);
  expect(await screen.findByRole("link", { name: "Download apples.train.generation-0.trl.jsonl" }, { timeout: 3_000 })).toBeVisible();
});

test("a file that is ready tells what it holds, how large it is, its digest, who made it and how long it stays", async () => {
  open([READY]);
  const row = await screen.findByRole("row", { name: /apples\.train/ });
  expect(row).toHaveTextContent("Only what may train a model · Generation 0");
  expect(row).toHaveTextContent("4of 3 labels");
  expect(row).toHaveTextContent("12.3 kB");
  expect(row).toHaveTextContent(/by olga · kept until/);
  expect(within(row).getByTitle(READY.sha256!)).toHaveTextContent("9f86d081884c");
  expect(within(row).getByRole("link", { name: /^Download / })).toHaveAttribute("href", READY.file);
});

test("a file is deleted after a word on what that means", async () => {
  const server = open([READY], { "DELETE /projects/apples/exports/jobs/12": undefined });
  await userEvent.click(await screen.findByRole("button", { name: /^Delete/ }));
  const dialog = await screen.findByRole("dialog", { name: "Delete this file?" });
  expect(server.bodies("DELETE /projects/apples/exports/jobs/12")).toHaveLength(0);
  server.answer(FILES, []);
  await userEvent.click(within(dialog).getByRole("button", { name: "Delete" }));
  expect(await screen.findByRole("heading", { name: "No file yet" })).toBeVisible();
});

test("a file that could not be written says why, and can be tried again", async () => {
  const failed: ExportFile = { ...WRITING, state: "failed", message: "The disk is full. Make room, then try again." };
  const server = open([failed], { "POST /projects/apples/jobs/12/retry": WRITING });
  expect(await screen.findByText("Not written: The disk is full. Make room, then try again.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(server.bodies("POST /projects/apples/jobs/12/retry")).toHaveLength(1));
});

test("a file that is refused says why", async () => {
  open([], { [ASK]: new Refused(404, "not_found", "The project has no checkpoint 2.") });
  await userEvent.click(screen.getByRole("button", { name: "Prepare a file" }));
  expect(await screen.findByText("The project has no checkpoint 2.")).toBeVisible();
});
