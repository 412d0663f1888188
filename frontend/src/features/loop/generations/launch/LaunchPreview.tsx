import { Alert, Progress, Stack, Table, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";

import type { Preview } from "@/api/types";
import { seriesColor } from "@/shared/figures/palette";
import { Failure, Waiting } from "@/shared/states/states";
import { count, named, percent } from "@/shared/text/format";

import { strata } from "../describe";
import classes from "../generations.module.css";
import { texts } from "../texts";
import { Effort } from "./Effort";
import { PerProblem, Scores } from "./PreviewCharts";

const words = texts.preview;

interface PreviewProps {
  readonly slug: string;
  readonly query: UseQueryResult<Preview>;
  /** Whether other parameters than the answer's are being looked at: it stays, dimmed. */
  readonly old: boolean;
}

/** What a launch would do now; looking changes nothing. */
export function LaunchPreview({ slug, query, old }: PreviewProps) {
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
        <Would slug={slug} preview={query.data} />
      ) : (
        <Waiting lines={6} />
      )}
    </section>
  );
}

function Would({ slug, preview }: { slug: string; preview: Preview }) {
  return (
    <Stack>
      <div>
        <Text size="lg" fw={600}>
          {words.picks(preview.picks, preview.problems)}
        </Text>
        <Text size="sm" c="dimmed">
          {words.from(preview.candidates, preview.by_stratum["gate"] ?? 0)}
          {preview.ahead > 0 && `, ${words.ahead(preview.ahead)}`}
        </Text>
      </div>
      {preview.unscored > 0 && <Alert color="gray">{words.unscored(preview.unscored)}</Alert>}
      <Effort slug={slug} effort={preview.effort} />
      <Grades preview={preview} />
      <Composition preview={preview} />
      <PerProblem preview={preview} />
      {preview.histogram ? (
        <Scores histogram={preview.histogram} />
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
  return (
    <div>
      <Table verticalSpacing={4} aria-label={words.strata}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.stratum}</Table.Th>
            <Table.Th ta="right">{words.items}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {strata(preview.by_stratum).map(({ stratum, count: n }) => (
            <Table.Tr key={stratum}>
              <Table.Td>{named(texts.strata, stratum)}</Table.Td>
              <Table.Td ta="right">{count(n)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Shortfall preview={preview} />
    </div>
  );
}

function Shortfall({ preview: { shortfall, by_stratum } }: { preview: Preview }) {
  const short = strata(shortfall);
  if (short.length === 0) return null;
  return (
    <Alert color="orange" mt="xs" title={words.shortfall}>
      {short.map(({ stratum, count: missing }) => (
        <Text key={stratum} size="sm">
          {words.short(named(texts.strata, stratum), by_stratum[stratum] ?? 0, (by_stratum[stratum] ?? 0) + missing)}{" "}
          {stratum === "wrong" ? words.shortWrong : words.shortOther}
        </Text>
      ))}
    </Alert>
  );
}
