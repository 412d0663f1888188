import { Kbd, Modal, SimpleGrid, Table, Text } from "@mantine/core";

import { texts } from "../language/texts";
import { shownKey, type Action } from "./keys";

interface KeysHelpProps {
  readonly actions: readonly Action<unknown>[];
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** All keys of a page, read from the same table that its key handler reads; in two columns, so that all are seen at once. */
export function KeysHelp({ actions, opened, onClose }: KeysHelpProps) {
  const half = Math.ceil(actions.length / 2);
  return (
    <Modal opened={opened} onClose={onClose} title={texts.keys.title} size="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing={0}>
        <Keys actions={actions.slice(0, half)} />
        <Keys actions={actions.slice(half)} />
      </SimpleGrid>
    </Modal>
  );
}

function Keys({ actions }: Pick<KeysHelpProps, "actions">) {
  return (
    <Table withRowBorders={false}>
      <Table.Tbody>
        {actions.map((action) => (
          <Table.Tr key={action.name}>
            <Table.Td w="42%">
              {action.keys.map((key) => (
                <Kbd key={key} mr={6}>
                  {shownKey(key)}
                </Kbd>
              ))}
            </Table.Td>
            <Table.Td>
              <Text size="sm">{action.label()}</Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
