/**
 * Fetches a snapshot's manifest, in parts, from one of those who offer it. Each part has the one length that it can have, so that a
 * manifest takes as many answers as its size says and no more memory than that.
 *
 * All of them together have a bounded time, however many parts there are: nothing can be checked before the last one, so who sends each just
 * in time, or all but one, would hold up everything else. None of them takes the others' part of it.
 */
import { createHash } from "node:crypto";
import type { Cancellable } from "../../ports/runtime.js";
import { type Bytes, bytesEqual } from "../../primitives/bytes.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { WIRE_LIMITS } from "../wire/limits.js";
import type { SnapshotOffer } from "../wire/messages.js";
import { CheckpointCode } from "./codes.js";
import type { Candidate, Offers } from "./offers.js";
import type { PartRequests } from "./requests.js";
import type { Roster } from "./roster.js";

export interface ManifestFetchParts {
  readonly context: NetworkContext;
  readonly requests: PartRequests;
  readonly roster: Roster;
  readonly offers: Offers;
  readonly isStopped: () => boolean;
}

/** Undefined: nobody sent it within `Offers.patienceMs`, which was held against them, or it was stopped. */
export async function fetchManifest(parts: ManifestFetchParts, { offer, peers }: Candidate): Promise<Bytes | undefined> {
  const { context, roster, offers, isStopped } = parts;
  const { clock } = context.dependencies;
  const untilMs = clock.monotonicMs() + offers.patienceMs(offer);
  const holders = roster.byPatience(peers);
  for (const [index, peer] of holders.entries()) {
    // What one does not use of its time is left to those after it.
    const shareMs = (untilMs - clock.monotonicMs()) / (holders.length - index);
    const manifest = await fetchFrom(parts, peer, offer, shareMs);
    if (manifest !== undefined || isStopped()) return manifest;
    roster.rest(peer);
    offers.withdraw(peer, offer.manifestHash);
  }
  return undefined;
}

async function fetchFrom(parts: ManifestFetchParts, peer: Peer, offer: SnapshotOffer, shareMs: number): Promise<Bytes | undefined> {
  let timer: Cancellable | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = parts.context.dependencies.scheduler.after(shareMs, () => resolve("late"));
  });
  try {
    return await readParts(parts, peer, offer, late);
  } finally {
    timer?.cancel();
  }
}

async function readParts(
  { requests, isStopped }: ManifestFetchParts,
  peer: Peer,
  { manifestHash, manifestBytes }: SnapshotOffer,
  late: Promise<"late">,
): Promise<Bytes | undefined> {
  const hasher = createHash("sha256");
  let manifest: Bytes | undefined;
  for (let offset = 0; offset < manifestBytes; offset += WIRE_LIMITS.snapshotPartBytes) {
    const answer = await Promise.race([requests.ask(peer, { type: "snapshot-manifest-request", manifestHash, offset }), late]);
    if (answer === "late") peer.offend("failure", CheckpointCode.stalled, "the manifest of its snapshot comes too slowly");
    if (answer === "late" || answer === "timeout" || answer === "gone" || isStopped()) return undefined;
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
