import { Anchor, Button, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { texts as shared } from "@/shared/language/texts";
import { Section } from "@/shared/layout/Page";
import { TopBar } from "@/shared/layout/TopBar";
import { WideTable } from "@/shared/layout/WideTable";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Empty, Failure, Loaded, LoadedParts } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { clock, count, NONE } from "@/shared/text/format";

import classes from "../practice/practice.module.css";
import { mineQuery, myPassesQuery, retakeScreening, type Mine, type MyPass } from "../practice/queries";
import { texts } from "../practice/texts";
import { OwnMistakes } from "./OwnMistakes";

const words = texts.mine;

/** A labeler's own page: how much, how fast, how they stand, and every pass to look at again. */
export default function MinePage({ slug }: { slug: string }) {
  const query = useQuery(mineQuery(slug));
  return (
    <>
      <title>{`${words.title} · ${shared.product}`}</title>
      <TopBar slug={slug}>
        <Link to={paths.label(slug)} className={classes.link}>
          {texts.practice.label}
        </Link>
        <Link to={paths.practice(slug)} className={classes.link}>
          {texts.practice.title}
        </Link>
      </TopBar>
      <main className={classes.page}>
        <Title order={1} size="h2">
          {words.title}
        </Title>
        <Loaded query={query}>{(mine) => <Figures slug={slug} mine={mine} />}</Loaded>
        <Section title={words.history}>
          <History slug={slug} />
        </Section>
      </main>
    </>
  );
}

function Figures({ slug, mine }: { slug: string; mine: Mine }) {
  const { practice } = mine;
  return (
    <>
      <dl className={classes.figures}>
        <Figure name={words.today}>{count(mine.today)}</Figure>
        <Figure name={words.passes}>{count(mine.passes)}</Figure>
        <Figure name={words.median}>{mine.median_ms === null ? NONE : clock(mine.median_ms)}</Figure>
        {practice.solutions > 0 && (
          <Figure name={words.practice}>{practice.done ? words.practised(practice.agreed, practice.done) : words.noPractice}</Figure>
        )}
        {mine.screening.state !== "none" && <Figure name={words.screening}>{screeningWords(mine.screening)}</Figure>}
      </dl>
      {mine.screening.may_retake && <Retake slug={slug} />}
      <OwnMistakes mistakes={mine.mistakes} />
    </>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function screeningWords({ state, answered, agreed, of }: Mine["screening"]): string {
  if (state === "open") return words.state.open(answered ?? 0, of ?? 0);
  if (state === "passed" || state === "failed") return words.state[state](agreed ?? 0, of ?? 0);
  return words.state[state];
}

function Retake({ slug }: { slug: string }) {
  const client = useQueryClient();
  const retake = useMutation({
    mutationFn: () => retakeScreening(slug),
    onSuccess: () => client.invalidateQueries({ queryKey: mineQuery(slug).queryKey, exact: true }),
  });
  if (retake.isError) return <Failure error={retake.error} onRetry={() => retake.mutate()} />;
  return (
    <Button w="fit-content" loading={retake.isPending} onClick={() => retake.mutate()}>
      {words.retake}
    </Button>
  );
}

function History({ slug }: { slug: string }) {
  return (
    <LoadedParts query={useInfiniteQuery(myPassesQuery(slug))} more={words.more}>
      {(parts) => <Passes slug={slug} found={parts.flatMap(({ results }) => results)} />}
    </LoadedParts>
  );
}

function Passes({ slug, found }: { slug: string; found: readonly MyPass[] }) {
  return found.length === 0 ? <Empty title={words.empty.title} detail={words.empty.detail} /> : <PassTable slug={slug} found={found} />;
}

function PassTable({ slug, found }: { slug: string; found: readonly MyPass[] }) {
  return (
    <WideTable name={words.history} minWidth={760} heads={[words.problem, words.ending, { number: words.time }, words.when, { acts: words.change }]}>
      {found.map((pass) => (
        <PassRow key={pass.id} slug={slug} pass={pass} />
      ))}
    </WideTable>
  );
}

function PassRow({ slug, pass }: { slug: string; pass: MyPass }) {
  return (
    <Table.Tr>
      <Table.Td maw={460}>
        <Text size="sm" lineClamp={2}>
          <MathText text={pass.problem} />
        </Text>
        {pass.comment && (
          <Text size="sm" c="dimmed" lineClamp={2}>
            {pass.comment.is_question ? words.question : words.comment}: {pass.comment.text}
          </Text>
        )}
        {pass.answer && (
          <Text size="sm" lineClamp={3}>
            <strong>{words.answer}</strong>: {pass.answer.text}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{words.by[pass.finish_reason]}</Table.Td>
      <Table.Td ta="right">{clock(pass.total_time)}</Table.Td>
      <Table.Td>
        <Ago at={pass.submitted_at} />
      </Table.Td>
      <Table.Td>
        <Anchor size="sm" component={Link} to={paths.pass(slug, pass.assignment_id)}>
          {pass.open ? words.change : words.look}
        </Anchor>
      </Table.Td>
    </Table.Tr>
  );
}
