import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "react-router";

import { count } from "@/shared/text/format";

import { itemsAt, type Watch } from "../queries";
import { watching } from "../texts.watch";

const words = watching.reasons;

/** What labelers said when they gave up or called a problem bad, the most frequent first. */
export function Reasons({ slug, number, reasons }: { slug: string; number: number; reasons: Watch["reasons"] }) {
  if (reasons.length === 0) return <Text c="dimmed">{words.none}</Text>;
  return (
    <Table verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.ending}</Table.Th>
          <Table.Th>{words.reason}</Table.Th>
          <Table.Th ta="right">{words.passes}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {reasons.map(({ finish_reason, reason, count: passes }) => (
          <Table.Tr key={`${finish_reason} ${reason}`}>
            <Table.Td>{watching.mix.endings[finish_reason]}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{reason}</Table.Td>
            <Table.Td ta="right">
              <Anchor inherit component={Link} to={itemsAt(slug, number, { finish_reason })}>
                {count(passes)}
              </Anchor>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
