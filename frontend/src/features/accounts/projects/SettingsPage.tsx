import { Button, Group, Select, SimpleGrid, Switch, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told } from "@/api/client";
import { keys, projectQuery } from "@/api/queries";
import type { Project } from "@/api/types";
import { fieldError } from "@/shared/forms/fields";
import { ShareField, WholeField } from "@/shared/forms/NumberFields";
import { texts as shared } from "@/shared/language/texts";
import { Page, Section } from "@/shared/layout/Page";
import { Failure, Loaded } from "@/shared/states/states";

import { InstructionsEditor } from "./InstructionsEditor";
import classes from "./projects.module.css";
import { CostFields, QualityFields } from "./QualityFields";
import { numberOf, type FieldsProps, type Settings } from "./settings";
import { texts } from "./texts";
import { TrainingFields } from "./TrainingFields";

const words = texts.settings;

export function SettingsPage({ slug }: { slug: string }) {
  return (
    <Page title={words.title}>
      <Loaded query={useQuery(projectQuery(slug))}>{(project) => <SettingsForm project={project} />}</Loaded>
      <Section title={texts.instructions.title}>
        <InstructionsEditor slug={slug} />
      </Section>
    </Page>
  );
}

const WEEK = 7 * 24 * 3600; // seconds

function SettingsForm({ project }: { project: Project }) {
  const [changes, setChanges] = useState<Partial<Settings>>({});
  const save = useSave(project.slug, () => setChanges({}));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(changes);
  };
  const fields: FieldsProps = {
    settings: { ...project, ...changes },
    change: (name, value) => setChanges((before) => ({ ...before, [name]: value })),
    error: save.error,
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <Section title={words.rules}>
        <LabelingFields {...fields} />
      </Section>
      <Section title={words.loop}>
        <LoopFields {...fields} />
      </Section>
      <Section title={texts.training.title}>
        <TrainingFields slug={project.slug} {...fields} />
      </Section>
      <Section title={words.quality}>
        <QualityFields {...fields} />
      </Section>
      <Section title={words.cost}>
        <CostFields {...fields} />
      </Section>
      <Section title={words.splits}>
        <SplitFields {...fields} />
      </Section>
      {save.isError && <Failure error={save.error} title={words.failed} />}
      <Group>
        <Button type="submit" loading={save.isPending} disabled={Object.keys(changes).length === 0}>
          {shared.actions.save}
        </Button>
        <Text role="status" size="sm" c="dimmed">
          {save.isSuccess && Object.keys(changes).length === 0 ? shared.actions.saved : ""}
        </Text>
      </Group>
    </form>
  );
}

function useSave(slug: string, onSaved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: Partial<Settings>) => told(api.PATCH("/api/v1/projects/{slug}", { params: { path: { slug } }, body: changes })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.project(slug) });
      onSaved();
    },
  });
}

function LabelingFields(fields: FieldsProps) {
  const { settings, change, error } = fields;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput
        required
        label={words.name}
        value={settings.name}
        error={fieldError(error, "name")}
        onChange={(event) => change("name", event.currentTarget.value)}
      />
      <WholeField label={words.labelsWanted} hint={words.labelsWantedHint} min={1} max={100} {...numberOf("labels_wanted", fields)} />
      <ShareField label={words.overlapShare} hint={words.overlapShareHint} {...numberOf("overlap_share", fields)} />
      <WholeField label={words.lease} hint={words.leaseHint} min={10} max={WEEK} suffix={words.seconds} {...numberOf("lease_seconds", fields)} />
    </SimpleGrid>
  );
}

function LoopFields(fields: FieldsProps) {
  const { settings, change } = fields;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Select
        label={words.metric}
        description={words.metricHint}
        allowDeselect={false}
        data={Object.entries(words.metrics).map(([value, label]) => ({ value, label }))}
        value={settings.metric}
        onChange={(value) => value && change("metric", value as Settings["metric"])}
      />
      <ShareField label={words.margin} hint={words.marginHint} {...numberOf("promotion_margin", fields)} />
      <ShareField label={words.controlShare} hint={words.controlShareHint} {...numberOf("control_share", fields)} />
      <ShareField label={words.auditShare} hint={words.auditShareHint} {...numberOf("audit_share", fields)} />
      <Switch
        label={words.advance}
        description={words.advanceHint}
        checked={settings.auto_advance}
        onChange={(event) => change("auto_advance", event.currentTarget.checked)}
      />
      <Switch
        label={words.elsewhere}
        description={words.elsewhereHint}
        checked={settings.trains_elsewhere}
        onChange={(event) => change("trains_elsewhere", event.currentTarget.checked)}
      />
    </SimpleGrid>
  );
}

function SplitFields(fields: FieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <ShareField label={words.gateShare} hint={words.gateShareHint} {...numberOf("gate_share", fields)} />
      <ShareField label={words.testShare} hint={words.testShareHint} {...numberOf("test_share", fields)} />
    </SimpleGrid>
  );
}
