import { Button, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useNavigate } from "react-router";

import { api, told } from "@/api/client";
import { projectsQuery } from "@/api/queries";
import { fieldError } from "@/shared/forms/fields";
import { paths } from "@/shared/paths";
import { meQuery } from "@/shared/session";
import { Failure } from "@/shared/states/states";

import { texts } from "./texts";

export function CreateProject({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={texts.create.title}>
      <CreateForm />
    </Modal>
  );
}

function CreateForm() {
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string | null>(null); // null: follows the name
  const create = useCreate();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, slug: slug ?? slugOf(name) });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {create.isError && <Failure error={create.error} title={texts.create.failed} />}
        <TextInput data-autofocus required label={texts.create.name} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput
          required
          label={texts.create.slug}
          description={texts.create.slugHint}
          value={slug ?? slugOf(name)}
          error={fieldError(create.error, "slug")}
          onChange={(event) => setSlug(event.currentTarget.value)}
        />
        <Button type="submit" loading={create.isPending}>
          {texts.create.submit}
        </Button>
      </Stack>
    </form>
  );
}

function useCreate() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: { name: string; slug: string }) => told(api.POST("/api/v1/projects", { body })),
    onSuccess: async ({ slug }) => {
      await Promise.all([client.invalidateQueries(projectsQuery), client.invalidateQueries(meQuery)]);
      await navigate(paths.project(slug));
    },
  });
}

export function slugOf(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 50);
}
