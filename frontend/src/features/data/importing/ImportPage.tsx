import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { Anchor, Code, Table, Text } from "@mantine/core";

import { importsQuery, isRunning } from "@/api/queries";
import type { Import } from "@/api/types";
import { LINES } from "@/shared/text/example";
import { DataTabs } from "@/shared/layout/DataTabs";
import { Page, Section } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { JobProgress } from "@/shared/states/JobProgress";
import { Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { count, NONE } from "@/shared/text/format";

import { createdOf } from "./report";
import { texts as words } from "./texts";
import { UploadForm } from "./UploadForm";

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
    <WideTable
      name={words.earlier}
      minWidth={700}
      heads={[words.file, { number: words.created }, { number: words.merged }, { number: words.skipped }, { number: words.rejected }, words.when]}
    >
      {imports.map((one) => (
        <Table.Tr key={one.id}>
          <Table.Td>
            <Anchor inherit component={Link} to={paths.importOf(slug, one.id)}>
              {one.filename}
            </Anchor>
          </Table.Td>
          {isRunning(one) || one.state === "failed" ? (
            <Table.Td colSpan={4}>
              <JobProgress job={one} />
            </Table.Td>
          ) : (
            <>
              <Table.Td ta="right">{createdOf(one)}</Table.Td>
              <Table.Td ta="right">{one.merged === null ? NONE : count(one.merged)}</Table.Td>
              <Table.Td ta="right">{count(one.skipped)}</Table.Td>
              <Table.Td ta="right">{count(one.rejected)}</Table.Td>
            </>
          )}
          <Table.Td>
            <Ago at={one.created_at} />
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}
