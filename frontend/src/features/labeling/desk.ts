/**
 * What lies on the labeler's desk, as a pure reducer: the assignment being rated, the one put aside while the last pass
 * is reopened, why there is none, and the refusal that the last submit met. A refusal never takes the work away.
 */

import type { ApiError } from "@/api/errors";
import type { Assignment, Offer, WhyNone } from "@/api/types";

import type { Pass } from "./machine";

export interface Sent {
  readonly assignment: Assignment;
  readonly pass: Pass;
  readonly totalTime: number;
}

export interface Desk {
  readonly work: Assignment | null;
  readonly aside: Assignment | null;
  /** The last pass that landed; while `revising`, it is the one on the desk. */
  readonly last: Sent | null;
  readonly revising: boolean;
  readonly reason: WhyNone | null;
  readonly refusal: ApiError | null;
  readonly busy: "asking" | "sending" | null;
  readonly landed: number;
}

export type Happening =
  | { readonly type: "asking" }
  | { readonly type: "offered"; readonly offer: Offer }
  | { readonly type: "sending" }
  | { readonly type: "landed"; readonly sent: Sent; readonly offer: Offer }
  | { readonly type: "refused"; readonly error: ApiError }
  | { readonly type: "reopened" }
  | { readonly type: "putBack" };

export const EMPTY: Desk = {
  work: null,
  aside: null,
  last: null,
  revising: false,
  reason: null,
  refusal: null,
  busy: null,
  landed: 0,
};

export function after(desk: Desk, event: Happening): Desk {
  switch (event.type) {
    case "asking":
      return { ...desk, busy: "asking" }; // a refusal stays in sight until there is an answer
    case "offered":
      return lay(desk, event.offer);
    case "sending":
      return { ...desk, busy: "sending", refusal: null };
    case "landed":
      return land(desk, event.sent, event.offer);
    case "refused":
      return { ...desk, busy: null, refusal: event.error };
    case "reopened":
      return reopen(desk);
    case "putBack":
      return desk.revising ? { ...desk, work: desk.aside, aside: null, revising: false, refusal: null } : desk;
  }
}

function lay(desk: Desk, offer: Offer): Desk {
  return {
    ...desk,
    work: offer.assignment,
    reason: offer.reason,
    aside: null,
    revising: false,
    refusal: null,
    busy: null,
  };
}

/** After a revision the assignment that was put aside comes back; it is still leased to this labeler. */
function land(desk: Desk, sent: Sent, offer: Offer): Desk {
  const next = desk.aside ? { assignment: desk.aside, reason: null } : offer;
  return { ...lay(desk, next), last: sent, landed: desk.landed + (desk.revising ? 0 : 1) };
}

function reopen(desk: Desk): Desk {
  if (!desk.last || desk.revising || desk.busy) return desk;
  return { ...desk, aside: desk.work, work: desk.last.assignment, revising: true, refusal: null };
}

/** The assignment whose lease this desk holds: a reopened pass has been submitted and holds none. */
export function held(desk: Desk): Assignment | null {
  return desk.revising ? desk.aside : desk.work;
}
