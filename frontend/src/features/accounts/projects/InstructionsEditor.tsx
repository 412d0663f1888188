import { Button, Group, Input, SimpleGrid, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/api/client";
import { instructionsQuery, keys } from "@/api/queries";
import type { Instructions } from "@/api/types";
import { Failure, Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { Prose } from "@/shared/text/Prose";

import classes from "./projects.module.css";
import { texts } from "./texts";

const words = texts.instructions;

export function InstructionsEditor({ slug }: { slug: string }) {
  const query = useQuery(instructionsQuery(slug));
  return <Loaded query={query}>{(versions) => <Editor key={versions[0]?.version ?? 0} slug={slug} versions={versions} />}</Loaded>;
}

function Editor({ slug, versions }: { slug: string; versions: readonly Instructions[] }) {
  const current = versions[0]?.text ?? "";
  const [text, setText] = useState(current);
  const save = useSave(slug);
  return (
    <>
      <Text ref={whenAskedFor} id={INSTRUCTIONS} className={classes.askedFor} size="sm" c="dimmed">
        {words.hint}
      </Text>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Textarea
          label={words.text}
          autosize
          minRows={12}
          maxRows={30}
          classNames={{ input: classes.source }}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div>
          <Input.Label labelElement="div">{words.preview}</Input.Label>
          <div className={classes.preview}>{text.trim() ? <Prose text={text} /> : <Text c="dimmed">{words.empty}</Text>}</div>
        </div>
      </SimpleGrid>
      {save.isError && <Failure error={save.error} title={words.failed} />}
      <Group>
        <Button disabled={text === current || !text.trim()} loading={save.isPending} onClick={() => save.mutate(text)}>
          {words.save}
        </Button>
        {versions[0] && (
          <Text size="sm" c="dimmed">
            {words.version(versions[0].version, versions[0].created_by ?? words.imported)}, <Ago at={versions[0].created_at} />
          </Text>
        )}
      </Group>
    </>
  );
}

const INSTRUCTIONS = "instructions"; // as `paths.instructions` has it

/** The last part of a long page is shown to who came for it, once it is in. */
function whenAskedFor(part: HTMLElement | null) {
  if (part && location.hash === `#${INSTRUCTIONS}`) part.scrollIntoView();
}

function useSave(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => told(api.POST("/api/v1/projects/{slug}/instructions", { params: { path: { slug } }, body: { text } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}
