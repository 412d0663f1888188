import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";

import type { Check } from "@/features/data/importing/check";
import { ImportPage } from "@/features/data/importing/ImportPage";

import { IMPORT, OLGA } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve, type TestServer } from "../../server";

/** An upload that goes as far as the test lets it. */
class Upload {
  static last: Upload;
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  onload?: () => void;
  onerror?: () => void;
  status = 0;
  response: unknown = null;
  address = "";
  sent = new FormData();
  constructor() {
    Upload.last = this;
  }
  open(_: string, address: string) {
    this.address = address;
  }
  setRequestHeader() {}
  send(form: FormData) {
    this.sent = form;
  }
  answer(status: number, response: unknown) {
    Object.assign(this, { status, response });
    this.onload?.();
  }
}

const FILE = new File(['{"problem": "x", "ground_truth_answer": "2"}\n{"problem": '], "algebra.jsonl");
const CHECK = "POST /projects/apples/imports/check";
const CHECKED: Check = {
  lines: 2,
  formats: { labelhub: 1 },
  created: { problems: 1, solutions: 0, labels: 0, alternatives: 0 },
  created_lines: 1,
  merged: 0,
  skipped: 0,
  waiting: 0,
  rejected: 1,
  rejections: [{ line: 2, reason: "The line is not valid JSON: Expecting value at column 13." }],
  reasons: [{ reason: "The line is not valid JSON: Expecting value at column …", count: 1, lines: [2] }],
  notes: [],
  unread: {},
};

let server: TestServer;
beforeEach(() => {
  vi.stubGlobal("XMLHttpRequest", Upload);
  server = serve({ "GET /projects/apples/imports": [], [CHECK]: CHECKED });
  renderAs(OLGA, <ImportPage slug="apples" />);
});

const choose = (...files: File[]) => userEvent.upload(document.querySelector<HTMLInputElement>("input[type=file]")!, files);
const begin = async () => {
  await choose(FILE);
  await userEvent.click(screen.getByRole("button", { name: "Import" }));
};

test("a page without imports says so", async () => {
  expect(await screen.findByText(/No imports on this page yet\./)).toBeVisible();
});

test("a file shows how far its way is, and then its report", async () => {
  await begin();
  expect(Upload.last.address).toBe("/api/v1/projects/apples/imports");
  act(() => Upload.last.upload.onprogress?.({ loaded: 3, total: 4 }));
  expect(await screen.findByText("Uploading algebra.jsonl, 75%")).toBeVisible();
  Upload.last.answer(202, IMPORT);
  await waitFor(() => expect(screen.getByLabelText("address")).toHaveTextContent("/p/apples/import/9"));
});

test("without a split chosen none is sent: the rows decide", async () => {
  await begin();
  expect([...Upload.last.sent.entries()].map(([name]) => name)).toEqual(["file", "format"]);
});

test("a split that was chosen is sent", async () => {
  await userEvent.click(screen.getByRole("combobox", { name: "Split" }));
  await userEvent.click(await screen.findByRole("option", { name: "Gate: decides promotions" }));
  await begin();
  expect(Upload.last.sent.get("split")).toBe("gate");
});

test("a file that is dropped is as good as one that is chosen", async () => {
  fireEvent.drop(screen.getByText("Drop JSONL files here, or choose them").parentElement!, { dataTransfer: { files: [FILE] } });
  expect(await screen.findByRole("heading", { name: "algebra.jsonl" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Import" })).toBeEnabled();
});

test("a file that is refused says why, and can be sent again", async () => {
  await begin();
  Upload.last.answer(413, { code: "too_large", detail: "The file is larger than 2 GB." });
  expect(await screen.findByText("The file is larger than 2 GB.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Import" })).toBeEnabled();
});

test("a connection that was lost on the way is told", async () => {
  await begin();
  Upload.last.onerror?.();
  expect(await screen.findByText(/The server could not be reached/)).toBeVisible();
});

const card = (name: string) => screen.findByRole("article", { name });

test("before anything is sent a file tells what it is, what it would do and which lines are amiss", async () => {
  await choose(FILE);
  const shown = within(await card("algebra.jsonl"));
  expect(await shown.findByText(/2 lines checked: would create 1 problem\./)).toBeVisible();
  expect(shown.getByText(/LabelHub: problems and solutions/)).toBeVisible();
  expect(shown.getByText("1 line would be turned away:")).toBeVisible();
  expect(shown.getByText(/Expecting value at column/)).toHaveTextContent("line 2");
  expect(shown.getByRole("columnheader", { name: "ground_truth_answer" })).toBeVisible();
  expect(await shown.findByText("2 lines in all. 1 line can't be used: 2 (not JSON).")).toBeVisible();
  expect(server.asked.map(({ call }) => call)).not.toContain("POST /projects/apples/imports");
});

test("a file of another kind says so and what to do", async () => {
  server.answer(CHECK, new Refused(400, "invalid", "The file is compressed with gzip: unpack it first."));
  await choose(new File(["\x1f\x8b"], "algebra.jsonl"));
  expect(await within(await card("algebra.jsonl")).findByText("The file is compressed with gzip: unpack it first.")).toBeVisible();
});

test("a format that is named is what the file is checked by", async () => {
  await choose(FILE);
  await screen.findByText(/2 lines checked/);
  server.answer(CHECK, { ...CHECKED, formats: { trl: 2 }, created: {}, rejected: 2 });
  await userEvent.click(screen.getByRole("combobox", { name: "Format" }));
  await userEvent.click(await screen.findByRole("option", { name: "TRL stepwise" }));
  expect(await screen.findByText("2 lines would be turned away:")).toBeVisible();
});

test("a file can be taken out again", async () => {
  await choose(FILE);
  await userEvent.click(await screen.findByRole("button", { name: "Remove algebra.jsonl" }));
  expect(screen.queryByRole("article")).toBeNull();
  expect(screen.getByRole("button", { name: "Import" })).toBeDisabled();
});

test("of several files those that name problems still to come are sent last, and what was refused stays", async () => {
  const SOLUTIONS = new File(['{"problem_id": "p1", "steps": ["x"]}\n'], "solutions.jsonl");
  server.answer(CHECK, { ...CHECKED, waiting: 1, rejected: 0, reasons: [] });
  await choose(SOLUTIONS);
  expect(await screen.findByText(/names a problem that isn't here yet/)).toBeVisible();
  server.answer(CHECK, CHECKED);
  await choose(FILE);
  await screen.findByText("1 line would be turned away:");
  await userEvent.click(screen.getByRole("button", { name: "Import 2 files" }));
  expect((Upload.last.sent.get("file") as File).name).toBe("algebra.jsonl");
  Upload.last.answer(202, IMPORT);
  await waitFor(() => expect((Upload.last.sent.get("file") as File).name).toBe("solutions.jsonl"));
  Upload.last.answer(413, { code: "too_large", detail: "The file is larger than 2 GB." });
  expect(await screen.findByText("The file is larger than 2 GB.")).toBeVisible();
  expect(screen.getAllByRole("article").map((each) => each.getAttribute("aria-label"))).toEqual(["solutions.jsonl"]);
});
