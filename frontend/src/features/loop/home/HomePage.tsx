import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { progressQuery, projectQuery } from "@/api/queries";
import type { Progress, Project } from "@/api/types";
import { Page, Section } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";
import { Empty, Failure, Loaded, Waiting } from "@/shared/states/states";

import { Corpus } from "./Corpus";
import { FirstSteps } from "./FirstSteps";
import { Loop } from "./Loop";
import { Needs } from "./Needs";
import { overviewQuery, SOMETIMES } from "./queries";
import { Rounds } from "./Rounds";
import { texts } from "./texts";

/** The project's home is the loop itself; under it what needs someone, and the last generations. */
export function HomePage({ slug, operates }: { slug: string; operates: boolean }) {
  const project = useQuery({ ...projectQuery(slug), refetchInterval: SOMETIMES }); // a promotion changes the champion by itself
  const progress = useQuery(progressQuery(slug));
  const overview = useQuery(overviewQuery(slug));
  const begun = Boolean(overview.data?.rounds.length); // before, the first steps lead to it
  const mayLaunch = operates && begun && progress.data?.generation === null;
  const launch = mayLaunch && (
    <Button component={Link} to={paths.launch(slug)}>
      {texts.launch}
    </Button>
  );
  return (
    <Page title={project.data?.name ?? texts.title} actions={launch}>
      <Loaded query={progress}>{(data) => <Standing slug={slug} operates={operates} progress={data} project={project.data} />}</Loaded>
    </Page>
  );
}

interface StandingProps {
  readonly slug: string;
  readonly operates: boolean;
  readonly progress: Progress;
  readonly project: Project | undefined;
}

function Standing({ slug, operates, progress, project }: StandingProps) {
  const { data: overview, error, isError, refetch } = useQuery(overviewQuery(slug));
  const untouched = isUntouched(progress);
  if (untouched && !overview && !isError) return <Waiting />; // the first steps stand above the loop, if any are left
  if (untouched && !operates) return <Empty title={texts.steps.empty} detail={texts.steps.wait} />;
  return (
    <>
      {isError && <Failure error={error} onRetry={() => void refetch()} />}
      {operates && overview?.rounds.length === 0 && <FirstSteps slug={slug} progress={progress} overview={overview} />}
      <Loop slug={slug} progress={progress} champion={project?.champion ?? null} finish={overview?.finish ?? null} />
      {!untouched && (
        <>
          <Needs slug={slug} progress={progress} overview={overview} advances={project?.auto_advance ?? true} operates={operates} />
          <Section title={texts.recent.heading}>{overview && <Rounds slug={slug} overview={overview} />}</Section>
          <Corpus slug={slug} progress={progress} />
        </>
      )}
    </>
  );
}

/** Nothing is in, and nothing that failed to come in waits for anybody. */
function isUntouched({ problems, generation, needs }: Progress): boolean {
  return problems === 0 && generation === null && !needs?.failed_jobs.length;
}
