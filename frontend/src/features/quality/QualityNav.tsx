import { NavLink } from "react-router";

import { paths } from "@/shared/paths";

import classes from "./quality.module.css";
import { texts } from "./texts";

const words = texts.nav;

/** The pages of quality, under the heading of each. */
export function QualityNav({ slug }: { slug: string }) {
  const links = [
    { to: paths.quality(slug), name: words.trust },
    { to: paths.gold(slug), name: words.gold },
    { to: paths.screening(slug), name: words.screening },
    { to: paths.mistakes(slug), name: words.mistakes },
  ];
  return (
    <nav className={classes.nav} aria-label={words.name}>
      {links.map(({ to, name }) => (
        <NavLink key={to} to={to} end={to === paths.quality(slug)} className={classes.link}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
