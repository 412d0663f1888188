import { useQuery } from "@tanstack/react-query";

import { labelersQuery } from "@/api/queries";
import { Page, Section } from "@/shared/layout/Page";
import { Loaded } from "@/shared/states/states";

import { QualityNav } from "../QualityNav";
import { texts } from "../texts";
import { AgreementPanel } from "./AgreementPanel";
import { Checks } from "./Checks";
import { Contradictions } from "./Contradictions";
import { Labelers } from "./Labelers";
import { Quarantines } from "./Quarantines";

/** How far the labels can be trusted: who was paused, who labelled how, the checks, agreement, and what contradicts itself. */
export function QualityPage({ slug }: { slug: string }) {
  return (
    <Page title={texts.title}>
      <QualityNav slug={slug} />
      <Section title={texts.quarantines.heading}>
        <Quarantines slug={slug} />
      </Section>
      <Section title={texts.labelers.heading}>
        <Loaded query={useQuery(labelersQuery(slug))}>{(labelers) => <Labelers labelers={labelers} />}</Loaded>
      </Section>
      <Section title={texts.checks.heading}>
        <Checks slug={slug} />
      </Section>
      <Section title={texts.agreement.heading}>
        <AgreementPanel slug={slug} />
      </Section>
      <Section title={texts.contradictions.heading}>
        <Contradictions slug={slug} />
      </Section>
    </Page>
  );
}
