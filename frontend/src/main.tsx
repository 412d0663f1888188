import "@mantine/core/styles.css";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { loaded } from "./shared/language/language";
import "./shared/view/base.css";

void loaded().then(() => createRoot(document.getElementById("root")!).render(<App />));
