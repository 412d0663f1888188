import { Group, Progress, Stack, Text } from "@mantine/core";

import type { Job } from "@/api/types";

import { count, percent, span } from "./format";
import { texts } from "./texts";

/** What is happening, how far, how fast, how long. */
export function JobProgress({ job }: { job: Job }) {
  const share = job.total > 0 ? job.done / job.total : 0;
  const running = job.state === "running";
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="md">
        <Text size="sm">{jobSentence(job)}</Text>
        <Text size="sm" c="dimmed">
          {running ? progressSentence(job) : ""}
        </Text>
      </Group>
      <Progress value={share * 100} striped={running} animated={running && job.total === 0} aria-label={texts.jobs.kind[job.kind]} />
    </Stack>
  );
}

export function jobSentence(job: Job): string {
  const kind = texts.jobs.kind[job.kind];
  if (job.state === "queued") return `${kind}: ${texts.jobs.waits}`;
  return job.message ? `${kind}: ${job.message}` : kind;
}

/** Such as `7,560 of 12,391 · 61% · 310/s · about 4 min left`. */
export function progressSentence(job: Job): string {
  if (job.total === 0) return "";
  const parts = [texts.jobs.of(count(job.done), count(job.total)), percent(job.done / job.total, 0)];
  if (job.rate !== null) parts.push(texts.time.perSecond(job.rate >= 10 ? count(job.rate) : job.rate.toFixed(1)));
  if (job.seconds_left !== null && job.seconds_left > 0) parts.push(texts.time.left(span(job.seconds_left)));
  return parts.join(" · ");
}
