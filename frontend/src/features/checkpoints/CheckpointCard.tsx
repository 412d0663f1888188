import { Badge, Group, Stack, Text, Title } from "@mantine/core";

import { isRunning } from "@/api/queries";
import type { Checkpoint } from "@/api/types";
import { Ago } from "@/shared/Ago";
import { JobProgress } from "@/shared/JobProgress";

import { CurveDisclosure } from "./CurveDisclosure";
import { isTold, measuresOn, rulings } from "./measures";
import { MeasureTable } from "./MeasureTable";
import { Promote } from "./Promote";
import { texts } from "./texts";

interface CardProps {
  readonly slug: string;
  readonly checkpoint: Checkpoint;
  readonly champion: number | null;
  readonly operates: boolean;
}

export function CheckpointCard({ slug, checkpoint, champion, operates }: CardProps) {
  const gate = measuresOn(checkpoint, "gate");
  const test = measuresOn(checkpoint, "test");
  const promotable = operates && checkpoint.state === "ready" && checkpoint.kind === "prm" && !checkpoint.is_champion;
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <Heading checkpoint={checkpoint} />
        {promotable && <Promote slug={slug} number={checkpoint.number} back={champion !== null && checkpoint.number < champion} />}
      </Group>
      <Answer checkpoint={checkpoint} />
      {checkpoint.jobs.filter((job) => isRunning(job) || job.state === "failed").map((job) => <JobProgress key={job.id} job={job} />)}
      {gate && <MeasureTable title={texts.splits.gate} measures={gate} rulings={rulings(checkpoint)} />}
      {gate && isTold(gate.best_of_n) && <CurveDisclosure measures={gate.best_of_n} champion={checkpoint.is_champion} />}
      {test && <MeasureTable title={texts.splits.test} measures={test} />}
    </Stack>
  );
}

function Heading({ checkpoint }: { checkpoint: Checkpoint }) {
  const { number, generation, labels, base_model, created_at } = checkpoint;
  const facts = [
    texts.kinds[checkpoint.kind],
    generation === null ? texts.byHand : texts.fromGeneration(generation),
    texts.labels(labels),
    base_model ? texts.base(base_model) : texts.defaultBase,
  ];
  return (
    <div>
      <Group gap="xs">
        <Title order={2} size="h4">
          {texts.number(number)}
        </Title>
        {checkpoint.is_champion && (
          <Badge radius="sm" tt="none">
            {texts.champion}
          </Badge>
        )}
        {checkpoint.state !== "ready" && (
          <Badge radius="sm" tt="none" variant="light" color={checkpoint.state === "failed" ? "orange" : "gray"}>
            {texts.states[checkpoint.state]}
          </Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {facts.join(" · ")} · <Ago at={created_at} />
      </Text>
    </div>
  );
}

/** The first question of the page: what was decided and why, in the server's words. */
function Answer({ checkpoint }: { checkpoint: Checkpoint }) {
  const { sentence } = checkpoint.decision;
  if (typeof sentence === "string") return <Text>{sentence}</Text>;
  return checkpoint.state === "failed" ? null : <Text c="dimmed">{texts.waiting}</Text>;
}
