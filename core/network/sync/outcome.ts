/** How a sync of one branch ends, and what a branch is that somebody claims to have. */
import type { Hash } from "../../primitives/hash.js";
import type { Peer } from "../peer.js";
import type { SyncCode } from "./codes.js";

/** A block that a peer says it has, and that this node does not. */
export interface Target {
  readonly peer: Peer;
  readonly id: Hash;
  /** As the peer says; undefined for a block that gossip asked for, of which only the id is known. */
  readonly claim: { readonly height: number; readonly weight: bigint } | undefined;
}

export interface Outcome {
  readonly code: SyncCode;
  /** What to think of the claim: `drop` it for good, let it `rest` for a while, or `keep` it. */
  readonly claim: "drop" | "rest" | "keep";
  readonly reason: string;
}
