/**
 * A node that announces what nobody can use: ids of blocks that do not exist, or blocks whose parent does not. Each block that its own
 * node announces brings a flood with it.
 *
 * `invented`: it never answers for any of them, so that whoever asks waits. `orphans`: it delivers each, whole and well-formed, with a
 * parent that nobody has.
 */
import { WireCodec } from "../../node/simulation-seam.js";
import { type Bytes, decodeBlock, encodeBlock, Hash, type HashKey, headerRecord } from "../../sdk.js";
import type { RunView, SimulationObserver } from "../checkers/checker.js";
import type { MessageSeen, Tampering } from "../network/network.js";
import type { SimulatedNode } from "../node/simulated-node.js";
import type { SeededRandom } from "../random.js";

type BlockFlood = "invented" | "orphans";

const LIMITS = { blockBytes: 2 ** 30, transactionBytes: 2 ** 30 };
const CODEC = new WireCodec(LIMITS, []);
/** Core's channels; an engine's messages are not understood, and pass. */
const CORE_CHANNELS = 64;
const HASH_BYTES = 32;
/** Of announcements; each has as many ids as it may. */
const MESSAGES_AT_ONCE = 10;
const IDS = 64;

/** What its peers ask of it, block by block, and of whom: what they owe themselves an answer for. */
interface Victim {
  /** Asked since the last flood. */
  atOnce: number;
  readonly open: Set<HashKey>;
}

export class BlockFlooder implements SimulationObserver, Tampering {
  /** Ids that were announced, to all peers together. */
  announced = 0;
  /** Blocks without a parent that were delivered. */
  delivered = 0;
  /** Most that any node asked for in answer to one flood. */
  mostAtOnce = 0;
  /** Most that any node had asked for on one connection and not got. */
  mostOwed = 0;
  /** Most blocks that waited in any honest node. */
  mostWaiting = 0;
  readonly #run: RunView;
  readonly #name: string;
  readonly #flood: BlockFlood;
  readonly #random: SeededRandom;
  readonly #made = new Map<HashKey, Bytes>();
  readonly #victims = new Map<string, Victim>();
  #attacker: SimulatedNode | undefined;

  constructor(run: RunView, name: string, flood: BlockFlood) {
    this.#run = run;
    this.#name = name;
    this.#flood = flood;
    this.#random = run.world.random(`flood/${name}`);
  }

  onUp(node: SimulatedNode): void {
    if (node.name !== this.#name) return;
    this.#attacker = node;
    node.parts.network.tamper(node.parts.machine, this);
  }

  onMessage({ from, to, channel, bytes }: MessageSeen): void {
    this.onLook();
    if (channel >= CORE_CHANNELS) return;
    if (to.name === this.#name) {
      const message = CODEC.decodeMessage(channel, bytes);
      // A new connection owes nothing.
      if (message.type === "hello") this.#victims.delete(from.name);
      if (message.type === "blocks-request") this.#onAsked(this.#victimOf(from.name), message.ids);
    } else if (from.name === this.#name) {
      const message = CODEC.decodeMessage(channel, bytes);
      if (message.type === "block-response") this.#victimOf(to.name).open.delete(Hash.key(message.id));
      if (message.type === "block-announcement" && message.blocks.length === IDS) this.#victimOf(to.name).atOnce = 0;
    }
  }

  onLook(): void {
    for (const { isHonest, isUp, chain } of this.#run.nodes)
      if (isHonest && isUp) this.mostWaiting = Math.max(this.mostWaiting, chain.waitingCount);
  }

  outgoing(_to: string, channel: number, bytes: Bytes): readonly Bytes[] {
    if (channel >= CORE_CHANNELS) return [bytes];
    const message = CODEC.decodeMessage(channel, bytes);
    if (message.type === "block-announcement") return [bytes, ...Array.from({ length: MESSAGES_AT_ONCE }, () => this.#announcement())];
    if (message.type !== "block-response" || message.block.length > 0) return [bytes];
    const block = this.#made.get(Hash.key(message.id));
    if (block === undefined) return [];
    this.delivered++;
    return [CODEC.encodeMessage({ ...message, block }).bytes];
  }

  #announcement(): Bytes {
    this.announced += IDS;
    const height = (this.#attacker?.chain.head.header.height ?? 0) + 1;
    const blocks = Array.from({ length: IDS }, () => ({ id: this.#flood === "orphans" ? this.#orphan() : this.#invented(), height }));
    return CODEC.encodeMessage({ type: "block-announcement", blocks }).bytes;
  }

  #invented(): Hash {
    return Hash.from(this.#random.bytes(HASH_BYTES));
  }

  /** The head with another parent: all that can be checked without a parent is as it should be. */
  #orphan(): Hash {
    const { chain } = this.#attacker as SimulatedNode;
    const head = chain.encodedBlock(chain.head.id);
    if (head === undefined) return this.#invented();
    const { block } = decodeBlock(head, LIMITS);
    const header = { ...block.header, parent: this.#invented() };
    const { id } = headerRecord(header);
    this.#made.set(Hash.key(id), encodeBlock({ ...block, header }));
    return id;
  }

  #victimOf(name: string): Victim {
    const known = this.#victims.get(name);
    if (known !== undefined) return known;
    const victim = { atOnce: 0, open: new Set<HashKey>() };
    this.#victims.set(name, victim);
    return victim;
  }

  #onAsked(victim: Victim, ids: readonly Hash[]): void {
    victim.atOnce += ids.length;
    for (const id of ids) victim.open.add(Hash.key(id));
    this.mostAtOnce = Math.max(this.mostAtOnce, victim.atOnce);
    this.mostOwed = Math.max(this.mostOwed, victim.open.size);
  }
}
