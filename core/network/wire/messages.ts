/**
 * The messages between nodes, as the rest of core/network handles them. codec.ts turns them into bytes and back;
 * PROTOCOL.md is their specification.
 */
import type { Bytes } from "../../primitives/bytes.js";
import type { Hash } from "../../primitives/hash.js";

/** What a node says of its chain. Claims: checked only by getting headers and blocks. */
export interface HeadClaim {
  readonly id: Hash;
  readonly height: number;
  /** Cumulative fork-choice weight; 0n for engines without it. Below 2^256. */
  readonly weight: bigint;
  readonly finalizedHeight: number;
  /** Lowest height from which it has the bodies of all its blocks, genesis aside; absent: it has all. */
  readonly bodiesFrom?: number;
}

/** First message of each side. `signature` binds `nodeId` to this very connection (session/hello.ts). */
export interface Hello {
  readonly type: "hello";
  /** Versions of this protocol that the sender speaks, inclusive. */
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly chainId: string;
  readonly genesisId: Hash;
  /** 8 bytes: hash of genesis and of the upgrades passed so far; and the height of the next upgrade, 0 if none is scheduled. */
  readonly forkHash: Bytes;
  readonly nextUpgradeHeight: number;
  readonly nodeId: Bytes;
  readonly role: "dialer" | "listener";
  readonly head: HeadClaim;
  /** Bit 0: serves blocks and headers of the whole chain. Bit 1: knows the messages of checkpoint starts. */
  readonly services: number;
  /** Where the sender can be dialed; at most 8. */
  readonly listenAddresses: readonly string[];
  /** Software and version, at most 64 characters: "chainwright/0.1.0". */
  readonly agent: string;
  /** 64 bytes; empty where the transport has proved the identity itself. */
  readonly signature: Bytes;
}

export interface Ping {
  readonly type: "ping";
  readonly nonce: number;
}
export interface Pong {
  readonly type: "pong";
  readonly nonce: number;
}
/** The sender's head moved. Coalesced: only the newest counts. */
export interface Status {
  readonly type: "status";
  readonly head: HeadClaim;
}
export interface PeersRequest {
  readonly type: "peers-request";
}
/** Addresses that the sender has been connected to; at most 64. */
export interface Peers {
  readonly type: "peers";
  readonly addresses: readonly string[];
}

/** Blocks that the sender has and found valid, newest last; at most 64. */
export interface BlockAnnouncement {
  readonly type: "block-announcement";
  readonly blocks: readonly { readonly id: Hash; readonly height: number }[];
}
/** A certificate that came apart from its block. */
export interface Certificate {
  readonly type: "certificate";
  readonly blockId: Hash;
  readonly certificate: Bytes;
}
/** Headers after the first id of the locator that the receiver has on its canonical chain, upward; up to `stop` if it is given. */
export interface HeadersRequest {
  readonly type: "headers-request";
  readonly requestId: number;
  /** Newest first, ending with genesis; at most 64. */
  readonly locator: readonly Hash[];
  /** A block on any branch: then the headers between the common ancestor and it. */
  readonly stop?: Hash;
  /** 1 … 2,000. */
  readonly count: number;
}
/** Encoded headers, consecutive, lowest first. Empty: nothing after the locator, or no common block. */
export interface Headers {
  readonly type: "headers";
  readonly requestId: number;
  readonly headers: readonly Bytes[];
}
/** Whole blocks by id; at most 128. Each is answered by one BlockResponse, in order. */
export interface BlocksRequest {
  readonly type: "blocks-request";
  readonly requestId: number;
  readonly ids: readonly Hash[];
}
export interface BlockResponse {
  readonly type: "block-response";
  readonly requestId: number;
  readonly id: Hash;
  /** Encoded block; empty: the sender does not have it. */
  readonly block: Bytes;
  /** Empty where there is none. */
  readonly certificate: Bytes;
}

/** SHA-256 of whole raw transactions that the sender has accepted; at most 1,024. */
export interface TransactionAnnouncement {
  readonly type: "transaction-announcement";
  readonly hashes: readonly Hash[];
}
export interface TransactionsRequest {
  readonly type: "transactions-request";
  readonly requestId: number;
  /** At most 1,024. */
  readonly hashes: readonly Hash[];
}
/** Those of the requested that the sender still has, as far as they fit into one message; the last of an answer has `more` unset. */
export interface Transactions {
  readonly type: "transactions";
  readonly requestId: number;
  readonly transactions: readonly Bytes[];
  readonly more: boolean;
}

/** Headers by height, up to `anchor`: for rows that are fetched in pieces, side by side. Only to peers with bit 1 of `services`. */
export interface HeaderRangeRequest {
  readonly type: "header-range-request";
  readonly requestId: number;
  /** A block on the canonical chain of the one who is asked; absent: whatever is canonical there. */
  readonly anchor?: Hash;
  /** Height of the first. */
  readonly from: number;
  /** 1 … 2,000. */
  readonly count: number;
}
/** Encoded headers, consecutive, lowest first, none above the anchor. Empty: the anchor is not on the sender's chain, or nothing is there. */
export interface HeaderRange {
  readonly type: "header-range";
  readonly requestId: number;
  readonly headers: readonly Bytes[];
}
/** Asks which snapshots somebody has. */
export interface SnapshotsRequest {
  readonly type: "snapshots-request";
  readonly requestId: number;
}
/** A snapshot of the state after a block. Claims, until its manifest is there. */
export interface SnapshotOffer {
  /** SHA-256 of the encoded manifest. */
  readonly manifestHash: Hash;
  readonly id: Hash;
  readonly height: number;
  readonly manifestBytes: number;
  readonly chunks: number;
  /** Of all chunks. */
  readonly chunkBytes: number;
}
/** Newest first; at most 16. */
export interface Snapshots {
  readonly type: "snapshots";
  readonly requestId: number;
  readonly offers: readonly SnapshotOffer[];
}
export interface SnapshotManifestRequest {
  readonly type: "snapshot-manifest-request";
  readonly requestId: number;
  readonly manifestHash: Hash;
  readonly offset: number;
}
/** Bytes of the encoded manifest from the offset on: 1 MiB, or up to its end. Empty: the sender does not have it. */
export interface SnapshotManifest {
  readonly type: "snapshot-manifest";
  readonly requestId: number;
  readonly part: Bytes;
}
export interface SnapshotChunkRequest {
  readonly type: "snapshot-chunk-request";
  readonly requestId: number;
  readonly manifestHash: Hash;
  readonly index: number;
}
/** A range proof, at most 1 MiB. Empty: the sender does not have it. */
export interface SnapshotChunk {
  readonly type: "snapshot-chunk";
  readonly requestId: number;
  readonly proof: Bytes;
}

/** A message of the consensus engine, on the channel that the engine declares. */
export interface EngineMessage {
  readonly type: "engine";
  readonly channel: string;
  readonly payload: Bytes;
}

export type WireMessage =
  | Hello
  | Ping
  | Pong
  | Status
  | PeersRequest
  | Peers
  | BlockAnnouncement
  | Certificate
  | HeadersRequest
  | Headers
  | BlocksRequest
  | BlockResponse
  | TransactionAnnouncement
  | TransactionsRequest
  | Transactions
  | HeaderRangeRequest
  | HeaderRange
  | SnapshotsRequest
  | Snapshots
  | SnapshotManifestRequest
  | SnapshotManifest
  | SnapshotChunkRequest
  | SnapshotChunk
  | EngineMessage;

export type WireMessageType = WireMessage["type"];
