import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "/static/",
  plugins: [react()],
  resolve: { alias: { "@": at("./src") } },
  build: {
    manifest: true, // django-vite reads it to write the tags
    outDir: "dist",
    target: "es2022",
    assetsInlineLimit: 0, // the page's policy is font-src 'self': a font inlined as data: would be refused
    modulePreload: { polyfill: false },
    rolldownOptions: { input: at("./src/main.tsx") },
  },
  server: { port: 5173, strictPort: true, origin: "http://localhost:5173" },
  test: {
    environment: "jsdom",
    globals: true,
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    css: false,
  },
});
