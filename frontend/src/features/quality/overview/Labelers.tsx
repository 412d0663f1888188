import { Badge, Table, Text } from "@mantine/core";

import type { Labeler } from "@/api/types";
import { Aside } from "@/shared/layout/Aside";
import { WideTable } from "@/shared/layout/WideTable";
import { Ago } from "@/shared/text/Ago";
import { Copyable } from "@/shared/text/Copyable";
import { clock, count, NONE, percent } from "@/shared/text/format";

import { probability, texts } from "../texts";

const words = texts.labelers;

export function Labelers({ labelers }: { labelers: readonly Labeler[] }) {
  if (labelers.length === 0) return <Text c="dimmed">{words.none}</Text>;
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.detail}
      </Text>
      <Labelled labelers={labelers} />
    </>
  );
}

function Labelled({ labelers }: { labelers: readonly Labeler[] }) {
  return (
    <WideTable
      name={words.heading}
      minWidth={1080}
      heads={[
        words.labeler,
        words.state,
        { number: words.checks },
        { number: words.below },
        { number: words.labels },
        { number: words.median },
        { number: words.foundError },
        { number: words.solution },
        { number: words.gaveUp },
        { number: words.badProblem },
        words.last,
      ]}
    >
      {labelers.map((labeler) => (
        <Row key={labeler.labeler} labeler={labeler} />
      ))}
    </WideTable>
  );
}

function Row({ labeler }: { labeler: Labeler }) {
  const share = (n: number) => percent(n / labeler.labels, 0);
  return (
    <Table.Tr>
      <Table.Td>
        {labeler.username ?? <Copyable text={labeler.labeler} shown={labeler.labeler.slice(0, 8)} />}
        {labeler.simulated && <Aside>{words.program}</Aside>}
      </Table.Td>
      <Table.Td>
        <State labeler={labeler} />
      </Table.Td>
      <Checked checks={labeler.checks} />
      <Table.Td ta="right">{count(labeler.labels)}</Table.Td>
      <Table.Td ta="right">{clock(labeler.median_ms)}</Table.Td>
      <Table.Td ta="right">{share(labeler.found_error)}</Table.Td>
      <Table.Td ta="right">{share(labeler.solution)}</Table.Td>
      <Table.Td ta="right">{share(labeler.give_up)}</Table.Td>
      <Table.Td ta="right">{share(labeler.bad_problem)}</Table.Td>
      <Table.Td>
        <Ago at={labeler.last_at} />
      </Table.Td>
    </Table.Tr>
  );
}

function State({ labeler: { paused_at, suspended } }: { labeler: Labeler }) {
  if (suspended) return words.suspended;
  if (paused_at === null) return words.working;
  return (
    <>
      <Badge radius="sm" tt="none" variant="light" color="orange">
        {words.paused}
      </Badge>
      <Text size="xs" c="dimmed">
        <Ago at={paused_at} />
      </Text>
    </>
  );
}

function Checked({ checks: { agreed, asked, low, high, below } }: Pick<Labeler, "checks">) {
  if (asked === 0) {
    return (
      <>
        <Table.Td ta="right" c="dimmed">
          {words.noChecks}
        </Table.Td>
        <Table.Td ta="right">{NONE}</Table.Td>
      </>
    );
  }
  return (
    <>
      <Table.Td ta="right">
        {count(agreed)}/{count(asked)}
        <Text size="xs" c="dimmed">
          {percent(low, 0)}–{percent(high, 0)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{probability(below)}</Table.Td>
    </>
  );
}
