import { NavLink } from "react-router";

import { texts } from "../language/texts";
import { paths } from "../paths";
import { mayAct, roleIn, useMe } from "../session";
import classes from "./DataTabs.module.css";

/** The pages of a project's data, at the top of each of them: what is there to look through, and what goes in and out. */
export function DataTabs({ slug }: { slug: string }) {
  const operates = mayAct(roleIn(useMe(), slug), "operator");
  const words = texts.data;
  const there = [
    { to: paths.problems(slug), name: words.problems },
    { to: paths.solutions(slug), name: words.solutions },
    { to: paths.labels(slug), name: words.labels },
  ];
  const moving = [
    { to: paths.import(slug), name: words.import },
    { to: paths.sampling(slug), name: words.sampling },
    { to: paths.export(slug), name: words.export },
  ];
  return (
    <nav className={classes.tabs} aria-label={words.name}>
      {[...there, ...(operates ? moving : [])].map(({ to, name }, index) => (
        <NavLink key={to} to={to} className={`${classes.tab} ${index === there.length ? classes.apart : ""}`}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
