import { acceptance } from "./acceptance.mjs"

acceptance("https")
