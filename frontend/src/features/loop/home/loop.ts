/** The project's loop as eight stops with their state: derived from its progress, pure. */

import { isRunning } from "@/api/queries";
import type { Generation, GenerationState, Job, Progress } from "@/api/types";
import { count, percent } from "@/shared/text/format";

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
    case "score":
      return generation && jobFigure(generation, "score");
    case "train":
      return generation && (jobFigure(generation, "train") ?? (generation.checkpoint === null ? null : loop.champion(generation.checkpoint)));
    case "evaluate":
      return generation && jobFigure(generation, "evaluate");
    case "promote":
      return champion === null ? loop.noChampion : loop.champion(champion);
  }
}

function picks({ items }: Generation): number {
  return items.open + items.leased + items.done;
}

/** How far the stage's job is, while it runs. */
function jobFigure({ jobs }: Generation, kind: Job["kind"]): string | null {
  const job = jobs.findLast((each) => each.kind === kind);
  return job && isRunning(job) && job.total > 0 ? percent(job.done / job.total, 0) : null;
}

/** How far the stage under way is, between 0 and 1; null where that can't be told. */
export function shareDone(generation: Generation | null): number | null {
  if (!generation) return null;
  if (generation.state === "labeling") return picks(generation) > 0 ? generation.items.done / picks(generation) : null;
  const job = generation.jobs.find(isRunning);
  return job && job.total > 0 ? job.done / job.total : null;
}

/** Whether every item has its labels, so that only closing it is left. */
export function isFull(generation: Generation | null): boolean {
  return generation?.state === "labeling" && generation.items.done > 0 && generation.items.open + generation.items.leased === 0;
}
