import { Button, Radio, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useNavigate } from "react-router";

import { api, told } from "@/api/client";
import { samplingsQuery } from "@/api/queries";
import type { Endpoint, SamplingParameters, Split } from "@/api/types";
import { fieldError } from "@/shared/forms/fields";
import { DecimalField, WholeField } from "@/shared/forms/NumberFields";
import { paths } from "@/shared/paths";
import { Failure } from "@/shared/states/states";

import { texts as words } from "./texts";

const LARGEST = 2 ** 31 - 1; // what the database's integers hold

type Asked = Required<SamplingParameters>;

interface FieldsProps {
  readonly asked: Asked;
  readonly error: unknown;
  readonly change: <Name extends keyof Asked>(name: Name, value: Asked[Name]) => void;
}

const USUAL: Omit<Asked, "endpoint"> = {
  what: "solutions",
  model: "",
  n: 8,
  temperature: 1,
  max_tokens: 1024,
  split: "train",
  seed: 0,
  at_once: 8,
  price_prompt: null,
  price_completion: null,
};

/** What to ask for. The server is chosen by name from those that the deployment lists; no address can be typed. */
export function SamplingForm({ slug, endpoints }: { slug: string; endpoints: readonly Endpoint[] }) {
  const [asked, setAsked] = useState<Asked>({ ...USUAL, endpoint: endpoints[0]?.name ?? "" });
  const start = useStart(slug);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(asked);
  };
  const fields: FieldsProps = {
    asked,
    error: start.error,
    change: (name, value) => setAsked((before) => ({ ...before, [name]: value })),
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={760}>
        <SubjectField {...fields} />
        <SourceFields {...fields} endpoints={endpoints} />
        <DrawFields {...fields} />
        <PriceFields {...fields} />
        {start.isError && <Failure error={start.error} title={words.failed} />}
        <Button type="submit" w="fit-content" disabled={asked.model.trim() === ""} loading={start.isPending}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

function useStart(slug: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: Asked) => told(api.POST("/api/v1/projects/{slug}/samplings", { params: { path: { slug } }, body })),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries(samplingsQuery(slug));
      await navigate(paths.samplingOf(slug, id));
    },
  });
}

function SubjectField({ asked, change }: FieldsProps) {
  return (
    <Radio.Group label={words.what} value={asked.what} onChange={(what) => change("what", what)}>
      <Stack gap="xs" mt="xs">
        {(["solutions", "alternatives"] as const).map((what) => (
          <Radio key={what} value={what} label={words.whats[what]} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function SourceFields({ asked, error, change, endpoints }: FieldsProps & { endpoints: readonly Endpoint[] }) {
  const url = endpoints.find(({ name }) => name === asked.endpoint)?.url ?? "";
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Select
        label={words.endpoint}
        description={words.endpointHint(url)}
        allowDeselect={false}
        data={endpoints.map(({ name }) => name)}
        value={asked.endpoint}
        error={fieldError(error, "endpoint")}
        onChange={(endpoint) => endpoint && change("endpoint", endpoint)}
      />
      <TextInput
        required
        label={words.model}
        description={words.modelHint}
        maxLength={200}
        value={asked.model}
        error={fieldError(error, "model")}
        onChange={(event) => change("model", event.currentTarget.value)}
      />
    </SimpleGrid>
  );
}

function DrawFields({ asked, error, change }: FieldsProps) {
  const of = (name: "n" | "max_tokens" | "seed" | "at_once") => ({
    value: asked[name],
    error: fieldError(error, name),
    onChange: (value: number) => change(name, value),
  });
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <WholeField label={words.n[asked.what]} min={1} max={1000} {...of("n")} />
      <DecimalField
        required
        label={words.temperature}
        max={2}
        step={0.1}
        decimalScale={2}
        first={asked.temperature}
        error={fieldError(error, "temperature")}
        onNumber={(value) => value !== null && change("temperature", value)}
      />
      <Select
        label={words.split}
        allowDeselect={false}
        data={Object.entries(words.splits).map(([value, label]) => ({ value, label }))}
        value={asked.split}
        onChange={(split) => split && change("split", split as Split)}
      />
      <WholeField label={words.maxTokens} hint={words.maxTokensHint} min={1} max={32_768} {...of("max_tokens")} />
      <WholeField label={words.atOnce} min={1} max={64} {...of("at_once")} />
      <WholeField label={words.seed} hint={words.seedHint} min={0} max={LARGEST} {...of("seed")} />
    </SimpleGrid>
  );
}

function PriceFields({ error, change }: FieldsProps) {
  const of = (name: "price_prompt" | "price_completion") => ({
    description: words.priceHint,
    max: 1_000_000,
    decimalScale: 6,
    first: null,
    error: fieldError(error, name),
    onNumber: (value: number | null) => change(name, value),
  });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <DecimalField label={words.pricePrompt} {...of("price_prompt")} />
      <DecimalField label={words.priceCompletion} {...of("price_completion")} />
    </SimpleGrid>
  );
}
