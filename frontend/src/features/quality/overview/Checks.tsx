import { Anchor, Button, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { ReasonDialog } from "@/shared/forms/ReasonDialog";
import { WideTable } from "@/shared/layout/WideTable";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Failure, Loaded } from "@/shared/states/states";
import { count, NONE, percent } from "@/shared/text/format";

import { checksQuery, useRetirement, type Check } from "../queries";
import { texts } from "../texts";

const words = texts.checks;
const SHOWN = 20; // those with a suggestion come first, then those met most

/** The running checks in use: how many met each, who missed it, and what might be retired. */
export function Checks({ slug }: { slug: string }) {
  return (
    <Loaded query={useQuery(checksQuery(slug))}>
      {(checks) => (checks.length === 0 ? <Text c="dimmed">{words.none}</Text> : <CheckTable slug={slug} checks={checks} />)}
    </Loaded>
  );
}

function CheckTable({ slug, checks }: { slug: string; checks: readonly Check[] }) {
  const [all, showAll] = useState(false);
  const [leaving, leave] = useState<Check | null>(null);
  const retirement = useRetirement(slug);
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.detail}{" "}
        <Anchor inherit underline="always" component={Link} to={`${paths.gold(slug)}?purpose=check&retired=true`}>
          {words.retired}
        </Anchor>
      </Text>
      {retirement.isError && <Failure error={retirement.error} title={words.failed} />}
      <WideTable
        name={words.heading}
        minWidth={820}
        heads={[words.problem, words.firstMistakes, { number: words.asked }, { number: words.agreed }, { number: words.good }, words.retire]}
      >
        {(all ? checks : checks.slice(0, SHOWN)).map((check) => (
          <Row key={check.id} slug={slug} check={check} onRetire={() => leave(check)} />
        ))}
      </WideTable>
      {!all && checks.length > SHOWN && (
        <Button variant="default" w="fit-content" onClick={() => showAll(true)}>
          {words.all(checks.length)}
        </Button>
      )}
      <ReasonDialog
        opened={leaving !== null}
        words={words.dialog}
        onClose={() => leave(null)}
        onReason={(reason) => {
          if (leaving) retirement.mutate({ id: leaving.id, reason });
          leave(null);
        }}
      />
    </>
  );
}

function Row({ slug, check, onRetire }: { slug: string; check: Check; onRetire: () => void }) {
  const share = (agreed: number, asked: number) => (asked === 0 ? NONE : `${percent(agreed / asked, 0)} · ${count(agreed)}/${count(asked)}`);
  return (
    <Table.Tr>
      <Table.Td maw={420}>
        <Anchor component={Link} to={paths.goldOf(slug, check.id)}>
          <Text span size="sm" lineClamp={2}>
            <MathText text={check.problem} />
          </Text>
        </Anchor>
        {check.suggestion && <Text size="sm">{check.suggestion}</Text>}
      </Table.Td>
      <Table.Td>{check.first_mistakes.length === 0 ? words.sound : check.first_mistakes.map((step) => step + 1).join(", ")}</Table.Td>
      <Table.Td ta="right">{count(check.asked)}</Table.Td>
      <Table.Td ta="right">{share(check.agreed, check.asked)}</Table.Td>
      <Table.Td ta="right">{share(check.good_agreed, check.good_asked)}</Table.Td>
      <Table.Td>
        <Button size="compact-xs" variant={check.suggestion ? "filled" : "default"} onClick={onRetire} aria-label={words.retireOf(check.problem)}>
          {words.retire}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
