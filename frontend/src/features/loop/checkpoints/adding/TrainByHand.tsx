import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ConfirmDialog } from "@/shared/forms/ConfirmDialog";
import { Failure } from "@/shared/states/states";

import { teachableQuery, useTrain } from "../queries";
import { texts } from "../texts";

const words = texts.train;

/** Train outside of any generation, knowing with how many labels and how many of them are new. */
export function TrainByHand({ slug, training }: { slug: string; training: boolean }) {
  const [asking, setAsking] = useState(false);
  const teachable = useQuery(teachableQuery(slug)).data;
  const train = useTrain(slug);
  return (
    <Group>
      {train.isError && <Failure error={train.error} title={words.failed} />}
      {teachable && (
        <Text size="sm" c="dimmed" title={teachable.labels === 0 ? words.nothing : undefined}>
          {words.hint(teachable.labels, teachable.unseen)}
        </Text>
      )}
      <Button variant="default" loading={train.isPending} disabled={training || teachable?.labels === 0} onClick={() => setAsking(true)}>
        {words.button}
      </Button>
      <ConfirmDialog
        opened={asking}
        words={{
          title: words.title,
          detail: teachable ? words.detail(teachable.labels) + words.unseen(teachable.unseen, teachable.newest) : "",
          submit: words.submit,
        }}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          train.mutate(undefined);
        }}
      />
    </Group>
  );
}
