import { useCallback, useEffect, useReducer, useState } from "react";

import type { Assignment } from "@/api/types";

import { draftKey, findDraft, keepDraft } from "./draft";
import { begin, move, resume, type Move, type Pass, type Task } from "./machine";
import type { Sent } from "./desk";
import { useClock, type ClockHandle } from "./use-clock";

export function taskOf(assignment: Assignment): Task {
  const ids = Object.entries(assignment.alternatives).map(([step, offered]) => [step, offered.map(({ id }) => id)] as const);
  return { steps: assignment.steps.length, alternatives: Object.fromEntries(ids) };
}

interface Beginning {
  readonly pass: Pass;
  readonly totalTime: number;
  readonly restored: boolean;
}

export interface PassHandle {
  readonly pass: Pass;
  readonly restored: boolean;
  readonly act: (by: Move) => void;
  readonly clock: ClockHandle;
}

/** The pass over an assignment: what was sent of it, else what was kept of it, else a new one; kept at every move. */
export function usePass(assignment: Assignment, username: string, sent: Sent | null, running: boolean): PassHandle {
  const key = draftKey(username, assignment.solution_id);
  const [start] = useState(() => beginning(assignment, key, sent));
  const [pass, act] = useReducer(move, start.pass);
  const clock = useClock(start.totalTime, running);
  const { total } = clock;

  const changed = pass !== start.pass || start.restored;
  const keep = useCallback(() => changed && keepDraft(key, pass, total(), Date.now()), [changed, key, pass, total]);
  useEffect(() => {
    keep();
    window.addEventListener("pagehide", keep);
    return () => window.removeEventListener("pagehide", keep);
  }, [keep]);

  return { pass, restored: start.restored, act, clock };
}

function beginning(assignment: Assignment, key: string, sent: Sent | null): Beginning {
  const task = taskOf(assignment);
  const draft = findDraft(key, task);
  if (draft) return { pass: resume(task, draft), totalTime: draft.totalTime, restored: sent === null };
  if (sent) return { pass: sent.pass, totalTime: sent.totalTime, restored: false };
  return { pass: begin(task), totalTime: 0, restored: false };
}
