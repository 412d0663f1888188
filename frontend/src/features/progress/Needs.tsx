import { Anchor, Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { Generation, Job, Progress } from "@/api/types";
import { Section } from "@/shared/Page";
import { paths } from "@/shared/paths";
import { Failure } from "@/shared/states";
import { texts as shared } from "@/shared/texts";

import classes from "./progress.module.css";
import { texts } from "./texts";

const words = texts.needs;

/** What waits for a person, and the one thing to do about each. */
export function Needs({ slug, progress, operates }: { slug: string; progress: Progress; operates: boolean }) {
  const retry = useRetry(slug);
  const { generation, needs } = progress;
  if (!needs) return null;
  const stopped = generation?.state === "failed" ? generation : null;
  const outside = needs.failed_jobs.filter((job) => !stopped?.jobs.some(({ id }) => id === job.id));
  const nothing = !stopped && outside.length === 0 && needs.contradictions === 0 && needs.paused === 0;
  return (
    <Section title={words.heading}>
      {retry.isError && <Failure error={retry.error} title={words.retryFailed} />}
      {nothing && <Text c="dimmed">{words.nothing}</Text>}
      <ul className={classes.needs}>
        {stopped && <Stopped slug={slug} generation={stopped} onRetry={operates ? () => retry.mutate({ generation: stopped.number }) : null} />}
        {outside.map((job) => (
          <FailedJob key={job.id} job={job} onRetry={operates ? () => retry.mutate({ job: job.id }) : null} />
        ))}
        {needs.paused > 0 && (
          <Need what={words.paused(needs.paused)} why={words.pausedDetail}>
            <Button component={Link} to={paths.quality(slug)} size="xs" variant="default">
              {words.decide}
            </Button>
          </Need>
        )}
        {needs.contradictions > 0 && (
          <Need what={words.contradictions(needs.contradictions)} why={words.contradictionsDetail}>
            <Button component={Link} to={paths.review(slug)} size="xs" variant="default">
              {words.see(needs.contradictions)}
            </Button>
          </Need>
        )}
      </ul>
    </Section>
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
