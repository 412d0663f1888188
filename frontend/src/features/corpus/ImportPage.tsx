import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { Anchor, Code, Table, Text } from "@mantine/core";

import { importsQuery, isRunning } from "@/api/queries";
import type { Import } from "@/api/types";
import { Ago } from "@/shared/Ago";
import { DataTabs } from "@/shared/DataTabs";
import { LINES } from "@/shared/example";
import { count } from "@/shared/format";
import { JobProgress } from "@/shared/JobProgress";
import { Page, Section } from "@/shared/Page";
import { paths } from "@/shared/paths";
import { Loaded } from "@/shared/states";

import { createdOf } from "./report";
import { texts } from "./texts";
import { UploadForm } from "./UploadForm";

const words = texts.import;

export function ImportPage({ slug }: { slug: string }) {
  return (
    <Page title={words.title}>
      <DataTabs slug={slug} />
      <UploadForm slug={slug} />
      <details>
        <summary>
          <Text span size="sm" c="dimmed">
            {words.example}
          </Text>
        </summary>
        <Code block mt={6} tabIndex={0}>
          {LINES}
        </Code>
      </details>
      <Section title={words.earlier}>
        <Loaded query={useQuery(importsQuery(slug))}>{(imports) => <Imports slug={slug} imports={imports} />}</Loaded>
      </Section>
    </Page>
  );
}

function Imports({ slug, imports }: { slug: string; imports: readonly Import[] }) {
  if (imports.length === 0) return <Text c="dimmed">{words.none}</Text>;
  return (
    <Table.ScrollContainer minWidth={700}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.file}</Table.Th>
            <Table.Th ta="right">{words.created}</Table.Th>
            <Table.Th ta="right">{words.skipped}</Table.Th>
            <Table.Th ta="right">{words.rejected}</Table.Th>
            <Table.Th>{words.when}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {imports.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>
                <Anchor inherit component={Link} to={paths.importOf(slug, one.id)}>
                  {one.filename}
                </Anchor>
              </Table.Td>
              {isRunning(one) || one.state === "failed" ? (
                <Table.Td colSpan={3}>
                  <JobProgress job={one} />
                </Table.Td>
              ) : (
                <>
                  <Table.Td ta="right">{createdOf(one)}</Table.Td>
                  <Table.Td ta="right">{count(one.skipped)}</Table.Td>
                  <Table.Td ta="right">{count(one.rejected)}</Table.Td>
                </>
              )}
              <Table.Td>
                <Ago at={one.created_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
