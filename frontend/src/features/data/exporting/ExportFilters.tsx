import { Group, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { checkpointsQuery, generationsQuery } from "@/api/queries";

import type { Asked } from "./export";
import { texts as words } from "./texts";

interface FiltersProps {
  readonly slug: string;
  readonly asked: Asked;
  readonly change: (changes: Partial<Asked>) => void;
}

/** Which labels: by where they come from, their generation, the checkpoint that saw them. */
export function ExportFilters({ slug, asked, change }: FiltersProps) {
  const generations = useQuery(generationsQuery(slug));
  const checkpoints = useQuery(checkpointsQuery(slug));
  return (
    <Group align="flex-start">
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
