/**
 * Fetches a snapshot's manifest, in parts, from one of those who offer it. Each part has the one length that it can have, so that a
 * manifest takes as many answers as its size says and no more memory than that.
 */
import { createHash } from "node:crypto";
import { type Bytes, bytesEqual } from "../../primitives/bytes.js";
import type { Peer } from "../peer.js";
import { WIRE_LIMITS } from "../wire/limits.js";
import type { SnapshotOffer } from "../wire/messages.js";
import { CheckpointCode } from "./codes.js";
import type { Candidate, Offers } from "./offers.js";
import type { PartRequests } from "./requests.js";

export interface ManifestFetchParts {
  readonly requests: PartRequests;
  readonly offers: Offers;
  readonly isStopped: () => boolean;
}

/** Undefined: nobody has it, which was held against them, or it was stopped. */
export async function fetchManifest(parts: ManifestFetchParts, { offer, peers }: Candidate): Promise<Bytes | undefined> {
  for (const peer of peers) {
    const manifest = await fetchFrom(parts, peer, offer);
    if (manifest !== undefined || parts.isStopped()) return manifest;
    parts.offers.withdraw(peer, offer.manifestHash);
  }
  return undefined;
}

async function fetchFrom({ requests, isStopped }: ManifestFetchParts, peer: Peer, offer: SnapshotOffer): Promise<Bytes | undefined> {
  const { manifestHash, manifestBytes } = offer;
  const hasher = createHash("sha256");
  let manifest: Bytes | undefined;
  for (let offset = 0; offset < manifestBytes; offset += WIRE_LIMITS.snapshotPartBytes) {
    const answer = await requests.ask(peer, { type: "snapshot-manifest-request", manifestHash, offset });
    if (answer === "timeout" || answer === "gone" || isStopped()) return undefined;
    const { part } = answer;
    if (part.length === 0) {
      peer.offend("failure", CheckpointCode.missingPart, "it offered a snapshot and does not have its manifest");
      return undefined;
    }
    const wanted = Math.min(WIRE_LIMITS.snapshotPartBytes, manifestBytes - offset);
    if (part.length !== wanted) {
      peer.offend(
        "violation",
        CheckpointCode.badManifest,
        `${part.length} bytes of a manifest from byte ${offset} on, where ${wanted} are due`,
      );
      return undefined;
    }
    hasher.update(part);
    // Not before its sender has shown that it has something.
    manifest ??= new Uint8Array(manifestBytes);
    manifest.set(part, offset);
  }
  if (manifest !== undefined && bytesEqual(hasher.digest(), manifestHash)) return manifest;
  peer.offend("violation", CheckpointCode.badManifest, "the manifest does not have the hash that it was offered with");
  return undefined;
}
