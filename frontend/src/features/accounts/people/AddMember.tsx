import { Alert, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { Role } from "@/api/types";
import { fieldError } from "@/shared/forms/fields";
import { Failure } from "@/shared/states/states";
import { Copyable } from "@/shared/text/Copyable";

import { texts } from "../projects/texts";
import { ROLES } from "./roles";

const words = texts.people;

export function AddMember({ slug }: { slug: string }) {
  const [username, setUsername] = useState("");
  const [role, setRole] = useState<Role>("labeler");
  const add = useAdd(slug, () => setUsername(""));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ username: username.trim(), role });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {words.addHint}
        </Text>
        <Group align="flex-end">
          <TextInput
            required
            label={words.username}
            value={username}
            error={fieldError(add.error, "username")}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <Select label={words.role} allowDeselect={false} data={ROLES} value={role} onChange={(value) => value && setRole(value as Role)} />
          <Button type="submit" variant="default" loading={add.isPending}>
            {words.submit}
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          {words.explain[role]}
        </Text>
        {add.isError && <Failure error={add.error} title={words.failed} />}
        {add.data?.password && (
          <Alert role="status" title={words.password(add.data.username)}>
            <Copyable text={add.data.password} />
          </Alert>
        )}
      </Stack>
    </form>
  );
}

function useAdd(slug: string, onAdded: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { username: string; role: Role }) => told(api.POST("/api/v1/projects/{slug}/members", { params: { path: { slug } }, body })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.project(slug) });
      onAdded();
    },
  });
}
