import { Button, Card } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { checkpointsQuery, keys } from "@/api/queries";
import { Page } from "@/shared/Page";
import { Empty, Failure, Loaded } from "@/shared/states";

import { CheckpointCard } from "./CheckpointCard";
import { texts } from "./texts";

/** Checkpoints, newest first; each answers first whether it is better than the champion, and how sure we are. */
export function CheckpointsPage({ slug, operates }: { slug: string; operates: boolean }) {
  const query = useQuery(checkpointsQuery(slug));
  const train = useTrain(slug);
  const champion = query.data?.find(({ is_champion }) => is_champion)?.number ?? null;
  const byHand = operates && (
    <Button variant="default" loading={train.isPending} title={texts.trainHint} onClick={() => train.mutate()}>
      {texts.train}
    </Button>
  );
  return (
    <Page title={texts.title} actions={byHand}>
      {train.isError && <Failure error={train.error} title={texts.trainFailed} />}
      <Loaded query={query}>
        {(checkpoints) =>
          checkpoints.length === 0 ? (
            <Empty title={texts.none} detail={texts.noneDetail} />
          ) : (
            checkpoints.map((checkpoint) => (
              <Card key={checkpoint.number} withBorder component="section" aria-label={texts.number(checkpoint.number)}>
                <CheckpointCard
                  slug={slug}
                  checkpoint={checkpoint}
                  champion={champion}
                  operates={operates}
                />
              </Card>
            ))
          )
        }
      </Loaded>
    </Page>
  );
}

function useTrain(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => told(api.POST("/api/v1/projects/{slug}/checkpoints", { params: { path: { slug } }, body: { kind: "prm" } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}
