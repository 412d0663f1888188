import "@mantine/core/styles.css";
import "./shared/base.css";

import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { loaded } from "./shared/language";

void loaded().then(() => createRoot(document.getElementById("root")!).render(<App />));
