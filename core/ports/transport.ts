/**
 * Transport: authenticated, ordered, framed byte channels between two nodes. Several may run in one node.
 *
 * Laws: messages on one channel arrive complete, unchanged and in order, or the connection closes with a reason; between
 * channels there is no order, but nothing overtakes a connection's first message: it carries the identity.
 * `send` never blocks: it answers `wait` when the sender should pause until `onDrain`.
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
  /**
   * The bytes are the transport's from here on: the sender does not change them.
   *
   * @throws TRANSPORT_* for a channel that was not declared or a message over its limit; nothing is sent, the connection goes on
   */
  send(channel: number, message: Bytes): "sent" | "wait" | "closed";
  /**
   * What was sent before still arrives, then `code` and `message` at the other side, which may cut the latter at 200 bytes of
   * UTF-8. Resolves once the connection has ended, within a bound also where the other side does not read. Only the first call counts.
   *
   * @param code UPPER_SNAKE, at most 64 characters
   */
  close(code: string, message: string): Promise<void>;
  /** The messages are the listener's. What came before the first listener was set is kept for it. */
  onMessage(listener: (channel: number, message: Bytes) => void): void;
  /** Called after a `wait`, never inside of `send`, once there is room again. */
  onDrain(listener: () => void): void;
  /** Called once; at once or soon, where the connection has ended already. */
  onClose(listener: (reason: CloseReason) => void): void;
  /** Stops and goes on reading: backpressure toward the sender. In between no message is handed over; sending goes on. */
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
  /**
   * @param signal ends the dial; afterwards it means nothing to the connection
   * @throws TRANSPORT_*
   */
  dial(address: string, signal: AbortSignal): Promise<Connection>;
  /** Stops listening, refuses dials, closes all connections with a reason; again is harmless. */
  close(): Promise<void>;
}
