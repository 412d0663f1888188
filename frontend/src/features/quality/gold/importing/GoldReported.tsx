import { Anchor, Group, Stack, Table, Text } from "@mantine/core";

import { stepsOf } from "@/features/quality/share";
import { csv, download } from "@/shared/figures/csv";
import { WideTable } from "@/shared/layout/WideTable";
import { MathText } from "@/shared/mathematics/MathText";
import { count } from "@/shared/text/format";

import { Lacks } from "../GoldSets";
import type { GoldReport } from "../queries";
import { texts } from "../texts";

const words = texts.importing;

interface GoldReportedProps {
  readonly report: GoldReport;
  /** The file's. */
  readonly name: string;
  /** Whether it came in, or only would. */
  readonly done: boolean;
}

/** What becomes of the lines: those that come in and how they are understood, those that don't and why, and the set then. */
export function GoldReported({ report, name, done }: GoldReportedProps) {
  const { created, solutions, problems, skipped, rejected, after } = report;
  return (
    <Stack role="status">
      <div>
        <Text size="lg">{done ? words.did(created) : words.would(created)}</Text>
        {solutions > 0 && <Text c="dimmed">{words.news(solutions, problems)}</Text>}
        {skipped > 0 && <Text c="dimmed">{words.skipped(skipped)}</Text>}
      </div>
      {rejected > 0 && <Rejected report={report} name={name} done={done} />}
      {report.made.length > 0 && !done && <Made report={report} />}
      {created > 0 && (
        <div>
          <Text>{words.set(after.labels, after.without_mistake)}</Text>
          <Lacks sentences={after.shortcomings} />
        </div>
      )}
    </Stack>
  );
}

function Rejected({ report: { rejected, rejections, more }, name, done }: GoldReportedProps) {
  const save = () => download(`${name}.rejected.csv`, csv([[words.line, words.why], ...rejections.map(({ line, reason }) => [line, reason])]));
  return (
    <div>
      <Group justify="space-between">
        <Text fw={550}>{done ? words.rejectedAfter(rejected) : words.rejected(rejected)}</Text>
        <Anchor component="button" type="button" size="sm" onClick={save}>
          {words.download}
        </Anchor>
      </Group>
      <WideTable name={words.why} minWidth={400} maxHeight={320} verticalSpacing={4} heads={[{ number: words.line, w: 80 }, words.why]}>
        {rejections.map(({ line, reason }) => (
          <Table.Tr key={line}>
            <Table.Td ta="right">{count(line)}</Table.Td>
            <Table.Td>{reason}</Table.Td>
          </Table.Tr>
        ))}
      </WideTable>
      {more > 0 && <Text c="dimmed">{words.more(more)}</Text>}
    </div>
  );
}

function Made({ report: { made, created } }: { report: GoldReport }) {
  return (
    <div>
      <Text fw={550}>{words.comeIn}</Text>
      {created > made.length && (
        <Text size="sm" c="dimmed">
          {words.first(made.length, created)}
        </Text>
      )}
      <WideTable
        name={words.comeIn}
        minWidth={640}
        maxHeight={320}
        verticalSpacing={4}
        heads={[{ number: words.line, w: 80 }, words.problem, { number: words.steps }, { number: words.firstMistake }, words.explained]}
      >
        {made.map(({ line, problem, steps, first_mistakes, explanation }) => (
          <Table.Tr key={line}>
            <Table.Td ta="right">{count(line)}</Table.Td>
            <Table.Td maw={480}>
              <Text size="sm" lineClamp={1}>
                <MathText text={problem} />
              </Text>
            </Table.Td>
            <Table.Td ta="right">{count(steps.length)}</Table.Td>
            <Table.Td ta="right">{stepsOf(first_mistakes, words.none)}</Table.Td>
            <Table.Td>{explanation ? words.yes : words.no}</Table.Td>
          </Table.Tr>
        ))}
      </WideTable>
    </div>
  );
}
