/**
 * A peer as gossip and sync see it: somebody who has proved an identity, on one connection. And what a part of the protocol
 * is to the session that carries its messages.
 *
 * Laws: `onPeer` comes before the first message of a peer and `onPeerGone` after the last; in between, messages of one channel
 * come in order, each as soon as it is there: a handler that returns a promise does not hold up the next message, but bytes
 * under way are counted, and a peer that has too many of them is not read until some are done.
 */
import type { HeadClaim, WireMessage, WireMessageType } from "./wire/messages.js";

/**
 * What a peer did wrong. `invalid` (−5): a message that an honest node with bad luck might send, too. `violation` (−10, five of
 * them ban): only a broken or hostile node does this; the connection is closed. `failure` (−2): it did not answer.
 */
export type Offence = "failure" | "invalid" | "violation";
export type Merit = "block" | "transaction";

export interface Peer {
  /** Hex of its Ed25519 key. */
  readonly nodeId: string;
  readonly direction: "inbound" | "outbound";
  readonly address: string;
  /** As it said last. */
  readonly head: HeadClaim;
  /** Serves headers of the whole chain, and blocks: all of them, or those from `head.bodiesFrom` on. */
  readonly servesChain: boolean;
  /** Knows the messages of checkpoint starts: headers by height, snapshots. */
  readonly servesCheckpoints: boolean;
  /** Unsent bytes have piled up: put off what can wait until `onDrain` of the handler. */
  readonly congested: boolean;
  /** False once it is gone; `send` then does nothing. */
  readonly connected: boolean;
  send(message: WireMessage): "sent" | "wait" | "closed";
  reward(merit: Merit): void;
  /** @param code stable, UPPER_SNAKE: counted in metrics, and the close reason of a violation */
  offend(offence: Offence, code: string, reason: string): void;
  close(code: string, message: string): void;
}

/** A part of the protocol: answers some types of messages. Must not throw for anything that a peer can send. */
export interface ProtocolPart {
  readonly handles: readonly WireMessageType[];
  onMessage(peer: Peer, message: WireMessage): void | Promise<void>;
  onPeer?(peer: Peer): void;
  onPeerGone?(peer: Peer): void;
  /** The peer said that its head is another now. */
  onPeerHead?(peer: Peer): void;
  /** `peer.congested` is over. */
  onDrain?(peer: Peer): void;
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
}
