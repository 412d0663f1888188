import { Badge, Button, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/api/client";
import { tokensQuery } from "@/api/queries";
import type { Token } from "@/api/types";
import { ConfirmDialog } from "@/shared/forms/ConfirmDialog";
import { Page } from "@/shared/layout/Page";
import { TopBar } from "@/shared/layout/TopBar";
import { WideTable } from "@/shared/layout/WideTable";
import { Failure, Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { moment } from "@/shared/text/format";

import { texts } from "../texts";
import { NewToken } from "./NewToken";

const words = texts.tokens;

export default function TokensPage() {
  return (
    <>
      <TopBar />
      <Page title={words.title}>
        <Text c="dimmed">{words.hint}</Text>
        <NewToken />
        <Loaded query={useQuery(tokensQuery)}>{(tokens) => <Tokens tokens={tokens} />}</Loaded>
      </Page>
    </>
  );
}

function Tokens({ tokens }: { tokens: readonly Token[] }) {
  const [ending, setEnding] = useState<Token | null>(null);
  const revoke = useRevoke();
  if (tokens.length === 0) return <Text>{words.none}</Text>;
  return (
    <>
      {revoke.isError && <Failure error={revoke.error} title={words.failed} />}
      <TokenTable tokens={tokens} onRevoke={setEnding} />
      <ConfirmDialog
        opened={ending !== null}
        words={{ title: words.revokeTitle(ending?.name ?? ""), detail: words.revokeDetail, submit: words.revoke }}
        onClose={() => setEnding(null)}
        onConfirm={() => {
          if (ending) revoke.mutate(ending.id);
          setEnding(null);
        }}
      />
    </>
  );
}

function TokenTable({ tokens, onRevoke }: { tokens: readonly Token[]; onRevoke: (token: Token) => void }) {
  return (
    <WideTable name={words.title} minWidth={720} heads={[words.name, words.scope, words.made, words.expires, words.used, { acts: words.revoke }]}>
      {tokens.map((token) => (
        <Table.Tr key={token.id}>
          <Table.Td>{token.name}</Table.Td>
          <Table.Td>{words.scopes[token.scope]}</Table.Td>
          <Table.Td>
            <Ago at={token.created_at} />
          </Table.Td>
          <Table.Td>
            <End at={token.expires_at} />
          </Table.Td>
          <Table.Td>{token.last_used_on ?? words.unused}</Table.Td>
          <Table.Td ta="right">
            <Button variant="subtle" color="gray" size="compact-sm" aria-label={`${words.revoke} ${token.name}`} onClick={() => onRevoke(token)}>
              {words.revoke}
            </Button>
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function End({ at }: { at: string | null }) {
  if (at === null) return words.never;
  const over = Date.parse(at) <= Date.now();
  return (
    <>
      {moment(at)} {over && <Badge color="gray">{words.ended}</Badge>}
    </>
  );
}

function useRevoke() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => told(api.DELETE("/api/v1/auth/tokens/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries(tokensQuery),
  });
}
