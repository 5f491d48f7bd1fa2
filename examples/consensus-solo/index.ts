/**
 * consensus-solo: one authority signs every block; a block is final when it is imported.
 *
 * The smallest engine that does real work, and a template for larger ones: a seal that can be checked, timestamps, a
 * producer with a schedule and on demand, fork choice, recovery after a restart.
 *
 * Chain spec:  consensus: { plugin: consensus-solo, parameters: { authority: "<64 hex digits: Ed25519 public key>" } }
 * Node config: plugins: { consensus-solo: { produce: true } }, keys: { unlock: [authority] }
 */
import {
  Address,
  type Ancestors,
  assert,
  bitmapGet,
  bytesEqual,
  type Cancellable,
  CONSENSUS,
  type Consensus,
  type ConsensusHost,
  type ConsensusTraits,
  definePlugin,
  EMPTY_BYTES,
  fromHex,
  Hash,
  type Header,
  type HeaderRecord,
  InvalidHeaderError,
  NotYetError,
  PLUGIN_CONFIG,
  PLUGIN_SPEC,
  type Producer,
  PublicKey,
  type RestoredTree,
  type SealVerdict,
  Signature,
  SignatureBatchBuilder,
  type Static,
  type TreeHeader,
  Type,
} from "chainwright/sdk";

const Config = Type.Object(
  { produce: Type.Boolean({ description: "Whether this node makes blocks; it needs the authority's key", default: false }) },
  { additionalProperties: false },
);
const Spec = Type.Object(
  {
    authority: Type.String({ description: "Ed25519 public key that seals blocks, hex", pattern: "^[0-9a-f]{64}$" }),
    intervalMs: Type.Integer({ description: "Time between scheduled blocks, ms", default: 1_000, minimum: 50, maximum: 3_600_000 }),
  },
  { additionalProperties: false },
);

/** How far a block's timestamp may be ahead of this node's clock. */
const FUTURE_BOUND_MS = 10_000;

class SoloEngine implements Consensus {
  static readonly inject = [PLUGIN_CONFIG, PLUGIN_SPEC];
  readonly traits: ConsensusTraits = { headers: "ancestry", finality: "instant", ancestryDepth: 1, certificates: false, clock: "free" };
  readonly confirmations = 0;
  /** An object of its own: `start` and `stop` of the plugin itself would be the kernel's to call. */
  readonly producer: Producer;
  readonly #authority: PublicKey;
  readonly #intervalMs: number;
  #host: ConsensusHost | undefined;
  #head: Hash | undefined;
  #timer: Cancellable | undefined;
  #running = false;
  /** Blocks are made one after the other: each builds on the one before. */
  #making: Promise<unknown> = Promise.resolve();

  constructor(config: Static<typeof Config>, spec: Static<typeof Spec>) {
    this.#authority = PublicKey.from(fromHex(spec.authority) ?? EMPTY_BYTES);
    this.#intervalMs = spec.intervalMs;
    this.producer = {
      automatic: config.produce,
      start: () => this.#start(),
      stop: () => this.#stop(),
      status: () => this.status(),
      produce: (count) => this.#produce(count),
    };
  }

  attach(host: ConsensusHost): void {
    this.#host = host;
  }

  genesis() {
    return { extra: EMPTY_BYTES, proposer: Address.zero };
  }

  // --- validity ------------------------------------------------------------------------------------------------------

  checkHeader({ header }: HeaderRecord, ancestors: Ancestors): void {
    const parent = ancestors.at(1);
    assert(parent !== undefined, "core hands over the parent");
    const refuse = (code: string, reason: string): never => {
      throw new InvalidHeaderError({ code, reason });
    };
    if (header.extra.length > 0) refuse("SOLO_EXTRA", "this engine's headers have no extra bytes");
    if (!bytesEqual(header.proposer, Address.ofKey(this.#authority))) refuse("SOLO_PROPOSER", "only the authority proposes");
    if (header.timestampMs <= parent.header.timestampMs) refuse("SOLO_TIMESTAMP", "its timestamp is not after its parent's");
    const latestMs = this.#hosted.clock.nowMs() + FUTURE_BOUND_MS;
    if (header.timestampMs > latestMs)
      throw new NotYetError({
        code: "SOLO_FUTURE",
        reason: "it is ahead of this node's clock",
        retryAtMs: header.timestampMs - FUTURE_BOUND_MS,
      });
  }

  /** Seals are judged by the chain spec alone. */
  contextFor(): null {
    return null;
  }

  async verifySeals(batch: readonly { readonly record: HeaderRecord }[]): Promise<readonly SealVerdict[]> {
    const builder = new SignatureBatchBuilder();
    const rightLength = batch.map(({ record }) => record.header.seal.length === Signature.bytes);
    for (const [i, { record }] of batch.entries())
      if (rightLength[i]) builder.add(this.#authority, Signature.from(record.header.seal), record.signingRoot);
    const verdicts = await this.#hosted.compute.verifySignatures(builder.build(), { priority: "block" });
    let at = 0;
    return rightLength.map((right): SealVerdict => {
      if (!right) return { ok: false, reason: "its seal is no signature" };
      return bitmapGet(verdicts, at++) ? { ok: true } : { ok: false, reason: "its seal is not the authority's signature" };
    });
  }

  // --- choice --------------------------------------------------------------------------------------------------------

  /** The first block on the head wins; a rival of the authority itself stays stale. */
  onBlock(block: TreeHeader): void {
    if (this.#head === undefined || !bytesEqual(block.header.parent, this.#head)) return;
    this.#choose(block.id);
  }

  /** The chosen block failed execution: its parent is the head again. */
  onInvalid(id: Hash): void {
    const parent = this.#hosted.header(id)?.header.parent;
    if (parent !== undefined && this.#head !== undefined && bytesEqual(id, this.#head)) this.#head = parent;
  }

  restore(tree: RestoredTree): void {
    this.#head = tree.head;
    // A block that was stored, but not chosen before the process ended, gets its chance now.
    for (const block of tree.blocks) this.onBlock(block);
  }

  #choose(head: Hash): void {
    this.#head = head;
    this.#hosted.choiceChanged({ head, justified: head, finalized: head });
  }

  // --- production ----------------------------------------------------------------------------------------------------

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#schedule();
  }

  async #stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    await this.#making.catch(() => undefined);
  }

  #produce(count: number): Promise<readonly Hash[]> {
    const made = this.#making
      .catch(() => undefined)
      .then(async () => {
        const ids: Hash[] = [];
        for (let i = 0; i < count; i++) ids.push(await this.#make());
        return ids;
      });
    this.#making = made;
    return made;
  }

  status() {
    return { authority: Address.key(Address.ofKey(this.#authority)), producing: this.#running };
  }

  #schedule(): void {
    this.#timer = this.#hosted.scheduler.after(this.#intervalMs, () => {
      if (!this.#running) return;
      this.#produce(1)
        .catch((error: unknown) => this.#hosted.logger.warn({ reason: String(error) }, "no block was made"))
        .finally(() => {
          if (this.#running) this.#schedule();
        });
    });
  }

  async #make(): Promise<Hash> {
    const host = this.#hosted;
    const parent = this.#head === undefined ? undefined : host.header(this.#head);
    assert(parent !== undefined, "the head is known once the engine was restored");
    const timestampMs = Math.max(host.clock.nowMs(), parent.header.timestampMs + 1);
    const unsealed = await host.buildBlock(parent.id, { timestampMs, proposer: Address.ofKey(this.#authority), extra: EMPTY_BYTES });
    const header: Header = { ...unsealed.header, seal: await host.signer.sign(this.#authority, unsealed.signingRoot) };
    const verdict = await host.submit({ header, transactions: unsealed.transactions, payload: unsealed.payload });
    if (verdict.status === "invalid" || verdict.status === "not-yet") throw new Error(`${verdict.code}: ${verdict.reason}`);
    return verdict.id;
  }

  get #hosted(): ConsensusHost {
    assert(this.#host !== undefined, "attach comes first");
    return this.#host;
  }
}

export default definePlugin({
  id: "consensus-solo",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "One authority signs every block",
  provides: [CONSENSUS],
  requires: [],
  config: Config,
  spec: { section: "consensus", schema: Spec },
  plugin: SoloEngine,
});
