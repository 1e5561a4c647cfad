import type { NextConfig } from "next"

const config: NextConfig = {
  // Other lock files lie above this folder in the repository; they are not ours.
  turbopack: { root: import.meta.dirname },
  poweredByHeader: false,
}

export default config
