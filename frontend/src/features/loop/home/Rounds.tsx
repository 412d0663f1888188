import { Anchor, Table, Text, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { generationsQuery } from "@/api/queries";
import type { Generation } from "@/api/types";
import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { Loaded } from "@/shared/states/states";
import { count, named, NONE, percent, signed, span } from "@/shared/text/format";

import classes from "./home.module.css";
import type { Estimate, Overview, RoundFound } from "./queries";
import { texts } from "./texts";

const words = texts.recent;

/** The last generations, one row each: what was picked, what people found and took, what came of it. */
export function Rounds({ slug, overview }: { slug: string; overview: Overview }) {
  const query = useQuery(generationsQuery(slug));
  if (overview.rounds.length === 0) return <Text c="dimmed">{words.none}</Text>;
  return (
    <Loaded query={query}>
      {(generations) => (
        <WideTable
          name={words.heading}
          minWidth={900}
          heads={[
            words.generation,
            { number: words.picks },
            words.mix,
            { number: words.found },
            { number: words.agreement },
            { number: words.time },
            words.checkpoint,
            words.change,
          ]}
        >
          {overview.rounds.map((round) => {
            const generation = generations.find(({ number }) => number === round.number);
            return generation && <Row key={round.number} slug={slug} generation={generation} round={round} />;
          })}
        </WideTable>
      )}
    </Loaded>
  );
}

function Row({ slug, generation, round }: { slug: string; generation: Generation; round: RoundFound }) {
  return (
    <Table.Tr>
      <Table.Td className={classes.whole}>
        <Anchor inherit component={Link} to={paths.generation(slug, generation.number)}>
          {words.number(generation.number)}
        </Anchor>
        <Quiet>{texts.states[generation.state]}</Quiet>
      </Table.Td>
      <Table.Td ta="right">{count(picksOf(generation))}</Table.Td>
      <Table.Td>
        <Text size="sm">{mixOf(generation)}</Text>
      </Table.Td>
      <Table.Td ta="right">
        {count(round.found_errors)}
        <Share of={round.found} />
      </Table.Td>
      <Table.Td ta="right">
        <Agreement of={round.agreement} />
      </Table.Td>
      <Table.Td ta="right" className={classes.whole}>
        {round.active_ms > 0 ? span(round.active_ms / 1000) : NONE}
      </Table.Td>
      <Table.Td>
        {generation.checkpoint === null ? (
          NONE
        ) : (
          <Anchor inherit component={Link} to={paths.checkpoint(slug, generation.checkpoint)}>
            {generation.checkpoint}
          </Anchor>
        )}
      </Table.Td>
      <Table.Td>
        <Change generation={generation} round={round} />
      </Table.Td>
    </Table.Tr>
  );
}

function Quiet({ children, title }: { children: string; title?: string }) {
  return (
    <Text size="sm" c="dimmed" title={title}>
      {children}
    </Text>
  );
}

function Share({ of: { value, n } }: { of: Estimate }) {
  return value === null ? null : <Quiet>{words.share(percent(value, 0), count(n))}</Quiet>;
}

/** With its n and interval; where there is none, why. */
function Agreement({ of: { value, low, high, n, undefined: why } }: { of: Estimate }) {
  if (value === null) {
    return (
      <span title={why ?? undefined}>
        {NONE} <VisuallyHidden>{why}</VisuallyHidden>
      </span>
    );
  }
  const interval = low !== null && high !== null ? words.between(percent(low, 0), percent(high, 0)) : "";
  return (
    <>
      {percent(value, 0)}
      <Quiet title={interval}>{words.items(n)}</Quiet>
    </>
  );
}

/** Promoted or not, and by how much it is ahead of the champion it met, with the interval. */
function Change({ generation: { decision }, round: { change } }: { generation: Generation; round: RoundFound }) {
  if (decision.promoted === null) return NONE;
  const points = (share: number) => signed(share * 100, 1);
  const interval = change && change.low !== null && change.high !== null ? words.range(points(change.low), points(change.high)) : "";
  return (
    <>
      <Text size="sm" title={decision.sentence ?? undefined}>
        {decision.promoted ? words.promoted : words.notPromoted}
      </Text>
      <Quiet>{change ? words.points(points(change.difference), interval) : (decision.sentence ?? "")}</Quiet>
    </>
  );
}

/** How many items it put up, those it withdrew since included. */
function picksOf({ items }: Generation): number {
  return items.open + items.leased + items.done + items.withdrawn;
}

/** Such as `58 wrong, 14 remainder, 7 control`. */
function mixOf({ by_stratum }: Generation): string {
  const names = new Set([...Object.keys(words.strata), ...Object.keys(by_stratum)]);
  const parts = [...names].flatMap((stratum) => (by_stratum[stratum] ? [`${count(by_stratum[stratum])} ${named(words.strata, stratum)}`] : []));
  return parts.join(", ") || NONE;
}
