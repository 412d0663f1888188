import { Badge, Button, Group, SegmentedControl, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { ReasonDialog } from "@/shared/forms/ReasonDialog";
import { Aside } from "@/shared/layout/Aside";
import { WideTable } from "@/shared/layout/WideTable";
import { Failure, LoadedParts } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { count, NONE } from "@/shared/text/format";

import classes from "../quality.module.css";
import { standingsQuery, useAct, type ScreeningSet, type Standing, type Stands } from "./queries";
import { texts } from "./texts";

const words = texts.people;
const STANDS = ["to_take", "open", "passed", "failed", "admitted"] as const satisfies readonly Stands[];
const COLOR: Record<Stands, string> = { to_take: "gray", open: "blue", passed: "gray", failed: "orange", admitted: "gray" };

interface StandingsProps {
  readonly slug: string;
  readonly counts: ScreeningSet["labelers"];
  readonly operates: boolean;
}

/** Everybody who labels, by how they stand with the screening; what an operator may do for one stands at the end. */
export function Standings({ slug, counts, operates }: StandingsProps) {
  const [query, setQuery] = useSearchParams();
  const stands = STANDS.find((each) => each === query.get("stands")) ?? null;
  const all = STANDS.reduce((sum, each) => sum + counts[each], 0);
  return (
    <>
      <SegmentedControl
        aria-label={words.filter}
        className={classes.choices}
        value={stands ?? "all"}
        onChange={(value) => setQuery(value === "all" ? {} : { stands: value }, { replace: true })}
        data={[{ value: "all", label: words.all(all) }, ...STANDS.map((value) => ({ value, label: words.states[value](counts[value]) }))]}
      />
      <People slug={slug} stands={stands} operates={operates} />
    </>
  );
}

type Asking = { readonly kind: "admit" | "grant"; readonly who: Standing };

function People({ slug, stands, operates }: { slug: string; stands: Stands | null; operates: boolean }) {
  const [asking, ask] = useState<Asking | null>(null);
  const act = useAct(slug);
  const dialog = asking && words.dialogs[asking.kind];
  return (
    <>
      {act.isError && <Failure error={act.error} title={words.failed} />}
      <LoadedParts query={useInfiniteQuery(standingsQuery(slug, stands))} more={words.more}>
        {(parts) => {
          const found = parts.flatMap(({ results }) => results);
          if (found.length === 0) return <Text c="dimmed">{stands === null ? words.none : words.noneSuch}</Text>;
          return <Rows found={found} operates={operates} onAsk={ask} />;
        }}
      </LoadedParts>
      {asking && dialog && (
        <ReasonDialog
          opened
          words={{ ...dialog, title: dialog.title(asking.who.username) }}
          onClose={() => ask(null)}
          onReason={(reason) => {
            act.mutate({ kind: asking.kind, labeler: asking.who.labeler, reason });
            ask(null);
          }}
        />
      )}
    </>
  );
}

interface RowsProps {
  readonly found: readonly Standing[];
  readonly operates: boolean;
  readonly onAsk: (asking: Asking) => void;
}

function Rows({ found, operates, onAsk }: RowsProps) {
  return (
    <WideTable
      name={words.stands}
      minWidth={820}
      heads={[words.labeler, words.stands, words.result, { number: words.attempts }, words.when, operates && words.acts]}
    >
      {found.map((one) => (
        <Table.Tr key={one.id}>
          <Table.Td>
            {one.username}
            {words.role[one.role] && <Aside>{words.role[one.role]}</Aside>}
          </Table.Td>
          <Table.Td>
            <Badge radius="sm" tt="none" variant="light" color={COLOR[one.stands]}>
              {words.badge[one.stands]}
            </Badge>
          </Table.Td>
          <Table.Td maw={360}>{resultOf(one) || NONE}</Table.Td>
          <Table.Td ta="right">{one.attempts === 0 ? NONE : count(one.attempts)}</Table.Td>
          <Table.Td>
            <When one={one} />
          </Table.Td>
          {operates && (
            <Table.Td>
              <Acts one={one} onAsk={onAsk} />
            </Table.Td>
          )}
        </Table.Tr>
      ))}
    </WideTable>
  );
}

export function resultOf({ stands, answered, agreed, of, needed, retakes_left, admitted_by, reason }: Standing): string {
  if (stands === "admitted") return words.by(admitted_by ?? words.somebody, reason);
  if (of === null) return "";
  if (agreed === null) return words.answered(answered ?? 0, of);
  const told = words.agreed(agreed, of, needed ?? 0);
  return stands === "failed" ? `${told}; ${words.retakes(retakes_left ?? 0)}` : told;
}

function When({ one: { admitted_at, decided_at } }: { one: Standing }) {
  const at = admitted_at ?? decided_at;
  return at === null ? NONE : <Ago at={at} />;
}

function Acts({ one, onAsk }: { one: Standing; onAsk: (asking: Asking) => void }) {
  if (one.stands === "passed" || one.stands === "admitted") return null;
  return (
    <Group gap="xs" wrap="nowrap">
      <Button size="compact-xs" variant="default" aria-label={words.admitOf(one.username)} onClick={() => onAsk({ kind: "admit", who: one })}>
        {words.admit}
      </Button>
      {one.stands === "failed" && (
        <Button size="compact-xs" variant="default" aria-label={words.grantOf(one.username)} onClick={() => onAsk({ kind: "grant", who: one })}>
          {words.grant}
        </Button>
      )}
    </Group>
  );
}
