import { Button, Group } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { Generation } from "@/api/types";
import { ConfirmDialog } from "@/shared/forms/ConfirmDialog";
import { ReasonDialog } from "@/shared/forms/ReasonDialog";
import { paths } from "@/shared/paths";
import { Failure } from "@/shared/states/states";

import { texts } from "../texts";

const words = texts.page;

type Act = { readonly act: "close" | "retry" } | { readonly act: "cancel"; readonly reason: string };

const CANCEL = { title: words.cancelTitle, detail: words.cancelDetail, label: words.cancelLabel, submit: words.cancelSubmit };
const WITHDRAW = { title: words.withdrawTitle, detail: words.cancelDetail, label: words.withdrawLabel, submit: words.withdrawSubmit };

/** What can be done with a generation in its state; closing says what it takes back, cancelling asks why. */
export function GenerationActions({ slug, generation }: { slug: string; generation: Generation }) {
  const [asking, setAsking] = useState<"close" | "cancel" | null>(null);
  const act = useAct(slug, generation.number);
  const perform = (what: Act) => {
    setAsking(null);
    act.mutate(what);
  };
  const left = generation.items.open + generation.items.leased;
  const ahead = generation.state === "ahead";
  const ended = generation.state === "closed" || generation.state === "cancelled";
  return (
    <Group>
      {act.isError && <Failure error={act.error} title={words.failed} />}
      {!ended && (
        <Button variant="subtle" color="gray" onClick={() => setAsking("cancel")}>
          {ahead ? words.withdraw : words.cancel}
        </Button>
      )}
      {ahead && (
        <Button component={Link} to={paths.launch(slug)}>
          {words.launch}
        </Button>
      )}
      {generation.state === "failed" && (
        <Button loading={act.isPending} onClick={() => perform({ act: "retry" })}>
          {words.retry}
        </Button>
      )}
      {generation.state === "labeling" && (
        <Button loading={act.isPending} onClick={() => setAsking("close")}>
          {words.close}
        </Button>
      )}
      <ConfirmDialog
        opened={asking === "close"}
        words={{ title: words.closeTitle, detail: left > 0 ? words.closeDetail(left) : words.closeFull, submit: words.close }}
        onClose={() => setAsking(null)}
        onConfirm={() => perform({ act: "close" })}
      />
      <ReasonDialog
        opened={asking === "cancel"}
        words={ahead ? WITHDRAW : CANCEL}
        onClose={() => setAsking(null)}
        onReason={(reason) => perform({ act: "cancel", reason })}
      />
    </Group>
  );
}

function useAct(slug: string, number: number) {
  const client = useQueryClient();
  const params = { path: { slug, number } };
  return useMutation({
    mutationFn: (what: Act): Promise<Generation> => {
      switch (what.act) {
        case "close":
          return told(api.POST("/api/v1/projects/{slug}/generations/{number}/close", { params }));
        case "retry":
          return told(api.POST("/api/v1/projects/{slug}/generations/{number}/retry", { params }));
        case "cancel":
          return told(api.POST("/api/v1/projects/{slug}/generations/{number}/cancel", { params, body: { reason: what.reason } }));
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}
