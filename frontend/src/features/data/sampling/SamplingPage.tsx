import { Anchor, Code, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { endpointsQuery, samplingsQuery } from "@/api/queries";
import type { Sampling } from "@/api/types";
import { texts as shared } from "@/shared/language/texts";
import { DataTabs } from "@/shared/layout/DataTabs";
import { Page, Section } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { Empty, Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { count } from "@/shared/text/format";

import { money, notKept } from "./sampling";
import { SamplingForm } from "./SamplingForm";
import { texts as words } from "./texts";

/** Solutions and alternatives from a language model: what to ask for, and what was asked for so far. */
export function SamplingPage({ slug }: { slug: string }) {
  return (
    <Page title={words.title}>
      <DataTabs slug={slug} />
      <Text c="dimmed" maw="76ch">
        {words.hint}
      </Text>
      <Loaded query={useQuery(endpointsQuery(slug))}>
        {(endpoints) => (endpoints.length === 0 ? <Off /> : <SamplingForm slug={slug} endpoints={endpoints} />)}
      </Loaded>
      <Section title={words.earlier}>
        <Loaded query={useQuery(samplingsQuery(slug))}>{(samplings) => <Samplings slug={slug} samplings={samplings} />}</Loaded>
      </Section>
    </Page>
  );
}

function Off() {
  return (
    <Empty title={words.off.title} detail={words.off.detail}>
      <Code block tabIndex={0} role="region" aria-label={words.off.exampleName}>
        {words.off.example}
      </Code>
      <Text size="sm" c="dimmed">
        {words.off.docs}
      </Text>
    </Empty>
  );
}

function Samplings({ slug, samplings }: { slug: string; samplings: readonly Sampling[] }) {
  if (samplings.length === 0) return <Text c="dimmed">{words.none}</Text>;
  return (
    <WideTable
      name={words.earlier}
      minWidth={700}
      heads={[words.id, words.model, words.state, { number: words.created }, { number: words.notKept }, { number: words.cost }, words.when]}
    >
      {samplings.map((one) => (
        <Table.Tr key={one.id}>
          <Table.Td>
            <Anchor inherit component={Link} to={paths.samplingOf(slug, one.id)}>
              {words.name(one.id, words.short[one.parameters.what])}
            </Anchor>
          </Table.Td>
          <Table.Td>{one.parameters.model}</Table.Td>
          <Table.Td>{shared.jobs.state[one.state]}</Table.Td>
          <Table.Td ta="right">{count(one.created)}</Table.Td>
          <Table.Td ta="right">{count(notKept(one))}</Table.Td>
          <Table.Td ta="right">{money(one.cost)}</Table.Td>
          <Table.Td>
            <Ago at={one.created_at} />
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}
