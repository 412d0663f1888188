/** The loop's rounds as rows of figures: a round where something can't be told keeps its row, and says why. */

import type { Line } from "../charts/BandChart";
import { isTold, toldOf, whyNot, type Round } from "../measures";

export interface RoundRow {
  readonly generation: number;
  readonly line: string;
  readonly champion: number | null;
  readonly checkpoint: number;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number | null;
  /** Items that were put up: what is missing from n was not finished, or contradicts itself. */
  readonly putUp: number | null;
  readonly problems: number | null;
  readonly why: string | null;
  /** Filters that find the items behind n. */
  readonly items: string | null;
}

type Names = Readonly<Record<"control" | "selected", string>>;
const EMPTY = { value: null, low: null, high: null, n: null, putUp: null, problems: null, why: null, items: null };

/** Agreement, or mistakes found, on the control beside what the rule selected. */
export function shareRows(rounds: readonly Round[], of: "agreement" | "mistakes", names: Names): RoundRow[] {
  return rounds.flatMap((round) =>
    (["control", "selected"] as const).map((stratum) => {
      const row = { ...EMPTY, ...place(round), line: names[stratum] };
      const labels = round[stratum];
      if (!isTold(labels)) return { ...row, why: whyNot(labels) };
      const share = labels[of];
      const items = { putUp: labels.items, items: itemsOf(round, stratum) };
      if (!isTold(share)) return { ...row, ...items, n: labels.n, why: whyNot(share) };
      return { ...row, ...items, value: share.share, low: share.low, high: share.high, n: share.n, problems: share.problems };
    }),
  );
}

export function bestOfNRows(rounds: readonly Round[], line: string): RoundRow[] {
  return rounds.map((round) => {
    const found = toldOf(round.best_of_n);
    const row = { ...EMPTY, ...place(round), line, why: whyNot(round.best_of_n) };
    return found ? { ...row, value: found.mean, low: found.low, high: found.high, problems: found.problems } : row;
  });
}

export function kappaRows(rounds: readonly Round[], line: string): RoundRow[] {
  return rounds.map((round) => {
    const found = toldOf(round.stability);
    const row = { ...EMPTY, ...place(round), line, why: whyNot(round.stability) };
    return found ? { ...row, value: found.kappa, low: found.low, high: found.high, problems: found.problems } : row;
  });
}

const place = ({ generation, champion, checkpoint }: Round) => ({ generation, champion, checkpoint });

const itemsOf = ({ generation }: Round, stratum: "control" | "selected") =>
  `generation=${generation}${stratum === "control" ? "&stratum=control" : ""}`;

/** The rows that have a value, as lines. */
export function linesOf(rows: readonly RoundRow[], colors: Readonly<Record<string, string>>): Line[] {
  const names = [...new Set(rows.map(({ line }) => line))];
  return names.map((name, index) => ({
    name,
    color: colors[name] ?? "currentColor",
    ...(index > 0 && { dash: "6 3" }),
    points: rows.flatMap(({ line, generation, value, low, high }) =>
      line === name && value !== null ? [{ x: generation, y: value, low, high }] : [],
    ),
  }));
}
