import { Button, Drawer, Group, SimpleGrid, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useNavigate } from "react-router";

import { api, told } from "@/api/client";
import { keys, previewQuery, projectQuery } from "@/api/queries";
import type { Generation, Launch, Project } from "@/api/types";
import { texts as shared } from "@/shared/language/texts";
import { paths } from "@/shared/paths";
import { Failure, Loaded } from "@/shared/states/states";

import classes from "../generations.module.css";
import { texts } from "../texts";
import { LaunchFields } from "./LaunchFields";
import { LaunchPreview } from "./LaunchPreview";

const SETTLED = 350; // ms without a change before the preview is asked for

interface LaunchDrawerProps {
  readonly slug: string;
  readonly last: Generation | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The parameters on the left, and on the right what they would do now. */
export function LaunchDrawer({ slug, last, opened, onClose }: LaunchDrawerProps) {
  const project = useQuery(projectQuery(slug));
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="min(1040px, 100vw)" title={texts.launch.title}>
      <Loaded query={project}>{(data) => <LaunchForm project={data} last={last} onClose={onClose} />}</Loaded>
    </Drawer>
  );
}

function LaunchForm({ project, last, onClose }: { project: Project; last: Generation | null; onClose: () => void }) {
  const [launch, setLaunch] = useState(() => proposal(project, last));
  const [settled] = useDebouncedValue(launch, SETTLED);
  const preview = useQuery({ ...previewQuery(project.slug, settled), placeholderData: keepPreviousData });
  const start = useLaunch(project.slug);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(launch);
  };
  return (
    <form onSubmit={submit}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <Stack>
          <LaunchFields
            launch={launch}
            slug={project.slug}
            hasChampion={project.champion !== null}
            ahead={preview.data?.ahead ?? 0}
            error={start.error ?? preview.error}
            change={(name, value) => setLaunch((before) => ({ ...before, [name]: value }))}
          />
          {start.isError && <Failure error={start.error} title={texts.launch.failed} />}
          <Group className={classes.launch}>
            <Button type="submit" loading={start.isPending}>
              {texts.launch.submit}
            </Button>
            <Button variant="default" onClick={onClose}>
              {shared.actions.cancel}
            </Button>
          </Group>
        </Stack>
        <LaunchPreview slug={project.slug} query={preview} old={settled !== launch || preview.isPlaceholderData} />
      </SimpleGrid>
    </form>
  );
}

/** What the form starts with: as the last one was launched, under the next seed; the first one draws uniformly. */
export function proposal(project: Project, last: Generation | null): Required<Launch> {
  const { champion, control_share, audit_share, labels_wanted, overlap_share } = project;
  return {
    rule: champion === null ? "uniform" : "convincing",
    scope: last?.scope ?? "per_problem",
    k: last?.k ?? 4,
    wrong_share: last?.wrong_share ?? 0.8,
    control_share,
    audit_share,
    gate_k: last?.gate_k ?? 20,
    labels_wanted,
    overlap_share,
    seed: last ? last.seed + 1 : 0,
  };
}

function useLaunch(slug: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: Launch) => told(api.POST("/api/v1/projects/{slug}/generations", { params: { path: { slug } }, body })),
    onSuccess: async (generation) => {
      await client.invalidateQueries({ queryKey: keys.project(slug) });
      await navigate(paths.generation(slug, generation.number));
    },
  });
}
