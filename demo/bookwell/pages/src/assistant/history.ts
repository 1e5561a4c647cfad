// What was said and proposed before this page, in its order.

import type { Message } from "./conversation.ts";
import type { Proposal } from "./words.ts";

/** A proposal stands behind the turn that made it: before the next message of the person. */
export function history(messages: Message[], proposals: Proposal[]): (Message | Proposal)[] {
  const left = [...proposals].sort((one, other) => time(one) - time(other));
  const all: (Message | Proposal)[] = [];
  for (const message of messages) {
    while (message.author === "user" && left[0] !== undefined && time(left[0]) < time(message)) {
      all.push(...left.splice(0, 1));
    }
    all.push(message);
  }
  return [...all, ...left];
}

export function isProposal(entry: Message | Proposal): entry is Proposal {
  return "preview" in entry;
}

function time(entry: Message | Proposal): number {
  return Date.parse(entry.created_at);
}
