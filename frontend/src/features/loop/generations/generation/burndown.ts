/** A burndown with the paces it may go on at, as a chart draws them: pure. */

import type { Burndown } from "../queries";

/** A moment of the chart, in ms: passes left as they were, and as they may be. */
export interface Moment {
  readonly at: number;
  readonly left?: number;
  readonly fast?: number;
  readonly likely?: number;
  readonly slow?: number;
}

const REACH = 3; // the chart ends here at the latest: so many times what it will likely take from now

/** The way so far, and from now on a line for each pace down to nothing left, or to the chart's end. */
export function moments({ points, finish, left }: Burndown): Moment[] {
  const past: Moment[] = points.map((point) => ({ at: Date.parse(point.at), left: point.left }));
  const last = past.at(-1);
  if (!last || !finish?.likely) return past;
  const now = last.at;
  const likely = Date.parse(finish.likely);
  const end = now + REACH * (likely - now);
  const paces = { fast: finish.earliest, likely: finish.likely, slow: finish.latest };
  const ends = Object.entries(paces).flatMap(([pace, at]) => (at === null ? [] : [arrival(pace, now, left, Date.parse(at), end)]));
  const start = { ...last, ...Object.fromEntries(ends.map(({ pace }) => [pace, left])) };
  return [...past.slice(0, -1), start, ...ends.map(({ pace, at, still }) => ({ at, [pace]: still }))].sort((one, other) => one.at - other.at);
}

/** Where a pace gets to: nothing left, or what is left where the chart ends. */
function arrival(pace: string, now: number, left: number, at: number, end: number) {
  return at <= end ? { pace, at, still: 0 } : { pace, at: end, still: left * (1 - (end - now) / (at - now)) };
}
