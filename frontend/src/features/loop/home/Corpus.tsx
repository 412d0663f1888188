import { Anchor, SimpleGrid, Table, Text } from "@mantine/core";
import { Link } from "react-router";

import type { Progress } from "@/api/types";
import { Section } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";
import { count } from "@/shared/text/format";

import { texts } from "./texts";

const words = texts.corpus;

/** What the project holds, counted; each count leads to what it counts. */
export function Corpus({ slug, progress }: { slug: string; progress: Progress }) {
  const { by_split, grades, labels } = progress;
  return (
    <Section title={words.heading}>
      <SimpleGrid cols={{ base: 1, sm: 3 }} style={{ alignItems: "start" }}>
        {by_split && <Counts title={words.splits} counts={by_split} names={words.split} to={(split) => paths.problems(slug, `split=${split}`)} />}
        {grades && (
          <Counts
            title={words.grades}
            counts={grades}
            names={words.grade}
            to={(grade) => paths.solutions(slug, `grade=${grade === "ungraded" ? "none" : grade}`)}
          />
        )}
        {labels && <Counts title={words.labels} counts={labels} names={words.source} to={(source) => paths.labels(slug, `source=${source}`)} />}
      </SimpleGrid>
      {progress.labels_today !== null && (
        <Text size="sm" c="dimmed">
          {words.today(progress.labels_today)}
        </Text>
      )}
    </Section>
  );
}

function Counts<Name extends string>({
  title,
  counts,
  names,
  to,
}: {
  title: string;
  counts: Readonly<Record<Name, number>>;
  names: Readonly<Record<Name, string>>;
  to: (name: Name) => string;
}) {
  return (
    <Table captionSide="top" verticalSpacing={4}>
      <Table.Caption ta="left" mt={0}>
        {title}
      </Table.Caption>
      <Table.Tbody>
        {(Object.keys(names) as Name[]).map((name) => (
          <Table.Tr key={name}>
            <Table.Td>{names[name]}</Table.Td>
            <Table.Td ta="right">
              <Anchor inherit component={Link} to={to(name)}>
                {count(counts[name])}
              </Anchor>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
