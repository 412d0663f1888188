import { Button, Menu, Modal, NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";

import type { Member } from "@/api/types";
import { ReasonDialog } from "@/shared/forms/ReasonDialog";

import { texts } from "../projects/texts";

const words = texts.people;

export type Act =
  | { readonly kind: "role"; readonly id: number; readonly role: Member["role"] }
  | { readonly kind: "remove"; readonly id: number }
  | { readonly kind: "suspend" | "bring-back"; readonly id: number; readonly reason: string }
  | { readonly kind: "transfer"; readonly id: number; readonly to: number };

interface MemberActionsProps {
  readonly member: Member;
  readonly others: readonly Member[];
  readonly onAct: (act: Act) => void;
  readonly onRemove: () => void;
}

/** What else an operator does about a member, behind one button; each act asks before it is done. */
export function MemberActions({ member, others, onAct, onRemove }: MemberActionsProps) {
  const [asking, setAsking] = useState<"suspend" | "transfer" | null>(null);
  const shut = member.suspended_at !== null;
  const close = () => setAsking(null);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="subtle" color="gray" size="compact-sm" aria-label={`${words.more}: ${member.username}`}>
            {words.more} ▾
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAsking("suspend")}>{shut ? words.bringBack : words.suspend}</Menu.Item>
          {member.role === "operator" && others.length > 0 && <Menu.Item onClick={() => setAsking("transfer")}>{words.transfer}</Menu.Item>}
          <Menu.Item onClick={onRemove}>{words.remove}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ReasonDialog
        opened={asking === "suspend"}
        words={{
          title: shut ? words.bringBackTitle(member.username) : words.suspendTitle(member.username),
          detail: shut ? words.bringBackDetail : words.suspendDetail,
          label: words.why,
          submit: shut ? words.bringBack : words.suspend,
        }}
        onClose={close}
        onReason={(reason) => {
          onAct({ kind: shut ? "bring-back" : "suspend", id: member.id, reason });
          close();
        }}
      />
      <Modal opened={asking === "transfer"} onClose={close} title={words.transferTitle(member.username)}>
        <Transfer
          others={others}
          onTo={(to) => {
            onAct({ kind: "transfer", id: member.id, to });
            close();
          }}
        />
      </Modal>
    </>
  );
}

function Transfer({ others, onTo }: { others: readonly Member[]; onTo: (to: number) => void }) {
  const [to, setTo] = useState(String(others[0]?.id));
  return (
    <Stack>
      <Text size="sm">{words.transferDetail}</Text>
      <NativeSelect
        label={words.to}
        data={others.map(({ id, username }) => ({ value: String(id), label: username }))}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button onClick={() => onTo(Number(to))}>{words.transfer}</Button>
    </Stack>
  );
}
