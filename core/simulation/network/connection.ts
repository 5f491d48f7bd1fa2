/**
 * One side of a simulated connection: channels, limits, backpressure and reasons over two pipes.
 *
 * Messages are handed over as they were sent, without a copy, unless the config asks for it: nobody changes them, and what goes to
 * many peers is in memory once.
 */
import { type Bytes, type ChannelSpec, type CloseReason, type Connection, type ConnectionSecurity, messageOf, present } from "../../sdk.js";
import { SimulationChannelError, SimulationMessageError } from "../errors.js";
import type { Machine } from "../machine/machine.js";
import type { SimulatedNetwork } from "./network.js";
import { type Frame, frameBytes, type Pipe, type PipeEnd } from "./pipe.js";

/** Reasons that nobody of the two nodes gave. */
export const CloseCode = { broken: "TRANSPORT_BROKEN", stopping: "TRANSPORT_STOPPING", queueFull: "TRANSPORT_QUEUE_FULL" } as const;

export interface ConnectionOptions {
  /** With more bytes than this under way, `send` answers `wait`; with half of it left, the sender may go on. */
  readonly queueBytes: number;
  /** A sender that does not wait and brings more than this under way loses the connection. */
  readonly maxQueueBytes: number;
  /** Receivers get bytes of their own. */
  readonly copies: boolean;
}

export interface ConnectionParts {
  readonly network: SimulatedNetwork;
  readonly machine: Machine;
  /** By number. */
  readonly channels: readonly (ChannelSpec | undefined)[];
  readonly options: ConnectionOptions;
  readonly onEnded: (connection: SimulatedConnection) => void;
}

export class SimulatedConnection implements Connection, PipeEnd {
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly machine: Machine;
  readonly life: number;
  readonly #parts: ConnectionParts;
  #security: ConnectionSecurity | undefined;
  #out: Pipe | undefined;
  #bytesUnderWay = 0;
  #isFull = false;
  #isPaused = false;
  #ended: CloseReason | undefined;
  /** What has come and was not handed over yet. */
  #inbox: Frame[] = [];
  #isTurnSet = false;
  #onMessage: ((channel: number, message: Bytes) => void) | undefined;
  #onDrain: (() => void) | undefined;
  #onClose: ((reason: CloseReason) => void) | undefined;

  constructor(direction: Connection["direction"], remoteAddress: string, parts: ConnectionParts) {
    this.direction = direction;
    this.remoteAddress = remoteAddress;
    this.machine = parts.machine;
    this.life = parts.machine.life;
    this.#parts = parts;
  }

  get security(): ConnectionSecurity {
    return present(this.#security, "a connection is bound before it is handed out");
  }

  /** Before it is handed out. @param value what binds its two ends, 32 bytes */
  connect(out: Pipe, value: Bytes): void {
    this.#out = out;
    this.#security = { kind: "binding", value };
  }

  send(channel: number, message: Bytes): "sent" | "wait" | "closed" {
    if (this.#ended !== undefined) return "closed";
    const spec = this.#parts.channels[channel];
    if (spec === undefined) throw new SimulationChannelError({ channel });
    const { maxMessageBytes, priority } = spec;
    if (message.length > maxMessageBytes) throw new SimulationMessageError({ channel, bytes: message.length, maxMessageBytes });
    const { queueBytes, maxQueueBytes, copies } = this.#parts.options;
    if (this.#isFull && this.#bytesUnderWay + message.length > maxQueueBytes) {
      void this.close(CloseCode.queueFull, "more is under way than the receiver takes; wait for the drain when `send` says so");
      return "closed";
    }
    const tampering = this.#parts.network.tamperingOf(this.machine);
    const put = (bytes: Bytes): void => this.#put({ kind: "message", channel, priority, bytes: copies ? new Uint8Array(bytes) : bytes });
    if (tampering?.outgoing === undefined) put(message);
    else for (const bytes of tampering.outgoing(this.remoteAddress, channel, message)) put(bytes);
    if (this.#bytesUnderWay > queueBytes) this.#isFull = true;
    return this.#isFull ? "wait" : "sent";
  }

  async close(code: string, message: string): Promise<void> {
    if (!this.#finish({ code, message, local: true })) return;
    this.#put({ kind: "goodbye", code, message });
    this.#release();
  }

  onMessage(listener: (channel: number, message: Bytes) => void): void {
    this.#onMessage = listener;
    this.#setTurn();
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  onClose(listener: (reason: CloseReason) => void): void {
    const isLate = this.#ended !== undefined && this.#onClose === undefined;
    this.#onClose = listener;
    if (isLate) this.#tell();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#setTurn();
  }

  /** Of the pipe, in an event of this machine. */
  receive(frame: Frame): void {
    if (this.#ended !== undefined) return;
    if (this.#inbox.length > 0 || this.#isPaused || this.#onMessage === undefined) {
      this.#inbox.push(frame);
      return;
    }
    this.#take(frame);
  }

  /** Of the other end: in an event of the other machine, so nothing of this one may run. */
  taken(bytes: number): void {
    this.#bytesUnderWay -= bytes;
    if (!this.#isFull || this.#bytesUnderWay > this.#parts.options.queueBytes / 2) return;
    this.#isFull = false;
    const { world } = this.machine;
    if (this.machine.life !== this.life) return;
    world.after(
      0,
      () => {
        if (this.#ended === undefined && !this.#isFull) this.#onDrain?.();
      },
      this.machine,
    );
  }

  #put(frame: Frame): void {
    const out = present(this.#out, "a connection is connected before it is used");
    this.#bytesUnderWay += frameBytes(frame);
    this.#parts.network.send(out, frame);
  }

  #take(frame: Frame): void {
    switch (frame.kind) {
      case "message": {
        this.#otherEnd().taken(frameBytes(frame));
        const tampering = this.#parts.network.tamperingOf(this.machine);
        if (tampering?.incoming === undefined) this.#hand(frame.channel, frame.bytes);
        else for (const bytes of tampering.incoming(this.remoteAddress, frame.channel, frame.bytes)) this.#hand(frame.channel, bytes);
        return;
      }
      case "goodbye":
        this.#finish({ code: frame.code, message: frame.message, local: false });
        this.#release();
        return;
      case "reset":
        this.#finish({ code: CloseCode.broken, message: "the other side vanished", local: false });
        this.#release();
    }
  }

  #hand(channel: number, message: Bytes): void {
    const spec = this.#parts.channels[channel];
    // Only a misbehaving node comes here with what its own side would have refused to send.
    const fault =
      spec === undefined
        ? new SimulationChannelError({ channel })
        : message.length > spec.maxMessageBytes
          ? new SimulationMessageError({ channel, bytes: message.length, maxMessageBytes: spec.maxMessageBytes })
          : undefined;
    if (fault === undefined) this.#onMessage?.(channel, message);
    else void this.close(fault.code, messageOf(fault));
  }

  /** Hands over what waits, in an event of its own. */
  #setTurn(): void {
    if (this.#isTurnSet || this.#inbox.length === 0) return;
    this.#isTurnSet = true;
    this.machine.world.after(0, () => this.#turn(), this.machine);
  }

  #turn(): void {
    this.#isTurnSet = false;
    while (!this.#isPaused && this.#onMessage !== undefined && this.#ended === undefined) {
      const frame = this.#inbox.shift();
      if (frame === undefined) return;
      this.#take(frame);
    }
  }

  #otherEnd(): PipeEnd {
    return present(this.#out, "a connection is connected before it is used").to;
  }

  #finish(reason: CloseReason): boolean {
    if (this.#ended !== undefined) return false;
    this.#ended = reason;
    this.#inbox = [];
    if (this.#onClose !== undefined) this.#tell();
    return true;
  }

  #release(): void {
    if (this.#out !== undefined) this.#parts.network.release(this.#out);
    this.#parts.onEnded(this);
  }

  #tell(): void {
    this.machine.world.after(
      0,
      () => {
        if (this.#ended !== undefined) this.#onClose?.(this.#ended);
      },
      this.machine,
    );
  }
}
