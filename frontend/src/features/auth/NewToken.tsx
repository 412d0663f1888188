import { Alert, Button, Group, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told } from "@/api/client";
import { tokensQuery } from "@/api/queries";
import { Copyable } from "@/shared/Copyable";
import { fieldError } from "@/shared/fields";
import { Failure } from "@/shared/states";

import { texts } from "./texts";

const words = texts.tokens;

/** The token's text is in the answer alone: the server keeps its digest. */
export function NewToken() {
  const [name, setName] = useState("");
  const create = useCreate(() => setName(""));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(name.trim());
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
          <Button type="submit" loading={create.isPending}>
            {words.create}
          </Button>
        </Group>
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
    mutationFn: (name: string) => told(api.POST("/api/v1/auth/tokens", { body: { name } })),
    onSuccess: async () => {
      onCreated();
      await client.invalidateQueries(tokensQuery);
    },
  });
}
