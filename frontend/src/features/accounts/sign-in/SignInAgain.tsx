import { Modal, Text } from "@mantine/core";

import { texts } from "../texts";
import { SignInForm } from "./SignInForm";

/** Signed out in the middle of something: sign in over the page, which stays as it is. */
export function SignInAgain({ username, opened, onDone }: { username: string; opened: boolean; onDone: () => void }) {
  return (
    <Modal opened={opened} onClose={onDone} title={texts.again} closeOnClickOutside={false} centered>
      <Text size="sm" mb="md">
        {texts.againDetail}
      </Text>
      <SignInForm username={username} onDone={onDone} />
    </Modal>
  );
}
