import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { progressQuery, projectQuery } from "@/api/queries";
import type { Progress } from "@/api/types";
import { Page, Section } from "@/shared/Page";
import { paths } from "@/shared/paths";
import { Empty, Loaded } from "@/shared/states";

import { Corpus } from "./Corpus";
import { Loop } from "./Loop";
import { Needs } from "./Needs";
import { texts } from "./texts";

/** The project's home is the loop itself; under it what needs someone, and the last generations (`recent`). */
export function HomePage({ slug, operates, recent }: { slug: string; operates: boolean; recent: ReactNode }) {
  const project = useQuery(projectQuery(slug));
  const progress = useQuery(progressQuery(slug));
  const mayLaunch = operates && progress.data?.generation === null && Boolean(progress.data.solutions);
  const launch = mayLaunch && (
    <Button component={Link} to={paths.launch(slug)}>
      {texts.launch}
    </Button>
  );
  return (
    <Page title={project.data?.name ?? texts.title} actions={launch}>
      <Loaded query={progress}>
        {(data) =>
          isUntouched(data) ? (
            <NothingIn slug={slug} operates={operates} />
          ) : (
            <Standing slug={slug} operates={operates} progress={data} champion={project.data?.champion ?? null} recent={recent} />
          )
        }
      </Loaded>
    </Page>
  );
}

/** Nothing is in, and nothing that failed to come in waits for anybody. */
function isUntouched({ problems, generation, needs }: Progress): boolean {
  return problems === 0 && generation === null && !needs?.failed_jobs.length;
}

function NothingIn({ slug, operates }: { slug: string; operates: boolean }) {
  return (
    <Empty title={texts.empty.title} detail={texts.empty.detail}>
      {operates && (
        <Button component={Link} to={paths.import(slug)}>
          {texts.import}
        </Button>
      )}
    </Empty>
  );
}

interface StandingProps {
  readonly slug: string;
  readonly operates: boolean;
  readonly progress: Progress;
  readonly champion: number | null;
  readonly recent: ReactNode;
}

function Standing({ slug, operates, progress, champion, recent }: StandingProps) {
  return (
    <>
      <Loop slug={slug} progress={progress} champion={champion} />
      <Needs slug={slug} progress={progress} operates={operates} />
      <Section title={texts.recent.heading}>{recent}</Section>
      <Corpus progress={progress} />
    </>
  );
}
