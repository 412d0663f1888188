import { SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { generationQuery, isLive } from "@/api/queries";
import type { Generation, Job } from "@/api/types";
import { Page, Section } from "@/shared/layout/Page";
import { JobProgress } from "@/shared/states/JobProgress";
import { Loaded } from "@/shared/states/states";

import { decisionOf, picksOf } from "../describe";
import classes from "../generations.module.css";
import { watchQuery } from "../queries";
import { StateBadge } from "../StateBadge";
import { texts } from "../texts";
import { Watching } from "../watching/Watching";
import { BurndownFigure } from "./BurndownFigure";
import { GenerationActions } from "./GenerationActions";
import { ItemBar } from "./ItemBar";
import { Items } from "./Items";
import { Next } from "./Next";
import { Parameters } from "./Parameters";
import { Stages } from "./Timeline";

const words = texts.page;

/** A generation from top to bottom like a story: where it stands, how it got there, who is at it, what they say, the batch. */
export function GenerationPage({ slug, number, operates }: { slug: string; number: number; operates: boolean }) {
  const query = useQuery(generationQuery(slug, number));
  return (
    <Page title={words.title(number)} actions={operates && query.data && <GenerationActions slug={slug} generation={query.data} />}>
      <Loaded query={query}>{(generation) => <Story slug={slug} generation={generation} operates={operates} />}</Loaded>
    </Page>
  );
}

interface StoryProps {
  readonly slug: string;
  readonly generation: Generation;
  readonly operates: boolean;
}

function Story({ slug, generation, operates }: StoryProps) {
  const watch = useQuery(watchQuery(slug, generation.number, isLive(generation)));
  return (
    <>
      <div>
        <StateBadge generation={generation} />
        <Text mt="xs" size="lg">
          {generation.sentence}
        </Text>
        <Next slug={slug} generation={generation} operates={operates} />
      </div>
      {picksOf(generation) > 0 && <ItemBar slug={slug} generation={generation} />}
      <div className={classes.way}>
        <Loaded query={watch}>{({ timeline }) => <Stages timeline={timeline} />}</Loaded>
        <Stack gap="xl" miw={0}>
          <Running jobs={generation.jobs} />
          {generation.labeling_at !== null && (
            <Loaded query={watch}>{({ burndown }) => <BurndownFigure number={generation.number} burndown={burndown} />}</Loaded>
          )}
        </Stack>
      </div>
      <Loaded query={watch}>{(seen) => <Watching slug={slug} generation={generation} watch={seen} operates={operates} />}</Loaded>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <Section title={words.decision}>
          <Decision generation={generation} />
        </Section>
        <Section title={words.parameters}>
          <Parameters slug={slug} generation={generation} />
        </Section>
      </SimpleGrid>
      {picksOf(generation) > 0 && <Items slug={slug} generation={generation} />}
    </>
  );
}

function Running({ jobs }: { jobs: readonly Job[] }) {
  if (jobs.length === 0) return null;
  return (
    <Section title={words.stages}>
      <Stack>
        {jobs.map((job) => (
          <JobProgress key={job.id} job={job} />
        ))}
      </Stack>
    </Section>
  );
}

function Decision({ generation }: { generation: Generation }) {
  const decision = decisionOf(generation);
  return (
    <Text c={decision ? undefined : "dimmed"}>
      {decision?.sentence ?? (generation.state === "cancelled" ? words.neverDecided : words.noDecision)}
    </Text>
  );
}
