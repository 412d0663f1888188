import { Alert, Button, Group, NumberInput, Select, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import type { components } from "@/api/schema";
import { fieldError } from "@/shared/forms/fields";
import { Loaded } from "@/shared/states/states";
import { bytes, span } from "@/shared/text/format";

import type { FieldsProps, Settings } from "./settings";
import { texts } from "./texts";

type Options = components["schemas"]["TrainingOptions"];
type Setting = components["schemas"]["Setting"];
type Way = Settings["way"];

const words = texts.training;
const NAMES: Readonly<Record<string, string | undefined>> = words.names; // a setting that this page doesn't know keeps its own
const HINTS: Readonly<Record<string, string | undefined>> = words.settings;
const RECOMMENDED: Way = "frozen";

const trainingQuery = (slug: string) =>
  queryOptions({
    queryKey: ["project", slug, "training"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/training", { params: { path: { slug } } })),
  });

/** How checkpoints are trained: the way, its base model, what that takes, and each setting of the way. */
export function TrainingFields({ slug, ...fields }: FieldsProps & { slug: string }) {
  return <Loaded query={useQuery(trainingQuery(slug))}>{(options) => <Chosen options={options} {...fields} />}</Loaded>;
}

function Chosen({ options, ...fields }: FieldsProps & { options: Options }) {
  const { settings, change, error } = fields;
  const listed = options.base_models;
  const choose = (way: Way) => {
    change("way", way);
    change("base_model", way === "embedded" ? "" : settings.base_model || (listed[0] ?? ""));
    change("training", {});
  };
  const bases = settings.base_model && !listed.includes(settings.base_model) ? [settings.base_model, ...listed] : listed;
  return (
    <Stack gap="md">
      {settings.way === "embedded" && (
        <Alert>
          <Group gap="sm">
            <Text size="sm" flex="1 1 20rem">
              {listed.length > 0 ? words.recommended : words.noneListed}
            </Text>
            {listed.length > 0 && (
              <Button size="xs" variant="light" onClick={() => choose(RECOMMENDED)}>
                {words.choose}
              </Button>
            )}
          </Group>
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label={words.way}
          description={words.hints[settings.way]}
          allowDeselect={false}
          data={Object.entries(words.ways).map(([value, label]) => ({ value, label }))}
          value={settings.way}
          error={fieldError(error, "way")}
          onChange={(way) => way && choose(way as Way)}
        />
        {settings.way !== "embedded" && (
          <Select
            label={words.base}
            description={words.baseHint}
            allowDeselect={false}
            placeholder={words.noBase}
            nothingFoundMessage={words.noBase}
            data={bases}
            value={settings.base_model || null}
            error={fieldError(error, "base_model")}
            onChange={(base) => base && change("base_model", base)}
          />
        )}
      </SimpleGrid>
      <Takes options={options} settings={settings} />
      <details>
        <summary style={{ cursor: "pointer", width: "fit-content" }}>
          <Text span size="sm">
            {words.more(Object.keys(settings.training).length)}
          </Text>
        </summary>
        <SimpleGrid cols={{ base: 1, sm: 3 }} mt="sm">
          {options.ways
            .find(({ way }) => way === settings.way)
            ?.settings.map((setting) => (
              <SettingField key={`${settings.way} ${setting.name}`} setting={setting} {...fields} />
            ))}
        </SimpleGrid>
      </details>
      {fieldError(error, "training") && (
        <Text size="sm" c="red" role="alert">
          {fieldError(error, "training")}
        </Text>
      )}
    </Stack>
  );
}

/** What a training by the chosen way takes, as far as anybody knows before it starts. */
function Takes({ options, settings }: { options: Options; settings: Settings }) {
  const cost = options.costs.find(({ way, base_model }) => way === settings.way && base_model === settings.base_model);
  if (!cost) return null;
  return (
    <Text size="sm" c="dimmed">
      {cost.memory == null || cost.training == null
        ? words.unknown
        : words.takes(options.solutions, span(cost.training), bytes(cost.memory), cost.reading == null ? null : span(cost.reading))}
    </Text>
  );
}

/** One setting. Empty stands for the way's own value, which the field shows in grey. */
function SettingField({ setting: { name, default: own, least, most, choices }, settings, change }: FieldsProps & { setting: Setting }) {
  const set = (value: unknown) => {
    const { [name]: _, ...others } = settings.training as Record<string, unknown>;
    change("training", value === undefined ? others : { ...others, [name]: value });
  };
  const chosen: unknown = (settings.training as Record<string, unknown>)[name];
  const shared = { label: NAMES[name] ?? name, description: HINTS[name] };
  if (choices.length > 0)
    return (
      <Select
        {...shared}
        clearable
        placeholder={String(own)}
        data={choices}
        value={(chosen as string | undefined) ?? null}
        onChange={(value) => set(value ?? undefined)}
      />
    );
  if (typeof own === "boolean")
    return <Switch {...shared} checked={(chosen as boolean | undefined) ?? own} onChange={(event) => set(event.currentTarget.checked)} />;
  return (
    <NumberInput
      {...shared}
      min={least ?? undefined}
      max={most ?? undefined}
      placeholder={String(own)}
      allowDecimal={!Number.isInteger(own) || !Number.isInteger(least)}
      value={(chosen as number | undefined) ?? ""}
      onChange={(value) => set(value === "" ? undefined : Number(value))}
    />
  );
}
