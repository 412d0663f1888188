import { Button, Code, Group, Radio, SimpleGrid, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { DataTabs } from "@/shared/layout/DataTabs";
import { Page, Section } from "@/shared/layout/Page";
import { Failure } from "@/shared/states/states";

import { usePrepare } from "../queries";
import examples from "./examples.json";
import { addressOf, FORMATS, type Asked } from "./export";
import { ExportFilters } from "./ExportFilters";
import { PreparedFiles } from "./PreparedFiles";
import { texts as words } from "./texts";

const ALL: Asked = { format: "prm800k", view: "all", source: null, generation: null, checkpoint: null };

export function ExportPage({ slug }: { slug: string }) {
  const [asked, setAsked] = useState(ALL);
  const change = (changes: Partial<Asked>) => setAsked((before) => ({ ...before, ...changes }));
  return (
    <Page title={words.title}>
      <DataTabs slug={slug} />
      <Text c="dimmed">{words.hint}</Text>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <FormatField asked={asked} change={change} />
        <Example format={asked.format} />
      </SimpleGrid>
      <ViewField asked={asked} change={change} />
      <ExportFilters slug={slug} asked={asked} change={change} />
      <Ways slug={slug} asked={asked} />
      <Section title={words.files.title}>
        <PreparedFiles slug={slug} />
      </Section>
      <Script address={addressOf(slug, asked)} />
    </Page>
  );
}

interface FieldProps {
  readonly asked: Asked;
  readonly change: (changes: Partial<Asked>) => void;
}

function FormatField({ asked, change }: FieldProps) {
  return (
    <Radio.Group label={words.format} value={asked.format} onChange={(format) => change({ format: format })}>
      <Stack gap="xs" mt="xs">
        {FORMATS.map((format) => (
          <Radio key={format} value={format} label={words.formats[format].name} description={words.formats[format].detail} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** A row of the format, of the same label in each: a slip in the second step. */
function Example({ format }: { format: Asked["format"] }) {
  return (
    <div>
      <Text size="sm" fw={500} id="export-example">
        {words.example(words.formats[format].name)}
      </Text>
      <Text size="xs" c="dimmed">
        {format === "parquet" ? words.exampleColumns : words.exampleHint}
      </Text>
      <Code block mt="xs" mah={420} tabIndex={0} role="region" aria-labelledby="export-example" style={{ overflow: "auto", whiteSpace: "pre-wrap" }}>
        {JSON.stringify(examples[format], null, 2)}
      </Code>
    </div>
  );
}

function ViewField({ asked, change }: FieldProps) {
  return (
    <Radio.Group label={words.view} value={asked.view} onChange={(view) => change({ view: view })}>
      <Stack gap="xs" mt="xs">
        {(["all", "train"] as const).map((view) => (
          <Radio key={view} value={view} label={words.views[view].name} description={words.views[view].detail} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** A file that a worker writes, or the stream at once: the same bytes. */
function Ways({ slug, asked }: { slug: string; asked: Asked }) {
  const prepare = usePrepare(slug);
  return (
    <Stack gap="xs">
      <Group>
        <Button loading={prepare.isPending} onClick={() => prepare.mutate(asked)}>
          {words.prepare}
        </Button>
        <Button component="a" href={addressOf(slug, asked)} download variant="default">
          {words.download}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {words.ways}
      </Text>
      {prepare.isError && <Failure error={prepare.error} title={words.prepareFailed} />}
    </Stack>
  );
}

function Script({ address }: { address: string }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {words.script}
      </Text>
      <Code block>{`curl -H "Authorization: Bearer $TOKEN" -O -J "${location.origin}${address}"`}</Code>
    </div>
  );
}
