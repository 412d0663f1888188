import { Anchor, Badge, Button, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { checkpointsQuery, generationsQuery } from "@/api/queries";
import { DataTabs } from "@/shared/layout/DataTabs";
import { Page } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { asMath } from "@/shared/mathematics/mathematics";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { count, measure, NONE } from "@/shared/text/format";

import classes from "./browse.module.css";
import { useAddress, type Narrowing } from "./listing/address";
import { Chosen, Numbered, Typed, YesOrNo } from "./listing/fields";
import { Filters } from "./listing/Filters";
import { Listing } from "./listing/Listing";
import { Order } from "./listing/Order";
import { solutionsQuery, type FoundSolution } from "./queries";
import { texts } from "./texts";

const words = texts.solutions;
const MOST_STEPS = 2 ** 31 - 1;
const RARE = ["gold", "graded_by", "model", "steps_min", "steps_max", "stratum", "state", "score_min", "score_max"];

/** A project's solutions, looked through. */
export function SolutionsPage({ slug, operates }: { slug: string; operates: boolean }) {
  const narrowing = useAddress();
  const { asked } = narrowing;
  const orders = {
    "-id": texts.orders["-id"],
    id: texts.orders.id,
    ...(asked.checkpoint ? { "-score": texts.orders["-score"], score: texts.orders.score } : {}),
  };
  const act = operates && (
    <Button component={Link} to={paths.import(slug)}>
      {words.none.act}
    </Button>
  );
  return (
    <Page title={words.title} actions={<Order {...narrowing} orders={orders} />}>
      <DataTabs slug={slug} />
      <Filters {...narrowing} rare={RARE} pinned={{ problem: words.of }} more={<Rare {...narrowing} />}>
        <div className={classes.wide}>
          <Typed {...narrowing} name="q" label={words.q} />
        </div>
        <Chosen {...narrowing} name="grade" label={words.grade} options={texts.grades} />
        <YesOrNo {...narrowing} name="labels" label={words.labels} yes={words.labelled.yes} no={words.labelled.no} />
        <Generations slug={slug} {...narrowing} />
        <Checkpoints slug={slug} {...narrowing} />
      </Filters>
      <Listing name={words.title} ask={(every) => solutionsQuery(slug, every)} none={{ ...words.none, act }}>
        {(rows) => <Rows slug={slug} rows={rows} checkpoint={asked.checkpoint} />}
      </Listing>
    </Page>
  );
}

function Checkpoints({ slug, ...narrowing }: Narrowing & { slug: string }) {
  const { data = [] } = useQuery(checkpointsQuery(slug));
  const options = Object.fromEntries(data.map(({ number, is_champion }) => [String(number), texts.checkpoint(number, is_champion)]));
  return <Chosen {...narrowing} name="checkpoint" label={words.checkpoint} options={options} />;
}

function Generations({ slug, ...narrowing }: Narrowing & { slug: string }) {
  const { data = [] } = useQuery(generationsQuery(slug));
  const options = Object.fromEntries(data.map(({ number }) => [String(number), texts.generation(number)]));
  return <Chosen {...narrowing} name="generation" label={words.generation} options={options} />;
}

function Rare(narrowing: Narrowing) {
  const { generation, checkpoint } = narrowing.asked;
  const ofGeneration = { disabled: generation === undefined, ...(generation === undefined ? { hint: words.generationFirst } : {}) };
  const scored = { max: 1, step: 0.05, disabled: checkpoint === undefined, hint: checkpoint === undefined ? words.checkpointFirst : words.scoreHint };
  return (
    <>
      <Chosen {...narrowing} {...ofGeneration} name="stratum" label={words.stratum} options={texts.strata} />
      <Chosen {...narrowing} {...ofGeneration} name="state" label={words.state} options={texts.states} />
      <Numbered {...narrowing} {...scored} name="score_min" label={words.scoreMin} />
      <Numbered {...narrowing} {...scored} name="score_max" label={words.scoreMax} />
      <Chosen {...narrowing} name="graded_by" label={words.gradedBy} options={texts.gradedBy} />
      <YesOrNo {...narrowing} name="gold" label={words.gold} yes={words.goldIs.yes} no={words.goldIs.no} />
      <Typed {...narrowing} name="model" label={words.model} />
      <Numbered {...narrowing} name="steps_min" label={words.stepsMin} max={MOST_STEPS} />
      <Numbered {...narrowing} name="steps_max" label={words.stepsMax} max={MOST_STEPS} />
    </>
  );
}

function Rows({ slug, rows, checkpoint }: { slug: string; rows: readonly FoundSolution[]; checkpoint: string | undefined }) {
  return (
    <WideTable
      name={words.title}
      minWidth={860}
      className={classes.list}
      verticalSpacing="sm"
      heads={[
        words.solution,
        words.problem,
        words.answer,
        words.grade,
        { number: words.steps },
        checkpoint !== undefined && { number: words.score(checkpoint) },
        { number: words.labelCount },
      ]}
    >
      {rows.map((row) => (
        <Table.Tr key={row.id}>
          <Table.Td>
            <Anchor inherit component={Link} to={paths.solution(slug, row.id)} aria-label={words.open(row.id)} title={row.key}>
              {row.id}
            </Anchor>
            {row.model && <div className={classes.quiet}>{row.model}</div>}
            {row.gold && (
              <div>
                <Badge size="sm" variant="light">
                  {texts.purposes[row.gold]}
                </Badge>
              </div>
            )}
          </Table.Td>
          <Table.Td>
            <div className={classes.long}>
              <MathText text={row.problem_text} />
            </div>
          </Table.Td>
          <Table.Td className={classes.answer}>
            {row.answer === null ? NONE : <MathText text={asMath(row.answer)} />}
            {row.grade === "wrong" && row.ground_truth_answer !== null && (
              <div className={classes.quiet}>
                {words.truth("")}
                <MathText text={asMath(row.ground_truth_answer)} />
              </div>
            )}
          </Table.Td>
          <Table.Td>
            <span data-grade={row.grade}>{texts.grades[row.grade ?? "none"]}</span>
            {row.graded_by === "person" && <Text className={classes.quiet}>{texts.gradedBy.person}</Text>}
          </Table.Td>
          <Table.Td ta="right">{count(row.step_count)}</Table.Td>
          {checkpoint !== undefined && <Table.Td ta="right">{row.score === null ? NONE : measure(row.score)}</Table.Td>}
          <Table.Td ta="right">
            <Anchor inherit component={Link} to={paths.labels(slug, `solution=${row.id}`)} aria-label={words.labelsOf(row.labels, row.id)}>
              {count(row.labels)}
            </Anchor>
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}
