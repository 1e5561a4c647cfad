// The script of a storefront while an administrator acts for a tenant; customers never load it.

import { startBanner } from "./banner.ts";
import { send } from "./client.ts";
import { Failure } from "./failure.ts";

startBanner(async (path, options) => {
  const answer = await send(path, options);
  if (!answer.ok) {
    throw await Failure.of(answer);
  }
  return answer;
});
