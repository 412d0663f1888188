import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ command }) => ({
  base: command === "build" ? "/static/" : "/",
  plugins: [react()],
  resolve: { alias: { "@": at("./src") } },
  build: {
    manifest: true, // django-vite reads it to write the tags
    outDir: "dist",
    target: "es2022",
    assetsInlineLimit: 0, // the page's policy is font-src 'self': a font inlined as data: would be refused
    chunkSizeWarningLimit: 900, // KaTeX and React in one chunk; the operator's charts are in their own
    modulePreload: { polyfill: false },
    rolldownOptions: { input: at("./src/main.tsx") },
  },
  // `npm run dev` serves the pages by itself, and asks a running site for the rest.
  // The Host stays ours, or Django would take our Origin for a stranger's.
  server: { proxy: { "/api": { target: process.env.LABELHUB_URL ?? "http://127.0.0.1:8000", changeOrigin: false } } },
  test: {
    environment: "jsdom",
    globals: true,
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    testTimeout: 30_000, // ms; above what a test waits for, so that the test says what was not there
  },
}));
