import { Alert, Anchor, Badge, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { projectQuery } from "@/api/queries";
import { ReasonDialog } from "@/shared/forms/ReasonDialog";
import { Page, Section } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";
import { Failure, Loaded } from "@/shared/states/states";

import { QualityNav } from "../QualityNav";
import { screeningQuery, useAct, type ScreeningSet } from "./queries";
import { Standings } from "./Standings";
import { texts } from "./texts";

const words = texts.set;

/** Whether newcomers are screened, why they can't be, and how everybody stands. */
export function ScreeningPage({ slug, operates }: { slug: string; operates: boolean }) {
  const query = useQuery(screeningQuery(slug));
  return (
    <Page title={texts.title}>
      <QualityNav slug={slug} />
      <Loaded query={query}>
        {(set) => (
          <>
            <Section title={words.heading}>
              <State set={set} />
              <Rule slug={slug} set={set} operates={operates} />
              {set.unfit !== null && <Unfit slug={slug} set={set} />}
              {operates && <Acts slug={slug} set={set} />}
            </Section>
            <Section title={texts.people.heading}>
              <Standings slug={slug} counts={set.labelers} operates={operates} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function State({ set: { is_open, questions } }: { set: ScreeningSet }) {
  return (
    <Group gap="xs">
      <Badge radius="sm" tt="none" variant="light" color={is_open ? "blue" : "gray"}>
        {is_open ? words.open : words.closed}
      </Badge>
      <Text>{is_open ? words.isOpen(questions) : words.isClosed}</Text>
    </Group>
  );
}

function Rule({ slug, set, operates }: { slug: string; set: ScreeningSet; operates: boolean }) {
  const { data: project } = useQuery(projectQuery(slug));
  if (!project) return null;
  const { screening_size: size, screening_bar: bar, screening_retakes: retakes } = project;
  const needs = size * (retakes + 1);
  return (
    <Text size="sm" c="dimmed" maw="90ch">
      {words.rule(size, bar, Math.ceil(Number((bar * size).toFixed(6))), retakes)}{" "}
      {set.is_open && set.questions < needs && words.fewForRetakes(needs, set.questions)}{" "}
      {operates && (
        <Anchor inherit underline="always" component={Link} to={paths.settings(slug)}>
          {words.settings}
        </Anchor>
      )}
    </Text>
  );
}

function Unfit({ slug, set: { unfit, is_open } }: { slug: string; set: ScreeningSet }) {
  return (
    <Alert color="orange" title={is_open ? words.unfit : words.cannot}>
      <Text size="sm">{unfit}</Text>
      <Anchor size="sm" component={Link} to={`${paths.gold(slug)}?purpose=screening`}>
        {words.toGold}
      </Anchor>
    </Alert>
  );
}

function Acts({ slug, set: { is_open, unfit } }: { slug: string; set: ScreeningSet }) {
  const [closing, close] = useState(false);
  const act = useAct(slug);
  return (
    <>
      {act.isError && <Failure error={act.error} title={words.failed} />}
      <Group gap="xs">
        <Button
          variant={is_open ? "default" : "filled"}
          title={is_open ? words.againHint : undefined}
          disabled={unfit !== null}
          loading={act.isPending}
          onClick={() => act.mutate({ kind: "open" })}
        >
          {is_open ? words.openAgain : words.openIt}
        </Button>
        {is_open && (
          <Button variant="default" loading={act.isPending} onClick={() => close(true)}>
            {words.close}
          </Button>
        )}
      </Group>
      <ReasonDialog
        opened={closing}
        words={words.dialog}
        onClose={() => close(false)}
        onReason={(reason) => {
          act.mutate({ kind: "close", reason });
          close(false);
        }}
      />
    </>
  );
}
