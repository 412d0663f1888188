import { UnstyledButton } from "@mantine/core";

import classes from "../layout/TopBar.module.css";
import { LANGUAGES, speak, useLanguage, type Language } from "./language";

/** Before anybody has signed in: the other language, by its own name. */
export function LanguageSwitch() {
  const spoken = useLanguage();
  const others = (Object.keys(LANGUAGES) as Language[]).filter((language) => language !== spoken);
  return others.map((language) => (
    <UnstyledButton key={language} lang={language} className={classes.account} onClick={() => void speak(language)}>
      {LANGUAGES[language]}
    </UnstyledButton>
  ));
}
