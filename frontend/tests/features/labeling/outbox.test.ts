import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ApiError, offline } from "@/api/errors";
import type { Offer } from "@/api/types";
import { begin } from "@/features/labeling/machine";
import { Outbox, type Entry } from "@/features/labeling/outbox";

import { FINISHED, FRACTION, POTHOLE } from "../../recorded";

const OWNER = "ann/apples";
const BODY = { lease: "t", ratings: [1], finish_reason: "solution", reason: "", total_time: 5 } as const;
const sent = (assignment = FRACTION) => ({ assignment, pass: begin({ steps: 1, alternatives: {} }), totalTime: 5 });
const take = (outbox: Outbox, assignment = FRACTION) => outbox.take(sent(assignment), { ...BODY, ratings: [1] }, false);

let delivered: Entry[];
let answers: (() => Promise<Offer>)[];
const deliver = async (entry: Entry): Promise<Offer> => {
  delivered.push(entry);
  const answer = answers.shift();
  return answer ? answer() : FINISHED;
};
const failing = (error: ApiError) => () => Promise.reject(error);
const ids = (entries: readonly Entry[]) => entries.map((entry) => entry.sent.assignment.id);

beforeEach(() => {
  delivered = [];
  answers = [];
});
afterEach(() => void vi.useRealTimers());

test("what is taken is sent, and forgotten once the server has it", async () => {
  const outbox = new Outbox(OWNER, deliver);
  take(outbox);
  await vi.waitFor(() => expect(outbox.state.waiting).toEqual([]));
  expect(ids(delivered)).toEqual([41]);
});

test("passes go in their order, one after the other", async () => {
  const outbox = new Outbox(OWNER, deliver);
  let land = (_: Offer) => {};
  answers = [() => new Promise((resolve) => (land = resolve))];
  take(outbox);
  take(outbox, POTHOLE);
  expect(ids(delivered)).toEqual([41]);
  land(FINISHED);
  await vi.waitFor(() => expect(ids(delivered)).toEqual([41, 42]));
});

test("a pass whose answer was lost is sent again, as it was", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const outbox = new Outbox(OWNER, deliver);
  answers = [failing(offline()), failing(offline())];
  take(outbox);
  await vi.waitFor(() => expect(outbox.state.trouble?.code).toBe("offline"));
  await vi.advanceTimersByTimeAsync(10_000);
  await vi.waitFor(() => expect(outbox.state).toEqual({ waiting: [], refused: [], trouble: null }));
  expect(delivered.map(({ body }) => body)).toEqual([BODY, BODY, BODY]);
});

test.each([0, 401, 408, 429, 500, 502, 503])("after %i it waits, and nothing behind it overtakes it", async (status) => {
  const outbox = new Outbox(OWNER, deliver);
  answers = [failing(new ApiError(status, "whatever", "A sentence."))];
  take(outbox);
  take(outbox, POTHOLE);
  await vi.waitFor(() => expect(outbox.state.trouble).not.toBeNull());
  expect([ids(outbox.state.waiting), ids(delivered)]).toEqual([[41, 42], [41]]);
  outbox.close();
});

test("a server that says when to ask again is not asked before, however early the try", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const outbox = new Outbox(OWNER, deliver);
  answers = [failing(new ApiError(503, "unavailable", "The site is waiting for its database.", {}, 20_000))];
  take(outbox);
  await vi.waitFor(() => expect(outbox.state.trouble?.code).toBe("unavailable"));
  await vi.advanceTimersByTimeAsync(19_000);
  expect(delivered).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_500);
  await vi.waitFor(() => expect(outbox.state).toEqual({ waiting: [], refused: [], trouble: null }));
  expect(delivered.map(({ body }) => body)).toEqual([BODY, BODY]);
});

test.each(["lease_lost", "generation_closed", "invalid_label"])("%s is kept with its reason, and holds nothing up", async (code) => {
  const outbox = new Outbox(OWNER, deliver);
  answers = [failing(new ApiError(409, code, "A sentence."))];
  take(outbox);
  take(outbox, POTHOLE);
  await vi.waitFor(() => expect(ids(delivered)).toEqual([41, 42]));
  await vi.waitFor(() => expect(outbox.state.waiting).toEqual([]));
  expect(outbox.state.refused).toMatchObject([{ refusal: { code, detail: "A sentence." }, body: BODY }]);
  outbox.dismiss(outbox.state.refused[0]!);
  expect(outbox.state.refused).toEqual([]);
});

test("over a crash passes stay, in their order, and are sent at the next visit", async () => {
  const before = new Outbox(OWNER, deliver);
  answers = [failing(offline())];
  take(before);
  take(before, POTHOLE);
  await vi.waitFor(() => expect(before.state.trouble).not.toBeNull());
  before.close();
  delivered = [];
  const after = new Outbox(OWNER, deliver);
  await after.open();
  expect(ids(delivered)).toEqual([41, 42]);
  expect(delivered[0]!.body).toEqual(BODY);
  const later = new Outbox(OWNER, deliver);
  await later.open();
  expect(delivered).toHaveLength(2);
});

test("a refusal that nobody read stays over a reload", async () => {
  const before = new Outbox(OWNER, deliver);
  answers = [failing(new ApiError(409, "lease_lost", "A sentence."))];
  take(before);
  await vi.waitFor(() => expect(before.state.refused).toHaveLength(1));
  const after = new Outbox(OWNER, deliver);
  await after.open();
  expect(after.state.refused).toMatchObject([{ refusal: { code: "lease_lost" } }]);
  expect(delivered).toHaveLength(1);
});

test("one person's passes are not sent as another's", async () => {
  const ann = new Outbox(OWNER, deliver);
  answers = [failing(offline())];
  take(ann);
  await vi.waitFor(() => expect(ann.state.trouble).not.toBeNull());
  ann.close();
  delivered = [];
  await new Outbox("bob/apples", deliver).open();
  expect(delivered).toEqual([]);
});

test("a browser that keeps nothing is no reason to stop", async () => {
  vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("switched off", "SecurityError");
  });
  const outbox = new Outbox(OWNER, deliver);
  await outbox.open();
  take(outbox);
  await vi.waitFor(() => expect(ids(delivered)).toEqual([41]));
  vi.restoreAllMocks();
});
