/**
 * An engine that does what a test tells it: the heaviest chain, the first seen among equals, weights as blocks claim them.
 *
 * Extra: weight (1) ‖ anything. Seal: one byte 0x5e ‖ anything. Everything else (what is judged by state, finality,
 * certificates, misbehaviour) are its options and public fields.
 */
import {
  Address,
  type Ancestors,
  type Block,
  type Bytes,
  bytesEqual,
  type Choice,
  type Consensus,
  type ConsensusHost,
  type ConsensusTraits,
  EMPTY_BYTES,
  Hash,
  type Header,
  type HeaderRecord,
  InvalidHeaderError,
  NEEDS_STATE,
  NotYetError,
  type RestoredTree,
  type SealOptions,
  type SealVerdict,
  type StateView,
  type TreeHeader,
} from "../../../core/sdk.js";

export const GOOD_SEAL = Uint8Array.of(0x5e);
export const GOOD_CERTIFICATE = Uint8Array.of(0xce);

export interface ScriptedOptions {
  readonly headers?: ConsensusTraits["headers"];
  readonly certificates?: boolean;
  /** Blocks this far below the head are final. Default: none ever is. */
  readonly finalAtDepth?: number;
  /** Blocks may carry a payload; one that begins with 0xff is refused. Default: the engine says nothing of payloads. */
  readonly payloads?: boolean;
  readonly ancestryDepth?: number;
  /** Slots: `onTick` is called. */
  readonly tickMs?: number;
}

interface Seen {
  readonly header: TreeHeader;
  readonly sequence: number;
  invalid: boolean;
}

export class ScriptedEngine implements Consensus {
  readonly traits: ConsensusTraits;
  readonly confirmations = 2;
  readonly tickMs?: number;
  readonly checkPayload?: (block: Block) => void;
  /** Every call that a law is about, in order. */
  readonly calls: string[] = [];
  readonly #finalAtDepth: number;
  readonly #seen = new Map<string, Seen>();
  /** How far in the future a timestamp may lie. */
  futureBoundMs = 60_000;
  /** Held seals wait for it. */
  sealGate: Promise<void> | undefined;
  /** Held ticks wait for it. */
  tickGate: Promise<void> | undefined;
  tickFailure: Error | undefined;
  /** Thrown by the next `onBlock`. */
  onBlockFailure: Error | undefined;
  /** Bends the next choices. */
  bend: ((choice: Choice) => Choice) | undefined;
  restored: RestoredTree | undefined;
  snapshotBytes: Bytes | undefined;
  host: ConsensusHost | undefined;

  constructor(options: ScriptedOptions = {}) {
    this.traits = {
      headers: options.headers ?? "ancestry",
      finality: "probabilistic",
      ancestryDepth: options.ancestryDepth ?? 4,
      certificates: options.certificates ?? false,
      clock: options.tickMs === undefined ? "free" : "slots",
    };
    if (options.tickMs !== undefined) this.tickMs = options.tickMs;
    this.#finalAtDepth = options.finalAtDepth ?? Number.POSITIVE_INFINITY;
    if (options.payloads === true)
      this.checkPayload = ({ payload }) => {
        if (payload[0] === 0xff) throw new InvalidHeaderError({ code: "SCRIPT_PAYLOAD", reason: "it begins with ff" });
      };
  }

  attach(host: ConsensusHost): void {
    this.host = host;
  }

  genesis() {
    return { extra: EMPTY_BYTES, proposer: Address.zero };
  }

  checkHeader({ header, id }: HeaderRecord, ancestors: Ancestors): void {
    this.calls.push(`checkHeader ${Hash.key(id)}`);
    const parent = ancestors.at(1);
    if (parent === undefined || !bytesEqual(parent.id, header.parent)) throw new Error("the ancestor at 1 is the parent");
    if (header.extra.length === 0) throw new InvalidHeaderError({ code: "SCRIPT_EXTRA", reason: "it claims no weight" });
    const nowMs = this.#hosted.clock.nowMs();
    if (header.timestampMs > nowMs + this.futureBoundMs)
      throw new NotYetError({ code: "SCRIPT_FUTURE", reason: "its time has not come", retryAtMs: header.timestampMs - this.futureBoundMs });
  }

  contextFor(_parent: TreeHeader, _header: Header, view: StateView | undefined): null | typeof NEEDS_STATE {
    return this.traits.headers === "state" && view === undefined ? NEEDS_STATE : null;
  }

  /** Of a row up to the first bad one, as an engine with dear seals answers. One of c0 is bad with a code of the engine's own. */
  async verifySeals(
    batch: readonly { readonly record: HeaderRecord }[],
    { row = false }: SealOptions = {},
  ): Promise<readonly SealVerdict[]> {
    await this.sealGate;
    const verdicts = batch.map(({ record }): SealVerdict => {
      const [first] = record.header.seal;
      if (first === GOOD_SEAL[0]) return { ok: true };
      return { ok: false, reason: "not 5e", ...(first === 0xc0 ? { code: "SCRIPT_SEAL" } : {}) };
    });
    const bad = row ? verdicts.findIndex(({ ok }) => !ok) : -1;
    return bad < 0 ? verdicts : verdicts.slice(0, bad + 1);
  }

  async verifyCertificate(_record: HeaderRecord, certificate: Bytes): Promise<SealVerdict> {
    return bytesEqual(certificate, GOOD_CERTIFICATE) ? { ok: true } : { ok: false, reason: "not ce" };
  }

  weigh({ header }: HeaderRecord, parentWeight: bigint): bigint {
    return parentWeight + BigInt(header.extra[0] ?? 0);
  }

  onBlock(block: TreeHeader): void {
    this.calls.push(`onBlock ${Hash.key(block.id)}`);
    const failure = this.onBlockFailure;
    this.onBlockFailure = undefined;
    if (failure !== undefined) throw failure;
    const invalid = this.#seen.get(Hash.key(block.header.parent))?.invalid ?? false;
    this.#seen.set(Hash.key(block.id), { header: block, sequence: this.#seen.size, invalid });
    this.choose();
  }

  onInvalid(id: Hash): void {
    this.calls.push(`onInvalid ${Hash.key(id)}`);
    const seen = this.#seen.get(Hash.key(id));
    if (seen !== undefined) seen.invalid = true;
    // In order of arrival parents come first.
    for (const each of this.#seen.values()) if (this.#seen.get(Hash.key(each.header.header.parent))?.invalid === true) each.invalid = true;
    this.choose();
  }

  async onTick(timeMs: number): Promise<void> {
    this.calls.push(`onTick ${timeMs - this.#hosted.spec.genesisTimeMs}`);
    await this.tickGate;
    if (this.tickFailure !== undefined) throw this.tickFailure;
  }

  restore(tree: RestoredTree): void {
    this.restored = tree;
    const head = tree.blocks.find(({ id }) => bytesEqual(id, tree.head));
    // The head was seen first, whatever the order of the stored blocks.
    for (const header of head === undefined ? tree.blocks : [head, ...tree.blocks])
      if (!this.#seen.has(Hash.key(header.id))) this.#seen.set(Hash.key(header.id), { header, sequence: this.#seen.size, invalid: false });
    this.choose();
  }

  snapshot(): Bytes {
    return this.snapshotBytes ?? Uint8Array.of(1);
  }

  status() {
    return { seen: this.#seen.size };
  }

  describeHeader({ extra }: Header) {
    return { weight: extra[0] ?? 0 };
  }

  /** Says what is best now. */
  choose(): void {
    let best: Seen | undefined;
    for (const seen of this.#seen.values())
      if (!seen.invalid && (best === undefined || seen.header.weight > best.header.weight)) best = seen;
    if (best === undefined) return;
    let finalized: TreeHeader | undefined = best.header;
    for (let depth = 0; depth < this.#finalAtDepth && finalized !== undefined; depth++)
      finalized = finalized.header.height === 0 ? undefined : this.#hosted.header(finalized.header.parent);
    const choice: Choice = {
      head: best.header.id,
      ...(finalized === undefined ? {} : { justified: finalized.id, finalized: finalized.id }),
    };
    this.#hosted.choiceChanged(this.bend?.(choice) ?? choice);
  }

  get #hosted(): ConsensusHost {
    if (this.host === undefined) throw new Error("attach comes first");
    return this.host;
  }
}
