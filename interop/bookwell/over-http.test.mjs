import { acceptance } from "./acceptance.mjs"

acceptance("http")
