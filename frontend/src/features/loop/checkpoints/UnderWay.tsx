import { Anchor, Button, Card, Group, Stack, Text } from "@mantine/core";
import { Link } from "react-router";

import { isRunning } from "@/api/queries";
import type { Checkpoint } from "@/api/types";
import { paths } from "@/shared/paths";
import { JobProgress } from "@/shared/states/JobProgress";
import { Failure } from "@/shared/states/states";

import { originOf } from "./measures";
import { useRetry } from "./queries";
import { texts } from "./texts";

/** Something of it runs or waits, or failed and was not done since. */
export function isUnderWay({ state, jobs }: Checkpoint): boolean {
  return state === "training" || state === "trained" || state === "failed" || jobs.some((job) => isRunning(job) || job.state === "failed");
}

/** A checkpoint on its way: what is done of it, how far, how long; and what failed, with a way on. */
export function UnderWay({ slug, checkpoint, operates }: { slug: string; checkpoint: Checkpoint; operates: boolean }) {
  const { number, kind, generation, state, jobs } = checkpoint;
  return (
    <Card withBorder component="section" aria-label={texts.number(number)}>
      <Stack gap="xs">
        <Group gap="xs">
          <Anchor component={Link} to={paths.checkpoint(slug, number)} fw={600}>
            {texts.number(number)}
          </Anchor>
          <Text size="sm" c="dimmed">
            {[texts.kinds[kind], originOf(checkpoint), texts.states[state]].join(" · ")}
          </Text>
        </Group>
        {checkpoint.awaited && (
          <Text size="sm">
            {texts.awaited}{" "}
            <Anchor href={`/api/v1/projects/${slug}/exports/labelhub?checkpoint=${number}`} download inherit underline="always">
              {texts.frozenLabels}
            </Anchor>
          </Text>
        )}
        <Jobs slug={slug} jobs={jobs} retries={operates && generation === null} />
      </Stack>
    </Card>
  );
}

/** What runs or failed; outside of a generation it is tried again here, else by its generation. */
export function Jobs({ slug, jobs, retries }: { slug: string; jobs: Checkpoint["jobs"]; retries: boolean }) {
  const retry = useRetry(slug);
  return (
    <>
      {jobs
        .filter((job) => isRunning(job) || job.state === "failed")
        .map((job) => (
          <Group key={job.id} align="center" wrap="nowrap">
            <div style={{ flex: 1 }}>
              <JobProgress job={job} />
            </div>
            {job.state === "failed" && retries && (
              <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate(job.id)}>
                {texts.retry}
              </Button>
            )}
          </Group>
        ))}
      {retry.isError && <Failure error={retry.error} title={texts.retryFailed} />}
    </>
  );
}
