import { Button, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import { ReasonDialog } from "@/shared/ReasonDialog";
import { Failure } from "@/shared/states";

import { texts } from "./texts";

/** Promote, or roll back to an older one: the same act, with its reason on record. */
export function Promote({ slug, number, back }: { slug: string; number: number; back: boolean }) {
  const [asking, setAsking] = useState(false);
  const promote = usePromote(slug, number);
  return (
    <Stack gap="xs" align="flex-end">
      <Button variant="default" size="xs" loading={promote.isPending} onClick={() => setAsking(true)}>
        {back ? texts.rollBack : texts.promote}
      </Button>
      {promote.isError && <Failure error={promote.error} title={texts.promoteFailed} />}
      <ReasonDialog
        opened={asking}
        words={{
          title: texts.promoteTitle(number),
          detail: texts.promoteDetail,
          label: texts.promoteLabel,
          submit: texts.promoteSubmit,
        }}
        onClose={() => setAsking(false)}
        onReason={(reason) => {
          setAsking(false);
          promote.mutate(reason);
        }}
      />
    </Stack>
  );
}

function usePromote(slug: string, number: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reason: string) =>
      told(api.POST("/api/v1/projects/{slug}/checkpoints/{number}/promote", { params: { path: { slug, number } }, body: { reason } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}
