import { Alert, Progress, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";

import { previewQuery } from "@/api/queries";
import type { Launch, Preview } from "@/api/types";
import { count, percent } from "@/shared/format";
import { seriesColor } from "@/shared/palette";
import { Failure, Waiting } from "@/shared/states";

import { strata } from "./describe";
import classes from "./generations.module.css";
import { texts } from "./texts";

const ScoreHistogram = lazy(() => import("./ScoreHistogram"));
const words = texts.preview;

/** What a launch would do now. While other parameters are being looked at, the last answer stays, dimmed. */
export function LaunchPreview({ slug, launch, waiting }: { slug: string; launch: Launch; waiting: boolean }) {
  const query = useQuery({ ...previewQuery(slug, launch), placeholderData: keepPreviousData });
  const old = waiting || query.isPlaceholderData;
  return (
    <section aria-label={words.title} aria-busy={old} className={classes.preview} data-old={old || undefined}>
      <div>
        <Title order={3} size="h5">
          {words.title}
        </Title>
        <Text size="sm" c="dimmed">
          {words.hint}
        </Text>
      </div>
      {query.isError ? (
        <Failure error={query.error} title={words.refused} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <Would preview={query.data} />
      ) : (
        <Waiting lines={6} />
      )}
    </section>
  );
}

function Would({ preview }: { preview: Preview }) {
  return (
    <Stack>
      <div>
        <Text size="lg" fw={600}>
          {words.picks(preview.picks, preview.problems)}
        </Text>
        <Text size="sm" c="dimmed">
          {words.from(preview.candidates)}
        </Text>
      </div>
      {preview.unscored > 0 && <Alert color="gray">{words.unscored(preview.unscored)}</Alert>}
      <Grades preview={preview} />
      <Composition preview={preview} />
      {preview.histogram ? (
        <Suspense fallback={<Skeleton h={220} />}>
          <ScoreHistogram histogram={preview.histogram} />
        </Suspense>
      ) : (
        <Text size="sm" c="dimmed">
          {words.noHistogram}
        </Text>
      )}
    </Stack>
  );
}

function Grades({ preview: { right, wrong } }: { preview: Preview }) {
  const all = right + wrong;
  if (all === 0) return null;
  return (
    <div>
      <Text size="sm" mb={4}>
        {words.grades}: {count(wrong)} {words.wrong} ({percent(wrong / all)}), {count(right)} {words.right} ({percent(right / all)})
      </Text>
      <Progress.Root size="lg" aria-hidden>
        <Progress.Section value={(wrong / all) * 100} color={seriesColor("wrong")} />
        <Progress.Section value={(right / all) * 100} color={seriesColor("right")} />
      </Progress.Root>
    </div>
  );
}

function Composition({ preview }: { preview: Preview }) {
  const short = strata(preview.shortfall).map((each) => `${count(each.count)} ${texts.strata[each.stratum]}`);
  return (
    <div>
      <Table verticalSpacing={4} aria-label={words.strata}>
        <Table.Tbody>
          {strata(preview.by_stratum).map(({ stratum, count: n }) => (
            <Table.Tr key={stratum}>
              <Table.Td>{texts.strata[stratum]}</Table.Td>
              <Table.Td ta="right">{count(n)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {short.length > 0 && (
        <Alert color="orange" mt="xs" title={`${words.shortfall}: ${short.join(", ")}`}>
          {words.shortfallHint}
        </Alert>
      )}
    </div>
  );
}
