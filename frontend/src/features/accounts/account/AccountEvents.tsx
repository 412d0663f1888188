import { Anchor, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import type { LoggedEvent } from "@/api/types";
import { WideTable } from "@/shared/layout/WideTable";
import { useMe } from "@/shared/session";
import { Failure, Waiting } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";

import { texts } from "../texts";

const words = texts.events;
const FIRST = 10;

/** What happened to the account, newest first: by whom, from where. */
export function AccountEvents() {
  const query = useInfiniteQuery({
    queryKey: ["account events"],
    queryFn: ({ pageParam }) => told(api.GET("/api/v1/auth/events", { params: { query: { before: pageParam, limit: FIRST } } })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Waiting />;
  const events = query.data.pages.flatMap((page) => page.events);
  if (events.length === 0) return <Text c="dimmed">{words.none}</Text>;
  return (
    <Stack align="flex-start">
      <Text size="sm" c="dimmed">
        {words.hint}
      </Text>
      <EventTable events={events} />
      <Group>
        {query.hasNextPage && (
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {words.more}
          </Button>
        )}
        <Anchor href="/api/v1/auth/events/export/csv">CSV</Anchor>
        <Anchor href="/api/v1/auth/events/export/jsonl">JSONL</Anchor>
      </Group>
    </Stack>
  );
}

function EventTable({ events }: { events: readonly LoggedEvent[] }) {
  return (
    <WideTable name={words.title} minWidth={560} heads={[words.at, words.what, words.by, words.detail]}>
      {events.map((event) => (
        <EventRow key={event.id} event={event} />
      ))}
    </WideTable>
  );
}

function EventRow({ event }: { event: LoggedEvent }) {
  const { username } = useMe();
  return (
    <Table.Tr>
      <Table.Td>
        <Ago at={event.at} />
      </Table.Td>
      <Table.Td>{sentenceOf(event)}</Table.Td>
      <Table.Td>{event.actor === username ? words.you : (event.actor ?? words.nobody)}</Table.Td>
      <Table.Td>{[...detailOf(event), event.reason].filter(Boolean).join(" · ")}</Table.Td>
    </Table.Tr>
  );
}

/** Acts that are named here in words; one that is not is told as the record has it. */
function sentenceOf({ verb, subject }: LoggedEvent): string {
  const [noun = ""] = subject.split(" ");
  const known: Readonly<Record<string, string>> = words.verbs;
  return known[key(verb, noun)] ?? known[key(verb)] ?? `${verb} ${subject}`;
}

function key(...parts: readonly string[]): string {
  return parts.join(" ").replaceAll(" ", "_");
}

const TOLD = ["name", "passkey", "device", "provider", "browser", "system", "address"] as const;

function detailOf({ detail }: LoggedEvent): string[] {
  return TOLD.map((name) => detail[name]).filter((value) => typeof value === "string");
}
