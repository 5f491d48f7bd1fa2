/**
 * A peer that lies: an ordinary node whose messages are changed on their way out. In scenarios it is the plugin `byzantine-peer`; its
 * options can be combined, and all chances are drawn from the run's seed.
 *
 * What goes in is left alone: the node behind knows the whole truth, and a liar that knows it is the worst kind.
 */
import { WireCodec, type WireMessage } from "../../node/simulation-seam.js";
import {
  type Bytes,
  definePlugin,
  EMPTY_BYTES,
  Hash,
  inject,
  injectable,
  PLUGIN_CONFIG,
  type Plugin,
  PORTS_VERSION,
  type Static,
  Type,
} from "../../sdk.js";
import { type MachineParts, SIMULATED_MACHINE } from "../capability.js";
import type { Tampering } from "../network/network.js";
import type { SeededRandom } from "../random.js";

/** Larger than any chain's: a liar checks nothing. */
const LIMITS = { blockBytes: 2 ** 30, transactionBytes: 2 ** 30 };
const CODEC = new WireCodec(LIMITS, []);
/** Engines' channels begin here: what they carry is not understood, and passes. */
const CORE_CHANNELS = 64;
/** How far above its own height an invented head is. */
const INVENTED_ABOVE = 100;
const HASH_BYTES = 32;

const share = (description: string) => Type.Number({ description, default: 0, minimum: 0, maximum: 1 });

const Config = Type.Object(
  {
    withholdMs: Type.Integer({
      description: "Announcements of blocks and heads are kept back so long, and then all told at once: its blocks come out late. 0: not",
      default: 0,
      minimum: 0,
      maximum: 86_400_000,
    }),
    undelivered: share("Of the blocks and headers that it is asked for, the share that it never sends"),
    damaged: share("Of the blocks that it sends, the share in which a byte is changed"),
    invented: share("Of its claims about its head and of its announcements, the share that names blocks that do not exist, far above"),
    twoFaced: Type.Boolean({
      description: "Every other peer is told of none of its blocks: it seems to stand still",
      default: false,
    }),
  },
  { additionalProperties: false },
);
type Options = Static<typeof Config>;

interface Kept {
  readonly atMs: number;
  readonly bytes: Bytes;
}

@injectable()
class MisbehavingPeer implements Plugin, Tampering {
  readonly #parts: MachineParts;
  readonly #options: Options;
  readonly #random: SeededRandom;
  /** By receiver, oldest first. */
  readonly #kept = new Map<string, Kept[]>();

  constructor(@inject(SIMULATED_MACHINE) parts: MachineParts, @inject(PLUGIN_CONFIG) options: Options) {
    const { machine } = parts;
    this.#parts = parts;
    this.#options = options;
    this.#random = machine.world.random(`byzantine/${machine.name}/${machine.life}`);
  }

  start(): void {
    const { machine, network } = this.#parts;
    network.tamper(machine, this);
  }

  outgoing(to: string, channel: number, bytes: Bytes): readonly Bytes[] {
    if (channel >= CORE_CHANNELS) return [bytes];
    const message = CODEC.decodeMessage(channel, bytes);
    switch (message.type) {
      case "block-announcement":
      case "status":
        return this.#claim(to, channel, bytes, message);
      case "headers":
        return this.#chance(this.#options.undelivered) ? [] : [bytes];
      case "block-response":
        if (this.#chance(this.#options.undelivered)) return [];
        return [this.#chance(this.#options.damaged) ? this.#damaged(message) : bytes];
      default:
        return [bytes];
    }
  }

  #claim(to: string, channel: number, bytes: Bytes, message: WireMessage): readonly Bytes[] {
    if (this.#options.twoFaced && this.#isFooled(to)) return [];
    if (this.#chance(this.#options.invented)) return [this.#invention(message)];
    const { withholdMs } = this.#options;
    if (withholdMs === 0) return [bytes];
    const nowMs = this.#parts.machine.world.elapsedMs;
    const key = `${to}/${channel}`;
    const kept = this.#kept.get(key) ?? [];
    kept.push({ atMs: nowMs, bytes });
    this.#kept.set(key, kept);
    // The oldest has waited long enough: out with all.
    if (nowMs - (kept[0] as Kept).atMs < withholdMs) return [];
    this.#kept.delete(key);
    return kept.map((each) => each.bytes);
  }

  #invention(message: WireMessage): Bytes {
    const id = Hash.from(this.#random.bytes(HASH_BYTES));
    if (message.type === "status") {
      const { head } = message;
      const height = head.height + INVENTED_ABOVE;
      return CODEC.encodeMessage({ ...message, head: { ...head, id, height, weight: head.weight * 2n } }).bytes;
    }
    return CODEC.encodeMessage({ type: "block-announcement", blocks: [{ id, height: INVENTED_ABOVE + this.#random.below(1_000) }] }).bytes;
  }

  #damaged(message: WireMessage & { readonly type: "block-response" }): Bytes {
    const block = message.block.length === 0 ? EMPTY_BYTES : message.block.slice();
    if (block.length > 0) {
      const at = this.#random.below(block.length);
      block[at] = (block[at] as number) ^ (1 + this.#random.below(255));
    }
    return CODEC.encodeMessage({ ...message, block }).bytes;
  }

  #isFooled(to: string): boolean {
    return (this.#parts.network.machineNamed(to)?.index ?? 0) % 2 === 1;
  }

  #chance(of: number): boolean {
    return of > 0 && this.#random.unit() < of;
  }
}

export const misbehavingPeer = definePlugin({
  id: "byzantine-peer",
  version: PORTS_VERSION,
  ports: `^${PORTS_VERSION}`,
  description: "Makes a simulated node lie to its peers",
  provides: [],
  requires: [SIMULATED_MACHINE],
  config: Config,
  plugin: MisbehavingPeer,
});
