/**
 * A miner that keeps blocks to itself, over a real node in the simulator: its node mines, imports and syncs as always; what it says, and for
 * a double spend what it hears, is held back while the strategy says so, and made up for afterwards.
 *
 * It is the adversary of the proofs: it sees both sides' heads at once.
 */
import { WireCodec } from "../../node/simulation-seam.js";
import { type Bytes, Hash, type HashKey } from "../../sdk.js";
import type { RunView, SimulationObserver } from "../checkers/checker.js";
import type { Tampering } from "../network/network.js";
import type { SimulatedNode } from "../node/simulated-node.js";

/** Blocks above the fork: its own, and the honest ones. */
export interface Race {
  readonly own: number;
  readonly honest: number;
}

/** `hold`: nothing is said. `show`: the branch is told to all. `yield`: it goes over to the honest branch. */
export type Move = "hold" | "show" | "yield";

export interface Strategy {
  /** Hears nothing while it holds, so that its node stays on its branch even when that is the shorter one. */
  readonly isDeaf: boolean;
  move(race: Race): Move;
}

/** A race from one agreement of all nodes to the next. */
export interface RaceOutcome {
  /** How it stood when the strategy stopped holding; undefined if it never did. */
  readonly race: Race | undefined;
  /** The first block above the fork is the miner's: the honest one, if there was one, is undone. */
  readonly isTaken: boolean;
  /** Blocks of the chain that came of it, and how many of them are the miner's. */
  readonly blocks: number;
  readonly own: number;
}

const LIMITS = { blockBytes: 2 ** 30, transactionBytes: 2 ** 30 };
const CODEC = new WireCodec(LIMITS, []);
/** What tells of blocks, or carries them. */
const TELLING: ReadonlySet<string> = new Set(["status", "block-announcement", "headers", "header-range", "block-response"]);

export class PrivateMiner implements SimulationObserver, Tampering {
  readonly outcomes: RaceOutcome[] = [];
  readonly #run: RunView;
  readonly #name: string;
  readonly #strategy: Strategy;
  /** Last common block. */
  #fork: HashKey | undefined;
  #forkHeight = 0;
  #move: Move = "hold";
  #race: Race | undefined;
  /** Of each peer, the last head that was held back, in both directions. */
  readonly #untold = new Map<string, Bytes>();
  readonly #unheard = new Map<string, Bytes>();

  constructor(run: RunView, name: string, strategy: Strategy) {
    this.#run = run;
    this.#name = name;
    this.#strategy = strategy;
  }

  onUp({ name, parts, chain }: SimulatedNode): void {
    if (name !== this.#name) return;
    this.#fork = Hash.key(chain.head.id);
    this.#forkHeight = chain.head.header.height;
    parts.network.tamper(parts.machine, this);
  }

  onHead(): void {
    this.#look();
  }

  outgoing(to: string, channel: number, bytes: Bytes): readonly Bytes[] {
    this.#look();
    return this.#pass(to, channel, bytes, this.#untold, this.#move === "hold");
  }

  incoming(from: string, channel: number, bytes: Bytes): readonly Bytes[] {
    this.#look();
    return this.#pass(from, channel, bytes, this.#unheard, this.#move === "hold" && this.#strategy.isDeaf);
  }

  #pass(peer: string, channel: number, bytes: Bytes, kept: Map<string, Bytes>, isHeld: boolean): readonly Bytes[] {
    const { type } = CODEC.decodeMessage(channel, bytes);
    if (isHeld) {
      if (type === "status") kept.set(peer, bytes);
      return TELLING.has(type) ? [] : [bytes];
    }
    // Pings go both ways all the time: what was held back travels with the next one.
    const late = kept.get(peer);
    if (late === undefined || (type !== "ping" && type !== "pong")) return [bytes];
    kept.delete(peer);
    return [late, bytes];
  }

  /** Where the race is, and what the strategy makes of it. */
  #look(): void {
    const { nodes } = this.#run;
    if (this.#fork === undefined || !nodes.every(({ isUp }) => isUp)) return;
    const me = nodes.find(({ name }) => name === this.#name) as SimulatedNode;
    const honest = nodes.filter((node) => node !== me);
    const heads = honest.map(({ chain }) => chain.head);
    const mine = Hash.key(me.chain.head.id);
    const isAgreed = heads.every(({ id }) => Hash.key(id) === mine);
    if (isAgreed) {
      if (mine !== this.#fork) this.#settle(mine, me.chain.head.header.height);
      return;
    }
    if (this.#move !== "hold") return;
    const above = Math.max(...heads.map(({ header }) => header.height)) - this.#forkHeight;
    const race = { own: me.chain.head.header.height - this.#forkHeight, honest: above };
    this.#move = this.#strategy.move(race);
    if (this.#move !== "hold") this.#race = race;
  }

  #settle(head: HashKey, height: number): void {
    let own = 0;
    let isTaken = false;
    for (let at = this.#run.blocks.get(head); at !== undefined && at.key !== this.#fork; at = this.#run.blocks.get(at.parent)) {
      isTaken = at.seenBy === this.#name;
      if (isTaken) own++;
    }
    this.outcomes.push({ race: this.#race, isTaken, blocks: height - this.#forkHeight, own });
    this.#race = undefined;
    this.#fork = head;
    this.#forkHeight = height;
    this.#move = "hold";
    this.#untold.clear();
    this.#unheard.clear();
  }
}
