/**
 * The simulated network: who listens, what lies between them, and who is cut off from whom.
 *
 * A partition is silent, as most are: what is sent into it waits and is sent again, until the network heals or one of the ends gives the
 * connection up. A machine that crashes is not silent: its operating system is gone, and whoever was connected to it hears of
 * that as soon as news travels.
 */
import type { Bytes } from "../../sdk.js";
import { sample } from "../distribution.js";
import type { Machine } from "../machine/machine.js";
import type { SeededRandom } from "../random.js";
import type { World } from "../world.js";
import { type Bandwidth, type LinkModel, packetsOf } from "./links.js";
import { type Frame, frameBytes, Pipe, type PipeEnd } from "./pipe.js";
import { Uplink } from "./uplink.js";

/** First pause before a lost packet is sent again (RFC 6298, section 2.4, in the practice of Linux), µs; doubles each time. */
const RETRANSMISSION_US = 200_000;
/** After so many losses in a row, the next one arrives: a minute has passed, and connections end by their own timeouts. */
const LOSSES_MAX = 8;
/** A connection that comes out of a partition sends again within this at most, µs. */
const RESUMPTION_US_MAX = 10_000_000;

/** A connection that is being made: what the listener gets, and gives. */
export interface Offer {
  readonly from: string;
  readonly machine: Machine;
  /** Half of the binding. */
  readonly nonce: Bytes;
}

export interface Listener {
  readonly machine: Machine;
  /** An end for this offer; undefined if it takes no more connections. */
  accept(offer: Offer): Answer | undefined;
}

export interface Answer {
  readonly end: PipeEnd;
  /** The other half of the binding. */
  readonly nonce: Bytes;
  /** Once both ends are joined. @param out the way back */
  open(out: Pipe): void;
}

/** What passes between two machines, for a plugin that makes its node misbehave. */
export interface Tampering {
  /** What is sent instead of a message: nothing, itself, others. @param to name of the receiver */
  outgoing?(to: string, channel: number, bytes: Bytes): readonly Bytes[];
  /** What arrives instead. */
  incoming?(from: string, channel: number, bytes: Bytes): readonly Bytes[];
}

export interface MessageSeen {
  readonly sentUs: number;
  readonly arrivedUs: number;
  readonly from: Machine;
  readonly to: Machine;
  readonly channel: number;
  readonly bytes: Bytes;
}

export interface NetworkCounts {
  messages: number;
  bytes: number;
  losses: number;
  connections: number;
}

export class SimulatedNetwork {
  readonly #world: World;
  readonly #model: LinkModel;
  readonly #machines = new Map<string, Machine>();
  readonly #listeners = new Map<string, Listener>();
  readonly #pipes = new Set<Pipe>();
  readonly #randoms = new Map<Machine, SeededRandom>();
  readonly #uplinks = new Map<Machine, Uplink>();
  /** When a machine's downlink is free again, µs. */
  readonly #downFreeUs = new Map<Machine, number>();
  readonly #tampering = new Map<Machine, Tampering>();
  /** Each: the side that a machine is on; who is on none is on one with all others of that kind. */
  readonly #partitions = new Set<ReadonlyMap<Machine, number>>();
  /** By the two machines, whatever keeps one from reaching the other. */
  readonly #cuts = new Map<string, Set<object>>();
  readonly #crashedUs = new Map<Machine, number>();
  readonly counts: NetworkCounts = { messages: 0, bytes: 0, losses: 0, connections: 0 };
  /** Of a trace: called at each arrival. */
  onMessage: ((message: MessageSeen) => void) | undefined;

  constructor(world: World, model: LinkModel) {
    this.#world = world;
    this.#model = model;
  }

  /** Of the whole run, whether a node runs on it or not. */
  addMachine(machine: Machine): void {
    this.#machines.set(machine.name, machine);
  }

  machineNamed(name: string): Machine | undefined {
    return this.#machines.get(name);
  }

  // --- connections -------------------------------------------------------------------------------------------------

  /** Answers whether the name was free. */
  listen(name: string, listener: Listener): boolean {
    if (this.#listeners.has(name)) return false;
    this.#listeners.set(name, listener);
    return true;
  }

  unlisten(name: string, listener: Listener): void {
    if (this.#listeners.get(name) === listener) this.#listeners.delete(name);
  }

  listenerOf(name: string): Listener | undefined {
    return this.#listeners.get(name);
  }

  /**
   * A packet of a handshake: calls `arrive` at the other machine, unless that is cut off.
   *
   * @param to undefined: nobody has that address, and the network says so
   */
  knock(from: Machine, to: Machine | undefined, arrive: () => void): void {
    if (to === undefined) {
      this.#world.at(from.departureUs + 1_000, arrive, from);
      return;
    }
    if (this.isCut(from, to)) return;
    const { delayUs } = this.#delay(from, to, 1, this.#randomOf(from));
    this.#world.at(from.departureUs + delayUs, arrive, to);
  }

  /** Joins two ends. @returns the direction from `one` to `other`, and back */
  join(one: PipeEnd, other: PipeEnd): readonly [Pipe, Pipe] {
    const pipes = [new Pipe(one, other, this.#randomOf(one.machine)), new Pipe(other, one, this.#randomOf(other.machine))] as const;
    for (const pipe of pipes) this.#pipes.add(pipe);
    this.counts.connections++;
    return pipes;
  }

  /** Nothing more is sent on it. */
  release(pipe: Pipe): void {
    pipe.isEnded = true;
    if (pipe.limbo.length === 0) this.#pipes.delete(pipe);
  }

  send(pipe: Pipe, frame: Frame): void {
    const { machine } = pipe.from;
    const uplink = this.#uplinkOf(machine);
    if (uplink === undefined) {
      this.#propagate(pipe, frame, machine.departureUs);
      return;
    }
    const { duplication } = this.#model.link(machine, pipe.to.machine);
    const copies = duplication > 0 && pipe.random.unit() < duplication ? 2 : 1;
    uplink.put(pipe, frame, copies, machine.departureUs);
  }

  /** The process on a machine is gone. @param isCrash it said goodbye to nobody */
  down(machine: Machine, isCrash: boolean): void {
    for (const [name, listener] of this.#listeners) if (listener.machine === machine) this.#listeners.delete(name);
    for (const pipe of [...this.#pipes]) {
      if (pipe.to.machine === machine) this.#pipes.delete(pipe);
      if (pipe.from.machine !== machine) continue;
      if (isCrash) {
        // What was to be sent again is gone, too.
        pipe.limbo = [];
        this.#propagate(pipe, { kind: "reset" }, this.#world.nowUs);
      }
      this.release(pipe);
    }
    if (isCrash) {
      this.#crashedUs.set(machine, this.#world.nowUs);
      this.#uplinks.get(machine)?.clear();
    }
    this.#tampering.delete(machine);
  }

  // --- faults ------------------------------------------------------------------------------------------------------

  /**
   * From now on only machines of one group reach each other; those in none are a group together. Others that last go on: who is apart in
   * any of them is apart. Answers what ends it, and it alone.
   */
  partition(groups: readonly (readonly Machine[])[]): () => void {
    const sides = new Map(groups.flatMap((group, index) => group.map((machine) => [machine, index + 1] as const)));
    this.#partitions.add(sides);
    return () => {
      if (this.#partitions.delete(sides)) this.#resume();
    };
  }

  /** Nothing gets from one to the other any more; back it does. Answers what ends it, and it alone. */
  cut(from: readonly Machine[], to: readonly Machine[]): () => void {
    const cut = {};
    const keys = from.flatMap((one) => to.map((other) => cutKey(one, other)));
    for (const key of keys) this.#cuts.set(key, (this.#cuts.get(key) ?? new Set()).add(cut));
    return () => {
      for (const key of keys) {
        const cuts = this.#cuts.get(key);
        if (cuts?.delete(cut) === true && cuts.size === 0) this.#cuts.delete(key);
      }
      this.#resume();
    };
  }

  /** Ends all partitions and cuts. */
  heal(): void {
    this.#partitions.clear();
    this.#cuts.clear();
    this.#resume();
  }

  isCut(from: Machine, to: Machine): boolean {
    if (this.isWhole) return false;
    for (const sides of this.#partitions) if (sides.get(from) !== sides.get(to)) return true;
    return this.#cuts.size > 0 && this.#cuts.has(cutKey(from, to));
  }

  get isWhole(): boolean {
    return this.#partitions.size === 0 && this.#cuts.size === 0;
  }

  /** Lets a plugin change what its own node sends and gets. */
  tamper(machine: Machine, tampering: Tampering): void {
    this.#tampering.set(machine, tampering);
  }

  tamperingOf(machine: Machine): Tampering | undefined {
    return this.#tampering.size === 0 ? undefined : this.#tampering.get(machine);
  }

  // --- inside ------------------------------------------------------------------------------------------------------

  /** @param departUs when it leaves the machine */
  #propagate(pipe: Pipe, frame: Frame, departUs: number): void {
    const { from, to } = pipe;
    if (this.isCut(from.machine, to.machine) || pipe.limbo.length > 0) {
      if (pipe.limbo.length === 0) pipe.limboSinceUs = this.#world.nowUs;
      pipe.limbo.push(frame);
      return;
    }
    this.#deliver(pipe, frame, departUs, false);
  }

  /** @param isAgain it did not get through at first, so what follows waits for it */
  #deliver(pipe: Pipe, frame: Frame, departUs: number, isAgain: boolean): void {
    const { from, to } = pipe;
    // Who was to get it is gone; the sender hears of that by itself.
    if (to.life !== to.machine.life) return;
    const bytes = frameBytes(frame);
    const sentUs = this.#world.nowUs;
    const { delayUs, isLate } = this.#delay(from.machine, to.machine, packetsOf(bytes), pipe.random);
    const wishUs = this.#downlink(to.machine, departUs + delayUs, bytes);
    const arriveUs = pipe.arrival(frame, Math.ceil(wishUs), isLate || isAgain);
    const arrive = (): void => {
      // Its machine crashed before it was done with it. The crash's own reset goes on its way at that very moment.
      const crashedUs = departUs > sentUs && !isAgain ? this.#crashedUs.get(from.machine) : undefined;
      if (crashedUs === undefined || crashedUs < sentUs || crashedUs >= departUs) this.#arrive(pipe, frame, sentUs);
    };
    this.#world.at(arriveUs, arrive, to.machine);
  }

  #arrive(pipe: Pipe, frame: Frame, sentUs: number): void {
    const { from, to } = pipe;
    if (frame.kind === "message") {
      const { channel, bytes } = frame;
      const arrivedUs = this.#world.nowUs;
      this.counts.messages++;
      this.counts.bytes += bytes.length;
      this.#world.history.message(arrivedUs, from.machine.index, to.machine.index, channel, bytes);
      this.onMessage?.({ sentUs, arrivedUs, from: from.machine, to: to.machine, channel, bytes });
      const { costs } = to.machine;
      to.machine.charge(costs.messageUs + (costs.kilobyteUs * bytes.length) / 1_024);
    }
    to.receive(frame);
  }

  /** Time on the way, with what packets that get lost add to it. */
  #delay(from: Machine, to: Machine, packets: number, random: SeededRandom): { readonly delayUs: number; readonly isLate: boolean } {
    const { latency, loss } = this.#model.link(from, to);
    let delayUs = sample(latency, random) * 1_000;
    if (loss === 0) return { delayUs, isLate: false };
    // Packets of one message are sent again together; the one that is lost most often decides.
    let losses = 0;
    for (let packet = 0; packet < packets; packet++) {
      let own = 0;
      while (own < LOSSES_MAX && random.unit() < loss) own++;
      losses = Math.max(losses, own);
    }
    let pauseUs = RETRANSMISSION_US;
    for (let lost = 0; lost < losses; lost++) {
      delayUs += pauseUs;
      pauseUs *= 2;
    }
    this.counts.losses += losses;
    return { delayUs, isLate: losses > 0 };
  }

  #downlink(machine: Machine, arriveUs: number, bytes: number): number {
    const { down } = this.#bandwidthOf(machine);
    if (down === undefined) return arriveUs;
    const doneUs = Math.max(arriveUs, this.#downFreeUs.get(machine) ?? 0) + (bytes / down) * 1e6;
    this.#downFreeUs.set(machine, doneUs);
    return doneUs;
  }

  /** What waited in a partition that is over goes on, at the next attempt of its connection. */
  #resume(): void {
    const nowUs = this.#world.nowUs;
    for (const pipe of [...this.#pipes]) {
      if (pipe.limbo.length === 0 || this.isCut(pipe.from.machine, pipe.to.machine)) continue;
      // Attempts double their distance: the next is about as far away as the partition was long.
      const extraUs = RETRANSMISSION_US + Math.min(RESUMPTION_US_MAX, nowUs - pipe.limboSinceUs) * pipe.random.unit();
      for (const frame of pipe.limbo.splice(0)) this.#deliver(pipe, frame, nowUs + extraUs, true);
      if (pipe.isEnded) this.#pipes.delete(pipe);
    }
  }

  #randomOf(machine: Machine): SeededRandom {
    const known = this.#randoms.get(machine);
    if (known !== undefined) return known;
    const made = this.#world.random(`network/${machine.name}`);
    this.#randoms.set(machine, made);
    return made;
  }

  #bandwidthOf(machine: Machine): Bandwidth {
    return this.#model.bandwidth(machine);
  }

  #uplinkOf(machine: Machine): Uplink | undefined {
    const { up } = this.#bandwidthOf(machine);
    if (up === undefined) return undefined;
    const known = this.#uplinks.get(machine);
    if (known !== undefined) return known;
    const made = new Uplink(this.#world, up, (pipe, frame) => this.#propagate(pipe, frame, this.#world.nowUs));
    this.#uplinks.set(machine, made);
    return made;
  }
}

function cutKey(from: Machine, to: Machine): string {
  return `${from.index}>${to.index}`;
}
