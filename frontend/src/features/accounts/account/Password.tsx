import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told } from "@/api/client";
import { fieldError } from "@/shared/forms/fields";
import { Failure } from "@/shared/states/states";

import { sessionsQuery } from "../queries";
import { texts } from "../texts";

const words = texts.passwordChange;
const NOTHING = { current: "", new: "" };

/** Another password; every browser but this one is signed out by it. */
export function Password() {
  const [typed, setTyped] = useState(NOTHING);
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () => told(api.PUT("/api/v1/auth/password", { body: typed })),
    onSuccess: () => {
      setTyped(NOTHING);
      return Promise.all([client.invalidateQueries(sessionsQuery), client.invalidateQueries({ queryKey: ["account events"] })]);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={360} align="stretch" gap="sm">
        <Text size="sm" c="dimmed">
          {words.hint}
        </Text>
        {change.isError && <Failure error={change.error} title={words.failed} />}
        <PasswordInput
          required
          label={words.current}
          autoComplete="current-password"
          value={typed.current}
          onChange={(event) => setTyped({ ...typed, current: event.currentTarget.value })}
        />
        <PasswordInput
          required
          label={words.new}
          description={texts.invited.passwordHint}
          autoComplete="new-password"
          value={typed.new}
          error={fieldError(change.error, "password") ?? fieldError(change.error, "new")}
          onChange={(event) => setTyped({ ...typed, new: event.currentTarget.value })}
        />
        <Button type="submit" variant="default" loading={change.isPending} style={{ alignSelf: "flex-start" }}>
          {words.change}
        </Button>
        <Text role="status" size="sm">
          {change.isSuccess ? words.changed : ""}
        </Text>
      </Stack>
    </form>
  );
}
