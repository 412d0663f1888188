import { lazy } from "react";

import type { Histogram, Preview } from "@/api/types";
import { Figure, type Column } from "@/shared/figures/Figure";
import { seriesColor } from "@/shared/figures/palette";
import { count } from "@/shared/text/format";

import { texts } from "../texts";

const Bars = lazy(() => import("../Bars"));
const words = texts.preview;

type Problems = Preview["per_problem"][number];

const PROBLEMS: readonly Column<Problems>[] = [
  { title: words.perProblemX, value: ({ picks }) => picks, show: count },
  { title: words.perProblemY, value: ({ problems }) => problems, show: count },
];

/** How the picks spread over problems. */
export function PerProblem({ preview: { per_problem: rows, problems } }: { preview: Preview }) {
  return (
    <Figure
      title={words.perProblem}
      sentence={words.perProblemSays(problems, Math.max(0, ...rows.map(({ picks }) => picks)))}
      axes={{ x: words.perProblemX, y: words.perProblemY }}
      columns={PROBLEMS}
      rows={rows}
      empty={words.refused}
      file="picks-per-problem"
    >
      <Bars data={rows} over="picks" series={[{ name: "problems", label: words.perProblemY, color: seriesColor("picks") }]} />
    </Figure>
  );
}

interface Bin {
  readonly score: string;
  readonly pool: number;
  readonly picks: number;
  readonly left: number;
}

const BINS: readonly Column<Bin>[] = [
  { title: words.bin, value: ({ score }) => score },
  { title: words.pool, value: ({ pool }) => pool, show: count },
  { title: words.picksSeries, value: ({ picks }) => picks, show: count },
];
const STACK = [
  { name: "picks", label: words.picked, color: seriesColor("picks") },
  { name: "left", label: words.left, color: seriesColor("pool") },
];

/** The pool's scores with the picks marked in them. */
export function Scores({ histogram }: { histogram: Histogram }) {
  const bins = histogram.pool.map((pool, bin): Bin => {
    const picks = histogram.picks[bin] ?? 0;
    return { score: rangeOf(histogram.edges, bin), pool, picks, left: Math.max(0, pool - picks) }; // gate picks lie outside the pool
  });
  return (
    <Figure
      title={words.histogram}
      sentence={words.histogramSays}
      axes={{ x: words.histogramX, y: words.histogramY }}
      columns={BINS}
      rows={bins}
      empty={words.noHistogram}
      file="scores"
    >
      <Bars data={bins.map((bin) => ({ ...bin }))} over="score" series={STACK} stacked tick={startOf} />
    </Figure>
  );
}

/** Where the range on the axis begins: the whole range of every few bars would leave no room for the others. */
const startOf = (range: string) => range.split("–")[0] ?? range;

function rangeOf(edges: readonly number[], bin: number): string {
  return `${edges[bin]?.toFixed(2)}–${edges[bin + 1]?.toFixed(2)}`;
}
