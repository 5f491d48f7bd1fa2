/**
 * The first moments of a connection: both sides say Hello at once, and nothing but Hello is taken. It ends with a Hello that was
 * checked, or with a closed connection.
 */
import type { Cancellable, Scheduler } from "../../ports/runtime.js";
import type { CloseReason } from "../../ports/transport.js";
import { toHex } from "../../primitives/bytes.js";
import type { HeadClaim, Hello, WireMessage } from "../wire/messages.js";
import { CloseCode, type Refusal } from "./close-codes.js";
import { checkHello, type LocalNode, makeHello } from "./hello.js";
import type { Link, LinkListener } from "./link.js";

export interface Greeting {
  readonly hello: Hello;
  /** Hex. */
  readonly nodeId: string;
  /** What our own Hello said of our head; undefined if we sent none. */
  readonly ownHead: HeadClaim | undefined;
}

export interface HandshakeOutcome {
  /** Called in the very call that brought the Hello: what takes over misses no message. */
  onGreeted(greeting: Greeting): void;
  /** The connection is closed. `refusal`: what this side found wrong. */
  onFailed(reason: CloseReason): void;
}

export class Handshake implements LinkListener {
  readonly #local: LocalNode;
  readonly #scheduler: Scheduler;
  readonly #timeoutMs: number;
  readonly #outcome: HandshakeOutcome;
  #link: Link | undefined;
  #sent: Hello | undefined;
  #timer: Cancellable | undefined;

  constructor(local: LocalNode, scheduler: Scheduler, timeoutMs: number, outcome: HandshakeOutcome) {
    this.#local = local;
    this.#scheduler = scheduler;
    this.#timeoutMs = timeoutMs;
    this.#outcome = outcome;
  }

  /**
   * @param link whose listener this is
   * @param mute sends no Hello: only looks who is there
   */
  begin(link: Link, mute = false): void {
    this.#link = link;
    this.#timer = this.#scheduler.after(this.#timeoutMs, () => {
      this.#refuse({ code: CloseCode.helloTimeout, message: `no Hello within ${this.#timeoutMs} ms` });
    });
    if (mute) return;
    this.#sent = makeHello(this.#local, link.direction === "outbound" ? "dialer" : "listener", link.security);
    link.send(this.#sent);
  }

  onMessage(message: WireMessage): void {
    const link = this.#link;
    if (link === undefined) return;
    if (message.type !== "hello") {
      this.#refuse({ code: CloseCode.expectedHello, message: `a ${message.type} came before Hello` });
      return;
    }
    const refusal = checkHello(this.#local, message, link.direction === "outbound" ? "listener" : "dialer", link.security);
    if (refusal !== undefined) {
      // Proved to be this node. The end that dialed knows at what address, and closes: it must see so itself (dialer.ts).
      if (refusal.code !== CloseCode.self || link.direction === "outbound") this.#refuse(refusal);
      return;
    }
    this.#timer?.cancel();
    this.#outcome.onGreeted({ hello: message, nodeId: toHex(message.nodeId), ownHead: this.#sent?.head });
  }

  onFault(fault: Refusal): void {
    this.#refuse(fault);
  }

  onDrain(): void {
    // Nothing waits here: a Hello is one small message.
  }

  onClose(reason: CloseReason): void {
    this.#timer?.cancel();
    this.#outcome.onFailed(reason);
  }

  #refuse({ code, message }: Refusal): void {
    this.#link?.close(code, message);
  }
}
