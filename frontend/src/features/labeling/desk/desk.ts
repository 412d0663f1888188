/**
 * What lies on the labeler's desk, as a pure reducer: the assignment being rated, the one behind it, the one put aside
 * while the last pass is reopened, and why there is none. Submitting takes no time here: the pass leaves by the outbox.
 */

import type { ApiError } from "@/api/errors";
import type { Assignment, Offer, PassBody, ScreeningResult, WhyNone } from "@/api/types";

import type { Pass } from "../pass/machine";

/** What is sent of a pass; what the page holds, and what it revises, is added at each try. */
export type Body = Omit<PassBody, "holding" | "revises">;
/** What the labeler tells the reviewers of the pass, or asks them. */
export type Comment = NonNullable<Body["comment"]>;

export interface Sent {
  readonly assignment: Assignment;
  readonly pass: Pass;
  readonly totalTime: number;
  /** Absent from passes of before there were comments. */
  readonly comment?: Comment | null;
  /** Of its label, as far as it is known: what a correction of this pass revises. */
  readonly revision?: number;
}

export interface Desk {
  readonly work: Assignment | null;
  /** Fetched ahead, on a lease of its own: it is there at Enter. */
  readonly next: Assignment | null;
  readonly aside: Assignment | null;
  /** The last pass that was submitted; while `revising`, it is the one on the desk. */
  readonly last: Sent | null;
  readonly revising: boolean;
  readonly reason: WhyNone | null;
  /** Why there is nothing to show, or why the work on the desk is no longer this labeler's. */
  readonly refusal: ApiError | null;
  /** How the screening ended, until it was read. */
  readonly screened: ScreeningResult | null;
  readonly asking: boolean;
  /** The next one could not be fetched ahead: it is asked for again in a while. */
  readonly stalled: boolean;
}

export type Happening =
  | { readonly type: "asking" }
  | { readonly type: "offered"; readonly offer: Offer }
  | { readonly type: "unanswered"; readonly error: ApiError }
  | { readonly type: "submitted"; readonly sent: Sent }
  | { readonly type: "landed"; readonly id: number; readonly revision: number }
  | { readonly type: "lost"; readonly id: number; readonly error: ApiError }
  | { readonly type: "screened"; readonly result: ScreeningResult | null }
  | { readonly type: "leftBehind" }
  | { readonly type: "reopened"; readonly sent: Sent | null }
  | { readonly type: "putBack" };

export const PAUSED = "paused"; // running checks stopped this labeler: what is held has gone back
const HOLDING_TWO = "holding_two"; // a pass on its way still held its lease: no reason to wait

export const EMPTY: Desk = {
  work: null,
  next: null,
  aside: null,
  last: null,
  revising: false,
  reason: null,
  refusal: null,
  screened: null,
  asking: false,
  stalled: false,
};

export function after(desk: Desk, event: Happening): Desk {
  switch (event.type) {
    case "asking":
      return { ...desk, asking: true }; // a refusal stays in sight until there is an answer
    case "offered":
      return lay({ ...desk, asking: false, stalled: false }, event.offer);
    case "unanswered":
      return { ...desk, asking: false, stalled: true, refusal: desk.work ? desk.refusal : event.error };
    case "submitted":
      return { ...moveUp(desk), last: event.sent };
    case "landed":
      return desk.last?.assignment.id === event.id ? { ...desk, last: { ...desk.last, revision: event.revision } } : desk;
    case "lost":
      return lose(desk, event.id, event.error);
    case "screened":
      return { ...desk, screened: event.result };
    case "leftBehind":
      return moveUp(desk);
    case "reopened":
      return reopen(desk, event.sent ?? desk.last);
    case "putBack":
      return desk.revising ? moveUp(desk) : desk;
  }
}

/** The first free place takes it; what lies on the desk already may be offered once more. */
function lay(desk: Desk, { assignment, reason }: Offer): Desk {
  if (reason?.code === PAUSED) return { ...desk, work: null, next: null, aside: null, revising: false, refusal: null, reason };
  if (assignment === null) return { ...desk, reason: reason?.code === HOLDING_TWO ? null : reason };
  if (held(desk).some(({ id }) => id === assignment.id)) return { ...desk, stalled: true };
  const told = { ...desk, reason: null };
  if (desk.work === null) return { ...told, work: assignment, refusal: null };
  if (desk.revising && desk.aside === null) return { ...told, aside: assignment };
  return { ...told, next: assignment };
}

/** What was put aside comes back, else what was fetched ahead comes up. */
function moveUp(desk: Desk): Desk {
  const left = { ...desk, revising: false, refusal: null, reason: null, aside: null };
  return desk.aside ? { ...left, work: desk.aside } : { ...left, work: desk.next, next: null };
}

/** A lease is gone: what was not seen yet goes without a word, what is being rated stays in sight with the reason. */
function lose(desk: Desk, id: number, error: ApiError): Desk {
  if (desk.next?.id === id) return { ...desk, next: null };
  if (desk.aside?.id === id) return { ...desk, aside: null };
  return desk.work?.id === id && !desk.revising ? { ...desk, refusal: error } : desk;
}

function reopen(desk: Desk, sent: Sent | null): Desk {
  if (!sent || desk.revising) return desk;
  return { ...desk, last: sent, aside: desk.work, work: sent.assignment, revising: true, refusal: null };
}

/** The assignments whose leases this desk holds: a reopened pass has been submitted and holds none. */
export function held(desk: Desk): readonly Assignment[] {
  return [desk.revising ? desk.aside : desk.work, desk.next].filter((assignment) => assignment !== null);
}

/** Whether to ask for one more: for the page itself, or to have the next one there in time. */
export function wants(desk: Desk): boolean {
  return !desk.asking && !desk.stalled && desk.reason === null && desk.refusal === null && held(desk).length < 2;
}
