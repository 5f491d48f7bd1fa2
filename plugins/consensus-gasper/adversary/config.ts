/** How the validators of a node misbehave. */
import { type Static, Type } from "../../../core/sdk.js";

const behaviour = <Name extends string>(name: Name, description: string) => Type.Literal(name, { description });

export const AdversaryConfig = Type.Object(
  {
    misbehave: Type.Union(
      [
        behaviour("silent", "nothing is proposed, and nobody votes"),
        behaviour("late-blocks", "blocks come late in their slot, or early in the next"),
        behaviour("late-votes", "votes come late in their slot, or in the next"),
        behaviour("equivocate", "two blocks a slot, each told to every other peer"),
        behaviour("double-vote", "a second vote for the same epoch, for an older head"),
        behaviour("surround", "votes that surround the one before: from an older source to a newer target"),
        behaviour("balance", "two blocks to different halves shortly before votes are due; later votes keep the lighter branch alive"),
        behaviour("bounce", "blocks and votes of an epoch's end are held until the next has begun, so that justification comes late"),
        behaviour("ex-ante", "a block and its votes are held until its successor is being proposed, to take that one's place"),
        behaviour("mute", "no votes and no evidence reach anybody: only blocks do, as from somebody with keys of old times"),
      ],
      { description: "what they do" },
    ),
    votesAtMost: Type.Integer({
      default: 64,
      minimum: 0,
      maximum: 65_536,
      description:
        "ex-ante: votes for a held block; the others of its slot are honest. A boost is worth so many, and more than that beat it",
    }),
  },
  { additionalProperties: false },
);
export type AdversaryConfig = Static<typeof AdversaryConfig>;
