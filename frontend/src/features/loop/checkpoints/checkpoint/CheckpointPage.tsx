import { Anchor, Badge, Group, SegmentedControl, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { Page, Section } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";
import { Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";

import { MoreScores } from "../adding/MoreScores";
import { isPromotable, measuresOn, originOf, SPLITS, type OwnCheckpoint, type SplitName } from "../measures";
import { Promote } from "../Promote";
import { checkpointQuery } from "../queries";
import { texts } from "../texts";
import { Jobs } from "../UnderWay";
import { Answer } from "./Answer";
import { BestOfNFigure } from "./BestOfNFigure";
import { CalibrationFigure } from "./CalibrationFigure";
import { MeasureAgain } from "./MeasureAgain";
import { MeasureTable } from "./MeasureTable";
import { SeenPanel } from "./SeenPanel";
import { texts as words } from "./texts";
import { Training } from "./Training";

interface CheckpointPageProps {
  readonly slug: string;
  readonly number: number;
  readonly operates: boolean;
}

/** One checkpoint: is it better than the champion, by how much, how sure; then what it is worth, saw, and is made of. */
export function CheckpointPage({ slug, number, operates }: CheckpointPageProps) {
  const query = useQuery(checkpointQuery(slug, number));
  const promotes = operates && query.data && isPromotable(query.data);
  const state = query.data?.state;
  const takesScores = query.data?.source === "imported" && (state === "ready" || state === "failed"); // a mended file, too
  const actions = operates && query.data && (
    <>
      {takesScores && <MoreScores slug={slug} number={number} />}
      {state === "ready" && <MeasureAgain slug={slug} checkpoint={query.data} />}
      {promotes && <Promote slug={slug} checkpoint={query.data} size="sm" />}
    </>
  );
  return (
    <Page title={texts.number(number)} actions={actions}>
      <Loaded query={query}>{(checkpoint) => <Whole slug={slug} checkpoint={checkpoint} operates={operates} />}</Loaded>
    </Page>
  );
}

function Whole({ slug, checkpoint, operates }: { slug: string; checkpoint: OwnCheckpoint; operates: boolean }) {
  const measured = SPLITS.some((split) => measuresOn(checkpoint, split) !== null);
  return (
    <>
      <Facts slug={slug} checkpoint={checkpoint} />
      <Jobs slug={slug} jobs={checkpoint.jobs} retries={operates && checkpoint.generation === null} />
      <Answer slug={slug} checkpoint={checkpoint} />
      {measured && <Measures slug={slug} checkpoint={checkpoint} operates={operates} />}
      {checkpoint.labels > 0 && (
        <Section title={words.seen.heading}>
          <SeenPanel slug={slug} seen={checkpoint.seen} />
        </Section>
      )}
      <Section title={checkpoint.source === "trained" ? words.training.heading : words.training.headingElsewhere}>
        <Training checkpoint={checkpoint} />
      </Section>
    </>
  );
}

function Facts({ slug, checkpoint }: { slug: string; checkpoint: OwnCheckpoint }) {
  const { kind, number, source, state, is_champion, generation, labels, created_at } = checkpoint;
  return (
    <Group gap="xs">
      {is_champion && (
        <Badge radius="sm" tt="none">
          {texts.champion}
        </Badge>
      )}
      {state !== "ready" && (
        <Badge radius="sm" tt="none" variant="light" color={state === "failed" ? "orange" : "gray"}>
          {texts.states[state]}
        </Badge>
      )}
      <Text size="sm" c="dimmed">
        {texts.kinds[kind]}
        {" · "}
        {source !== "trained" && `${originOf(checkpoint)}${generation === null ? "" : " · "}`}
        {generation === null ? (
          source === "trained" && texts.byHand
        ) : (
          <Anchor component={Link} to={paths.generation(slug, generation)} inherit underline="always">
            {source === "trained" ? texts.fromGeneration(generation) : texts.forGeneration(generation)}
          </Anchor>
        )}
        {" · "}
        {labels > 0 && `${texts.labels(labels)} · `}
        <Ago at={created_at} />
        {" · "}
        <Anchor component={Link} to={paths.solutions(slug, `checkpoint=${number}`)} inherit underline="always">
          {words.solutions}
        </Anchor>
        {" · "}
        <Anchor component={Link} to={paths.checkpoints(slug)} inherit underline="always">
          {words.all}
        </Anchor>
      </Text>
    </Group>
  );
}

/** The table of both splits, and the curves of one at a time. */
function Measures({ slug, checkpoint, operates }: { slug: string; checkpoint: OwnCheckpoint; operates: boolean }) {
  const [split, setSplit] = useState<SplitName>("gate");
  const measures = measuresOn(checkpoint, split);
  return (
    <>
      <Section title={words.measures.heading}>
        {SPLITS.map((each) => (
          <MeasureTable
            key={each}
            title={texts.splits[each]}
            kind={checkpoint.kind}
            measures={measuresOn(checkpoint, each)}
            none={each === "gate" ? words.measures.noGate : words.measures.noTest}
          />
        ))}
      </Section>
      <Section title={words.curves}>
        <Group gap="sm">
          <SegmentedControl
            size="xs"
            aria-label={words.split.label}
            value={split}
            onChange={setSplit}
            data={SPLITS.map((value) => ({ value, label: texts.splits[value] }))}
          />
        </Group>
        <BestOfNFigure slug={slug} checkpoint={checkpoint} split={split} measures={measures} operates={operates} />
        {checkpoint.kind === "prm" && <CalibrationFigure checkpoint={checkpoint} split={split} measures={measures} />}
      </Section>
    </>
  );
}
