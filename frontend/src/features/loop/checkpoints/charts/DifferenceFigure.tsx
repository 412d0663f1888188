import { SegmentedControl, Stack } from "@mantine/core";
import { lazy, useState } from "react";

import type { Checkpoint } from "@/api/types";
import { Figure, type Column } from "@/shared/figures/Figure";
import { seriesColor } from "@/shared/figures/palette";
import { paths } from "@/shared/paths";
import { signed } from "@/shared/text/format";

import { measuresOn, METRICS, rulings, type Compared, type Metric, type SplitName, type Verdict } from "../measures";
import { texts } from "../texts";
import { differenceSentence, points, size } from "./figures";
import type { Dot } from "./IntervalChart";

const IntervalChart = lazy(() => import("./IntervalChart"));

const words = texts.difference;
const ROW = 36; // px
const EDGE = 70; // px of axis and reference lines' names

/** A paired difference that was measured: of which checkpoint, from whom, on what. */
export interface Difference {
  readonly number: number;
  readonly against: number | null;
  readonly who: "champion" | "challenger" | "orm";
  readonly metric: Metric;
  readonly split: SplitName;
  readonly compared: Compared;
  /** Step AUC's difference on the same solutions, beside first-error F1. */
  readonly auc: Compared | null;
  readonly verdict: Verdict | null;
  readonly margin: number | null;
  /** On the axis. */
  readonly name: string;
}

export function differencesOf(checkpoint: Checkpoint, split: SplitName): Difference[] {
  const measured = measuresOn(checkpoint, split);
  const ruled = split === "gate" ? rulings(checkpoint) : null;
  return METRICS.flatMap((metric) => {
    const compared = measured?.comparison[metric];
    if (!measured || !compared) return [];
    return {
      number: checkpoint.number,
      against: measured.champion,
      who: checkpoint.kind === "orm" ? "orm" : checkpoint.is_champion ? "champion" : "challenger",
      metric,
      split,
      compared,
      auc: (metric === "first_error" && measured.comparison["step_auc"]) || null,
      verdict: ruled?.verdicts[metric] ?? null,
      margin: ruled?.margin ?? null,
      name: words.row(checkpoint.number, measured.champion),
    };
  });
}

/** What decides: the project's metric on gate, and where gate can't measure that one, the other. */
export function decidingOf(differences: readonly Difference[], metric: Metric): Difference | undefined {
  const gate = differences.filter(({ split }) => split === "gate");
  return gate.find((each) => each.metric === metric) ?? gate[0];
}

/** All checkpoints that met a champion, newest first, on one measure. */
export function DifferenceFigure({
  slug,
  checkpoints,
  metric,
  margin,
}: {
  slug: string;
  checkpoints: readonly Checkpoint[];
  metric: Metric;
  margin: number;
}) {
  const [shown, setShown] = useState<Metric>(metric);
  const rows = checkpoints.flatMap((each) => differencesOf(each, "gate")).filter((each) => each.metric === shown);
  return (
    <Stack gap="xs" align="flex-start">
      <SegmentedControl
        size="xs"
        aria-label={words.metric}
        value={shown}
        onChange={setShown}
        data={METRICS.map((value) => ({ value, label: texts.metrics[value] }))}
      />
      <div style={{ width: "100%" }}>
        <Differences
          slug={slug}
          rows={rows}
          margin={margin}
          title={words.title}
          sentence={words.sentence(size(margin), texts.inWords[metric])}
          file={`differences-${shown}`}
          y={words.y}
        />
      </div>
    </Stack>
  );
}

interface DifferencesProps {
  readonly slug: string;
  readonly rows: readonly Difference[];
  readonly margin: number;
  readonly title: string;
  readonly sentence: string;
  readonly file: string;
  readonly y: string;
  /** What the dots are called where they are all of one checkpoint. */
  readonly own?: string;
}

/** Each difference with its interval, no difference and the margin, and what the set could have shown. */
export function Differences({ slug, rows, margin, title, sentence, file, y, own }: DifferencesProps) {
  const height = EDGE + ROW * rows.length;
  return (
    <Figure
      title={title}
      sentence={sentence}
      axes={{ x: words.x, y }}
      columns={columns(slug, rows)}
      rows={rows}
      empty={words.empty}
      file={file}
      height={height}
    >
      <IntervalChart
        along="x"
        height={height}
        groups={groups(rows, own)}
        xAxisProps={{ ...scale(rows, margin), tickFormatter: (value: number) => (value === 0 ? "0" : signed(value * 100, 0)), interval: 0 }}
        yAxisProps={{
          domain: [0.5, rows.length + 1],
          ticks: rows.map((_, index) => placeOf(rows, index)),
          tickFormatter: (place: number) => rows[rows.length - place]?.name ?? "",
          interval: 0,
          width: 40 + 7 * Math.max(...rows.map(({ name }) => name.length)),
        }}
        referenceLines={[
          { x: 0, label: words.none, labelPosition: "insideTopLeft", color: "var(--lh-quiet)" },
          { x: -margin, label: words.margin(size(margin)), labelPosition: "insideTopRight", color: "var(--lh-warning)", strokeDasharray: "4 4" },
        ]}
      />
    </Figure>
  );
}

/** The newest on top. */
const placeOf = (rows: readonly Difference[], index: number) => rows.length - index;

function groups(rows: readonly Difference[], own?: string) {
  const dots = rows.map((row, index) => ({ who: row.who, ...dotOf(row, placeOf(rows, index), own !== undefined) }));
  const shows = rows.map(({ compared: { detectable } }, index) => ({ ...dots[index]!, x: detectable, low: detectable, high: detectable }));
  return [
    ...(["champion", "challenger", "orm"] as const).map((who) => ({
      name: own ?? words.legend[who],
      color: seriesColor(who),
      mark: "dot" as const,
      dots: dots.filter((dot) => dot.who === who),
    })),
    { name: words.legend.detectable, color: "var(--lh-quiet)", mark: "tick" as const, dots: shows },
  ];
}

function dotOf({ compared, name, metric, split, verdict, margin }: Difference, y: number, saysAll: boolean): Dot {
  const { difference, low, high, detectable, n, unit } = compared;
  const ruling = verdict && margin !== null ? [texts.verdicts[verdict](size(margin))] : [];
  return {
    x: difference,
    y,
    low,
    high,
    title: saysAll ? name : `${name} · ${texts.metrics[metric]} · ${texts.splitNames[split]}`,
    lines: [differenceSentence(compared), texts.numbers.of[unit](n), texts.list.couldHaveShown(size(detectable)), ...ruling],
  };
}

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5];
const MOST_TICKS = 9;

/** An axis with both ends of every interval, what could have been shown, and the margin, in round steps around 0. */
function scale(rows: readonly Difference[], margin: number) {
  const low = Math.min(-margin, ...rows.map(({ compared }) => compared.low));
  const high = Math.max(margin, ...rows.flatMap(({ compared }) => [compared.high, compared.detectable]));
  const step = STEPS.find((each) => (high - low) / each < MOST_TICKS - 1) ?? 0.5;
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toFixed(2)));
  return { domain: [first * step, last * step], ticks };
}

const columns = (slug: string, rows: readonly Difference[]): readonly Column<Difference>[] => [
  { title: words.columns.checkpoint, value: ({ number }) => number, link: ({ number }) => paths.checkpoint(slug, number) },
  {
    title: words.columns.against,
    value: ({ against }) => against,
    link: ({ against }) => (against === null ? null : paths.checkpoint(slug, against)),
  },
  { title: words.columns.metric, value: ({ metric }) => texts.metrics[metric] },
  { title: words.columns.split, value: ({ split }) => texts.splitNames[split] },
  { title: words.columns.difference, value: ({ compared }) => hundred(compared.difference), show: (value) => points(value / 100) },
  { title: words.columns.low, value: ({ compared }) => hundred(compared.low), show: (value) => points(value / 100) },
  { title: words.columns.high, value: ({ compared }) => hundred(compared.high), show: (value) => points(value / 100) },
  { title: words.columns.detectable, value: ({ compared }) => hundred(compared.detectable), show: (value) => size(value / 100) },
  { title: words.columns.n, value: ({ compared }) => compared.n },
  { title: words.columns.unit, value: ({ compared }) => compared.unit },
  { title: words.columns.verdict, value: ({ verdict, margin }) => (verdict && margin !== null ? texts.verdicts[verdict](size(margin)) : null) },
  ...(rows.some(({ auc }) => auc)
    ? [{ title: words.columns.auc, value: ({ auc }: Difference) => auc && hundred(auc.difference), show: (value: number) => points(value / 100) }]
    : []),
];

/** Points, without the dust of binary fractions. */
const hundred = (share: number) => Number((share * 100).toFixed(6));
