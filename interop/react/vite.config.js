import { defineConfig } from "vite"

export default defineConfig({
  esbuild: { jsx: "automatic" },
  // next-auth/react looks for `NEXTAUTH_URL` when it is bundled; without it, it asks its own origin.
  define: { "process.env": "{}" },
  build: { assetsInlineLimit: 0 },
})
