import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { agreementQuery, labelersQuery } from "@/api/queries";
import type { Agreement } from "@/api/types";
import { percent } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import { Loaded } from "@/shared/states";

import { Contradictions } from "./Contradictions";
import { Labelers } from "./Labelers";
import { texts } from "./texts";

/** How far the labels can be trusted: agreement, who labelled how, and what contradicts itself. */
export function QualityPage({ slug }: { slug: string }) {
  return (
    <Page title={texts.title}>
      <Section title={texts.agreement.heading}>
        <Loaded query={useQuery(agreementQuery(slug))}>{(agreement) => <Agreed agreement={agreement} />}</Loaded>
      </Section>
      <Section title={texts.contradictions.heading}>
        <Contradictions slug={slug} />
      </Section>
      <Section title={texts.labelers.heading}>
        <Loaded query={useQuery(labelersQuery(slug))}>{(labelers) => <Labelers labelers={labelers} />}</Loaded>
      </Section>
    </Page>
  );
}

function Agreed({ agreement }: { agreement: Agreement }) {
  const words = texts.agreement;
  return (
    <div>
      <Text>{agreement.share === null ? agreement.undefined : words.share(percent(agreement.share), agreement.pairs)}</Text>
      <Text size="sm" c="dimmed">
        {words.detail}
      </Text>
    </div>
  );
}
