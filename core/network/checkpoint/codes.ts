/** What a checkpoint start finds wrong with a peer: codes of offences and of log lines. They are API. */
export const CheckpointCode = {
  /** Its chain is long enough and does not hold the checkpoint. */
  notOnChain: "CHECKPOINT_NOT_ON_CHAIN",
  /** No answer in time. */
  stalled: "CHECKPOINT_STALLED",
  /** Bytes that are no header, or a header at another height than asked for. */
  badHeader: "CHECKPOINT_BAD_HEADER",
  /** Headers that do not lead to the checkpoint, though its sender says that they do. */
  unlinkedHeaders: "CHECKPOINT_UNLINKED_HEADERS",
  tooManyHeaders: "CHECKPOINT_TOO_MANY_HEADERS",
  /** The headers below the block of its snapshot break the engine's rules. */
  invalidHeaders: "CHECKPOINT_INVALID_HEADERS",
  /** It led this node through headers and has no more of them. */
  missingHeaders: "CHECKPOINT_MISSING_HEADERS",
  /** It offered a snapshot and has no manifest or chunk of it. */
  missingPart: "SNAPSHOT_MISSING_PART",
  /** A manifest that is none, or not the one with this hash, or not of the block that it was offered for. */
  badManifest: "SNAPSHOT_BAD_MANIFEST",
  /** A chunk that is not the one in the manifest, or a manifest whose chunks do not prove the state. */
  badChunk: "SNAPSHOT_BAD_CHUNK",
  unrequested: "CHECKPOINT_UNREQUESTED",
  tooManyRequests: "CHECKPOINT_TOO_MANY_REQUESTS",
} as const;
