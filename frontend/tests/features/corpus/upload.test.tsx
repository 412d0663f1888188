import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";

import { ImportPage } from "@/features/corpus/ImportPage";

import { IMPORT, OLGA } from "../../recorded";
import { renderAs } from "../../render";
import { serve } from "../../server";

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

const FILE = new File(['{"problem": "x"}'], "algebra.jsonl");

beforeEach(() => {
  vi.stubGlobal("XMLHttpRequest", Upload);
  serve({ "GET /projects/apples/imports": [] });
  renderAs(OLGA, <ImportPage slug="apples" />);
});

const begin = async () => {
  await userEvent.upload(document.querySelector<HTMLInputElement>("input[type=file]")!, FILE);
  await userEvent.click(screen.getByRole("button", { name: "Import" }));
};

test("a page without imports says so", async () => {
  expect(await screen.findByText("No file was brought in on this page yet.")).toBeVisible();
});

test("a file shows how far its way is, and then its report", async () => {
  await begin();
  expect(Upload.last.address).toBe("/api/v1/projects/apples/imports");
  Upload.last.upload.onprogress?.({ loaded: 3, total: 4 });
  expect(await screen.findByText("Uploading, 75%")).toBeVisible();
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
  fireEvent.drop(screen.getByText("Drop a JSONL file here, or choose one").parentElement!, { dataTransfer: { files: [FILE] } });
  expect(await screen.findByText("algebra.jsonl (16 B)")).toBeVisible();
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
