import { Anchor, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { WideTable } from "@/shared/layout/WideTable";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Empty, LoadedParts } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { count } from "@/shared/text/format";

import { intervalOf, shareOf, stepsOf } from "../share";
import { goldQuery, type Filter, type Gold } from "./queries";
import { texts } from "./texts";

const words = texts.list;

/** The gold labels that were asked for, oldest first, a page at a time. */
export function GoldTable({ slug, filter }: { slug: string; filter: Filter }) {
  return (
    <LoadedParts query={useInfiniteQuery(goldQuery(slug, filter))} more={words.more}>
      {(parts) => <Found slug={slug} found={parts.flatMap(({ results }) => results)} retired={filter.retired} />}
    </LoadedParts>
  );
}

interface FoundProps {
  readonly slug: string;
  readonly found: readonly Gold[];
  readonly retired: boolean;
}

function Found({ slug, found, retired }: FoundProps) {
  if (found.length === 0) return retired ? <Text c="dimmed">{words.empty.retired}</Text> : <Empty {...words.empty} />;
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.legend}
      </Text>
      <Rows slug={slug} found={found} retired={retired} />
    </>
  );
}

function Rows({ slug, found, retired }: FoundProps) {
  return (
    <WideTable
      name={words.heading}
      minWidth={880}
      heads={[
        words.problem,
        words.of,
        { number: words.steps },
        { number: words.firstMistakes },
        { number: words.shown },
        { number: words.agreed },
        { number: words.interval },
        retired ? words.retiredAt : words.when,
      ]}
    >
      {found.map((gold) => (
        <Row key={gold.id} slug={slug} gold={gold} />
      ))}
    </WideTable>
  );
}

function Row({ slug, gold }: { slug: string; gold: Gold }) {
  return (
    <Table.Tr>
      <Table.Td maw={400}>
        <Anchor component={Link} to={paths.goldOf(slug, gold.id)}>
          <Text span size="sm" lineClamp={2}>
            <MathText text={gold.problem} />
          </Text>
        </Anchor>
      </Table.Td>
      <Table.Td>{texts.purpose[gold.purpose]}</Table.Td>
      <Table.Td ta="right">{count(gold.steps.length)}</Table.Td>
      <Table.Td ta="right">{stepsOf(gold.first_mistakes, words.none)}</Table.Td>
      <Table.Td ta="right">{count(gold.shown)}</Table.Td>
      <Table.Td ta="right">{shareOf(gold.agreed)}</Table.Td>
      <Table.Td ta="right">{intervalOf(gold.agreed)}</Table.Td>
      <Table.Td>
        <Ago at={gold.retired_at ?? gold.created_at} />
      </Table.Td>
    </Table.Tr>
  );
}
