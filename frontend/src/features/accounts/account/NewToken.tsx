import { Alert, Button, Checkbox, Group, NativeSelect, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told } from "@/api/client";
import { doorsQuery, tokensQuery } from "@/api/queries";
import type { TokenScope } from "@/api/types";
import { fieldError } from "@/shared/forms/fields";
import { Failure } from "@/shared/states/states";
import { Copyable } from "@/shared/text/Copyable";

import { texts } from "../texts";

const words = texts.tokens;

/** The token's text is in the answer alone: the server keeps its digest. */
export function NewToken() {
  const [name, setName] = useState("");
  const [scope, setScope] = useState<TokenScope>("operate");
  const [days, setDays] = useState(90);
  const [forever, setForever] = useState(false);
  const { data: doors } = useQuery(doorsQuery);
  const create = useCreate(() => setName(""));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name: name.trim(), scope, days: forever ? null : days });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group align="flex-end">
          <TextInput
            required
            w={320}
            label={words.name}
            value={name}
            error={fieldError(create.error, "name")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={words.scope}
            data={Object.entries(words.scopes).map(([value, label]) => ({ value, label }))}
            value={scope}
            onChange={(event) => setScope(event.currentTarget.value as TokenScope)}
          />
          <NumberInput
            required={!forever}
            disabled={forever}
            w={140}
            label={words.days}
            min={1}
            max={3650}
            allowDecimal={false}
            value={days}
            error={fieldError(create.error, "days")}
            onChange={(value) => setDays(Number(value))}
          />
          <Button type="submit" loading={create.isPending}>
            {words.create}
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          {words.explain[scope]}
        </Text>
        {doors?.tokens_may_last && (
          <Checkbox
            label={words.forever}
            description={words.foreverHint}
            checked={forever}
            onChange={(event) => setForever(event.currentTarget.checked)}
          />
        )}
        {create.isError && <Failure error={create.error} title={words.failed} />}
        {create.data && (
          <Alert role="status" title={words.once(create.data.name)}>
            <Copyable text={create.data.token} />
          </Alert>
        )}
      </Stack>
    </form>
  );
}

function useCreate(onCreated: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; scope: TokenScope; days: number | null }) => told(api.POST("/api/v1/auth/tokens", { body })),
    onSuccess: async () => {
      onCreated();
      await client.invalidateQueries(tokensQuery);
    },
  });
}
