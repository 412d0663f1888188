import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { checkpointsQuery } from "@/api/queries";
import { paths } from "@/shared/paths";
import { Failure } from "@/shared/states/states";

import { isTold, toldOf, whyNot, type Orm, type OwnCheckpoint, type SplitName } from "../measures";
import { useTrainOrm } from "../queries";
import { texts } from "./texts";

const words = texts.orm;

interface OrmBesideProps {
  readonly slug: string;
  readonly checkpoint: OwnCheckpoint;
  readonly split: SplitName;
  readonly operates: boolean;
}

/** Whether an outcome reward model of the same labels is drawn; where it isn't, one can be trained. */
export function OrmBeside({ slug, checkpoint, split, operates }: OrmBesideProps) {
  const train = useTrainOrm(slug, checkpoint.number);
  const training = useQuery(checkpointsQuery(slug)).data?.find(({ kind, state }) => kind === "orm" && (state === "training" || state === "trained"));
  const orm = toldOf<Orm>(checkpoint.orm);
  if (checkpoint.kind === "orm") return null;
  if (orm?.same_labels)
    return split === "gate" ? null : (
      <Text size="sm" c="dimmed">
        {words.gateOnly}
      </Text>
    );
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="sm">
        <Text size="sm" c="dimmed">
          {orm ? words.other(orm.number) : isTold(checkpoint.orm) ? null : (whyNot(checkpoint.orm) ?? words.none)}
        </Text>
        {training ? (
          <Anchor component={Link} to={paths.checkpoint(slug, training.number)} size="sm">
            {words.training(training.number)}
          </Anchor>
        ) : (
          operates &&
          checkpoint.labels > 0 && (
            <Button size="xs" variant="default" loading={train.isPending} onClick={() => train.mutate(undefined)}>
              {words.train}
            </Button>
          )
        )}
      </Group>
      {train.isError && <Failure error={train.error} title={words.failed} />}
    </Stack>
  );
}
