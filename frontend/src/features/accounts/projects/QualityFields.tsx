import { NumberInput, SimpleGrid, TextInput } from "@mantine/core";

import { fieldError } from "@/shared/forms/fields";
import { ShareField, WholeField } from "@/shared/forms/NumberFields";

import { numberOf, type FieldsProps } from "./settings";
import { texts } from "./texts";

const words = texts.settings;
const MOST = 1000;
const MOST_RETAKES = 100;

/** How newcomers are screened, and everybody checked. */
export function QualityFields(fields: FieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <WholeField
        label={words.screeningSize}
        hint={words.screeningSizeHint}
        min={1}
        max={MOST}
        suffix={words.questions}
        {...numberOf("screening_size", fields)}
      />
      <ShareField label={words.screeningBar} hint={words.screeningBarHint} {...numberOf("screening_bar", fields)} />
      <WholeField label={words.retakes} hint={words.retakesHint} min={0} max={MOST_RETAKES} {...numberOf("screening_retakes", fields)} />
      <WholeField
        label={words.checkCount}
        hint={words.checkCountHint}
        min={0}
        max={MOST}
        suffix={words.questions}
        {...numberOf("check_count", fields)}
      />
      <ShareField label={words.checkBar} hint={words.checkBarHint} {...numberOf("check_bar", fields)} />
      <ShareField label={words.checkRate} hint={words.checkRateHint} {...numberOf("check_rate", fields)} />
    </SimpleGrid>
  );
}

/** What an hour costs; an emptied rate says that nobody knows. */
export function CostFields({ settings, change, error }: FieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <NumberInput
        label={words.rate}
        description={words.rateHint}
        min={0}
        max={9_999_999}
        decimalScale={2}
        allowNegative={false}
        suffix={settings.currency ? words.perHour(settings.currency) : ""}
        value={settings.hourly_rate ?? ""}
        error={fieldError(error, "hourly_rate")}
        onChange={(value) => change("hourly_rate", value === "" ? null : Number(value))}
      />
      <TextInput
        label={words.currency}
        description={words.currencyHint}
        maxLength={3}
        value={settings.currency}
        error={fieldError(error, "currency")}
        onChange={(event) => change("currency", event.currentTarget.value.toUpperCase())}
      />
    </SimpleGrid>
  );
}
