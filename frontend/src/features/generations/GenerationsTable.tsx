import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "react-router";

import type { Generation } from "@/api/types";
import { Ago } from "@/shared/Ago";
import { count, NONE } from "@/shared/format";
import { paths } from "@/shared/paths";

import { decisionOf, picksOf, ruleSentence } from "./describe";
import { StateBadge } from "./StateBadge";
import { texts } from "./texts";

const words = texts.list;

/** Generations as rows, newest first. */
export function GenerationsTable({ slug, generations }: { slug: string; generations: readonly Generation[] }) {
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.number}</Table.Th>
            <Table.Th>{words.state}</Table.Th>
            <Table.Th>{words.rule}</Table.Th>
            <Table.Th ta="right">{words.picks}</Table.Th>
            <Table.Th ta="right">{words.done}</Table.Th>
            <Table.Th ta="right">{words.labels}</Table.Th>
            <Table.Th>{words.checkpoint}</Table.Th>
            <Table.Th>{words.launched}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {generations.map((generation) => (
            <Row key={generation.number} slug={slug} generation={generation} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ slug, generation }: { slug: string; generation: Generation }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor inherit component={Link} to={paths.generation(slug, generation.number)}>
          {generation.number}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <StateBadge generation={generation} />
      </Table.Td>
      <Table.Td>{ruleSentence(generation)}</Table.Td>
      <Table.Td ta="right">{count(picksOf(generation))}</Table.Td>
      <Table.Td ta="right">{count(generation.items.done)}</Table.Td>
      <Table.Td ta="right">{count(generation.labels)}</Table.Td>
      <Table.Td>
        <Outcome generation={generation} />
      </Table.Td>
      <Table.Td>
        <Ago at={generation.launched_at} />
      </Table.Td>
    </Table.Tr>
  );
}

function Outcome({ generation }: { generation: Generation }) {
  const decision = decisionOf(generation);
  if (generation.checkpoint === null) return NONE;
  return (
    <>
      {generation.checkpoint}
      {decision && (
        <Text span size="sm" c="dimmed" title={decision.sentence}>
          {" "}
          · {decision.promoted ? words.promoted : words.notPromoted}
        </Text>
      )}
    </>
  );
}
