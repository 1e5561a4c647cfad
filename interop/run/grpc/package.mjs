// The real package, from the folder that it is installed in.

import { createRequire } from "node:module"

const require = createRequire(new URL("../../grpc/package.json", import.meta.url))

export default require("@grpc/grpc-js")
