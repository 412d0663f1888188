import { Anchor, Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { Generation, Job, Progress } from "@/api/types";
import { texts as shared } from "@/shared/language/texts";
import { Section } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";
import { Failure } from "@/shared/states/states";

import classes from "./home.module.css";
import { isFull } from "./loop";
import type { Overview } from "./queries";
import { texts } from "./texts";

const words = texts.needs;

interface NeedsProps {
  readonly slug: string;
  readonly progress: Progress;
  readonly overview: Overview | undefined;
  /** A full batch closes by itself. */
  readonly advances: boolean;
  readonly operates: boolean;
}

/** What waits for a person, and the one thing to do about each. */
export function Needs({ slug, progress, overview, advances, operates }: NeedsProps) {
  const retry = useRetry(slug);
  const { generation, needs } = progress;
  if (!needs) return null;
  const stopped = generation?.state === "failed" ? generation : null;
  const full = operates && !advances && isFull(generation) ? generation : null;
  const awaiting = operates && awaitsCheckpoint(generation) ? generation : null;
  const outside = needs.failed_jobs.filter((job) => !stopped?.jobs.some(({ id }) => id === job.id));
  const waiting = queues(needs, overview);
  const shutOut = overview?.shut_out ?? 0;
  const unrated = operates && overview?.begun.labelers === 0 && generation?.state === "labeling" && generation.items.open > 0;
  const nothing = !stopped && !full && !awaiting && !unrated && outside.length === 0 && waiting.length === 0 && needs.paused === 0 && shutOut === 0;
  return (
    <Section title={words.heading}>
      {retry.isError && <Failure error={retry.error} title={words.retryFailed} />}
      {nothing && <Text c="dimmed">{words.nothing}</Text>}
      <ul className={classes.needs}>
        {stopped && <Stopped slug={slug} generation={stopped} onRetry={operates ? () => retry.mutate({ generation: stopped.number }) : null} />}
        {outside.map((job) => (
          <FailedJob key={job.id} job={job} onRetry={operates ? () => retry.mutate({ job: job.id }) : null} />
        ))}
        {full && <Goes what={words.full(full.number)} why={words.fullDetail} to={paths.generation(slug, full.number)} go={words.close} first />}
        {awaiting && <Goes what={words.awaiting(awaiting.number)} why={words.awaitingDetail} to={paths.checkpoints(slug)} go={words.add} first />}
        {unrated && <Goes what={words.unrated} why={words.unratedDetail} to={paths.people(slug)} go={words.invite} />}
        {needs.paused > 0 && <Goes what={words.paused(needs.paused)} why={words.pausedDetail} to={paths.quality(slug)} go={words.decide} />}
        {shutOut > 0 && <Goes what={words.shutOut(shutOut)} why={words.shutOutDetail} to={paths.screening(slug)} go={words.decide} />}
        {waiting.map(({ kind, count }) => (
          <Goes key={kind} what={words.queues[kind](count)} why={words.queueDetails[kind]} to={paths.reviewKind(slug, kind)} go={words.see(count)} />
        ))}
      </ul>
    </Section>
  );
}

/** Its labels are frozen, and it is trained on elsewhere: the job that would have trained it has ended without a model. */
function awaitsCheckpoint(generation: Progress["generation"]): generation is Generation {
  return generation?.state === "training" && generation.jobs.some(({ kind, state }) => kind === "train" && state === "done");
}

/** The reviewers' queues that have something in them; contradictions as the live progress counts them. */
function queues({ contradictions }: NonNullable<Progress["needs"]>, overview: Overview | undefined): Overview["review"] {
  const counted = overview?.review ?? [{ kind: "contradictions" as const, count: contradictions }];
  return counted.map((each) => (each.kind === "contradictions" ? { ...each, count: contradictions } : each)).filter(({ count }) => count > 0);
}

interface GoesProps {
  readonly what: string;
  readonly why: string;
  readonly to: string;
  readonly go: string;
  /** The loop stands still until it is done. */
  readonly first?: boolean;
}

function Goes({ what, why, to, go, first }: GoesProps) {
  return (
    <Need what={what} why={why}>
      <Button component={Link} to={to} size="xs" variant={first ? "filled" : "default"} aria-label={`${go}: ${what}`}>
        {go}
      </Button>
    </Need>
  );
}

function Stopped({ slug, generation, onRetry }: { slug: string; generation: Generation; onRetry: (() => void) | null }) {
  return (
    <Need
      what={
        <Anchor inherit component={Link} to={paths.generation(slug, generation.number)}>
          {words.generation(generation.number)}
        </Anchor>
      }
      why={generation.sentence}
    >
      <RetryButton onRetry={onRetry} />
    </Need>
  );
}

function FailedJob({ job, onRetry }: { job: Job; onRetry: (() => void) | null }) {
  return (
    <Need what={words.failed(shared.jobs.kind[job.kind])} why={job.message}>
      <RetryButton onRetry={onRetry} />
    </Need>
  );
}

function RetryButton({ onRetry }: { onRetry: (() => void) | null }) {
  if (!onRetry) return null;
  return (
    <Button size="xs" onClick={onRetry}>
      {words.retry}
    </Button>
  );
}

function Need({ what, why, children }: { what: ReactNode; why: string; children: ReactNode }) {
  return (
    <li className={classes.need}>
      <div>
        <Text fw={550}>{what}</Text>
        <Text size="sm" c="dimmed">
          {why}
        </Text>
      </div>
      {children}
    </li>
  );
}

function useRetry(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (what: { generation: number } | { job: number }): Promise<void> => {
      if ("generation" in what) {
        const path = { slug, number: what.generation };
        await told(api.POST("/api/v1/projects/{slug}/generations/{number}/retry", { params: { path } }));
      } else {
        await told(api.POST("/api/v1/projects/{slug}/jobs/{id}/retry", { params: { path: { slug, id: what.job } } }));
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}
