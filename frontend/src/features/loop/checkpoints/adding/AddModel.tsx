import { Alert, Button, FileInput, Modal, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import type { NewScorer, ScorerOptions } from "@/api/types";
import { JSON_LINES } from "@/shared/forms/DropPlace";
import { fieldError } from "@/shared/forms/fields";
import { DecimalField } from "@/shared/forms/NumberFields";
import { Failure, Loaded } from "@/shared/states/states";

import { scorersQuery, useAddModel, useAddScores, type ScoreFile } from "../queries";
import { texts as words } from "./texts";

const SOURCES = ["served", "public", "imported"] as const;
const JUDGE = "judge"; // reads text, where the others read token ids
type Source = (typeof SOURCES)[number];

interface AddModelProps {
  readonly slug: string;
  /** The one that waits for a checkpoint that is trained elsewhere. */
  readonly generation: number | null;
}

/** A model that was not trained here becomes a checkpoint; the one that a generation waits for, where one does. */
export function AddModel({ slug, generation }: AddModelProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {words.button}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={words.title} size="lg">
        <Sources slug={slug} generation={generation} onAdded={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function Sources({ slug, generation, onAdded }: AddModelProps & { onAdded: () => void }) {
  const [source, setSource] = useState<Source>("served");
  return (
    <Stack>
      <Text size="sm">{generation === null ? words.detail : words.detailAwaited(generation)}</Text>
      <Radio.Group label={words.source} value={source} onChange={(value) => setSource(value)}>
        <Stack gap="xs" mt="xs">
          {SOURCES.map((each) => (
            <Radio key={each} value={each} label={words.sources[each]} />
          ))}
        </Stack>
      </Radio.Group>
      <Loaded query={useQuery(scorersQuery(slug))}>
        {(options) =>
          source === "imported" ? (
            <ImportedForm slug={slug} generation={generation} options={options} onAdded={onAdded} />
          ) : (
            <NamedForm key={source} slug={slug} generation={generation} source={source} options={options} onAdded={onAdded} />
          )
        }
      </Loaded>
    </Stack>
  );
}

interface FormProps extends AddModelProps {
  readonly options: ScorerOptions;
  readonly onAdded: () => void;
}

/** A model by its name, on a server or from a directory or hub; only what the deployment lists can be chosen. */
function NamedForm({ slug, generation, source, options, onAdded }: FormProps & { source: "served" | "public" }) {
  const served = source === "served";
  const styles = options.styles.filter((style) => served || style.public);
  const [asked, setAsked] = useState<Required<NewScorer>>({
    source,
    endpoint: served ? (options.endpoints[0] ?? "") : "",
    model: served ? "" : (options.models[0] ?? ""),
    style: styles[0]?.name ?? "",
    tokenizer: served ? (options.models[0] ?? "") : "",
    threshold: null,
    generation,
  });
  const add = useAddModel(slug, onAdded);
  if (options.models.length === 0 || (served && options.endpoints.length === 0)) {
    return <Alert color="gray">{served && options.endpoints.length === 0 ? words.off.served : words.off.public}</Alert>;
  }
  const change = (values: Partial<NewScorer>) => setAsked((before) => ({ ...before, ...values }));
  const choice = (name: "endpoint" | "model" | "tokenizer", label: string, from: readonly string[], hint?: string) => (
    <Select
      label={label}
      description={hint}
      allowDeselect={false}
      data={from}
      value={asked[name]}
      error={fieldError(add.error, name)}
      onChange={(value) => value && change({ [name]: value })}
    />
  );
  return (
    <form onSubmit={submitting(() => add.mutate(asked))}>
      <Stack>
        {served && choice("endpoint", words.endpoint, options.endpoints)}
        {served ? (
          <NameField
            label={words.model}
            hint={words.modelHint}
            value={asked.model}
            error={fieldError(add.error, "model")}
            onChange={(model) => change({ model })}
          />
        ) : (
          choice("model", words.model, options.models)
        )}
        <Select
          label={words.style}
          description={styles.find(({ name }) => name === asked.style)?.sentence}
          allowDeselect={false}
          data={styles.map(({ name }) => name)}
          value={asked.style}
          error={fieldError(add.error, "style")}
          onChange={(style) => style && change({ style })}
        />
        {served && asked.style !== JUDGE && choice("tokenizer", words.tokenizer, options.models, words.tokenizerHint)}
        <ThresholdField error={add.error} onNumber={(threshold) => change({ threshold })} />
        {add.isError && <Failure error={add.error} title={words.failed} />}
        <Button type="submit" w="fit-content" disabled={asked.model.trim() === ""} loading={add.isPending}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

/** A file of step probabilities that a model gave elsewhere. */
function ImportedForm({ slug, generation, options, onAdded }: FormProps) {
  const [file, setFile] = useState<File | null>(null);
  const [asked, setAsked] = useState<Omit<ScoreFile, "file">>({ name: "", aggregate: "product", threshold: null, generation });
  const add = useAddScores(slug, onAdded);
  const change = (values: Partial<ScoreFile>) => setAsked((before) => ({ ...before, ...values }));
  return (
    <form onSubmit={submitting(() => file && add.mutate({ ...asked, file }))}>
      <Stack>
        <NameField
          label={words.name}
          hint={words.nameHint}
          value={asked.name}
          error={fieldError(add.error, "name")}
          onChange={(name) => change({ name })}
        />
        <FileInput
          required
          label={words.file}
          description={words.fileHint}
          accept={JSON_LINES}
          value={file}
          error={fieldError(add.error, "file")}
          onChange={setFile}
        />
        <Select
          label={words.aggregate}
          allowDeselect={false}
          data={options.aggregates}
          value={asked.aggregate}
          onChange={(aggregate) => aggregate && change({ aggregate })}
        />
        <ThresholdField error={add.error} onNumber={(threshold) => change({ threshold })} />
        {add.isError && <Failure error={add.error} title={words.failed} />}
        <Button type="submit" w="fit-content" disabled={!file || asked.name.trim() === ""} loading={add.isPending}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

interface NameFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (name: string) => void;
}

function NameField({ hint, onChange, ...field }: NameFieldProps) {
  return <TextInput required description={hint} maxLength={200} onChange={(event) => onChange(event.currentTarget.value)} {...field} />;
}

function ThresholdField({ error, onNumber }: { error: unknown; onNumber: (value: number | null) => void }) {
  return (
    <DecimalField
      label={words.threshold}
      description={words.thresholdHint}
      max={1}
      step={0.05}
      decimalScale={4}
      first={null}
      error={fieldError(error, "threshold")}
      onNumber={onNumber}
    />
  );
}

function submitting(send: () => void) {
  return (event: FormEvent) => {
    event.preventDefault();
    send();
  };
}
