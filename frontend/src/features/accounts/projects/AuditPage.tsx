import { Anchor, Button, Group, Table, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { LoggedEvent } from "@/api/types";
import { Page } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { Empty, LoadedParts } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";

import classes from "./projects.module.css";
import { texts } from "./texts";

const words = texts.audit;
const NOTHING = { actor: "", verb: "", subject: "", since: "", until: "" };
type Filters = typeof NOTHING;

/** Who did what, when and why; a name or an act in the table narrows the log to it. */
export function AuditPage({ slug }: { slug: string }) {
  const [filters, setFilters] = useState<Filters>(NOTHING);
  const asked = given(filters);
  return (
    <Page title={words.title} actions={<Exports slug={slug} asked={asked} />}>
      <Text c="dimmed">{words.hint}</Text>
      <FilterFields filters={filters} onChange={setFilters} />
      <LoadedParts query={useEvents(slug, asked)} more={words.more}>
        {(parts) => {
          const found = parts.flatMap(({ events }) => events);
          if (found.length === 0) return <Empty title={words.none} detail={words.noneDetail} />;
          return <EventTable events={found} onNarrow={(to) => setFilters({ ...filters, ...to })} />;
        }}
      </LoadedParts>
    </Page>
  );
}

/** The filters that say something; days as this browser's midnights. */
function given(filters: Filters): Partial<Filters> {
  const said = Object.entries(filters).filter(([, value]) => value.trim() !== "");
  return Object.fromEntries(said.map(([name, value]) => [name, name in DAYS ? new Date(`${value}T00:00`).toISOString() : value.trim()]));
}

const DAYS = { since: true, until: true };

function useEvents(slug: string, asked: Partial<Filters>) {
  return useInfiniteQuery({
    queryKey: [...keys.project(slug), "events", asked],
    queryFn: ({ pageParam }) =>
      told(api.GET("/api/v1/projects/{slug}/events", { params: { path: { slug }, query: { ...asked, before: pageParam } } })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

function Exports({ slug, asked }: { slug: string; asked: Partial<Filters> }) {
  const query = new URLSearchParams(asked);
  const address = (format: string) => `/api/v1/projects/${slug}/events/export/${format}?${query}`;
  return (
    <Group>
      <Button component="a" variant="default" href={address("csv")}>
        {words.csv}
      </Button>
      <Button component="a" variant="default" href={address("jsonl")}>
        {words.jsonl}
      </Button>
    </Group>
  );
}

function FilterFields({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  const field = (name: keyof Filters, label: string, type = "text") => (
    <TextInput
      w={170}
      type={type}
      label={label}
      value={filters[name]}
      onChange={(event) => onChange({ ...filters, [name]: event.currentTarget.value })}
    />
  );
  return (
    <Group align="flex-end">
      {field("actor", words.actor)}
      {field("verb", words.verb)}
      {field("subject", `${words.about}: ${words.subject.toLowerCase()}`)}
      {field("since", words.since, "date")}
      {field("until", words.until, "date")}
      <Button variant="subtle" color="gray" onClick={() => onChange(NOTHING)}>
        {words.clear}
      </Button>
    </Group>
  );
}

function EventTable({ events, onNarrow }: { events: readonly LoggedEvent[]; onNarrow: (to: Partial<Filters>) => void }) {
  return (
    <WideTable name={words.title} minWidth={820} heads={[words.at, words.actor, words.verb, words.about, words.reason, words.detail]}>
      {events.map((event) => (
        <Table.Tr key={event.id}>
          <Table.Td className={classes.whole}>
            <Ago at={event.at} />
          </Table.Td>
          <Table.Td>{event.actor ? <Narrow text={event.actor} onClick={() => onNarrow({ actor: event.actor ?? "" })} /> : words.loop}</Table.Td>
          <Table.Td>
            <Narrow text={event.verb} onClick={() => onNarrow({ verb: event.verb })} />
          </Table.Td>
          <Table.Td>
            <Narrow text={event.subject} onClick={() => onNarrow({ subject: event.subject })} />
          </Table.Td>
          <Table.Td>{event.reason}</Table.Td>
          <Table.Td>{detailOf(event)}</Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function Narrow({ text, onClick }: { text: string; onClick: () => void }) {
  return (
    <Anchor component="button" type="button" size="sm" ta="left" onClick={onClick}>
      {text}
    </Anchor>
  );
}

/** Such as `rule: uniform · k: 24`, without what says nothing. */
function detailOf({ detail }: LoggedEvent): string {
  const said = Object.entries(detail).filter(([, value]) => value !== null && value !== "");
  return said
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(" · ");
}
