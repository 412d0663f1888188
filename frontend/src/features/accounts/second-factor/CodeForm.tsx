import { Button, Group, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";

import { Failure } from "@/shared/states/states";

import { texts } from "../texts";

const words = texts.code;

interface CodeFormProps {
  readonly label: string;
  readonly submit: string;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onCode: (code: string) => void;
}

/** Six digits from the authenticator, or a recovery code; the phone's keyboard offers digits and what came by message. */
export function CodeForm({ label, submit, pending, error, onCode }: CodeFormProps) {
  const [code, setCode] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    onCode(code.trim());
    setCode("");
  };
  return (
    <form onSubmit={send}>
      {error != null && <Failure error={error} title={words.failed} />}
      <Group align="flex-end" mt="sm">
        <TextInput
          required
          data-autofocus
          label={label}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={20}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={pending}>
          {submit}
        </Button>
      </Group>
    </form>
  );
}
