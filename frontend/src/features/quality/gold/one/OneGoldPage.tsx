import { Anchor, Badge, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link, useParams } from "react-router";

import classes from "@/features/quality/quality.module.css";
import { QualityNav } from "@/features/quality/QualityNav";
import { useRetirement } from "@/features/quality/queries";
import { intervalOf, shareOf } from "@/features/quality/share";
import { ReasonDialog } from "@/shared/forms/ReasonDialog";
import { BackLink, Page, Section } from "@/shared/layout/Page";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Failure, Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { count } from "@/shared/text/format";

import { GoldSteps } from "../GoldSteps";
import { oneGoldQuery, type KnownGold } from "../queries";
import { texts } from "../texts";
import { Answers } from "./Answers";
import { Explanation } from "./Explanation";

const words = texts.one;

/** One gold label: what it says and why, what labelers said of it, and what was done with it. */
export function OneGoldPage({ slug, absent }: { slug: string; absent: ReactNode }) {
  const { id = "" } = useParams();
  return /^\d{1,9}$/.test(id) ? <Of key={id} slug={slug} id={Number(id)} /> : absent;
}

function Of({ slug, id }: { slug: string; id: number }) {
  const query = useQuery(oneGoldQuery(slug, id));
  return (
    <Page title={words.title(id)} actions={query.data && <Retire slug={slug} gold={query.data} />}>
      <QualityNav slug={slug} />
      <BackLink to={paths.gold(slug)}>{texts.back}</BackLink>
      <Loaded query={query}>{(gold) => <Told slug={slug} gold={gold} />}</Loaded>
    </Page>
  );
}

function Told({ slug, gold }: { slug: string; gold: KnownGold }) {
  return (
    <>
      <Facts slug={slug} gold={gold} />
      <Section title={words.problem}>
        <Text size="lg" maw="76ch">
          <MathText text={gold.problem} />
        </Text>
      </Section>
      <Section title={words.steps}>
        {gold.first_mistakes.length === 0 && <Text size="sm">✓ {words.sound}</Text>}
        <GoldSteps steps={gold.steps} firstMistakes={gold.first_mistakes} />
      </Section>
      <Section title={words.explanation}>
        <Explanation slug={slug} id={gold.id} explanation={gold.explanation} />
      </Section>
      <Answers gold={gold} />
      {gold.history.length > 0 && (
        <Section title={words.history}>
          <History gold={gold} />
        </Section>
      )}
    </>
  );
}

function Facts({ slug, gold }: { slug: string; gold: KnownGold }) {
  return (
    <dl className={classes.facts}>
      <Fact name={words.purpose}>{texts.purpose[gold.purpose]}</Fact>
      <Fact name={words.state}>
        {gold.retired_at === null ? (
          words.inUse
        ) : (
          <>
            <Badge radius="sm" tt="none" variant="light" color="gray">
              {words.retired}
            </Badge>{" "}
            <Ago at={gold.retired_at} />
          </>
        )}
      </Fact>
      <Fact name={words.shown}>{count(gold.shown)}</Fact>
      <Fact name={words.agreed}>{shareOf(gold.agreed)}</Fact>
      <Fact name={words.interval}>{intervalOf(gold.agreed)}</Fact>
      <Fact name={words.made}>
        <Ago at={gold.created_at} /> {gold.created_by && words.by(gold.created_by)}
      </Fact>
      <Fact name={words.solution}>
        <Anchor component={Link} to={paths.solution(slug, gold.solution_id)}>
          {gold.solution_id}
        </Anchor>
        {gold.label !== null && ` · ${words.fromLabel(gold.label)}`}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function History({ gold: { history } }: { gold: KnownGold }) {
  return history.map(({ verb, actor, at, reason, before }) => (
    <div key={at}>
      <Text size="sm">
        <Ago at={at} />: {actor ?? words.somebody} {words.acts[verb] ?? verb}
        {reason && ` “${reason}”`}
      </Text>
      {before && (
        <Text size="sm" c="dimmed" maw="76ch">
          {words.before} {before}
        </Text>
      )}
    </div>
  ));
}

function Retire({ slug, gold }: { slug: string; gold: KnownGold }) {
  const [asking, ask] = useState(false);
  const retirement = useRetirement(slug);
  if (gold.retired_at !== null) return null;
  return (
    <Group>
      {retirement.isError && <Failure error={retirement.error} title={words.retireFailed} />}
      <Button variant="default" loading={retirement.isPending} onClick={() => ask(true)}>
        {words.retire}
      </Button>
      <ReasonDialog
        opened={asking}
        words={texts.retire}
        onClose={() => ask(false)}
        onReason={(reason) => {
          retirement.mutate({ id: gold.id, reason });
          ask(false);
        }}
      />
    </Group>
  );
}
