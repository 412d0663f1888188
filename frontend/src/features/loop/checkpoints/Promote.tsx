import { Button, Stack } from "@mantine/core";
import { useState } from "react";

import type { Checkpoint } from "@/api/types";
import { ReasonDialog } from "@/shared/forms/ReasonDialog";
import { Failure } from "@/shared/states/states";

import { usePromote } from "./queries";
import { texts } from "./texts";

const words = texts.promote;

interface PromoteProps {
  readonly slug: string;
  readonly checkpoint: Checkpoint;
  readonly size?: "xs" | "sm";
}

/** Promote, or roll back to one that was champion before: the same act, with its reason on record. */
export function Promote({ slug, checkpoint: { number, promoted_at }, size = "xs" }: PromoteProps) {
  const [asking, setAsking] = useState(false);
  const promote = usePromote(slug, number);
  return (
    <Stack gap="xs" align="flex-end">
      <Button variant="default" size={size} loading={promote.isPending} onClick={() => setAsking(true)}>
        {promoted_at === null ? words.promote : words.rollBack}
      </Button>
      {promote.isError && <Failure error={promote.error} title={words.failed} />}
      <ReasonDialog
        opened={asking}
        words={{ title: words.title(number), detail: words.detail, label: words.label, submit: words.submit }}
        onClose={() => setAsking(false)}
        onReason={(reason) => {
          setAsking(false);
          promote.mutate(reason);
        }}
      />
    </Stack>
  );
}
