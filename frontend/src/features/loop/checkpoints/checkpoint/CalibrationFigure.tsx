import { lazy } from "react";

import { Figure, type Column } from "@/shared/figures/Figure";
import { seriesColor } from "@/shared/figures/palette";
import { measure, percent } from "@/shared/text/format";

import { measureInterval } from "../charts/figures";
import type { Dot } from "../charts/IntervalChart";
import { toldOf, whyNot, type Calibration, type OwnCheckpoint, type OwnMeasures, type SplitName } from "../measures";
import { texts as shared } from "../texts";
import { texts } from "./texts";

const IntervalChart = lazy(() => import("../charts/IntervalChart"));

const words = texts.calibration;
const HEIGHT = 320; // px
const SHARES = [0, 0.25, 0.5, 0.75, 1];

interface CalibrationFigureProps {
  readonly checkpoint: OwnCheckpoint;
  readonly split: SplitName;
  readonly measures: OwnMeasures | null;
}

type Bin = Calibration["bins"][number];

/** Whether steps called right with a probability are right that often: by bin, with intervals, and as one error. */
export function CalibrationFigure({ checkpoint: { number, is_champion }, split, measures }: CalibrationFigureProps) {
  const steps = measures && toldOf(measures.steps);
  const bins = steps?.calibration.bins.filter(({ n }) => n > 0) ?? [];
  const why = measures ? shared.undefined(whyNot(measures.steps) ?? "") : words.none;
  const axis = { domain: [0, 1], ticks: SHARES, tickFormatter: (value: number) => percent(value, 0) };
  return (
    <Figure
      title={words.title(shared.splitNames[split].toLowerCase())}
      sentence={steps && sentence(steps.calibration)}
      axes={{ x: words.x, y: words.y }}
      columns={COLUMNS}
      rows={bins}
      empty={why}
      file={`checkpoint-${number}-calibration-${split}`}
      height={HEIGHT}
    >
      <IntervalChart
        along="y"
        height={HEIGHT}
        groups={[
          { name: texts.curve.own(number), color: seriesColor(is_champion ? "champion" : "challenger"), mark: "dot", dots: bins.flatMap(dotOf) },
        ]}
        xAxisProps={axis}
        yAxisProps={axis}
        referenceLines={[
          {
            segment: [
              { x: 0, y: 0 },
              { x: 1, y: 1 },
            ],
            color: "var(--lh-quiet)",
            strokeDasharray: "4 4",
          },
        ]}
      />
    </Figure>
  );
}

const sentence = ({ ece, ece_low, ece_high, n }: Calibration) =>
  words.sentence(measure(ece), measureInterval(ece_low, ece_high), shared.numbers.steps(n));

function dotOf({ low, high, n, predicted, correct, correct_low, correct_high }: Bin): Dot[] {
  if (predicted === null || correct === null) return [];
  return [
    {
      x: predicted,
      y: correct,
      low: correct_low ?? correct,
      high: correct_high ?? correct,
      title: words.bin(percent(low, 0), percent(high, 0)),
      lines: [words.right(percent(correct), percent(predicted)), shared.numbers.steps(n)],
    },
  ];
}

const COLUMNS: readonly Column<Bin>[] = [
  { title: words.columns.low, value: ({ low }) => low, show: (value) => percent(value, 0) },
  { title: words.columns.high, value: ({ high }) => high, show: (value) => percent(value, 0) },
  { title: words.columns.predicted, value: ({ predicted }) => predicted, show: measure },
  { title: words.columns.correct, value: ({ correct }) => correct, show: percent },
  { title: words.columns.correctLow, value: ({ correct_low }) => correct_low, show: percent },
  { title: words.columns.correctHigh, value: ({ correct_high }) => correct_high, show: percent },
  { title: words.columns.n, value: ({ n }) => n },
];
