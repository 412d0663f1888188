/**
 * One labeling pass as a pure reducer.
 *
 * What was judged is a prefix of the steps and nothing follows the first Bad. `alternatives` are the candidate texts of the
 * step that was rated Bad, `judged` what the labeler said of them, `order` in which order. The cursor counts over `stops`: the steps that can be
 * rated now, then the alternatives of the first Bad.
 */

export const BAD = -1;
export const OKAY = 0;
export const GREAT = 1;
export type Rating = typeof BAD | typeof OKAY | typeof GREAT;

/** A rating, or Unsure: a flag with no rating, not a fourth number. */
export type Judgement = Rating | "unsure";

/** What the server leased: how many steps, and the ids of the alternatives at each step that has any. */
export interface Task {
  readonly steps: number;
  readonly alternatives: Readonly<Record<number, readonly number[]>>;
}

export interface Pass {
  readonly task: Task;
  readonly ratings: readonly Judgement[];
  readonly judged: Readonly<Record<number, Judgement>>;
  readonly order: readonly number[];
  readonly cursor: number;
}

export type Move =
  | { readonly type: "rate"; readonly rating: Judgement }
  | { readonly type: "back" }
  | { readonly type: "go"; readonly by: 1 | -1 }
  | { readonly type: "point"; readonly at: number };

/** Where the cursor is: on a step, or on an alternative to the step that was rated Bad. */
export type Place = { readonly on: "step"; readonly step: number } | { readonly on: "alternative"; readonly step: number; readonly id: number };

export function begin(task: Task): Pass {
  return { task, ratings: [], judged: {}, order: [], cursor: 0 };
}

/** The index of the step rated Bad, or null: only the last rating can be one. */
export function firstBad(pass: Pass): number | null {
  return pass.ratings.at(-1) === BAD ? pass.ratings.length - 1 : null;
}

/** The alternatives that are up for judgement: those of the first Bad, none before there is one. */
export function openAlternatives(pass: Pass): readonly number[] {
  const bad = firstBad(pass);
  return bad === null ? [] : (pass.task.alternatives[bad] ?? []);
}

/** How many places the cursor can stand on. */
export function stops(pass: Pass): number {
  const bad = firstBad(pass);
  if (bad !== null) return bad + 1 + openAlternatives(pass).length;
  return Math.min(pass.ratings.length + 1, pass.task.steps);
}

export function place(pass: Pass): Place {
  const bad = firstBad(pass);
  if (bad === null || pass.cursor <= bad) return { on: "step", step: pass.cursor };
  return { on: "alternative", step: bad, id: openAlternatives(pass)[pass.cursor - bad - 1]! };
}

/** How a complete pass ends, or null while something is left to rate. */
export function ending(pass: Pass): "found_error" | "solution" | null {
  if (firstBad(pass) !== null) {
    return openAlternatives(pass).every((id) => id in pass.judged) ? "found_error" : null;
  }
  return pass.ratings.length === pass.task.steps ? "solution" : null;
}

export function move(pass: Pass, by: Move): Pass {
  switch (by.type) {
    case "rate":
      return judge(pass, by.rating);
    case "back":
      return takeBack(pass);
    case "go":
      return point(pass, pass.cursor + by.by);
    case "point":
      return point(pass, by.at);
  }
}

function judge(pass: Pass, judgement: Judgement): Pass {
  const here = place(pass);
  return here.on === "alternative" ? judgeAlternative(pass, here.id, judgement) : judgeStep(pass, here.step, judgement);
}

function judgeAlternative(pass: Pass, id: number, judgement: Judgement): Pass {
  const order = [...pass.order.filter((other) => other !== id), id];
  return point({ ...pass, judged: { ...pass.judged, [id]: judgement }, order }, pass.cursor + 1);
}

/** Judge a step. Another judgement than before takes away, in the same move, all that came after it. */
function judgeStep(pass: Pass, step: number, judgement: Judgement): Pass {
  if (pass.ratings[step] === judgement) return point(pass, step + 1);
  const ratings = [...pass.ratings.slice(0, step), judgement];
  return point(upTo(pass, ratings), step + 1);
}

/** Take back the last thing that was rated, wherever the cursor is. */
function takeBack(pass: Pass): Pass {
  const last = pass.order.at(-1);
  if (last !== undefined) {
    const { [last]: _, ...judged } = pass.judged;
    return point({ ...pass, judged, order: pass.order.slice(0, -1) }, pass.ratings.length + openAlternatives(pass).indexOf(last));
  }
  return point(upTo(pass, pass.ratings.slice(0, -1)), pass.ratings.length - 1);
}

function upTo(pass: Pass, ratings: readonly Judgement[]): Pass {
  return { ...pass, ratings, judged: {}, order: [] };
}

function point(pass: Pass, at: number): Pass {
  return { ...pass, cursor: Math.max(0, Math.min(at, stops(pass) - 1)) };
}

/** The pass as the server takes it: null exactly where it is flagged. */
export function answer(pass: Pass) {
  return {
    ratings: pass.ratings.map(rated),
    flagged: pass.ratings.flatMap((judgement, step) => (judgement === "unsure" ? [step] : [])),
    alternatives: openAlternatives(pass)
      .filter((id) => id in pass.judged)
      .map((id) => ({ id, rating: rated(pass.judged[id]!), flagged: pass.judged[id] === "unsure" })),
  };
}

function rated(judgement: Judgement): Rating | null {
  return judgement === "unsure" ? null : judgement;
}

type Kept = Pick<Pass, "ratings" | "judged">;
const JUDGEMENTS: readonly unknown[] = [BAD, OKAY, GREAT, "unsure"];

/** Whether this could be a pass over this task: asked before anything kept earlier is taken up again. */
export function isPassOver(task: Task, kept: Kept): boolean {
  const bad = kept.ratings.indexOf(BAD);
  const known: readonly number[] = bad === -1 ? [] : (task.alternatives[bad] ?? []);
  return (
    kept.ratings.length <= task.steps &&
    kept.ratings.every((judgement) => JUDGEMENTS.includes(judgement)) &&
    (bad === -1 || bad === kept.ratings.length - 1) &&
    Object.entries(kept.judged).every(([id, judgement]) => known.includes(Number(id)) && JUDGEMENTS.includes(judgement))
  );
}

/** Take a kept pass up again, with the cursor on the first thing that is left to rate. */
export function resume(task: Task, { ratings, judged }: Kept): Pass {
  const kept: Pass = { task, ratings, judged, order: [], cursor: 0 };
  const pass = { ...kept, order: openAlternatives(kept).filter((id) => id in judged) };
  const open = openAlternatives(pass).findIndex((id) => !(id in judged));
  return point(pass, open === -1 ? stops(pass) - 1 : pass.ratings.length + open);
}
