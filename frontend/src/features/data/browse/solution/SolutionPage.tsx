import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { DataTabs } from "@/shared/layout/DataTabs";
import { Page } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";
import { Loaded } from "@/shared/states/states";

import { solutionQuery, type Known } from "../queries";
import { texts } from "../texts";
import { Alternatives, GoldOf, History, Picks } from "./Facts";
import { Labels } from "./Labels";
import { Statement } from "./Statement";
import { Steps } from "./Steps";

const words = texts.one;

/** One solution, and all that is known of it. */
export function SolutionPage({ slug, id }: { slug: string; id: number }) {
  const query = useQuery(solutionQuery(slug, id));
  return (
    <Page title={words.title(id)} actions={query.data && <Ways slug={slug} known={query.data} />}>
      <DataTabs slug={slug} />
      <Loaded query={query}>
        {(known) => (
          <>
            <Statement slug={slug} known={known} />
            <Steps key={id} known={known} />
            <Labels slug={slug} known={known} />
            <Alternatives known={known} />
            <Picks slug={slug} known={known} />
            <GoldOf known={known} />
            <History known={known} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Ways({ slug, known }: { slug: string; known: Known }) {
  const ways = [
    { to: paths.solutions(slug, `problem=${known.problem.id}`), name: words.links.problem },
    { to: paths.labels(slug, `solution=${known.solution.id}`), name: words.links.labels },
    { to: paths.reviewOf(slug, known.solution.id), name: words.links.review },
    ...(known.gold === null ? [{ to: paths.newGold(slug, known.solution.id), name: words.links.gold }] : []),
  ];
  return (
    <Group gap="xs">
      {ways.map(({ to, name }) => (
        <Button key={name} component={Link} to={to} variant="default" size="xs">
          {name}
        </Button>
      ))}
    </Group>
  );
}
