import { ColorSwatch, Group, Progress, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { generationQuery } from "@/api/queries";
import type { Generation, Job } from "@/api/types";
import { count, percent } from "@/shared/format";
import { JobProgress } from "@/shared/JobProgress";
import { Page, Section } from "@/shared/Page";
import { Loaded } from "@/shared/states";

import { decisionOf, picksOf, strata } from "./describe";
import { GenerationActions } from "./GenerationActions";
import classes from "./generations.module.css";
import { Items } from "./Items";
import { Parameters } from "./Parameters";
import { StateBadge } from "./StateBadge";
import { texts } from "./texts";

const words = texts.page;

/** A generation from top to bottom like a story: state and sentence, stages, items, composition, decision, the batch. */
export function GenerationPage({ slug, number, operates }: { slug: string; number: number; operates: boolean }) {
  const query = useQuery(generationQuery(slug, number));
  return (
    <Page
      title={words.title(number)}
      actions={operates && query.data && <GenerationActions slug={slug} generation={query.data} />}
    >
      <Loaded query={query}>{(generation) => <Story slug={slug} generation={generation} />}</Loaded>
    </Page>
  );
}

function Story({ slug, generation }: { slug: string; generation: Generation }) {
  const decision = decisionOf(generation);
  return (
    <>
      <div>
        <StateBadge generation={generation} />
        <Text mt="xs" size="lg">
          {generation.sentence}
        </Text>
      </div>
      <Stages jobs={generation.jobs} />
      {picksOf(generation) > 0 && <ItemBar generation={generation} />}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <Stack>
          {picksOf(generation) > 0 && <Composition generation={generation} />}
          <Section title={words.decision}>
            <Text c={decision ? undefined : "dimmed"}>{decision?.sentence ?? words.noDecision}</Text>
          </Section>
        </Stack>
        <Section title={words.parameters}>
          <Parameters slug={slug} generation={generation} />
        </Section>
      </SimpleGrid>
      {picksOf(generation) > 0 && <Items slug={slug} generation={generation} />}
    </>
  );
}

function Stages({ jobs }: { jobs: readonly Job[] }) {
  if (jobs.length === 0) return null;
  return (
    <Section title={words.stages}>
      {jobs.map((job) => (
        <JobProgress key={job.id} job={job} />
      ))}
    </Section>
  );
}

const PARTS = [
  { state: "done", color: "var(--lh-great)" },
  { state: "leased", color: "var(--lh-accent)" },
  { state: "open", color: "var(--lh-series-pool)" },
  { state: "withdrawn", color: "var(--lh-okay)" },
] as const;

function ItemBar({ generation }: { generation: Generation }) {
  const all = picksOf(generation);
  const told = PARTS.filter(({ state }) => generation.items[state] > 0);
  return (
    <Section title={words.items}>
      <Progress.Root size="xl" aria-hidden>
        {told.map(({ state, color }) => (
          <Progress.Section key={state} value={(generation.items[state] / all) * 100} color={color} />
        ))}
      </Progress.Root>
      <Group component="ul" className={classes.legend} gap="md">
        {told.map(({ state, color }) => (
          <li key={state}>
            <ColorSwatch component="span" size={10} radius={2} color={color} withShadow={false} aria-hidden />
            {`${count(generation.items[state])} ${words.itemCounts[state]}`}
          </li>
        ))}
      </Group>
    </Section>
  );
}

function Composition({ generation: { by_stratum: counts } }: { generation: Generation }) {
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return (
    <Section title={words.composition}>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.stratum}</Table.Th>
            <Table.Th ta="right">{words.count}</Table.Th>
            <Table.Th ta="right">{words.share}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {strata(counts).map(({ stratum, count: n }) => (
            <Table.Tr key={stratum}>
              <Table.Td>{texts.strata[stratum]}</Table.Td>
              <Table.Td ta="right">{count(n)}</Table.Td>
              <Table.Td ta="right">{percent(n / all)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}
