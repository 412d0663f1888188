import { Kbd, Modal, Table, Text } from "@mantine/core";

import { shownKey, type Action } from "./keys";
import { texts } from "./texts";

/** All keys of a page, read from the same table that its key handler reads. */
export function KeysHelp({ actions, opened, onClose }: { actions: readonly Action<unknown>[]; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={texts.keys.title}>
      <Table>
        <Table.Tbody>
          {actions.map((action) => (
            <Table.Tr key={action.name}>
              <Table.Td w="40%">
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
    </Modal>
  );
}
