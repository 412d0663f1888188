import { Button, Stack } from "@mantine/core";

import { isRunning } from "@/api/queries";
import { Failure } from "@/shared/states/states";

import type { OwnCheckpoint } from "../measures";
import { useMeasureAgain } from "../queries";
import { texts } from "./texts";

const words = texts.again;

/** Uses the current labels and compares with the current champion; it promotes nothing. */
export function MeasureAgain({ slug, checkpoint: { number, jobs } }: { slug: string; checkpoint: OwnCheckpoint }) {
  const again = useMeasureAgain(slug, number);
  const running = jobs.some((job) => job.kind === "evaluate" && isRunning(job));
  return (
    <Stack gap="xs" align="flex-end">
      <Button variant="subtle" color="gray" title={words.hint} loading={again.isPending} disabled={running} onClick={() => again.mutate(undefined)}>
        {words.button}
      </Button>
      {again.isError && <Failure error={again.error} title={words.failed} />}
    </Stack>
  );
}
