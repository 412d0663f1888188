import { Anchor, Table } from "@mantine/core";
import { Link } from "react-router";

import type { Generation } from "@/api/types";
import { Aside } from "@/shared/layout/Aside";
import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { Ago } from "@/shared/text/Ago";
import { count, NONE } from "@/shared/text/format";

import { decisionOf, picksOf, ruleSentence } from "./describe";
import { StateBadge } from "./StateBadge";
import { texts } from "./texts";

const words = texts.list;

/** Generations as rows, newest first. */
export function GenerationsTable({ slug, generations }: { slug: string; generations: readonly Generation[] }) {
  return (
    <WideTable
      name={words.title}
      minWidth={760}
      highlightOnHover
      heads={[
        words.number,
        words.state,
        words.rule,
        { number: words.picks },
        { number: words.done },
        { number: words.labels },
        words.checkpoint,
        words.launched,
      ]}
    >
      {generations.map((generation) => (
        <Row key={generation.number} slug={slug} generation={generation} />
      ))}
    </WideTable>
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
      {decision && <Aside title={decision.sentence}>{decision.promoted ? words.promoted : words.notPromoted}</Aside>}
    </>
  );
}
