import { Anchor, Badge, Button, Table } from "@mantine/core";
import { Link } from "react-router";

import { DataTabs } from "@/shared/layout/DataTabs";
import { Page } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { asMath } from "@/shared/mathematics/mathematics";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { count } from "@/shared/text/format";

import classes from "./browse.module.css";
import { useAddress } from "./listing/address";
import { Chosen, Typed, YesOrNo } from "./listing/fields";
import { Filters } from "./listing/Filters";
import { Listing } from "./listing/Listing";
import { Order } from "./listing/Order";
import { problemsQuery, type FoundProblem } from "./queries";
import { texts } from "./texts";

const words = texts.problems;

/** A project's problems, looked through. */
export function ProblemsPage({ slug, operates }: { slug: string; operates: boolean }) {
  const narrowing = useAddress();
  const act = operates && (
    <Button component={Link} to={paths.import(slug)}>
      {words.none.act}
    </Button>
  );
  return (
    <Page title={words.title} actions={<Order {...narrowing} orders={{ "-id": texts.orders["-id"], id: texts.orders.id }} />}>
      <DataTabs slug={slug} />
      <Filters
        {...narrowing}
        rare={["retired", "solutions", "key"]}
        pinned={{}}
        more={
          <>
            <YesOrNo {...narrowing} name="retired" label={words.retired} yes={words.retiredIs.yes} no={words.retiredIs.no} />
            <YesOrNo {...narrowing} name="solutions" label={words.solutions} yes={words.solved.yes} no={words.solved.no} />
            <Typed {...narrowing} name="key" label={words.key} />
          </>
        }
      >
        <div className={classes.wide}>
          <Typed {...narrowing} name="q" label={words.q} />
        </div>
        <Chosen {...narrowing} name="split" label={words.split} options={texts.splits} />
        <YesOrNo {...narrowing} name="labels" label={words.labels} yes={words.labelled.yes} no={words.labelled.no} />
      </Filters>
      <Listing name={words.title} ask={(asked) => problemsQuery(slug, asked)} none={{ ...words.none, act }}>
        {(rows) => <Rows slug={slug} rows={rows} />}
      </Listing>
    </Page>
  );
}

function Rows({ slug, rows }: { slug: string; rows: readonly FoundProblem[] }) {
  return (
    <WideTable
      name={words.title}
      minWidth={760}
      className={classes.list}
      verticalSpacing="sm"
      heads={[words.problem, words.answer, words.split, { number: words.solutions }, { number: words.right }, { number: words.labels }]}
    >
      {rows.map((row) => (
        <Table.Tr key={row.id}>
          <Table.Td>
            <div className={classes.long}>
              <MathText text={row.text} />
            </div>
            <span className={classes.quiet}>{words.number(row.id)}</span>{" "}
            {row.retired_at && (
              <Badge size="sm" variant="light" color="orange">
                {words.retiredMark}
              </Badge>
            )}
          </Table.Td>
          <Table.Td className={classes.answer}>{row.ground_truth_answer !== null && <MathText text={asMath(row.ground_truth_answer)} />}</Table.Td>
          <Table.Td>{texts.splits[row.split]}</Table.Td>
          <Table.Td ta="right">
            <Anchor inherit component={Link} to={paths.solutions(slug, `problem=${row.id}`)} aria-label={words.seeSolutions(row.solutions, row.id)}>
              {count(row.solutions)}
            </Anchor>
          </Table.Td>
          <Table.Td ta="right">
            {count(row.right)} / {count(row.wrong)}
          </Table.Td>
          <Table.Td ta="right">
            <Anchor inherit component={Link} to={paths.labels(slug, `problem=${row.id}`)} aria-label={words.labelsOf(row.labels, row.id)}>
              {count(row.labels)}
            </Anchor>
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}
