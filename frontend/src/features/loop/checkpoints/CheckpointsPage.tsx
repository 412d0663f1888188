import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { checkpointsQuery, projectQuery } from "@/api/queries";
import type { Checkpoint, Project } from "@/api/types";
import { Page, Section } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";
import { Empty, Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";

import { AddModel } from "./adding/AddModel";
import { TrainByHand } from "./adding/TrainByHand";
import { Champions } from "./Champions";
import { DifferenceFigure } from "./charts/DifferenceFigure";
import { CheckpointsTable } from "./CheckpointsTable";
import { Learning } from "./learning/Learning";
import { texts } from "./texts";
import { isUnderWay, UnderWay } from "./UnderWay";

/** Champion and challengers side by side: which is better, by how much, how sure; and whether retraining pays. */
export function CheckpointsPage({ slug, operates }: { slug: string; operates: boolean }) {
  const query = useQuery(checkpointsQuery(slug));
  const project = useQuery(projectQuery(slug));
  const training = query.data?.some((each) => each.generation === null && each.kind === "prm" && each.state === "training") ?? false;
  const awaiting = query.data?.find(({ awaited }) => awaited);
  return (
    <Page
      title={texts.title}
      actions={
        operates && (
          <>
            <AddModel slug={slug} generation={awaiting?.generation ?? null} />
            <TrainByHand slug={slug} training={training} />
          </>
        )
      }
    >
      <Loaded query={query}>
        {(checkpoints) =>
          checkpoints.length === 0 ? (
            <Empty title={texts.none} detail={texts.noneDetail} />
          ) : (
            <Loaded query={project}>{(it) => <SideBySide slug={slug} operates={operates} checkpoints={checkpoints} project={it} />}</Loaded>
          )
        }
      </Loaded>
    </Page>
  );
}

interface SideBySideProps {
  readonly slug: string;
  readonly operates: boolean;
  readonly checkpoints: readonly Checkpoint[];
  readonly project: Project;
}

function SideBySide({ slug, operates, checkpoints, project }: SideBySideProps) {
  const { metric, promotion_margin } = project;
  const underWay = checkpoints.filter(isUnderWay);
  return (
    <>
      <Standing slug={slug} champion={checkpoints.find(({ is_champion }) => is_champion)} />
      {underWay.length > 0 && (
        <Section title={texts.underWay.heading}>
          {underWay.map((each) => (
            <UnderWay key={each.number} slug={slug} checkpoint={each} operates={operates} />
          ))}
        </Section>
      )}
      <DifferenceFigure slug={slug} checkpoints={checkpoints} metric={metric} margin={promotion_margin} />
      <Section title={texts.list.heading}>
        <CheckpointsTable slug={slug} checkpoints={checkpoints} metric={metric} operates={operates} />
      </Section>
      <Learning slug={slug} />
      <Section title={texts.champions.heading}>
        <Champions slug={slug} />
      </Section>
    </>
  );
}

/** Who selects now, in a line. */
function Standing({ slug, champion }: { slug: string; champion: Checkpoint | undefined }) {
  if (!champion) return <Text c="dimmed">{texts.champions.none}</Text>;
  return (
    <Text>
      <Anchor component={Link} to={paths.checkpoint(slug, champion.number)} inherit underline="always">
        {texts.number(champion.number)}
      </Anchor>{" "}
      {texts.champions.since} <Ago at={champion.promoted_at} />.
    </Text>
  );
}
