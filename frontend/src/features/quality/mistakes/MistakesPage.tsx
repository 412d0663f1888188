import { SegmentedControl, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { Page, Section } from "@/shared/layout/Page";
import { Empty, Loaded } from "@/shared/states/states";

import { PURPOSES } from "../gold/PurposeChoice";
import classes from "../quality.module.css";
import { QualityNav } from "../QualityNav";
import { Figures } from "./Figures";
import { MostMissed } from "./MostMissed";
import { mistakesQuery, type Mistakes } from "./queries";
import { texts } from "./texts";

/** What labelers get wrong, judged by gold: to see who needs what, and to make teaching material of. */
export function MistakesPage({ slug }: { slug: string }) {
  const [address, setAddress] = useSearchParams();
  const purpose = PURPOSES.find((each) => each === address.get("purpose")) ?? null;
  const query = useQuery({ ...mistakesQuery(slug, purpose), placeholderData: keepPreviousData });
  return (
    <Page title={texts.title}>
      <QualityNav slug={slug} />
      <Text c="dimmed">{texts.detail}</Text>
      <SegmentedControl
        aria-label={texts.purpose.label}
        className={classes.choices}
        value={purpose ?? "all"}
        onChange={(value) => setAddress(value === "all" ? {} : { purpose: value }, { replace: true })}
        data={(["all", ...PURPOSES] as const).map((value) => ({ value, label: texts.purpose[value] }))}
      />
      <Loaded query={query}>{(report) => <Report slug={slug} report={report} of={purpose ?? "all"} />}</Loaded>
    </Page>
  );
}

function Report({ slug, report, of }: { slug: string; report: Mistakes; of: string }) {
  if (report.passes === 0) return <Empty title={texts.none.title} detail={texts.none.detail} />;
  const file = `${slug}-mistakes-${of}`;
  return (
    <>
      <Text>{texts.passes(report.passes, report.newest)}</Text>
      <Figures file={file} report={report} />
      <Section title={texts.golds.heading}>
        <MostMissed slug={slug} golds={report.golds} file={`${file}-most-missed`} />
      </Section>
    </>
  );
}
