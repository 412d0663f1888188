import { Anchor, Button, Table, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import { ReasonDialog } from "@/shared/forms/ReasonDialog";
import { WideTable } from "@/shared/layout/WideTable";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Failure } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";

import { useRevoke, type Lease } from "../queries";
import { watching } from "../texts.watch";
import { whoOf } from "./People";

const words = watching.leases;

interface LeasesProps {
  readonly slug: string;
  readonly number: number;
  readonly leases: readonly Lease[];
  readonly all: number;
  readonly operates: boolean;
}

/** Who holds which item until when; an operator takes one back with a reason. */
export function Leases({ slug, number, leases, all, operates }: LeasesProps) {
  const [releasing, release] = useState<Lease | null>(null);
  const revoke = useRevoke(slug, number);
  return (
    <>
      <Text size="sm" c="dimmed">
        {leases.length === 0 ? words.none : words.some(leases.length, all)}
      </Text>
      {revoke.isError && <Failure error={revoke.error} title={words.failed} />}
      {leases.length > 0 && <LeaseTable slug={slug} leases={leases} onRelease={operates ? release : null} />}
      <ReasonDialog
        opened={releasing !== null}
        words={words.dialog}
        onClose={() => release(null)}
        onReason={(reason) => {
          if (releasing) revoke.mutate({ assignment: releasing.assignment, reason });
          release(null);
        }}
      />
    </>
  );
}

function LeaseTable({ slug, leases, onRelease }: { slug: string; leases: readonly Lease[]; onRelease: ((lease: Lease) => void) | null }) {
  return (
    <WideTable
      name={words.title}
      minWidth={680}
      verticalSpacing={6}
      heads={[watching.people.who, words.problem, words.since, words.until, onRelease !== null && { acts: words.release }]}
    >
      {leases.map((lease) => (
        <Table.Tr key={lease.assignment}>
          <Table.Td>{whoOf(lease)}</Table.Td>
          <Table.Td maw={420}>
            <Anchor component={Link} to={paths.solution(slug, lease.solution_id)}>
              <Text span size="sm" lineClamp={1}>
                <MathText text={lease.problem} />
              </Text>
            </Anchor>
          </Table.Td>
          <Table.Td>
            <Ago at={lease.leased_at} />
          </Table.Td>
          <Table.Td>
            <Ago at={lease.expires_at} />
          </Table.Td>
          {onRelease && (
            <Table.Td>
              <Button size="compact-xs" variant="default" onClick={() => onRelease(lease)} aria-label={words.releaseOf(whoOf(lease), lease.problem)}>
                {words.release}
              </Button>
            </Table.Td>
          )}
        </Table.Tr>
      ))}
    </WideTable>
  );
}
