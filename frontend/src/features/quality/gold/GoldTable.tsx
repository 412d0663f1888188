import { Anchor, Button, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { Ago } from "@/shared/Ago";
import { count } from "@/shared/format";
import { MathText } from "@/shared/MathText";
import { paths } from "@/shared/paths";
import { Empty, Failure, Waiting } from "@/shared/states";

import { intervalOf, shareOf, stepsOf } from "../share";
import { goldQuery, type Filter, type Gold } from "./queries";
import { texts } from "./texts";

const words = texts.list;

/** The gold labels that were asked for, oldest first, a page at a time. */
export function GoldTable({ slug, filter }: { slug: string; filter: Filter }) {
  const query = useInfiniteQuery(goldQuery(slug, filter));
  const found = query.data?.pages.flatMap(({ results }) => results);
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (!found) return <Waiting />;
  if (found.length === 0) return filter.retired ? <Text c="dimmed">{words.empty.retired}</Text> : <Empty {...words.empty} />;
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.legend}
      </Text>
      <Rows slug={slug} found={found} retired={filter.retired} />
      {query.hasNextPage && (
        <Button variant="default" w="fit-content" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </>
  );
}

function Rows({ slug, found, retired }: { slug: string; found: readonly Gold[]; retired: boolean }) {
  return (
    <Table.ScrollContainer minWidth={880} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": words.heading } }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.problem}</Table.Th>
            <Table.Th>{words.of}</Table.Th>
            <Table.Th ta="right">{words.steps}</Table.Th>
            <Table.Th ta="right">{words.firstMistakes}</Table.Th>
            <Table.Th ta="right">{words.shown}</Table.Th>
            <Table.Th ta="right">{words.agreed}</Table.Th>
            <Table.Th ta="right">{words.interval}</Table.Th>
            <Table.Th>{retired ? words.retiredAt : words.when}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.map((gold) => (
            <Row key={gold.id} slug={slug} gold={gold} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
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
