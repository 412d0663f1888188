import { Group, Stack, Switch } from "@mantine/core";
import { lazy, useState } from "react";

import { Figure, type Column } from "@/shared/figures/Figure";
import { seriesColor } from "@/shared/figures/palette";
import { percent } from "@/shared/text/format";

import type { Line, Point } from "../charts/BandChart";
import { isTold, toldOf, whyNot, type BestOfN, type CurvePoint, type OwnCheckpoint, type OwnMeasures, type SplitName } from "../measures";
import { texts as shared } from "../texts";
import { OrmBeside } from "./OrmBeside";
import { texts } from "./texts";

const BandChart = lazy(() => import("../charts/BandChart"));

const words = texts.curve;
const HEIGHT = 320; // px
const DASHES = { rival: "7 4", majority: "2 4", orm: "9 3 2 3", oracle: "1 5" };

interface BestOfNFigureProps {
  readonly slug: string;
  readonly checkpoint: OwnCheckpoint;
  readonly split: SplitName;
  readonly measures: OwnMeasures | null;
  readonly operates: boolean;
}

/** Accuracy by number of attempts: this one, its rival, an outcome reward model, majority voting, and what is possible. */
export function BestOfNFigure({ slug, checkpoint, split, measures, operates }: BestOfNFigureProps) {
  const [oracle, setOracle] = useState(false);
  const own = measures && toldOf(measures.best_of_n);
  const lines = own && measures ? linesOf(checkpoint, split, measures, own).concat(oracle ? [oracleOf(own)] : []) : [];
  const rows = lines.flatMap((line) => line.points.map((point) => ({ line: line.name, ...point })));
  const name = shared.splitNames[split].toLowerCase();
  return (
    <Stack gap="xs">
      <Figure
        title={words.title(name)}
        sentence={own && words.sentence(own.n, shared.numbers.problems(own.problems), percent(own.accuracy), percent(own.majority_vote))}
        axes={{ x: words.x, y: words.y }}
        columns={COLUMNS}
        rows={rows}
        empty={measures ? shared.undefined(whyNot(measures.best_of_n) ?? "") : texts.calibration.none}
        file={`checkpoint-${checkpoint.number}-best-of-n-${split}`}
        height={HEIGHT}
      >
        <BandChart lines={lines} height={HEIGHT} at={words.tip} />
      </Figure>
      <Group justify="space-between">
        {own && <Switch label={words.showOracle} checked={oracle} onChange={(event) => setOracle(event.currentTarget.checked)} />}
        <OrmBeside slug={slug} checkpoint={checkpoint} split={split} operates={operates} />
      </Group>
    </Stack>
  );
}

type Row = Point & { readonly line: string; readonly problems: number };

interface Curve extends Line {
  readonly points: readonly (Point & { readonly problems: number })[];
}

function linesOf(checkpoint: OwnCheckpoint, split: SplitName, measures: OwnMeasures, own: BestOfN): Curve[] {
  const { number, kind, is_champion, orm } = checkpoint;
  const rival = isTold(measures.beside) ? toldOf(measures.beside.best_of_n) : null;
  const mine = kind === "orm" ? "orm" : is_champion ? "champion" : "challenger";
  const beside = split === "gate" && kind === "prm" && isTold(orm) ? orm : null;
  return [
    { name: words.own(number), color: seriesColor(mine), points: own.curves.best_of_n.map(pointOf) },
    ...(rival && measures.champion !== null
      ? [
          {
            name: words.own(measures.champion),
            color: seriesColor(is_champion ? "challenger" : "champion"),
            dash: DASHES.rival,
            points: rival.curves.best_of_n.map(pointOf),
          },
        ]
      : []),
    ...(beside
      ? [{ name: words.orm(beside.number, beside.same_labels), color: seriesColor("orm"), dash: DASHES.orm, points: beside.curve.map(pointOf) }]
      : []),
    { name: words.majority, color: seriesColor("majority"), dash: DASHES.majority, points: own.curves.majority_vote.map(pointOf) },
  ];
}

function oracleOf(own: BestOfN): Curve {
  return { name: words.oracle, color: seriesColor("right"), dash: DASHES.oracle, points: own.curves.oracle.map(pointOf) };
}

const pointOf = ({ n, mean, low, high, problems }: CurvePoint) => ({ x: n, y: mean, low, high, problems });

const COLUMNS: readonly Column<Row>[] = [
  { title: words.columns.line, value: ({ line }) => line },
  { title: words.columns.n, value: ({ x }) => x },
  { title: words.columns.mean, value: ({ y }) => y, show: percent },
  { title: words.columns.low, value: ({ low }) => low, show: percent },
  { title: words.columns.high, value: ({ high }) => high, show: percent },
  { title: words.columns.problems, value: ({ problems }) => problems },
];
