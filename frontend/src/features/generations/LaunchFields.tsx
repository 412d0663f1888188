import { NumberInput, Radio, SegmentedControl, SimpleGrid, Stack } from "@mantine/core";

import type { Launch } from "@/api/types";
import { fieldError } from "@/shared/fields";

import { texts } from "./texts";

const words = texts.launch;

interface FieldsProps {
  readonly launch: Required<Launch>;
  readonly hasChampion: boolean;
  readonly error: unknown;
  readonly change: <Name extends keyof Launch>(name: Name, value: Required<Launch>[Name]) => void;
}

/** The parameters of a launch. What the rule does not use is not asked for. */
export function LaunchFields(fields: FieldsProps) {
  const { launch, change } = fields;
  return (
    <Stack>
      <RuleField {...fields} />
      <SegmentedControl
        aria-label={words.scope}
        data={Object.entries(texts.scopes).map(([value, label]) => ({ value, label }))}
        value={launch.scope}
        onChange={(value) => change("scope", value as Launch["scope"])}
      />
      <SimpleGrid cols={2}>
        <Whole name="k" label={words.k[launch.scope]} min={1} first {...fields} />
        {launch.rule === "convincing" && <Share name="wrong_share" label={words.wrongShare} hint={words.wrongShareHint} {...fields} />}
        <Share name="control_share" label={words.controlShare} hint={words.controlShareHint} {...fields} />
        {launch.rule === "convincing" && <Share name="audit_share" label={words.auditShare} hint={words.auditShareHint} {...fields} />}
        <Whole name="gate_k" label={words.gateK} hint={words.gateKHint} min={0} {...fields} />
        <Whole name="labels_wanted" label={words.labelsWanted} min={1} {...fields} />
        <Whole name="seed" label={words.seed} hint={words.seedHint} min={0} {...fields} />
      </SimpleGrid>
    </Stack>
  );
}

function RuleField({ launch, hasChampion, change }: FieldsProps) {
  return (
    <Radio.Group label={words.rule} value={launch.rule} onChange={(value) => change("rule", value as Launch["rule"])}>
      <Stack gap="xs" mt="xs">
        {(["convincing", "uniform"] as const).map((rule) => (
          <Radio
            key={rule}
            value={rule}
            label={texts.rules[rule]}
            description={texts.ruleHints[rule]}
            disabled={rule === "convincing" && !hasChampion}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

interface NumberProps extends FieldsProps {
  readonly label: string;
  readonly hint?: string;
}

interface WholeProps extends NumberProps {
  readonly name: "k" | "gate_k" | "labels_wanted" | "seed";
  readonly min: number;
  /** Where the cursor starts when the drawer opens. */
  readonly first?: boolean;
}

function Whole({ name, label, hint, min, first, launch, error, change }: WholeProps) {
  return (
    <NumberInput
      label={label}
      description={hint}
      inputWrapperOrder={["label", "input", "description", "error"]}
      min={min}
      data-autofocus={first}
      allowDecimal={false}
      thousandSeparator=","
      value={launch[name]}
      error={fieldError(error, name)}
      onChange={(value) => typeof value === "number" && change(name, value)}
    />
  );
}

function Share({ name, label, hint, launch, error, change }: NumberProps & { name: "wrong_share" | "control_share" | "audit_share" }) {
  return (
    <NumberInput
      label={label}
      description={hint}
      inputWrapperOrder={["label", "input", "description", "error"]}
      min={0}
      max={100}
      suffix="%"
      decimalScale={2}
      value={Math.round(launch[name] * 1e4) / 100}
      error={fieldError(error, name)}
      onChange={(value) => typeof value === "number" && change(name, value / 100)}
    />
  );
}
