/**
 * The unfinished pass, kept on this machine over a reload, a crash and a sign-out.
 *
 * Keyed by the person and the solution, not by the assignment: a solution that comes back under another lease finds its ratings.
 */

import { onMachine } from "@/shared/view/keep";

import { isPassOver, type Pass, type Task } from "../pass/machine";
import type { Comment } from "./desk";

const KEPT_FOR = 30 * 24 * 3_600_000; // ms; a draft nobody came back to

export interface Draft {
  readonly ratings: Pass["ratings"];
  readonly judged: Pass["judged"];
  readonly totalTime: number;
  /** Absent from drafts of before there were comments. */
  readonly comment?: Comment | null;
  readonly at: number;
}

const shelf = onMachine("pass");

export const draftKey = (username: string, solutionId: number) => `${username}/${solutionId}`;

export function keepDraft(key: string, pass: Pass, comment: Comment | null, totalTime: number, now: number): void {
  if (pass.ratings.length === 0 && comment === null) return shelf.remove(key);
  const { ratings, judged } = pass;
  shelf.write(key, { ratings, judged, totalTime, comment, at: now } satisfies Draft);
}

/** The kept pass, if it is one that this task could have. */
export function findDraft(key: string, task: Task): Draft | null {
  const found = shelf.read(key);
  return isDraft(found) && isPassOver(task, found) ? found : null;
}

export function hasDraft(key: string): boolean {
  return isDraft(shelf.read(key));
}

export function dropDraft(key: string): void {
  shelf.remove(key);
}

export function sweepDrafts(now: number): void {
  for (const key of shelf.keys()) {
    const found = shelf.read(key);
    if (!isDraft(found) || now - found.at > KEPT_FOR) shelf.remove(key);
  }
}

function isDraft(found: unknown): found is Draft {
  if (typeof found !== "object" || found === null) return false;
  const draft = found as Partial<Record<keyof Draft, unknown>>;
  return (
    Array.isArray(draft.ratings) &&
    typeof draft.judged === "object" &&
    draft.judged !== null &&
    typeof draft.totalTime === "number" &&
    (draft.comment == null || isComment(draft.comment)) &&
    typeof draft.at === "number"
  );
}

function isComment(found: unknown): found is Comment {
  if (typeof found !== "object" || found === null) return false;
  const comment = found as Partial<Record<keyof Comment, unknown>>;
  return typeof comment.text === "string" && typeof comment.is_question === "boolean";
}
