/** The project's loop as eight stops with their state: derived from its progress, pure. */

import type { Generation, GenerationState, Progress } from "@/api/types";
import { count } from "@/shared/format";

import { texts } from "./texts";

export const STOPS = ["import", "grade", "score", "select", "label", "train", "evaluate", "promote"] as const;
export type Stop = (typeof STOPS)[number];
export type StopState = "done" | "now" | "failed" | "ahead" | "idle";

export interface Standing {
  readonly stop: Stop;
  readonly state: StopState;
  readonly figure: string | null;
}

const AT: Readonly<Partial<Record<GenerationState, Stop>>> = {
  scoring: "score",
  selecting: "select",
  labeling: "label",
  training: "train",
  evaluating: "evaluate",
};
const JOBS = { score: "score", select: "select", train: "train", evaluate: "evaluate" } as const;

export function standings(progress: Progress, champion: number | null): Standing[] {
  const at = stopOf(progress.generation);
  return STOPS.map((stop) => ({ stop, state: stateOf(stop, at, progress), figure: figureOf(stop, progress, champion) }));
}

/** Where the active generation is, a failed one where it failed. */
export function stopOf(generation: Generation | null): Stop | null {
  if (!generation) return null;
  const here = AT[generation.state];
  if (here) return here;
  const failed = generation.jobs.findLast(({ state }) => state === "failed");
  return failed && failed.kind in JOBS ? JOBS[failed.kind as keyof typeof JOBS] : null;
}

function stateOf(stop: Stop, at: Stop | null, progress: Progress): StopState {
  if (stop === "import") return progress.problems ? "done" : "ahead";
  if (stop === "grade") return gradeState(progress);
  if (at === null) return "idle";
  if (stop === at) return progress.generation?.state === "failed" ? "failed" : "now";
  return STOPS.indexOf(stop) < STOPS.indexOf(at) ? "done" : "ahead";
}

function gradeState({ grades, solutions }: Progress): StopState {
  if (!solutions) return "ahead";
  return grades?.ungraded ? "now" : "done";
}

function figureOf(stop: Stop, progress: Progress, champion: number | null): string | null {
  const { loop } = texts;
  const { generation, grades } = progress;
  switch (stop) {
    case "import":
      return progress.solutions === null ? null : loop.solutions(progress.solutions);
    case "grade":
      return grades && loop.graded(count(grades.right + grades.wrong + grades.unknown));
    case "select":
      return generation && picks(generation) > 0 ? loop.picks(picks(generation) + generation.items.withdrawn) : null;
    case "label":
      return generation && picks(generation) > 0 ? loop.labeled(count(generation.items.done), count(picks(generation))) : null;
    case "promote":
      return champion === null ? loop.noChampion : loop.champion(champion);
    default:
      return null;
  }
}

function picks({ items }: Generation): number {
  return items.open + items.leased + items.done;
}
