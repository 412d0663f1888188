import { Anchor, Badge, Button, Group, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { generationsQuery, labelersQuery } from "@/api/queries";
import { DataTabs } from "@/shared/layout/DataTabs";
import { Page } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Ago } from "@/shared/text/Ago";
import { clock, named, NONE } from "@/shared/text/format";
import { labelTexts } from "@/shared/text/label-texts";

import classes from "./browse.module.css";
import { useAddress, type Narrowing } from "./listing/address";
import { Chosen, Day, Numbered, YesOrNo } from "./listing/fields";
import { Filters } from "./listing/Filters";
import { Listing } from "./listing/Listing";
import { Order } from "./listing/Order";
import { labelsQuery, type FoundLabel } from "./queries";
import { texts } from "./texts";

const words = texts.labels;
const MOST = 2 ** 31 - 1;
const RARE = ["since", "until", "contradiction", "revised", "asked_for", "comment", "source_generation", "stratum"];

/** A project's labels, looked through: the newest revision of each. */
export function LabelsPage({ slug }: { slug: string }) {
  const narrowing = useAddress();
  const act = (
    <Button component={Link} to={paths.generations(slug)}>
      {words.none.act}
    </Button>
  );
  return (
    <Page title={words.title} actions={<Order {...narrowing} orders={texts.times} />}>
      <DataTabs slug={slug} />
      <Filters {...narrowing} rare={RARE} pinned={{ solution: words.ofSolution, problem: words.ofProblem }} more={<Rare {...narrowing} />}>
        <Chosen {...narrowing} name="finish" label={words.finish} options={labelTexts.finish} />
        <Numbered {...narrowing} name="mistake" label={words.mistake} max={MOST} />
        <Generations slug={slug} {...narrowing} />
        <Labelers slug={slug} {...narrowing} />
        <Chosen {...narrowing} name="source" label={words.source} options={labelTexts.source} />
      </Filters>
      <Listing name={words.title} ask={(every) => labelsQuery(slug, every)} none={{ ...words.none, act }}>
        {(rows) => <Rows slug={slug} rows={rows} />}
      </Listing>
    </Page>
  );
}

function Generations({ slug, ...narrowing }: Narrowing & { slug: string }) {
  const { data = [] } = useQuery(generationsQuery(slug));
  const options = Object.fromEntries(data.map(({ number }) => [String(number), texts.generation(number)]));
  return <Chosen {...narrowing} name="generation" label={words.generation} options={options} />;
}

function Labelers({ slug, ...narrowing }: Narrowing & { slug: string }) {
  const { data = [] } = useQuery(labelersQuery(slug));
  const options = Object.fromEntries(data.map(({ labeler, username }) => [labeler, username ?? labeler.slice(0, 8)]));
  return <Chosen {...narrowing} name="labeler" label={words.labeler} options={options} />;
}

function Rare(narrowing: Narrowing) {
  return (
    <>
      <Chosen
        {...narrowing}
        name="stratum"
        label={words.stratum}
        options={texts.strata}
        disabled={!narrowing.asked.generation}
        hint={narrowing.asked.generation ? texts.any : texts.solutions.generationFirst}
      />
      <Chosen {...narrowing} name="comment" label={words.comment} options={words.comments} />
      <YesOrNo {...narrowing} name="contradiction" label={words.contradiction} yes={words.contradictionIs.yes} no={words.contradictionIs.no} />
      <YesOrNo {...narrowing} name="revised" label={words.revised} yes={words.revisedIs.yes} no={words.revisedIs.no} />
      <Chosen {...narrowing} name="asked_for" label={words.askedFor} options={texts.askedFor} />
      <Numbered {...narrowing} name="source_generation" label={words.sourceGeneration} max={MOST} />
      <Day {...narrowing} name="since" label={words.since} />
      <Day {...narrowing} name="until" label={words.until} ends />
    </>
  );
}

function Rows({ slug, rows }: { slug: string; rows: readonly FoundLabel[] }) {
  return (
    <WideTable
      name={words.title}
      minWidth={860}
      className={classes.list}
      verticalSpacing="sm"
      heads={[words.label, words.by, words.ended, words.where, { number: words.time }, words.when]}
    >
      {rows.map((row) => (
        <Table.Tr key={row.id}>
          <Table.Td>
            <Anchor inherit component={Link} to={paths.solution(slug, row.solution_id)}>
              {texts.solutions.open(row.solution_id)}
            </Anchor>
            <div className={`${classes.long} ${classes.quiet}`}>
              <MathText text={row.problem_text} />
            </div>
          </Table.Td>
          <Table.Td>
            <span title={row.labeler}>{row.username ?? row.labeler.slice(0, 8)}</span>
            <div className={classes.quiet}>{labelTexts.source[row.source]}</div>
          </Table.Td>
          <Table.Td>
            {row.finish_reason !== "found_error"
              ? labelTexts.finish[row.finish_reason]
              : row.mistake === null
                ? texts.unsure
                : texts.mistake(row.mistake)}
            {row.reason && <div className={classes.quiet}>{words.remarks(row.reason)}</div>}
            {row.comment && <div className={classes.quiet}>{words.remarks(row.comment)}</div>}
            <Marks row={row} />
          </Table.Td>
          <Table.Td>
            {row.generation === null ? NONE : texts.generation(row.generation)}
            {row.stratum && <div className={classes.quiet}>{named(texts.strata, row.stratum)}</div>}
          </Table.Td>
          <Table.Td ta="right">{row.total_time > 0 ? clock(row.total_time) : NONE}</Table.Td>
          <Table.Td>
            <Ago at={row.submitted_at} />
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function Marks({ row }: { row: FoundLabel }) {
  const marks = [
    ...(row.contradiction ? [words.contradicts] : []),
    ...(row.revision > 1 ? [words.revision(row.revision)] : []),
    ...(row.asked_for === "work" ? [] : [texts.askedFor[row.asked_for]]),
  ];
  if (marks.length === 0) return null;
  return (
    <Group gap={4}>
      {marks.map((mark) => (
        <Badge key={mark} size="sm" variant="light" color={mark === words.contradicts ? "orange" : "gray"}>
          {mark}
        </Badge>
      ))}
    </Group>
  );
}
