import { Alert, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { importQuery, isRunning } from "@/api/queries";
import type { Import } from "@/api/types";
import { texts as shared } from "@/shared/language/texts";
import { DataTabs } from "@/shared/layout/DataTabs";
import { BackLink, Page, Section } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { JobProgress } from "@/shared/states/JobProgress";
import { Failure, Loaded } from "@/shared/states/states";
import { count } from "@/shared/text/format";

import { useRetry } from "../queries";
import { createdOf, fieldsOf, linesOf } from "./report";
import { texts } from "./texts";

const words = texts.report;

/** One import, live: how far it is, and what became of every line. */
export function ImportReport({ slug, id }: { slug: string; id: number }) {
  const query = useQuery(importQuery(slug, id));
  return (
    <Page title={words.title(query.data?.filename ?? "")}>
      <DataTabs slug={slug} />
      <BackLink to={paths.import(slug)}>{words.back}</BackLink>
      <Loaded query={query}>{(one) => <Report slug={slug} one={one} />}</Loaded>
      {query.data?.state === "done" && (
        <Button component={Link} to={paths.project(slug)} variant="default" w="fit-content">
          {words.next}
        </Button>
      )}
    </Page>
  );
}

function Report({ slug, one }: { slug: string; one: Import }) {
  return (
    <Stack>
      {isRunning(one) && <JobProgress job={one} />}
      {one.state === "failed" && <Stopped slug={slug} one={one} />}
      {one.state === "done" && <Outcome one={one} />}
      {one.notes.map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
      {Object.keys(one.unread).length > 0 && <Text size="sm">{words.unread(fieldsOf(one.unread))}</Text>}
      {one.rejected > 0 && <Rejected slug={slug} one={one} />}
    </Stack>
  );
}

function Stopped({ slug, one }: { slug: string; one: Import }) {
  const retry = useRetry(slug);
  return (
    <Alert role="alert" color="orange" title={words.failed}>
      <Text size="sm">{one.message}</Text>
      <Button mt="xs" size="xs" loading={retry.isPending} onClick={() => retry.mutate(one.id)}>
        {shared.state.retry}
      </Button>
      {retry.isError && <Failure error={retry.error} />}
    </Alert>
  );
}

const createdAny = (one: Import) => Object.values(one.created).some((n) => n > 0);

const broughtNothing = (one: Import) => !createdAny(one) && !one.merged && one.rejected === 0;

function Outcome({ one }: { one: Import }) {
  return (
    <div role="status">
      {createdAny(one) && <Text size="lg">{`${words.created}: ${createdOf(one)}.`}</Text>}
      {broughtNothing(one) && <Text size="lg">{words.nothingNew}</Text>}
      {linesOf(one) && <Text c="dimmed">{linesOf(one)}.</Text>}
    </div>
  );
}

/** Why lines were turned away, the most frequent reason first; then each of them, and the lines themselves as a file. */
function Rejected({ slug, one }: { slug: string; one: Import }) {
  return (
    <>
      <Section title={`${words.rejected(one.rejected)}.`}>
        <Text size="sm" c="dimmed">
          {(createdAny(one) || !!one.merged || one.skipped > 0) && words.rest} {words.fix}
        </Text>
        <Reasons one={one} />
        {one.rejected_kept ? <Lists slug={slug} one={one} /> : one.state === "done" && <Text size="sm">{words.listGone}</Text>}
      </Section>
      <Section title={words.each}>
        <Each one={one} />
      </Section>
    </>
  );
}

function Reasons({ one }: { one: Import }) {
  return (
    <WideTable name={words.reason} minWidth={500} verticalSpacing={4} heads={[words.reason, { number: words.count }, words.numbers]}>
      {one.reasons.map(({ reason, count: n, lines }) => (
        <Table.Tr key={reason}>
          <Table.Td>{reason}</Table.Td>
          <Table.Td ta="right">{count(n)}</Table.Td>
          <Table.Td>{texts.lines(lines.map(count).join(", "), n, count(n - lines.length), n > lines.length)}</Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

const LISTS = Object.entries(words.formats);

function Lists({ slug, one }: { slug: string; one: Import }) {
  return (
    <Group gap="sm">
      <Text size="sm">{words.list}</Text>
      {LISTS.map(([format, name]) => (
        <Button
          key={format}
          component="a"
          href={`/api/v1/projects/${slug}/imports/${one.id}/rejected/${format}`}
          download
          size="xs"
          variant="default"
        >
          {name}
        </Button>
      ))}
    </Group>
  );
}

function Each({ one }: { one: Import }) {
  return (
    <div>
      <WideTable name={words.eachTable} minWidth={400} maxHeight={480} verticalSpacing={4} heads={[{ number: words.line, w: 90 }, words.reason]}>
        {one.rejections.map(({ line, reason }, index) => (
          <Table.Tr key={index}>
            <Table.Td ta="right">{count(line)}</Table.Td>
            <Table.Td>{reason}</Table.Td>
          </Table.Tr>
        ))}
      </WideTable>
      {one.more > 0 && (
        <Text size="sm" c="dimmed">
          {words.more(count(one.more))}
        </Text>
      )}
    </div>
  );
}
