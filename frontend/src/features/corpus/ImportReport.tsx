import { Alert, Anchor, Button, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, told } from "@/api/client";
import { importQuery, isRunning, keys } from "@/api/queries";
import type { Import } from "@/api/types";
import { count } from "@/shared/format";
import { JobProgress } from "@/shared/JobProgress";
import { Page } from "@/shared/Page";
import { paths } from "@/shared/paths";
import { Failure, Loaded } from "@/shared/states";
import { texts as shared } from "@/shared/texts";

import { createdOf } from "./report";
import { texts } from "./texts";

const words = texts.import.report;

/** One import, live: how far it is, and what became of every line. */
export function ImportReport({ slug, id }: { slug: string; id: number }) {
  const query = useQuery(importQuery(slug, id));
  return (
    <Page title={words.title(query.data?.filename ?? "")}>
      <Anchor component={Link} to={paths.import(slug)} size="sm">
        ← {words.back}
      </Anchor>
      <Loaded query={query}>{(one) => <Report slug={slug} one={one} />}</Loaded>
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
      {one.rejected > 0 && <Rejected one={one} />}
    </Stack>
  );
}

function Stopped({ slug, one }: { slug: string; one: Import }) {
  const retry = useRetry(slug, one.id);
  return (
    <Alert role="alert" color="orange" title={words.failed}>
      <Text size="sm">{one.message}</Text>
      <Button mt="xs" size="xs" loading={retry.isPending} onClick={() => retry.mutate()}>
        {shared.state.retry}
      </Button>
      {retry.isError && <Failure error={retry.error} />}
    </Alert>
  );
}

function useRetry(slug: string, id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => told(api.POST("/api/v1/projects/{slug}/jobs/{id}/retry", { params: { path: { slug, id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}

function Outcome({ one }: { one: Import }) {
  const created = Object.values(one.created).some((n) => n > 0);
  return (
    <div role="status">
      <Text size="lg">{created ? `${words.created}: ${createdOf(one)}.` : one.rejected === 0 ? words.nothingNew : null}</Text>
      {one.skipped > 0 && <Text c="dimmed">{words.skipped(one.skipped)}.</Text>}
    </div>
  );
}

function Rejected({ one }: { one: Import }) {
  return (
    <div>
      <Text fw={550}>{words.rejected(one.rejected)}.</Text>
      <Text size="sm" c="dimmed">
        {words.fix}
      </Text>
      <Table.ScrollContainer minWidth={400} mah={480}>
        <Table stickyHeader verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="right" w={90}>
                {words.line}
              </Table.Th>
              <Table.Th>{words.reason}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {one.rejections.map(({ line, reason }, index) => (
              <Table.Tr key={index}>
                <Table.Td ta="right">{count(line)}</Table.Td>
                <Table.Td>{reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {one.more > 0 && <Text c="dimmed">{words.more(count(one.more))}</Text>}
    </div>
  );
}
