import { Anchor, Button, Group, Progress, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient, type UseQueryOptions } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router";

import { Empty, Failure } from "@/shared/states/states";
import { count } from "@/shared/text/format";

import classes from "../browse.module.css";
import type { Found } from "../queries";
import { texts } from "../texts";
import { askedOf, type Asked } from "./address";
import { isNarrowed } from "./Filters";

interface ListingProps<Row> {
  readonly name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each list has a key of its own shape, which no common type takes in
  readonly ask: (asked: Asked) => UseQueryOptions<Found<Row>, Error, Found<Row>, any>;
  /** What the place says while the project has none of these. */
  readonly none: { readonly title: string; readonly detail: string; readonly act?: ReactNode };
  readonly children: (rows: readonly Row[]) => ReactNode;
}

/** A page of a list: how many there are, the rows, and the way on. */
export function Listing<Row>({ name, ask, none, children }: ListingProps<Row>) {
  const [search] = useSearchParams();
  const asked = askedOf(search);
  const query = useQuery(ask(asked));
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Rows />;
  const found = query.data;
  const first = asked.cursor === undefined;
  if (found.rows.length === 0 && first && found.next === null) {
    return isNarrowed(asked) ? (
      <Empty title={texts.nothing.title} detail={texts.nothing.detail} />
    ) : (
      <Empty title={none.title} detail={none.detail}>
        {none.act}
      </Empty>
    );
  }
  return (
    <section aria-label={name} aria-busy={query.isPlaceholderData} className={query.isPlaceholderData ? classes.stale : undefined}>
      <Counted found={found} first={first} />
      {found.rows.length > 0 && children(found.rows)}
      <On found={found} first={first} ask={ask} asked={asked} />
    </section>
  );
}

function Rows() {
  return (
    <Stack role="status" aria-busy aria-label={texts.looking} gap="xs">
      {Array.from({ length: 8 }, (_, row) => (
        <Skeleton key={row} h={40} />
      ))}
    </Stack>
  );
}

/** What is known of how many there are; no list is ever counted to its end. */
function Counted<Row>({ found, first }: { found: Found<Row>; first: boolean }) {
  const { searched } = useSearched();
  const said = !first
    ? null
    : found.exact
      ? texts.exactly(found.count ?? 0)
      : (found.count ?? 0) > found.rows.length
        ? texts.moreThan(found.count ?? 0)
        : null;
  return (
    <Text size="sm" c="dimmed" role="status" mb="xs">
      {found.searched !== null ? texts.searched(count(searched + found.searched), found.rows.length) : said}
      {found.searched === null && !first && texts.further}
    </Text>
  );
}

/** How many rows the pages before this one looked through without being full. */
function useSearched(): { searched: number } {
  const state = useLocation().state as { searched?: unknown } | null;
  return { searched: typeof state?.searched === "number" ? state.searched : 0 };
}

type OnProps<Row> = Pick<ListingProps<Row>, "ask"> & { found: Found<Row>; first: boolean; asked: Asked };

function On<Row>({ found, first, ask, asked }: OnProps<Row>) {
  const to = (cursor: string | null) => `?${new URLSearchParams(cursor === null ? without(asked) : { ...asked, cursor })}`;
  return (
    <Group mt="md" gap="md">
      {found.next !== null && found.searched === null && (
        <Button component={Link} to={to(found.next)} variant="default">
          {texts.next}
        </Button>
      )}
      {found.next !== null && found.searched !== null && <SearchOn found={found} ask={ask} asked={asked} to={to} />}
      {found.next === null && <Text size="sm">{texts.end}</Text>}
      {!first && (
        <Anchor component={Link} to={to(null)} size="sm">
          {texts.toFirst}
        </Anchor>
      )}
    </Group>
  );
}

/** Looks through window after window until one holds something, the list ends, or somebody stops it. */
function SearchOn<Row>({ found, ask, asked, to }: Omit<OnProps<Row>, "first"> & { to: (cursor: string) => string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const before = useSearched().searched + (found.searched ?? 0);
  const [searched, setSearched] = useState<number | null>(null);
  const stopped = useRef(false);
  const left = useRef(false);
  useEffect(() => {
    left.current = false;
    return () => void (left.current = true);
  }, []);
  const search = async () => {
    stopped.current = false;
    let [cursor, through] = [found.next!, before];
    for (setSearched(through); !stopped.current && !left.current;) {
      const page = (await client
        .fetchQuery(ask({ ...asked, cursor }) as Parameters<typeof client.fetchQuery>[0])
        .catch(() => null)) as Found<Row> | null;
      if (page === null || page.rows.length > 0 || page.next === null) break; // an error is shown where it happened
      through += page.searched ?? 0;
      [cursor] = [page.next];
      setSearched(through);
    }
    if (left.current) return; // somebody is on another page by now
    void navigate(to(cursor), { state: { searched: through } });
    setSearched(null);
  };
  if (searched === null) {
    return (
      <Button variant="default" onClick={() => void search()}>
        {texts.searchOn}
      </Button>
    );
  }
  return (
    <Group gap="sm" role="status">
      <Progress value={100} animated w={120} aria-label={texts.looking} />
      <Text size="sm">{texts.searching(count(searched))}</Text>
      <Button size="xs" variant="default" onClick={() => void (stopped.current = true)}>
        {texts.stop}
      </Button>
    </Group>
  );
}

function without({ cursor: _, ...others }: Asked): Record<string, string> {
  return others;
}
