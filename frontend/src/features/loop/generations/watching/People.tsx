import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "react-router";

import { Aside } from "@/shared/layout/Aside";
import { WideTable } from "@/shared/layout/WideTable";
import { Ago } from "@/shared/text/Ago";
import { clock, count, NONE } from "@/shared/text/format";

import { itemsAt, type Watch } from "../queries";
import { watching } from "../texts.watch";

const words = watching.people;
const PRESENT = 10 * 60_000; // ms since somebody was last seen, who is then taken to be at work

interface PeopleProps {
  readonly slug: string;
  readonly number: number;
  readonly people: Watch["people"];
  readonly now: string;
}

/** Who is at work now, and what each has done here, the one seen last first. */
export function People({ slug, number, people, now }: PeopleProps) {
  if (people.length === 0) return <Text c="dimmed">{words.none}</Text>;
  const present = people.filter(({ last_at }) => Date.parse(now) - Date.parse(last_at) < PRESENT);
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.now(present.length, people.length)}
      </Text>
      <WideTable
        name={words.title}
        minWidth={680}
        verticalSpacing={6}
        heads={[words.who, { number: words.passes }, { number: words.found }, { number: words.mean }, { number: words.leases }, words.last]}
      >
        {people.map((person) => (
          <Row key={person.labeler} slug={slug} number={number} person={person} />
        ))}
      </WideTable>
    </>
  );
}

function Row({ slug, number, person }: { slug: string; number: number; person: Watch["people"][number] }) {
  const { labeler } = person;
  return (
    <Table.Tr>
      <Table.Td>
        {whoOf(person)}
        {person.simulated && <Aside>{words.simulated}</Aside>}
      </Table.Td>
      <Table.Td ta="right">
        <Anchor inherit component={Link} to={itemsAt(slug, number, { labeler })}>
          {count(person.passes)}
        </Anchor>
      </Table.Td>
      <Table.Td ta="right">
        <Anchor inherit component={Link} to={itemsAt(slug, number, { labeler, finish_reason: "found_error" })}>
          {count(person.found_error)}
        </Anchor>
      </Table.Td>
      <Table.Td ta="right">{person.mean_ms === null ? NONE : clock(person.mean_ms)}</Table.Td>
      <Table.Td ta="right">{count(person.leases)}</Table.Td>
      <Table.Td>
        <Ago at={person.last_at} />
      </Table.Td>
    </Table.Tr>
  );
}

/** The name, or the start of the pseudonym of who has no account here. */
export function whoOf({ username, labeler }: { readonly username: string | null; readonly labeler: string }): string {
  return username ?? labeler.slice(0, 8);
}
