import { UnstyledButton } from "@mantine/core";

import { LANGUAGES, speak, useLanguage, type Language } from "./language";
import classes from "./TopBar.module.css";

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
