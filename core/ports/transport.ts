/**
 * Transport: authenticated, ordered, framed byte channels between two nodes. Several may run in one node.
 *
 * Laws: messages on one channel arrive complete, unchanged and in order, or the connection closes with a reason; between
 * channels there is no order. `send` never blocks: it answers `wait` when the sender should pause until `onDrain`.
 * A message over its channel's limit is refused before it is sent, and closes the connection before it is read.
 * Messages over 64 KiB are fragmented, so that a large one does not hold up a small one on a channel of higher priority.
 * After `onClose` nothing more is called back.
 */
import type { Bytes } from "../primitives/bytes.js";

export interface ChannelSpec {
  /** 0 … 255; the same on both sides. */
  readonly number: number;
  readonly maxMessageBytes: number;
  /** Lower goes first. */
  readonly priority: number;
}

/** Whom the transport's trust lets be at the other end, and by what: the peer's certificate, or a list in the config. */
export interface AllowedPeers {
  /** Ed25519 node ids, 32 bytes each. */
  readonly nodeIds: readonly Bytes[];
  readonly by: "certificate" | "pinned";
}

/**
 * What ties the identity handshake to this very connection: a value that only its two ends share (TLS exporter, Noise
 * handshake hash, a seeded pair in memory), or an identity that the transport has proved itself.
 */
export type ConnectionSecurity =
  | {
      readonly kind: "binding";
      /** 32 bytes. */
      readonly value: Bytes;
      /** SHA-256 of each side's certificate (DER), where there are certificates. */
      readonly localCertificateHash?: Bytes;
      readonly remoteCertificateHash?: Bytes;
      /** Absent: anybody who proves an identity. */
      readonly allowed?: AllowedPeers;
    }
  | { readonly kind: "authenticated"; readonly nodeId: Bytes };

export interface CloseReason {
  /** Stable, UPPER_SNAKE. */
  readonly code: string;
  readonly message: string;
  /** Whether this side decided it. */
  readonly local: boolean;
}

export interface Connection {
  readonly direction: "inbound" | "outbound";
  /** As the transport writes addresses: `tcp://host:port`. */
  readonly remoteAddress: string;
  readonly security: ConnectionSecurity;
  send(channel: number, message: Bytes): "sent" | "wait" | "closed";
  close(code: string, message: string): Promise<void>;
  onMessage(listener: (channel: number, message: Bytes) => void): void;
  onDrain(listener: () => void): void;
  onClose(listener: (reason: CloseReason) => void): void;
  /** Stops and goes on reading: backpressure toward the sender. */
  pause(): void;
  resume(): void;
}

export interface Transport {
  /** Scheme of its addresses: `tcp`, `memory`, `noise` … */
  readonly scheme: string;
  /** Declares the channels; before `listen` and `dial`. */
  configure(channels: readonly ChannelSpec[]): void;
  /** Accepts connections; answers the addresses that it listens on. */
  listen(onConnection: (connection: Connection) => void): Promise<readonly string[]>;
  /** @throws TRANSPORT_* */
  dial(address: string, signal: AbortSignal): Promise<Connection>;
  close(): Promise<void>;
}
