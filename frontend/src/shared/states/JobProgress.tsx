import { Group, Progress, Stack, Text } from "@mantine/core";

import type { Job } from "@/api/types";

import { texts } from "../language/texts";
import { count, percent, span } from "../text/format";

/** What is happening, how far, how fast, how long; without a total, only that it is under way. */
export function JobProgress({ job }: { job: Job }) {
  const running = job.state === "running";
  const unknown = running && job.total === 0;
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="md">
        <Text size="sm">
          <span aria-hidden>{SIGNS[job.state]}</span> {jobSentence(job)}
        </Text>
        <Text size="sm" c="dimmed">
          {running ? progressSentence(job) : ""}
        </Text>
      </Group>
      {(running || job.state === "queued") && (
        <Progress value={unknown ? 100 : shareOf(job) * 100} striped={unknown} animated={unknown} aria-label={texts.jobs.kind[job.kind]} />
      )}
    </Stack>
  );
}

const SIGNS: Readonly<Record<Job["state"], string>> = { queued: "○", running: "●", done: "✓", failed: "✕" };

function shareOf({ done, total }: Job): number {
  return total > 0 ? done / total : 0;
}

export function jobSentence(job: Job): string {
  const kind = texts.jobs.kind[job.kind];
  if (job.state === "done" || (job.state === "queued" && !job.message)) return `${kind}: ${texts.jobs.state[job.state]}`;
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
