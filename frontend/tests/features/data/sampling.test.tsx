import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { Endpoint, Sampling } from "@/api/types";
import { money } from "@/features/data/sampling/sampling";
import { SamplingPage } from "@/features/data/sampling/SamplingPage";
import { SamplingReport } from "@/features/data/sampling/SamplingReport";

import { OLGA } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve } from "../../server";

const LOCAL: Endpoint = { name: "local", url: "http://127.0.0.1:8000/v1" };

const SAMPLING: Sampling = {
  id: 12,
  kind: "sample",
  state: "done",
  done: 2400,
  total: 2400,
  rate: null,
  seconds_left: null,
  message: "",
  attempt: 1,
  parameters: {
    what: "solutions",
    endpoint: "local",
    model: "qwen",
    n: 8,
    temperature: 1,
    max_tokens: 1024,
    split: "train",
    seed: 0,
    at_once: 8,
    price_prompt: 0.5,
    price_completion: 1.5,
  },
  created: 2210,
  duplicates: 120,
  there: 0,
  failures: [
    { reason: "no_answer", count: 61, example: "No answer stands behind a line `# Answer`." },
    { reason: "refused", count: 9, example: "Status 400: too long a prompt" },
  ],
  unanswered: 0,
  last_unanswered: "",
  answers: 2400,
  prompt_tokens: 480_000,
  completion_tokens: 960_000,
  untold: 3,
  cost: 1.68,
  created_at: "2026-11-23T02:00:00Z",
  finished_at: "2026-11-23T03:00:00Z",
};

const PAGE = { "GET /projects/apples/samplings": [SAMPLING], "GET /projects/apples/samplings/endpoints": [LOCAL] };
const ONE = "GET /projects/apples/samplings/12";

test("while sampling is off the page says so, and which setting turns it on", async () => {
  serve({ ...PAGE, "GET /projects/apples/samplings": [], "GET /projects/apples/samplings/endpoints": [] });
  renderAs(OLGA, <SamplingPage slug="apples" />);
  expect(await screen.findByRole("heading", { name: "Sampling is off" })).toBeVisible();
  expect(screen.getByText(/SAMPLING_ENDPOINTS=local=http/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Start sampling" })).toBeNull();
});

test("a server is chosen by its name, and the page tells where the texts go", async () => {
  const server = serve({ ...PAGE, "POST /projects/apples/samplings": SAMPLING, [ONE]: SAMPLING });
  renderAs(OLGA, <SamplingPage slug="apples" />);
  expect(await screen.findByText("Problem texts are sent to http://127.0.0.1:8000/v1")).toBeVisible();
  expect(screen.getByRole("button", { name: "Start sampling" })).toBeDisabled();
  await userEvent.type(screen.getByLabelText(/^Model/), "qwen");
  await userEvent.type(screen.getByLabelText(/completion tokens/), "1.5");
  await userEvent.type(screen.getByLabelText(/prompt tokens/), "2");
  await userEvent.clear(screen.getByLabelText(/prompt tokens/)); // no price again, and not one of 0
  await userEvent.clear(screen.getByLabelText(/^Temperature/));
  await userEvent.type(screen.getByLabelText(/^Temperature/), "0.75");
  await userEvent.click(screen.getByRole("button", { name: "Start sampling" }));
  await waitFor(() => expect(server.bodies("POST /projects/apples/samplings")).toHaveLength(1));
  expect(server.bodies("POST /projects/apples/samplings")[0]).toEqual({
    ...SAMPLING.parameters,
    temperature: 0.75,
    price_prompt: null,
  });
  await waitFor(() => expect(screen.getByLabelText("address")).toHaveTextContent("/p/apples/sampling/12"));
});

test("a refusal is told in the server's words, at the field too", async () => {
  const refusal = new Refused(400, "invalid", "model: This is the name under which the server has the model.", { model: ["Not this one."] });
  serve({ ...PAGE, "POST /projects/apples/samplings": refusal });
  renderAs(OLGA, <SamplingPage slug="apples" />);
  await userEvent.type(await screen.findByLabelText(/^Model/), "qwen");
  await userEvent.click(screen.getByRole("button", { name: "Start sampling" }));
  expect(await screen.findByText("The sampling was not started")).toBeVisible();
  expect(screen.getByText("Not this one.")).toBeVisible();
});

test("earlier samplings are listed with what they made and cost", async () => {
  serve(PAGE);
  renderAs(OLGA, <SamplingPage slug="apples" />);
  const row = (await screen.findByRole("link", { name: "12: solutions" })).closest("tr");
  expect(within(row as HTMLElement).getByText("2,210")).toBeVisible();
  expect(within(row as HTMLElement).getByText("70")).toBeVisible();
  expect(within(row as HTMLElement).getByText("1.68")).toBeVisible();
});

test("a sampling tells what came of it, what it cost and why answers were not kept", async () => {
  serve({ [ONE]: SAMPLING });
  renderAs(OLGA, <SamplingReport slug="apples" id={12} />);
  expect(await screen.findByRole("row", { name: "Solutions created 2,210" })).toBeVisible();
  expect(screen.getByRole("row", { name: /Duplicates.* 120/ })).toBeVisible();
  expect(screen.getByRole("row", { name: "Cost 1.68, 0.00076 each" })).toBeVisible();
  expect(screen.getByText(/3 answers came without a count of tokens/)).toBeVisible();
  expect(screen.getByRole("row", { name: "Refused by the server 9 Status 400: too long a prompt" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Stop" })).toBeNull();
});

test("one under way shows how far it is and can be stopped, once that was confirmed", async () => {
  const running: Sampling = { ...SAMPLING, state: "running", done: 600, rate: 10, seconds_left: 180, failures: [] };
  const server = serve({ [ONE]: running, "POST /projects/apples/samplings/12/stop": SAMPLING });
  renderAs(OLGA, <SamplingReport slug="apples" id={12} />);
  expect(await screen.findByText("600 of 2,400 · 25% · 10/s · about 3 min left")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(server.bodies("POST /projects/apples/samplings/12/stop")).toHaveLength(0);
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Stop" }));
  await waitFor(() => expect(server.bodies("POST /projects/apples/samplings/12/stop")).toHaveLength(1));
});

test("a stopped one says why, and goes on where it was", async () => {
  const stopped: Sampling = { ...SAMPLING, state: "failed", message: "20 requests in a row came to nothing." };
  const server = serve({ [ONE]: stopped, "POST /projects/apples/jobs/12/retry": SAMPLING });
  renderAs(OLGA, <SamplingReport slug="apples" id={12} />);
  expect(await screen.findByText("20 requests in a row came to nothing.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Go on where it was" }));
  await waitFor(() => expect(server.bodies("POST /projects/apples/jobs/12/retry")).toHaveLength(1));
});

test("money has the digits that say something", () => {
  expect([money(null), money(0), money(12.345), money(0.00214)]).toEqual(["–", "0.00", "12.35", "0.0021"]);
});
