import { Anchor, Group, Stack, Table, Text } from "@mantine/core";

import { csv, download } from "@/shared/csv";
import { count } from "@/shared/format";
import { MathText } from "@/shared/MathText";

import { stepsOf } from "../share";
import { Lacks } from "./GoldSets";
import type { GoldReport } from "./queries";
import { texts } from "./texts";

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
      <Table.ScrollContainer minWidth={400} mah={320} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": words.why } }}>
        <Table stickyHeader verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="right" w={80}>
                {words.line}
              </Table.Th>
              <Table.Th>{words.why}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rejections.map(({ line, reason }) => (
              <Table.Tr key={line}>
                <Table.Td ta="right">{count(line)}</Table.Td>
                <Table.Td>{reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
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
      <Table.ScrollContainer minWidth={640} mah={320} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": words.comeIn } }}>
        <Table stickyHeader verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="right" w={80}>
                {words.line}
              </Table.Th>
              <Table.Th>{words.problem}</Table.Th>
              <Table.Th ta="right">{words.steps}</Table.Th>
              <Table.Th ta="right">{words.firstMistake}</Table.Th>
              <Table.Th>{words.explained}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
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
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}
