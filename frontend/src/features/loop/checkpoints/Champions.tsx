import { Anchor, Badge, Group, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { NONE } from "@/shared/text/format";

import type { Champion } from "./measures";
import { championsQuery } from "./queries";
import { texts } from "./texts";

const words = texts.champions;

/** Who was champion, newest first: when, by whom, and why. */
export function Champions({ slug }: { slug: string }) {
  return (
    <Loaded query={useQuery(championsQuery(slug))}>
      {(champions) => (champions.length === 0 ? <Text c="dimmed">{words.none}</Text> : <History slug={slug} champions={champions} />)}
    </Loaded>
  );
}

function History({ slug, champions }: { slug: string; champions: readonly Champion[] }) {
  return (
    <WideTable
      name={words.heading}
      minWidth={700}
      verticalSpacing="sm"
      aria-label={words.heading}
      heads={[words.champion, words.before, words.at, words.by, words.reason]}
    >
      {champions.map(({ number, before, by, at, reason, again }) => (
        <Table.Tr key={`${number} ${at}`}>
          <Table.Td>
            <Group gap="xs" wrap="nowrap">
              <To slug={slug} number={number} />
              {again && (
                <Badge radius="sm" tt="none" variant="light" color="gray">
                  {words.again}
                </Badge>
              )}
            </Group>
          </Table.Td>
          <Table.Td>{before === null ? NONE : <To slug={slug} number={before} />}</Table.Td>
          <Table.Td style={{ whiteSpace: "nowrap" }}>
            <Ago at={at} />
          </Table.Td>
          <Table.Td>{by ?? words.loop}</Table.Td>
          <Table.Td maw={520}>
            <Text size="sm">{reason || NONE}</Text>
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function To({ slug, number }: { slug: string; number: number }) {
  return (
    <Anchor component={Link} to={paths.checkpoint(slug, number)} size="sm" style={{ whiteSpace: "nowrap" }}>
      {texts.number(number)}
    </Anchor>
  );
}
