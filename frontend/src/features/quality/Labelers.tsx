import { Table, Text } from "@mantine/core";

import type { Labeler } from "@/api/types";
import { Ago } from "@/shared/Ago";
import { Copyable } from "@/shared/Copyable";
import { clock, count, percent } from "@/shared/format";

import { texts } from "./texts";

const words = texts.labelers;

export function Labelers({ labelers }: { labelers: readonly Labeler[] }) {
  if (labelers.length === 0) return <Text c="dimmed">{words.none}</Text>;
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.labeler}</Table.Th>
            <Table.Th ta="right">{words.labels}</Table.Th>
            <Table.Th ta="right">{words.median}</Table.Th>
            <Table.Th ta="right">{words.foundError}</Table.Th>
            <Table.Th ta="right">{words.solution}</Table.Th>
            <Table.Th ta="right">{words.gaveUp}</Table.Th>
            <Table.Th ta="right">{words.badProblem}</Table.Th>
            <Table.Th>{words.last}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {labelers.map((labeler) => (
            <Row key={labeler.labeler} labeler={labeler} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ labeler }: { labeler: Labeler }) {
  const share = (n: number) => percent(n / labeler.labels, 0);
  return (
    <Table.Tr>
      <Table.Td>
        {labeler.username ?? <Copyable text={labeler.labeler} shown={labeler.labeler.slice(0, 8)} />}
        {labeler.simulated && (
          <Text span size="sm" c="dimmed">
            {" "}
            · {words.program}
          </Text>
        )}
      </Table.Td>
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
