import { Radio, Stack } from "@mantine/core";

import type { Purpose } from "./queries";
import { texts } from "./texts";

export const PURPOSES = ["practice", "screening", "check"] as const satisfies readonly Purpose[];

interface PurposeChoiceProps {
  readonly label: string;
  readonly value: Purpose;
  readonly onChange: (purpose: Purpose) => void;
}

/** The one purpose that a gold label has, each with what comes of it. */
export function PurposeChoice({ label, value, onChange }: PurposeChoiceProps) {
  return (
    <Radio.Group label={label} value={value} onChange={(chosen) => onChange(chosen)}>
      <Stack gap={6} mt="xs">
        {PURPOSES.map((purpose) => (
          <Radio key={purpose} value={purpose} label={texts.purpose[purpose]} description={texts.what[purpose]} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
