import { Input, Radio, SegmentedControl, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { rulesQuery } from "@/api/queries";
import type { Launch } from "@/api/types";
import { fieldError } from "@/shared/forms/fields";
import { ShareField, WholeField } from "@/shared/forms/NumberFields";
import { Loaded } from "@/shared/states/states";
import { named } from "@/shared/text/format";

import { mayAskForWrong } from "../describe";
import { texts } from "../texts";

const words = texts.launch;

interface FieldsProps {
  readonly launch: Required<Launch>;
  readonly slug: string;
  readonly hasChampion: boolean;
  /** How many items were opened ahead: with some there, what draws them is decided. */
  readonly ahead: number;
  readonly error: unknown;
  readonly change: <Name extends keyof Launch>(name: Name, value: Required<Launch>[Name]) => void;
}

type NumberName = "k" | "wrong_share" | "control_share" | "audit_share" | "gate_k" | "labels_wanted" | "overlap_share" | "seed";

const LARGEST = 2 ** 31 - 1; // what the database's integers hold

/** The parameters of a launch. What the rule does not use is not asked for. */
export function LaunchFields(fields: FieldsProps) {
  const { launch, ahead, error, change } = fields;
  const of = <Name extends NumberName>(name: Name) => ({
    value: launch[name],
    error: fieldError(error, name),
    onChange: (value: number) => change(name, value),
  });
  return (
    <Stack>
      <RuleField {...fields} />
      <Input.Wrapper
        label={words.scope}
        labelElement="div"
        labelProps={{ display: "block" }}
        description={words.scopeHint}
        error={fieldError(error, "scope")}
      >
        <SegmentedControl
          mt="xs"
          aria-label={words.scope}
          data={Object.entries(texts.scopes).map(([value, label]) => ({ value, label }))}
          value={launch.scope}
          onChange={(value) => change("scope", value as Launch["scope"])}
        />
      </Input.Wrapper>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <WholeField label={words.k[launch.scope]} hint={words.kHint} min={1} max={LARGEST} first {...of("k")} />
        {mayAskForWrong(launch.rule) && <ShareField label={words.wrongShare} hint={words.wrongShareHint} {...of("wrong_share")} />}
        {ahead === 0 && <ShareField label={words.controlShare} hint={words.controlShareHint} {...of("control_share")} />}
        {launch.rule !== "uniform" && <ShareField label={words.auditShare} hint={words.auditShareHint} {...of("audit_share")} />}
        {ahead === 0 && <WholeField label={words.gateK} hint={words.gateKHint} min={0} max={LARGEST} {...of("gate_k")} />}
        {ahead === 0 && <WholeField label={words.labelsWanted} hint={words.labelsWantedHint} min={1} max={100} {...of("labels_wanted")} />}
        {ahead === 0 && <ShareField label={words.overlapShare} hint={words.overlapShareHint} {...of("overlap_share")} />}
        <WholeField label={words.seed} hint={words.seedHint} min={0} max={LARGEST} {...of("seed")} />
      </SimpleGrid>
      {ahead > 0 && (
        <Text size="sm" c="dimmed">
          {words.ahead(ahead)}
        </Text>
      )}
    </Stack>
  );
}

function RuleField({ slug, launch, hasChampion, error, change }: FieldsProps) {
  const offered = useQuery(rulesQuery(slug));
  return (
    <Radio.Group label={words.rule} error={fieldError(error, "rule")} value={launch.rule} onChange={(value) => change("rule", value)}>
      <Stack gap="xs" mt="xs">
        <Loaded query={offered}>
          {(rules) =>
            rules.map(({ name, description, needs }) => (
              <Radio
                key={name}
                value={name}
                label={named(texts.rules, name)}
                description={name in texts.ruleHints ? named(texts.ruleHints, name) : description}
                disabled={needs !== "nothing" && !hasChampion}
              />
            ))
          }
        </Loaded>
      </Stack>
    </Radio.Group>
  );
}
