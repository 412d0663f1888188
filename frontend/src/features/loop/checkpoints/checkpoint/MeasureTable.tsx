import { Table, Text } from "@mantine/core";

import { measure, NONE, percent, signed } from "@/shared/text/format";

import { measureInterval, points, pointsInterval, shareInterval, signedInterval } from "../charts/figures";
import {
  atUsual,
  isTold,
  toldOf,
  whyNot,
  type BestOfN,
  type FirstError,
  type Measured,
  type Metric,
  type OwnCheckpoint,
  type OwnMeasures,
  type Steps,
  type Told,
} from "../measures";
import { texts as shared } from "../texts";
import { texts } from "./texts";

const words = texts.measures;

interface MeasureTableProps {
  readonly title: string;
  readonly kind: OwnCheckpoint["kind"];
  readonly measures: OwnMeasures | null;
  /** What is said where there are none. */
  readonly none: string;
}

/** One split's measures: this checkpoint beside the one it met, with intervals, the paired difference and the n. */
export function MeasureTable({ title, kind, measures, none }: MeasureTableProps) {
  if (measures === null)
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table captionSide="top" verticalSpacing={6} layout="fixed" aria-label={title}>
        <Table.Caption ta="left" mt={0}>
          {title}
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="30%">{words.measure}</Table.Th>
            <Table.Th ta="right">{words.own}</Table.Th>
            <Table.Th ta="right">{words.rival(measures.champion)}</Table.Th>
            <Table.Th ta="right">{words.difference}</Table.Th>
            <Table.Th w="14%" ta="right">
              {words.n}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows(measures, kind === "prm").map((row) => (
            <Row key={row.name} {...row} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface Cell {
  readonly value: string;
  readonly interval?: string | null;
}

interface RowProps {
  readonly name: string;
  /** Part of the measure above it. */
  readonly inner?: boolean;
  readonly own?: Cell | null;
  readonly rival?: Cell | null;
  readonly difference?: Cell | null;
  readonly n?: string | null;
  /** Why the row holds nothing. */
  readonly why?: string | null;
}

function Row({ name, inner = false, own, rival, difference, n, why }: RowProps) {
  const head = (
    <Table.Th scope="row" fw={inner ? 400 : 600} pl={inner ? "xl" : undefined}>
      {name}
    </Table.Th>
  );
  if (why) {
    return (
      <Table.Tr>
        {head}
        <Table.Td colSpan={4}>
          <Text size="sm" c="dimmed">
            {shared.undefined(why)}
          </Text>
        </Table.Td>
      </Table.Tr>
    );
  }
  return (
    <Table.Tr>
      {head}
      <Table.Td ta="right">
        <Value cell={own} />
      </Table.Td>
      <Table.Td ta="right">
        <Value cell={rival} />
      </Table.Td>
      <Table.Td ta="right">
        <Value cell={difference} />
      </Table.Td>
      <Table.Td ta="right">{n ?? NONE}</Table.Td>
    </Table.Tr>
  );
}

function Value({ cell }: { cell: Cell | null | undefined }) {
  if (!cell) return NONE;
  return (
    <>
      {cell.value}
      {cell.interval && (
        <Text size="xs" c="dimmed">
          {cell.interval}
        </Text>
      )}
    </>
  );
}

function rows(measures: OwnMeasures, judgesSteps: boolean): RowProps[] {
  const rival = toldOf<Measured>(measures.beside);
  const compared = (metric: Metric | "step_auc") =>
    cellOf(measures.comparison[metric], (it) => ({ value: points(it.difference), interval: pointsInterval(it) }));
  return [
    ...told(measures.best_of_n, words.bestOfNone, (own) => bestOfNRows(own, rival && toldOf(rival.best_of_n), compared("best_of_n"))),
    ...(judgesSteps
      ? told(measures.first_error, words.firstError, (own) => firstErrorRows(own, rival && toldOf(rival.first_error), compared("first_error")))
      : []),
    ...(judgesSteps ? told(measures.steps, words.auc, (own) => stepRows(own, rival && toldOf(rival.steps), compared("step_auc"))) : []),
  ];
}

const cellOf = <Measure,>(it: Measure | null | undefined, tell: (it: Measure) => Cell): Cell | null => (it == null ? null : tell(it));

function told<Measure extends object>(it: Told<Measure>, name: string, tell: (it: Measure) => RowProps[]): RowProps[] {
  return isTold(it) ? tell(it) : [{ name, why: whyNot(it) }];
}

function bestOfNRows(own: BestOfN, rival: BestOfN | null, difference: Cell | null): RowProps[] {
  const cell = (it: BestOfN | null) =>
    cellOf(it, (found) => ({ value: percent(found.accuracy), interval: shareInterval(atUsual(found)?.low, atUsual(found)?.high) }));
  const n = shared.numbers.problems(own.problems);
  const part = (name: string, of: (it: BestOfN) => number): RowProps => ({
    name,
    inner: true,
    own: { value: percent(of(own)) },
    rival: rival && { value: percent(of(rival)) },
    n,
  });
  return [
    { name: words.bestOfN(own.n), own: cell(own), rival: cell(rival), difference, n },
    part(words.majority, (it) => it.majority_vote),
    part(words.passAt1, (it) => it.pass_at_1),
    part(words.oracle, (it) => it.oracle),
  ];
}

function firstErrorRows(own: FirstError, rival: FirstError | null, difference: Cell | null): RowProps[] {
  const cell = (it: FirstError | null, of: "f1" | "erroneous" | "correct") => {
    if (it === null) return null;
    const [low, high] = it.intervals?.[of] ?? [];
    return of === "f1"
      ? { value: measure(it.f1), interval: measureInterval(low, high) }
      : { value: percent(it[of]), interval: shareInterval(low, high) };
  };
  return [
    { name: words.firstError, own: cell(own, "f1"), rival: cell(rival, "f1"), difference, n: shared.numbers.known(own.n, own.n_unknown) },
    { name: words.threshold, inner: true, own: threshold(own), rival: rival && threshold(rival) },
    {
      name: words.erroneous,
      inner: true,
      own: cell(own, "erroneous"),
      rival: cell(rival, "erroneous"),
      n: shared.numbers.solutions(own.n_erroneous),
    },
    { name: words.correct, inner: true, own: cell(own, "correct"), rival: cell(rival, "correct"), n: shared.numbers.solutions(own.n_correct) },
  ];
}

const threshold = ({ threshold, tuned }: FirstError): Cell => ({ value: measure(threshold), interval: tuned ? words.tuned : words.untuned });

/** Step AUC never stands alone: most of it can be the position of the step. */
function stepRows(own: Steps, rival: Steps | null, difference: Cell | null): RowProps[] {
  const n = shared.numbers.steps(own.n);
  const ece = (it: Steps | null) =>
    cellOf(it?.calibration, (found) => ({ value: measure(found.ece), interval: measureInterval(found.ece_low, found.ece_high) }));
  const gain = (it: Steps | null) => cellOf(it?.gain, (found) => ({ value: signed(found.difference), interval: signedInterval(found) }));
  return [
    { name: words.auc, own: { value: measure(own.auc) }, rival: rival && { value: measure(rival.auc) }, difference, n },
    { name: words.position, inner: true, own: { value: measure(own.position_only) }, rival: rival && { value: measure(rival.position_only) }, n },
    { name: words.gain, inner: true, own: gain(own), rival: gain(rival), n: shared.numbers.problems(own.gain.problems) },
    { name: words.ece, own: ece(own), rival: ece(rival), n },
  ];
}
