/** What an author passes for a transport. */
import type { PluginUnderTest } from "../harness/plugin.js";

/** Somebody below the transport's framing who does not keep to it: a bare socket, past whatever handshake the transport has. */
export interface Intruder {
  /** Sends what makes no sense in this transport's framing. */
  babble?(): void;
  /** Sends the beginning of a message of `messageBytes` on a channel (its header, say), and nothing after it. */
  begin?(channel: number, messageBytes: number): void;
  /** Is gone without a word: no goodbye, no orderly end. */
  vanish(): void;
  /** Resolves once the transport has closed on it. */
  readonly closed: Promise<void>;
}

export interface TransportSubject {
  /**
   * The plugin, once for each transport of a case (`index` counts from 0): constructed from its manifest as the kernel does it,
   * and started. All of them reach and trust each other. Options name no fixed port.
   */
  plugin(index: number): PluginUnderTest;
  /** Connects to an address as an intruder. Without it, hostile peers are tried only as far as a lawful sender can play them. */
  intrude?(address: string): Promise<Intruder>;
  /** An address where somebody takes the call and never says anything. */
  silentAddress?(): Promise<string> | string;
  /** Lets a little time pass while a case waits: for transports under a clock of their own. Default: real milliseconds. */
  turn?(): Promise<void>;
  /** Removes what the subject left behind. */
  dispose?(): void | Promise<void>;
}

export interface TransportSupports {
  /** An urgent message overtakes a large one that is under way. Default true. */
  readonly overtaking?: boolean;
  /** Bytes that may be under way in one direction while the receiver does not read: queues here, there and between. Default 48 MiB. */
  readonly underWayBytes?: number;
  /** How long a case waits for what has to happen, ms. Default 10,000. */
  readonly patienceMs?: number;
}
