import { Button, Code, Group, Radio, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { checkpointsQuery, generationsQuery } from "@/api/queries";
import { Page } from "@/shared/Page";

import { addressOf, FORMATS, type Asked } from "./export";
import { texts } from "./texts";

const words = texts.export;

export function ExportPage({ slug }: { slug: string }) {
  const [asked, setAsked] = useState<Asked>({ format: "prm800k", view: "all", source: null, generation: null, checkpoint: null });
  const change = (changes: Partial<Asked>) => setAsked((before) => ({ ...before, ...changes }));
  const address = addressOf(slug, asked);
  return (
    <Page title={words.title}>
      <Text c="dimmed">{words.hint}</Text>
      <FormatField asked={asked} change={change} />
      <Radio.Group label={words.view} value={asked.view} onChange={(view) => change({ view: view as Asked["view"] })}>
        <Stack gap="xs" mt="xs">
          {(["all", "train"] as const).map((view) => (
            <Radio key={view} value={view} label={words.views[view]} />
          ))}
        </Stack>
      </Radio.Group>
      <Filters slug={slug} asked={asked} change={change} />
      <Button component="a" href={address} download w="fit-content">
        {words.download}
      </Button>
      <div>
        <Text size="sm" c="dimmed">
          {words.script}
        </Text>
        <Code block>{`curl -H "Authorization: Bearer $TOKEN" -O -J "${location.origin}${address}"`}</Code>
      </div>
    </Page>
  );
}

interface FieldsProps {
  readonly asked: Asked;
  readonly change: (changes: Partial<Asked>) => void;
}

function FormatField({ asked, change }: FieldsProps) {
  return (
    <Radio.Group label={words.format} value={asked.format} onChange={(format) => change({ format: format as Asked["format"] })}>
      <Stack gap="xs" mt="xs">
        {FORMATS.map((format) => (
          <Radio key={format} value={format} label={words.formats[format].name} description={words.formats[format].detail} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function Filters({ slug, asked, change }: FieldsProps & { slug: string }) {
  const generations = useQuery(generationsQuery(slug));
  const checkpoints = useQuery(checkpointsQuery(slug));
  return (
    <Group>
      <Select
        label={words.source}
        clearable
        placeholder={words.everySource}
        data={Object.entries(words.sources).map(([value, label]) => ({ value, label }))}
        value={asked.source}
        onChange={(source) => change({ source: source as Asked["source"] })}
      />
      <NumberSelect
        label={words.generation}
        placeholder={words.everyGeneration}
        name={words.generationNumber}
        numbers={generations.data?.map(({ number }) => number) ?? []}
        value={asked.generation}
        onChange={(generation) => change({ generation })}
      />
      <NumberSelect
        label={words.checkpoint}
        placeholder={words.anyCheckpoint}
        name={words.checkpointNumber}
        numbers={checkpoints.data?.map(({ number }) => number) ?? []}
        value={asked.checkpoint}
        onChange={(checkpoint) => change({ checkpoint })}
      />
    </Group>
  );
}

interface NumberSelectProps {
  readonly label: string;
  readonly placeholder: string;
  readonly name: (number: number) => string;
  readonly numbers: readonly number[];
  readonly value: number | null;
  readonly onChange: (number: number | null) => void;
}

function NumberSelect({ label, placeholder, name, numbers, value, onChange }: NumberSelectProps) {
  return (
    <Select
      label={label}
      clearable
      placeholder={placeholder}
      data={numbers.map((number) => ({ value: String(number), label: name(number) }))}
      value={value === null ? null : String(value)}
      onChange={(chosen) => onChange(chosen === null ? null : Number(chosen))}
    />
  );
}
