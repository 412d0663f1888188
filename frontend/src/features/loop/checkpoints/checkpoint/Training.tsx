import { Code, Group, Stack, Table, Text } from "@mantine/core";

import { Copyable } from "@/shared/text/Copyable";

import type { OwnCheckpoint } from "../measures";
import { texts as shared } from "../texts";
import { texts } from "./texts";

const words = texts.training;
const LONG = 40; // characters, from which on it is a digest

/** How it was made, where it was made here: the base, how the threshold of a mistake was found, every knob of the run, and what the run reported. */
export function Training({ checkpoint: { source, base_model, scorer, config, report, threshold } }: { checkpoint: OwnCheckpoint }) {
  const { config: _, ...told } = report as Record<string, unknown>;
  return (
    <Stack gap="xs">
      {source === "trained" && (
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {words.base}
          </Text>
          {base_model ? <Copyable text={base_model} /> : <Text size="sm">{shared.defaultBase}</Text>}
        </Group>
      )}
      {threshold && (
        <Text size="sm">
          <Text span inherit c="dimmed" mr={6}>
            {words.threshold}
          </Text>{" "}
          {threshold.sentence}
        </Text>
      )}
      <Knobs title={words.config} knobs={{ ...scorer, ...config }} none={words.noConfig} />
      {source === "trained" && <Knobs title={words.report} knobs={told} none={words.noReport} />}
    </Stack>
  );
}

function Knobs({ title, knobs, none }: { title: string; knobs: Readonly<Record<string, unknown>>; none: string }) {
  const rows = Object.entries(knobs);
  return (
    <details>
      <summary style={{ cursor: "pointer", width: "fit-content" }}>
        <Text span size="sm">
          {title}
        </Text>
      </summary>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      ) : (
        <Table aria-label={title} verticalSpacing={4} maw={720}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.knob}</Table.Th>
              <Table.Th>{words.value}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <Code>{name}</Code>
                </Table.Td>
                <Table.Td>
                  <Value value={value} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </details>
  );
}

function Value({ value }: { value: unknown }) {
  if (typeof value === "string" && value.length > LONG) return <Copyable text={value} shown={value.slice(0, 12)} />;
  return typeof value === "object" ? <Code>{JSON.stringify(value)}</Code> : String(value === "" ? "–" : value);
}
