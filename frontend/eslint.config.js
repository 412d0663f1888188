import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const ROOMS = ["accounts", "data", "labeling", "loop", "quality"];

/**
 * Who may import whom: shared -> features -> app, and no room knows another. What two rooms need is shared; where one must
 * know another after all, it is added here with its reason. Relative paths stay inside a zone, so that its imports of
 * others can be told by "@/". (tests/architecture.test.ts holds the same of what is imported when asked for, and of circles.)
 */
const ZONES = [
  { files: "src/api/**", may: ["api"] },
  { files: "src/shared/**", may: ["api", "shared"] },
  ...ROOMS.map((room) => ({ files: `src/features/${room}/**`, may: ["api", "shared", `features/${room}`] })),
  { files: "src/app/**", may: ["api", "shared", "features", "app"] },
];

const zone = ({ files, may }) => ({
  files: [files],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { regex: `^@/(?!(?:${may.join("|")})/)`, message: `${files} may import ${may.join(", ")} only.` },
          {
            regex: `^(?:\\.\\./)+(?:api|app|features|shared|${ROOMS.join("|")})(?:/|$)`,
            message: "Another zone is imported by @/.",
          },
        ],
      },
    ],
  },
});

export default defineConfig(
  globalIgnores(["dist", "src/api/schema.d.ts"]),
  {
    files: ["**/*.{ts,tsx}"],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    plugins: { "react-hooks": reactHooks },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Of the plugin's rules the two for every React; the others are for its compiler, which isn't used here.
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/no-base-to-string": "off", // it can't see that `typeof` has ruled the objects out
    },
  },
  {
    files: ["tests/**"],
    rules: {
      "@typescript-eslint/require-await": "off", // a server that answers from memory promises all the same
      "@typescript-eslint/unbound-method": "off", // what jsdom lacks is put on its prototypes
    },
  },
  ZONES.map(zone),
);
