import { Alert, Button, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/api/client";
import { isRunning, keys, samplingQuery } from "@/api/queries";
import type { Sampling } from "@/api/types";
import { ConfirmDialog } from "@/shared/forms/ConfirmDialog";
import { DataTabs } from "@/shared/layout/DataTabs";
import { BackLink, Page, Section } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { JobProgress } from "@/shared/states/JobProgress";
import { Failure, Loaded } from "@/shared/states/states";
import { count } from "@/shared/text/format";

import { money } from "./sampling";
import { texts } from "./texts";

const words = texts.report;

interface OneProps {
  readonly slug: string;
  readonly one: Sampling;
}

/** One sampling, live: how far it is, what it made and cost, and why answers were not kept. */
export function SamplingReport({ slug, id }: { slug: string; id: number }) {
  const query = useQuery(samplingQuery(slug, id));
  return (
    <Page title={words.title(id)} actions={query.data && isRunning(query.data) && <Stop slug={slug} id={id} />}>
      <DataTabs slug={slug} />
      <BackLink to={paths.sampling(slug)}>{words.back}</BackLink>
      <Loaded query={query}>{(one) => <Report slug={slug} one={one} />}</Loaded>
    </Page>
  );
}

function Report({ slug, one }: OneProps) {
  const { parameters: asked } = one;
  return (
    <Stack>
      {isRunning(one) && <JobProgress job={one} />}
      {one.state === "failed" && <Stopped slug={slug} one={one} />}
      <Section title={words.asked}>
        <Text>{words.from(asked.model, asked.endpoint)}</Text>
        <Text size="sm" c="dimmed">
          {words.recipe(asked.n, texts.short[asked.what], asked.split)}, {words.drawn(asked.temperature, count(asked.max_tokens), asked.seed)}
        </Text>
      </Section>
      <Section title={words.came}>
        <Figures rows={outcomes(one)} />
      </Section>
      <Section title={words.paid}>
        <Figures rows={spendings(one)} />
        {one.untold > 0 && <Text size="sm">{words.untold(one.untold)}</Text>}
      </Section>
      <Section title={words.failures}>
        <Failures one={one} />
      </Section>
    </Stack>
  );
}

type Row = readonly [name: string, value: string];

function outcomes(one: Sampling): Row[] {
  const rows: Row[] = [
    [words.created[one.parameters.what], count(one.created)],
    [words.duplicates, count(one.duplicates)],
  ];
  if (one.there > 0) rows.push([words.there, count(one.there)]);
  if (one.unanswered > 0) rows.push([words.unanswered, count(one.unanswered)]);
  return rows;
}

function spendings(one: Sampling): Row[] {
  const each = one.cost !== null && one.created > 0 ? `, ${words.perCreated(money(one.cost / one.created))}` : "";
  return [
    [words.answers, count(one.answers)],
    [words.promptTokens, count(one.prompt_tokens)],
    [words.completionTokens, count(one.completion_tokens)],
    [words.cost, one.cost === null ? words.noCost : `${money(one.cost)}${each}`],
  ];
}

function Figures({ rows }: { rows: readonly Row[] }) {
  return (
    <Table maw={640} withRowBorders={false} verticalSpacing={2}>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" fw={400}>
              {name}
            </Table.Th>
            <Table.Td ta="right">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Failures({ one }: { one: Sampling }) {
  if (one.failures.length === 0) return <Text c="dimmed">{one.answers > 0 ? words.noFailures : words.noAnswers}</Text>;
  return (
    <WideTable name={words.failures} minWidth={500} heads={[words.reason, { number: words.count }, words.example]}>
      {one.failures.map(({ reason, count: n, example }) => (
        <Table.Tr key={reason}>
          <Table.Td>{words.reasons[reason]}</Table.Td>
          <Table.Td ta="right">{count(n)}</Table.Td>
          <Table.Td style={{ overflowWrap: "anywhere" }}>{example}</Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function Stopped({ slug, one }: OneProps) {
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => told(api.POST("/api/v1/projects/{slug}/jobs/{id}/retry", { params: { path: { slug, id: one.id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
  return (
    <Alert role="alert" color="orange" title={words.stopped}>
      <Text size="sm">{one.message}</Text>
      <Button mt="xs" size="xs" loading={retry.isPending} onClick={() => retry.mutate()}>
        {words.goOn}
      </Button>
      {retry.isError && <Failure error={retry.error} />}
    </Alert>
  );
}

function Stop({ slug, id }: { slug: string; id: number }) {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () => told(api.POST("/api/v1/projects/{slug}/samplings/{id}/stop", { params: { path: { slug, id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
  const confirm = () => {
    setAsking(false);
    stop.mutate();
  };
  return (
    <>
      <Button variant="default" loading={stop.isPending} onClick={() => setAsking(true)}>
        {words.stop}
      </Button>
      {stop.isError && <Failure error={stop.error} />}
      <ConfirmDialog opened={asking} words={words.stopDialog} onConfirm={confirm} onClose={() => setAsking(false)} />
    </>
  );
}
