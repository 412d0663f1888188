import { Anchor, Group, Stack, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { paths } from "@/shared/paths";
import { Copyable } from "@/shared/text/Copyable";
import { count, percent } from "@/shared/text/format";

import { isTold, whyNot, type Seen, type Told } from "../measures";
import { texts as shared } from "../texts";
import { texts } from "./texts";

const words = texts.seen;
const DIGEST = 12; // characters shown of it

/** What it learned from: how many labels, of whom, how they ended, of which generations; and which ones exactly. */
export function SeenPanel({ slug, seen }: { slug: string; seen: Told<Seen> }) {
  if (!isTold(seen)) return <Text c="dimmed">{shared.undefined(whyNot(seen) ?? "")}</Text>;
  const { labels, solutions, problems, digest, by_source, by_finish_reason, by_generation } = seen;
  return (
    <Stack gap="sm">
      <Text>{words.sentence(shared.labels(labels), shared.numbers.solutions(solutions), shared.numbers.problems(problems))}</Text>
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {words.digest}
        </Text>
        <Copyable text={digest} shown={digest.slice(0, DIGEST)} />
      </Group>
      <div
        style={{
          display: "grid",
          gap: "var(--mantine-spacing-lg)",
          gridTemplateColumns: "repeat(auto-fit, minmax(240px, 1fr))",
          alignItems: "start",
        }}
      >
        <Parts title={words.source} all={labels} parts={Object.entries(by_source).map(([name, n]) => ({ name: words.sources[name] ?? name, n }))} />
        <Parts
          title={words.finish}
          all={labels}
          parts={Object.entries(by_finish_reason).map(([name, n]) => ({ name: words.finishes[name] ?? name, n }))}
        />
        <Parts
          title={words.generation}
          all={labels}
          parts={by_generation.map(({ generation, labels: n }) => ({
            name: generation === null ? words.outside : words.generationOf(generation),
            to: generation === null ? null : paths.generation(slug, generation),
            n,
          }))}
        />
      </div>
    </Stack>
  );
}

interface Part {
  readonly name: string;
  readonly n: number;
  readonly to?: string | null;
}

function Parts({ title, parts, all }: { title: string; parts: readonly Part[]; all: number }) {
  return (
    <Table aria-label={title} verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{title}</Table.Th>
          <Table.Th ta="right">{words.labels}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {parts.map(({ name, n, to }) => (
          <Table.Tr key={name}>
            <Table.Td>{linked(name, to)}</Table.Td>
            <Table.Td ta="right">
              {count(n)} ({percent(n / all, 0)})
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function linked(name: string, to: string | null | undefined): ReactNode {
  return to ? (
    <Anchor component={Link} to={to} size="sm">
      {name}
    </Anchor>
  ) : (
    name
  );
}
