import { Button, Select, Table, Text } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/api/client";
import { isLive, keys } from "@/api/queries";
import type { Generation, Item, Stratum } from "@/api/types";
import { count, measure, NONE } from "@/shared/format";
import { Section } from "@/shared/Page";
import { Failure, Waiting } from "@/shared/states";

import { strata } from "./describe";
import classes from "./generations.module.css";
import { texts } from "./texts";

const words = texts.page;
const AT_ONCE = 25;
const AGAIN = 15_000; // ms between looks at a batch that people rate

/** The batch in its order of serving, a page at a time, by stratum. */
export function Items({ slug, generation }: { slug: string; generation: Generation }) {
  const { number, by_stratum } = generation;
  const [stratum, setStratum] = useState<Stratum | null>(null);
  const query = useItems(slug, number, stratum, isLive(generation));
  const items = query.data?.pages.flatMap(({ results }) => results);
  return (
    <Section title={words.batch}>
      <Select
        aria-label={words.stratum}
        w={280}
        clearable
        placeholder={words.everyStratum}
        data={strata(by_stratum).map((each) => ({ value: each.stratum, label: `${texts.strata[each.stratum]} (${count(each.count)})` }))}
        value={stratum}
        onChange={(value) => setStratum(value as Stratum | null)}
      />
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {items ? <ItemTable items={items} /> : !query.isError && <Waiting />}
      {query.hasNextPage && (
        <Button variant="default" w="fit-content" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </Section>
  );
}

function useItems(slug: string, number: number, stratum: Stratum | null, live: boolean) {
  return useInfiniteQuery({
    queryKey: [...keys.project(slug), "generations", number, "items", stratum],
    queryFn: ({ pageParam }) =>
      told(
        api.GET("/api/v1/projects/{slug}/generations/{number}/items", {
          params: { path: { slug, number }, query: { after: pageParam, limit: AT_ONCE, ...(stratum && { stratum }) } },
        }),
      ),
    initialPageParam: -1,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: live && AGAIN,
  });
}

function ItemTable({ items }: { items: readonly Item[] }) {
  if (items.length === 0) return <Text c="dimmed">{words.empty}</Text>;
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.problem}</Table.Th>
            <Table.Th>{words.stratum}</Table.Th>
            <Table.Th ta="right">{words.rank}</Table.Th>
            <Table.Th ta="right">{words.score}</Table.Th>
            <Table.Th>{words.grade}</Table.Th>
            <Table.Th>{words.state}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={item.solution_id}>
              <Table.Td>
                <span className={classes.problem} title={`${item.problem}\n\n${words.solution}: ${item.solution}`}>
                  {item.problem}
                </span>
              </Table.Td>
              <Table.Td>{texts.strata[item.stratum]}</Table.Td>
              <Table.Td ta="right">{count(item.rank)}</Table.Td>
              <Table.Td ta="right">{item.score === null ? NONE : measure(item.score)}</Table.Td>
              <Table.Td>{item.grade === null ? NONE : words.grades[item.grade]}</Table.Td>
              <Table.Td>{words.itemCounts[item.state]}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
