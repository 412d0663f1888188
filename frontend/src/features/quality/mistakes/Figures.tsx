import { SimpleGrid, Text } from "@mantine/core";
import { lazy } from "react";

import { Figure, type Column } from "@/shared/figures/Figure";
import { seriesColor } from "@/shared/figures/palette";
import { count, percent } from "@/shared/text/format";

import { intervalOf, shareOf, type Rate } from "../share";
import type { LabelerMistakes, Mistakes, Offset, Outcome, Outcomes, Part } from "./queries";
import { texts } from "./texts";

const ShareBars = lazy(() => import("./ShareBars"));
const CountBars = lazy(() => import("../CountBars"));

const SHOWN = ["said_none", "too_late", "too_early", "false_alarm", "unsure", "not_finished"] as const satisfies readonly Outcome[];
const ORDER = [
  "agreed",
  "missed",
  "said_none",
  "too_late",
  "alarmed",
  "too_early",
  "false_alarm",
  "unsure",
  "not_finished",
] as const satisfies readonly Outcome[];
const MOST_DRAWN = 20;
const ROW = 34; // px of a bar that lies down, with its gap

const valueOf = ({ hits, n }: Rate) => (n === 0 ? null : hits / n);
const told = (rate: Rate) => `${shareOf(rate)} (95% ${intervalOf(rate)})`;

/** Columns that every table of shares has. */
function rateColumns<Row>(of: (row: Row) => Rate): readonly Column<Row>[] {
  return [
    { title: texts.hits, value: (row) => of(row).hits, show: count },
    { title: texts.of, value: (row) => of(row).n, show: count },
    { title: texts.share, value: (row) => valueOf(of(row)), show: percent },
    { title: texts.low, value: (row) => of(row).low, show: percent },
    { title: texts.high, value: (row) => of(row).high, show: percent },
  ];
}

interface Named {
  readonly file: string;
  readonly report: Mistakes;
}

/** What happens, how far off it is, and where: the whole of the passes asked for. */
export function Figures({ file, report }: Named) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" verticalSpacing="xl">
      <HowTheyGoWrong file={`${file}-outcomes`} report={report} />
      <HowFarOff file={`${file}-offsets`} report={report} />
      <Where file={`${file}-thirds`} report={report} />
      <ByLabeler file={`${file}-labelers`} report={report} />
    </SimpleGrid>
  );
}

function HowTheyGoWrong({ file, report: { outcomes } }: Named) {
  const words = texts.outcomes;
  const columns: readonly Column<Outcome>[] = [
    { title: words.outcome, value: (outcome) => words.names[outcome] },
    ...rateColumns<Outcome>((outcome) => outcomes[outcome]),
    { title: words.what, value: (outcome) => words.meaning[outcome] },
  ];
  const bars = SHOWN.map((outcome) => bar(words.names[outcome], outcomes[outcome], "wrong"));
  return (
    <Figure
      title={words.title}
      sentence={words.sentence(told(outcomes.missed), told(outcomes.alarmed))}
      axes={{ x: words.x, y: words.y }}
      columns={columns}
      rows={ORDER}
      empty=""
      file={file}
    >
      <ShareBars bars={bars} label={texts.share} height={240} />
    </Figure>
  );
}

function bar(name: string, rate: Rate, color: "wrong" | "right" | "picks") {
  return { name, share: valueOf(rate), low: rate.low, high: rate.high, color: seriesColor(color) };
}

function HowFarOff({ file, report: { offsets } }: Named) {
  const words = texts.offsets;
  const columns: readonly Column<Offset>[] = [
    { title: words.steps, value: ({ steps }) => steps },
    { title: words.passes, value: (offset) => offset.count, show: count },
  ];
  const sum = (of: (steps: number) => boolean) => offsets.filter(({ steps }) => of(steps)).reduce((all, offset) => all + offset.count, 0);
  const bars = [-3, -2, -1, 1, 2, 3].map((steps) => ({
    name: words.name(steps),
    count: offsets.find((offset) => offset.steps === steps)?.count ?? 0,
    color: seriesColor(steps < 0 ? "majority" : "wrong"),
  }));
  return (
    <Figure
      title={words.title}
      sentence={words.sentence(
        sum((steps) => steps < 0),
        sum((steps) => steps > 0),
      )}
      axes={{ x: words.x, y: words.y }}
      columns={columns}
      rows={offsets}
      empty={words.empty}
      file={file}
    >
      <CountBars bars={bars} label={words.passes} />
    </Figure>
  );
}

function Where({ file, report: { parts } }: Named) {
  const words = texts.parts;
  const met = parts.filter(({ n }) => n > 0);
  const worst = [...met].sort((a, b) => b.hits / b.n - a.hits / a.n)[0];
  const columns: readonly Column<Part>[] = [{ title: words.part, value: ({ part }) => words.names[part] }, ...rateColumns<Part>((part) => part)];
  return (
    <Figure
      title={words.title}
      sentence={worst && worst.hits > 0 && words.sentence(words.plain[worst.part], told(worst))}
      axes={{ x: words.x, y: words.y }}
      columns={columns}
      rows={met.length > 0 ? parts : []}
      empty={words.empty}
      file={file}
    >
      <ShareBars bars={parts.map((part) => bar(words.names[part.part], part, "wrong"))} label={texts.share} height={170} />
    </Figure>
  );
}

const nameOf = ({ username, labeler }: LabelerMistakes) => username ?? labeler.slice(0, 8);

function ByLabeler({ file, report: { labelers } }: Named) {
  const words = texts.labelers;
  const of = (title: string, outcome: keyof Outcomes): readonly Column<LabelerMistakes>[] => [
    { title, value: ({ outcomes }) => valueOf(outcomes[outcome]), show: (value) => percent(value, 0) },
    { title: `${title}, n`, value: ({ outcomes }) => outcomes[outcome].n, show: count },
  ];
  const columns: readonly Column<LabelerMistakes>[] = [
    { title: words.labeler, value: nameOf },
    ...of(words.agreed, "agreed"),
    { title: texts.low, value: ({ outcomes }) => outcomes.agreed.low, show: (value) => percent(value, 0) },
    { title: texts.high, value: ({ outcomes }) => outcomes.agreed.high, show: (value) => percent(value, 0) },
    ...of(words.missed, "missed"),
    ...of(words.falseAlarm, "false_alarm"),
    ...of(words.unsure, "unsure"),
    ...of(words.notFinished, "not_finished"),
  ];
  const drawn = labelers.slice(0, MOST_DRAWN);
  const height = 40 + ROW * drawn.length;
  return (
    <Figure
      title={words.title}
      sentence={
        <>
          {words.sentence(labelers.length)} {labelers.length > MOST_DRAWN && <Text span>{words.drawn(MOST_DRAWN)}</Text>}
        </>
      }
      axes={{ x: words.x, y: words.y }}
      columns={columns}
      rows={labelers}
      empty={words.empty}
      file={file}
      height={height}
    >
      <ShareBars bars={drawn.map((each) => bar(nameOf(each), each.outcomes.agreed, "right"))} label={words.agreed} height={height} />
    </Figure>
  );
}
