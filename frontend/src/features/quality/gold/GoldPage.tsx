import { Button, Group, SegmentedControl, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";

import { Page, Section } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";
import { Loaded } from "@/shared/states/states";

import classes from "../quality.module.css";
import { QualityNav } from "../QualityNav";
import { GoldSets } from "./GoldSets";
import { GoldTable } from "./GoldTable";
import { PURPOSES } from "./PurposeChoice";
import { goldSetsQuery, type Filter } from "./queries";
import { texts } from "./texts";

/** The gold labels: what each set holds and lacks, and every one of them. */
export function GoldPage({ slug, operates }: { slug: string; operates: boolean }) {
  const [filter, setFilter] = useFilter();
  return (
    <Page title={texts.title} actions={<Actions slug={slug} operates={operates} />}>
      <QualityNav slug={slug} />
      <Text c="dimmed">{texts.detail}</Text>
      <Section title={texts.sets.heading}>
        <Loaded query={useQuery(goldSetsQuery(slug))}>
          {(sets) => <GoldSets sets={sets} onShow={(purpose) => setFilter({ purpose, retired: false })} />}
        </Loaded>
      </Section>
      <Section title={texts.list.heading}>
        <Choices filter={filter} onFilter={setFilter} />
        <GoldTable slug={slug} filter={filter} />
      </Section>
    </Page>
  );
}

function Actions({ slug, operates }: { slug: string; operates: boolean }) {
  return (
    <>
      {operates && (
        <Button variant="default" component={Link} to={paths.importGold(slug)}>
          {texts.importFile}
        </Button>
      )}
      <Button component={Link} to={paths.newGold(slug)}>
        {texts.make}
      </Button>
    </>
  );
}

/** The filter stands in the address, so that a list can be linked to. */
function useFilter(): [Filter, (filter: Filter) => void] {
  const [query, setQuery] = useSearchParams();
  const purpose = PURPOSES.find((each) => each === query.get("purpose")) ?? null;
  const set = ({ purpose, retired }: Filter) => setQuery({ ...(purpose && { purpose }), ...(retired && { retired: "true" }) }, { replace: true });
  return [{ purpose, retired: query.get("retired") === "true" }, set];
}

function Choices({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }) {
  const { purpose, list } = texts;
  return (
    <Group>
      <SegmentedControl
        aria-label={purpose.label}
        className={classes.choices}
        value={filter.purpose ?? "all"}
        onChange={(value) => onFilter({ ...filter, purpose: value === "all" ? null : value })}
        data={(["all", ...PURPOSES] as const).map((value) => ({ value, label: purpose[value] }))}
      />
      <SegmentedControl
        aria-label={list.state}
        value={String(filter.retired)}
        onChange={(value) => onFilter({ ...filter, retired: value === "true" })}
        data={[
          { value: "false", label: list.inUse },
          { value: "true", label: list.retired },
        ]}
      />
    </Group>
  );
}
