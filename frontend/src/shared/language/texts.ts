import { dictionary } from "./language";

import { words } from "./texts.en";

export const texts = dictionary(words, { "zh-Hans": () => import("./texts.zh") });
