import { Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";

import { texts } from "../language/texts";
import classes from "../layout/TopBar.module.css";
import { percent } from "../text/format";
import { resize, setHighContrast, SIZES, useView } from "./view";

/** Inside the bar, which is a landmark; and with nothing in the menu that is no item of it. */
export const IN_BAR = { position: "bottom-end", withinPortal: false, withInitialFocusPlaceholder: false } as const;

const SCHEMES = ["auto", "light", "dark"] as const;

/** How the page is shown: its colours, their contrast, the size of what is read. */
export function ViewMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { size, highContrast } = useView();
  return (
    <Menu {...IN_BAR} closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={texts.view.name}>
          <span aria-hidden>◐</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{texts.view.colours}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(chosen) => setColorScheme(chosen as MantineColorScheme)}>
          {SCHEMES.map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {texts.view[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.CheckboxItem checked={highContrast} onChange={setHighContrast}>
          {texts.view.highContrast}
        </Menu.CheckboxItem>
        <Menu.Divider />
        <Menu.Label>{texts.view.size(percent(SIZES[size]!, 0))}</Menu.Label>
        <Menu.Item onClick={() => resize(1)}>{texts.view.larger}</Menu.Item>
        <Menu.Item onClick={() => resize(-1)}>{texts.view.smaller}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
