import { Button, Drawer, Group, Skeleton, Stack, Text } from "@mantine/core";

import { ReasonDialog } from "@/shared/forms/ReasonDialog";
import { texts as shared } from "@/shared/language/texts";
import { Prose } from "@/shared/text/Prose";

import { texts } from "../texts";
import { useInstructions } from "./instructions";

export type Dialog = "help" | "instructions" | "give_up" | "bad_problem" | "comment";

interface DialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Give up or Bad problem: both end the pass with a reason in words. */
export function EndingDialog({
  ending,
  onReason,
  onClose,
}: Pick<DialogProps, "onClose"> & {
  ending: "give_up" | "bad_problem" | null;
  onReason: (ending: "give_up" | "bad_problem", reason: string) => void;
}) {
  const words = ending === "bad_problem" ? texts.badProblem : texts.giveUp;
  return <ReasonDialog opened={ending !== null} words={words} onClose={onClose} onReason={(reason) => ending && onReason(ending, reason)} />;
}

export function InstructionsDrawer({ slug, opened, changed, onClose }: DialogProps & { slug: string; changed: boolean }) {
  const { data, isPending, isError } = useInstructions(slug);
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="lg" title={changed ? texts.instructions.changed : texts.instructions.title}>
      <Stack>
        {isPending && <Skeleton h={200} />}
        {isError && <Text>{shared.state.failed}.</Text>}
        {data !== undefined && (data?.text.trim() ? <Prose text={data.text} /> : <Text>{texts.instructions.none}</Text>)}
        <Group justify="space-between">
          <Button data-autofocus onClick={onClose}>
            {texts.instructions.start}
          </Button>
          {data && (
            <Text size="sm" c="dimmed">
              {texts.instructions.version(data.version)}
            </Text>
          )}
        </Group>
      </Stack>
    </Drawer>
  );
}
