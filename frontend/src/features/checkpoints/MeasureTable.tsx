import { Table, Text } from "@mantine/core";

import { measure, NONE, percent } from "@/shared/format";

import { comparisonSentence, gainSentence } from "./figures";
import { isTold, type Metric, type Rulings, type SplitMeasures, type Told } from "./measures";
import { texts } from "./texts";

const words = texts.measures;

/** One split's measures: the value, what it has to beat, the paired difference with its interval, and the n. */
export function MeasureTable({ title, measures, rulings = null }: { title: string; measures: SplitMeasures; rulings?: Rulings | null }) {
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table captionSide="top" verticalSpacing={6} layout="fixed">
        <Table.Caption ta="left" mt={0}>
          {title}
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="18%">{words.measure}</Table.Th>
            <Table.Th w="15%" ta="right">
              {words.value}
            </Table.Th>
            <Table.Th>{words.beside}</Table.Th>
            <Table.Th w="25%">{words.difference(texts.rival(measures.champion))}</Table.Th>
            <Table.Th w="12%" ta="right">
              {words.n}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{rows(measures, rulings).map((row) => <Row key={row.name} {...row} />)}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface RowProps {
  readonly name: string;
  readonly told: { readonly value: string; readonly beside: string; readonly difference: string; readonly n: string } | string;
}

function Row({ name, told }: RowProps) {
  if (typeof told === "string") {
    return (
      <Table.Tr>
        <Table.Td>{name}</Table.Td>
        <Table.Td colSpan={4}>
          <Text size="sm" c="dimmed">
            {told}
          </Text>
        </Table.Td>
      </Table.Tr>
    );
  }
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td ta="right" fw={600}>
        {told.value}
      </Table.Td>
      <Table.Td>{told.beside}</Table.Td>
      <Table.Td>{told.difference}</Table.Td>
      <Table.Td ta="right">{told.n}</Table.Td>
    </Table.Tr>
  );
}

function rows({ best_of_n, first_error, steps, comparison }: SplitMeasures, rulings: Rulings | null): RowProps[] {
  const against = (metric: Metric) => compared(comparison[metric], rulings, metric);
  return [
    {
      name: words.bestOfN(isTold(best_of_n) ? String(best_of_n.n) : "N"),
      told: told(best_of_n, (it) => ({
        value: percent(it.accuracy),
        beside: [words.majority(percent(it.majority_vote)), words.passAt1(percent(it.pass_at_1)), words.oracle(percent(it.oracle))].join(", "),
        difference: against("best_of_n"),
        n: words.problems(it.problems),
      })),
    },
    {
      name: words.firstError,
      told: told(first_error, (it) => ({
        value: measure(it.f1),
        beside: words.firstErrorParts(percent(it.erroneous), percent(it.correct)),
        difference: against("first_error"),
        n: words.solutions(it.n),
      })),
    },
    {
      name: words.auc,
      told: told(steps, (it) => ({
        value: measure(it.auc),
        beside: `${words.positionOnly(measure(it.position_only))}, ${words.gain(gainSentence(it.gain))}`,
        difference: NONE,
        n: words.steps(it.n),
      })),
    },
  ];
}

function told<Measure extends object>(it: Told<Measure>, tell: (it: Measure) => Exclude<RowProps["told"], string>): RowProps["told"] {
  return isTold(it) ? tell(it) : texts.undefined(it.undefined);
}

/** The difference; and on gate what it says at the margin. */
function compared(comparison: SplitMeasures["comparison"][string] | undefined, rulings: Rulings | null, metric: Metric): string {
  if (!comparison) return words.noComparison;
  const verdict = rulings?.verdicts[metric];
  const ruling = rulings && verdict ? `: ${texts.verdicts[verdict](texts.measures.points((rulings.margin * 100).toFixed(1).replace(".0", "")))}` : "";
  return comparisonSentence(comparison) + ruling;
}
