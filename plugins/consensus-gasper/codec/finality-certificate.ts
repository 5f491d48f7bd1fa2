/**
 * What shows a light client that a checkpoint is final: its block's header, the votes from it to the next epoch, and what its state commits
 * to. Read by light-client/certificate.ts, which shares no code with this.
 */
import { type Bytes, CanonicalWriter } from "../../../core/sdk.js";
import { encodeFinalityVotes, type FinalityVotes } from "./finality-votes.js";

export interface FinalityCertificate {
  /** Encoded, of the finalized block: the votes' source. */
  readonly header: Bytes;
  readonly votes: FinalityVotes;
  /** Of the validator-set commitment in the header's state root, as `StateView.prove` makes it. */
  readonly setProof: Bytes;
}

/** @throws ValueError unless groups and indices ascend */
export function encodeFinalityCertificate({ header, votes, setProof }: FinalityCertificate): Bytes {
  const encoded = encodeFinalityVotes(votes);
  return new CanonicalWriter(header.length + encoded.length + setProof.length + 16)
    .bytes(1, header)
    .bytes(2, encoded)
    .bytes(3, setProof)
    .finish();
}
