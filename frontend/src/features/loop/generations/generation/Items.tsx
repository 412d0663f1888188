import { Anchor, Group, Pill, Select, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link, useLocation, useSearchParams } from "react-router";

import { isLive } from "@/api/queries";
import type { Generation, Item } from "@/api/types";
import { Section } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { LoadedParts } from "@/shared/states/states";
import { count, measure, named, NONE } from "@/shared/text/format";

import { strata } from "../describe";
import classes from "../generations.module.css";
import { ITEMS, itemsQuery, type Filters } from "../queries";
import { texts } from "../texts";
import { watching } from "../texts.watch";
import { CHOICES, filtersOf, NAMES, type Choice } from "./filters";

const words = { ...texts.page, ...watching.batch };

/** The batch in its order of serving, a page at a time, narrowed as the address says. */
export function Items({ slug, generation }: { slug: string; generation: Generation }) {
  const [search, setSearch] = useSearchParams();
  const filters = filtersOf(search);
  const query = useInfiniteQuery(itemsQuery(slug, generation.number, filters, isLive(generation)));
  const narrow = (name: keyof Filters, value: string | null) => {
    const asked = { ...filters, [name]: value ?? undefined };
    const kept = NAMES.flatMap((each) => (asked[each] === undefined ? [] : [[each, String(asked[each])]]));
    setSearch(new URLSearchParams(kept), { replace: true, preventScrollReset: true });
  };
  return (
    <div ref={useArrival()} id={ITEMS} tabIndex={-1} className={classes.batch}>
      <Section title={words.title}>
        <Narrowing generation={generation} filters={filters} narrow={narrow} />
        <LoadedParts query={query} more={words.more}>
          {(parts) => <ItemTable slug={slug} items={parts.flatMap(({ results }) => results)} />}
        </LoadedParts>
      </Section>
    </div>
  );
}

/** Whoever came by a number's link is taken to the items: the eye by scrolling, the keyboard by focus. */
function useArrival() {
  const place = useRef<HTMLDivElement>(null);
  const { hash, key } = useLocation();
  useEffect(() => {
    if (hash !== `#${ITEMS}`) return;
    place.current?.scrollIntoView();
    place.current?.focus({ preventScroll: true });
  }, [hash, key]);
  return place;
}

interface NarrowingProps {
  readonly generation: Generation;
  readonly filters: Filters;
  readonly narrow: (name: keyof Filters, value: string | null) => void;
}

function Narrowing({ generation, filters, narrow }: NarrowingProps) {
  const there = strata(generation.by_stratum).map(({ stratum, count: n }) => ({
    value: stratum,
    label: `${named(texts.strata, stratum)} (${count(n)})`,
  }));
  const asked = filters.stratum;
  const none = asked === undefined || there.some(({ value }) => value === asked) ? [] : [{ value: asked, label: named(texts.strata, asked) }];
  return (
    <>
      <Group gap="sm">
        <Choices name="stratum" width={260} options={[...there, ...none]} filters={filters} narrow={narrow} />
        {(Object.keys(CHOICES) as Choice[]).map((name) => (
          <Choices key={name} name={name} width={170} options={optionsOf(CHOICES[name])} filters={filters} narrow={narrow} />
        ))}
      </Group>
      <Pinned filters={filters} narrow={narrow} />
    </>
  );
}

const optionsOf = (says: Readonly<Record<string, string>>) => Object.entries(says).map(([value, label]) => ({ value, label }));

interface ChoicesProps extends Pick<NarrowingProps, "filters" | "narrow"> {
  readonly name: Choice | "stratum";
  readonly width: number;
  readonly options: { value: string; label: string }[];
}

function Choices({ name, width, options, filters, narrow }: ChoicesProps) {
  return (
    <Select
      aria-label={words.filters[name]}
      w={width}
      clearable
      placeholder={words.any[name]}
      data={options}
      value={filters[name] ?? null}
      onChange={(value) => narrow(name, value)}
    />
  );
}

/** What only a link narrows by, each to be taken off again. */
function Pinned({ filters: { mistake, tenth, labeler }, narrow }: Pick<NarrowingProps, "filters" | "narrow">) {
  const pinned = [
    ...(mistake ? [{ name: "mistake", says: words.filters.mistake(mistake) } as const] : []),
    ...(tenth ? [{ name: "tenth", says: words.filters.tenth(tenth) } as const] : []),
    ...(labeler ? [{ name: "labeler", says: words.filters.labeler(labeler.slice(0, 8)) } as const] : []),
  ];
  if (pinned.length === 0) return null;
  return (
    <Group gap="xs">
      <Text size="sm">{words.shown}</Text>
      {pinned.map(({ name, says }) => (
        <Pill
          key={name}
          withRemoveButton
          onRemove={() => narrow(name, null)}
          removeButtonProps={{ "aria-label": words.off(says), tabIndex: 0, "aria-hidden": false }}
        >
          {says}
        </Pill>
      ))}
    </Group>
  );
}

function ItemTable({ slug, items }: { slug: string; items: readonly Item[] }) {
  if (items.length === 0) return <Text c="dimmed">{words.empty}</Text>;
  return (
    <WideTable
      name={words.title}
      minWidth={900}
      verticalSpacing={6}
      heads={[words.problem, words.stratum, { number: words.rank }, { number: words.score }, words.grade, words.state, words.labels]}
    >
      {items.map((item) => (
        <Table.Tr key={item.solution_id}>
          <Table.Td>
            <Anchor
              inherit
              component={Link}
              to={paths.solution(slug, item.solution_id)}
              className={classes.problem}
              title={`${item.problem}\n\n${words.solution}: ${item.solution}`}
            >
              {item.problem}
            </Anchor>
          </Table.Td>
          <Table.Td title={named(texts.strata, item.stratum)}>{named(texts.strataShort, item.stratum)}</Table.Td>
          <Table.Td ta="right">{count(item.rank)}</Table.Td>
          <Table.Td ta="right">{item.score === null ? NONE : measure(item.score)}</Table.Td>
          <Table.Td>{item.grade === null ? NONE : words.grades[item.grade]}</Table.Td>
          <Table.Td>{words.itemCounts[item.state]}</Table.Td>
          <Table.Td>{item.labels.map(saidBy).join("; ") || NONE}</Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function saidBy({ finish_reason, mistake }: Item["labels"][number]): string {
  if (finish_reason !== "found_error") return words.said[finish_reason];
  return mistake === null ? words.said.unsure : words.said.found_error(mistake);
}
