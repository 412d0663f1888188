import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ApiError, offline } from "@/api/errors";
import { Outbox, type Entry } from "@/features/labeling/desk/outbox";
import { begin } from "@/features/labeling/pass/machine";

import { FRACTION, POTHOLE } from "../../../recorded";

const OWNER = "ann/apples";
const BODY = { lease: "t", ratings: [1], finish_reason: "solution", reason: "", total_time: 5 } as const;
const sent = (assignment = FRACTION) => ({ assignment, pass: begin({ steps: 1, alternatives: {} }), totalTime: 5 });
const take = (outbox: Outbox, assignment = FRACTION) => outbox.take(sent(assignment), { ...BODY, ratings: [1] }, false);

let delivered: Entry[];
let answers: (() => Promise<number>)[];
const deliver = async (entry: Entry): Promise<number> => {
  delivered.push(entry);
  const answer = answers.shift();
  return answer ? answer() : 1;
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
  let land = (_: number) => {};
  answers = [() => new Promise((resolve) => (land = resolve))];
  take(outbox);
  take(outbox, POTHOLE);
  expect(ids(delivered)).toEqual([41]);
  land(1);
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

test("it tries again after 1, 2, 4, 8, 16 s and then every 30 s; once one has landed, after 1 s again", async () => {
  vi.useFakeTimers();
  const outbox = new Outbox(OWNER, deliver);
  answers = Array.from({ length: 8 }, () => failing(offline()));
  take(outbox);
  await vi.advanceTimersByTimeAsync(0);
  expect(await pauses(7)).toEqual([1, 2, 4, 8, 16, 30, 30]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(outbox.state.waiting).toEqual([]);
  answers = [failing(offline())];
  take(outbox);
  await vi.advanceTimersByTimeAsync(0);
  expect(await pauses(1)).toEqual([1]);
});

/** Seconds before each of the next tries. */
async function pauses(tries: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < tries) {
    const before = delivered.length;
    let waited = 0;
    for (; delivered.length === before && waited < 60_000; waited += 500) await vi.advanceTimersByTimeAsync(500);
    found.push(waited / 1_000);
  }
  return found;
}

test("a correction names the revision it was made of, and one behind it what that one became", async () => {
  const outbox = new Outbox(OWNER, deliver);
  const correct = (revision?: number) => outbox.take({ ...sent(), revision }, { ...BODY, ratings: [0] }, true);
  let land = (_: number) => {};
  answers = [() => new Promise((resolve) => (land = resolve)), async () => 5];
  take(outbox);
  correct();
  correct(3);
  take(outbox, POTHOLE);
  land(4);
  await vi.waitFor(() => expect(outbox.state.waiting).toEqual([]));
  expect(delivered.map(({ revises }) => revises)).toEqual([undefined, 4, 5, undefined]);
});

test("over a crash a correction still knows what it corrects", async () => {
  const before = new Outbox(OWNER, deliver);
  answers = [async () => 4, failing(offline())];
  take(before);
  before.take(sent(), { ...BODY, ratings: [0] }, true);
  await vi.waitFor(() => expect(before.state.trouble).not.toBeNull());
  before.close();
  await new Outbox(OWNER, deliver).open();
  expect(delivered.at(-1)).toMatchObject({ revises: 4, body: { ratings: [0] } });
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
