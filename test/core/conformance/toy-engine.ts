/**
 * A small engine for consensus.test.ts: slots, one signer, the longest chain with ties by id; with certificates and instant
 * finality on demand. Its subclasses in the test each break one law.
 */

import Type from "typebox";
import { CONFORMANCE_KEYS } from "../../../core/conformance/index.js";
import {
  CONSENSUS,
  type Consensus,
  type ConsensusHost,
  type ConsensusTraits,
  definePlugin,
  InvalidHeaderError,
  NEEDS_STATE,
  NotYetError,
  PLUGIN_SPEC,
  type Plugin,
  type PluginManifest,
  type Producer,
  type RestoredTree,
  type SealVerdict,
  type StateReader,
  type StateWriter,
  type TreeHeader,
} from "../../../core/ports/index.js";
import type { BlockEnvironment } from "../../../core/ports/ledger.js";
import { Address } from "../../../core/primitives/address.js";
import type { Header, HeaderRecord } from "../../../core/primitives/block.js";
import { asciiBytes, type Bytes, compareBytes, concatBytes, EMPTY_BYTES } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import { PublicKey, Signature } from "../../../core/primitives/keys.js";
import { bitmapGet, SignatureBatchBuilder } from "../../../core/primitives/signature-batch.js";

export const SLOT_MS = 1_000;
const SIGNER = CONFORMANCE_KEYS.publicKeys[0] ?? PublicKey.from(new Uint8Array(32));
const CERTIFICATE_TAG = asciiBytes("toy certificate ");
const SLOT_KEY = Uint8Array.of(9);

function encodeSlot(slot: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(slot));
  return bytes;
}

export class ToyEngine implements Plugin, Consensus {
  static readonly inject = [PLUGIN_SPEC];
  readonly traits: ConsensusTraits;
  readonly confirmations: number;
  readonly channels = [{ name: "toy/votes", maxMessageBytes: 200 }];
  readonly producer: Producer;
  protected head: TreeHeader | undefined;
  readonly #blocks = new Map<string, TreeHeader>();
  readonly #certificates = new Map<string, Bytes>();
  #host: ConsensusHost | undefined;
  #isProducing = false;
  #proposing: Promise<void> | undefined;

  constructor(spec: { readonly instant: boolean }) {
    const finality = spec.instant ? "instant" : "probabilistic";
    this.traits = { headers: "state", finality, ancestryDepth: 1, certificates: spec.instant, clock: "slots" };
    this.confirmations = spec.instant ? 0 : 3;
    this.producer = {
      automatic: true,
      start: () => {
        this.#isProducing = true;
      },
      stop: () => this.stop(),
      status: () => ({ producing: this.#isProducing }),
    };
  }

  async stop(): Promise<void> {
    this.#isProducing = false;
    await this.#proposing;
  }

  protected get host(): ConsensusHost {
    if (this.#host === undefined) throw new Error("attach comes first");
    return this.#host;
  }

  protected slotOf(timeMs: number): number {
    return Math.floor((timeMs - this.host.spec.genesisTimeMs) / SLOT_MS);
  }

  attach(host: ConsensusHost): void {
    this.#host = host;
  }

  genesis(): { extra: Bytes; proposer: Address } {
    return { extra: encodeSlot(0), proposer: Address.zero };
  }

  genesisState(writer: StateWriter): void {
    writer.set(SLOT_KEY, encodeSlot(0));
  }

  checkHeader({ header }: HeaderRecord, ancestors: { at(distance: number): TreeHeader | undefined }): void {
    const slot = this.slotOf(header.timestampMs);
    const invalid = (reason: string) => new InvalidHeaderError({ code: "TOY_SLOT", reason });
    if (header.timestampMs < this.host.spec.genesisTimeMs || compareBytes(header.extra, encodeSlot(slot)) !== 0)
      throw invalid("extra is its slot");
    const parent = ancestors.at(1);
    if (parent !== undefined && slot <= this.slotOf(parent.header.timestampMs) && parent.header.height > 0) throw invalid("slots ascend");
    if (slot > this.slotOf(this.host.clock.nowMs())) throw new NotYetError({ code: "TOY_SLOT", reason: "its slot has not begun" });
  }

  contextFor(_parent: TreeHeader, _header: Header, view: StateReader | undefined): Bytes | typeof NEEDS_STATE {
    return view?.get(SLOT_KEY) === undefined ? NEEDS_STATE : SIGNER;
  }

  async verifySeals(batch: readonly { readonly record: HeaderRecord }[]): Promise<readonly SealVerdict[]> {
    return this.#verify(batch.map(({ record }) => ({ message: record.signingRoot, signature: record.header.seal })));
  }

  async verifyCertificate(record: HeaderRecord, certificate: Bytes): Promise<SealVerdict> {
    const [verdict] = await this.#verify([{ message: concatBytes(CERTIFICATE_TAG, record.id), signature: certificate }]);
    return verdict ?? { ok: false, reason: "no verdict" };
  }

  certificateFor(blockId: Hash): Bytes | undefined {
    return this.#certificates.get(Hash.key(blockId));
  }

  begin(writer: StateWriter, env: BlockEnvironment): void {
    this.advance(writer, env.timestampMs);
  }

  advance(writer: StateWriter, timeMs: number): void {
    writer.set(SLOT_KEY, encodeSlot(this.slotOf(timeMs)));
  }

  onBlock(block: TreeHeader): void {
    this.#blocks.set(Hash.key(block.id), block);
    if (this.head === undefined || this.isBetter(block, this.head)) this.choose(block);
  }

  /** Longer, or of equal length with the lesser id. */
  protected isBetter(block: TreeHeader, than: TreeHeader): boolean {
    const byHeight = block.header.height - than.header.height;
    return byHeight !== 0 ? byHeight > 0 : compareBytes(block.id, than.id) < 0;
  }

  onInvalid(blockId: Hash): void {
    const out = new Set([Hash.key(blockId)]);
    // Parents come before children in the map, so one pass finds all descendants.
    for (const [key, block] of this.#blocks) if (out.has(Hash.key(block.header.parent))) out.add(key);
    for (const key of out) this.#blocks.delete(key);
    let best: TreeHeader | undefined;
    for (const block of this.#blocks.values()) if (best === undefined || this.isBetter(block, best)) best = block;
    if (best !== undefined) this.choose(best);
  }

  protected choose(block: TreeHeader): void {
    this.head = block;
    this.host.choiceChanged({
      head: block.id,
      ...(this.traits.finality === "instant" ? { justified: block.id, finalized: block.id } : {}),
    });
  }

  onTick(timeMs: number): void {
    if (!this.#isProducing || this.#proposing !== undefined || this.head === undefined) return;
    if (this.slotOf(timeMs) <= this.slotOf(this.head.header.timestampMs)) return;
    // Not awaited: submitting waits for its turn, which comes after this tick.
    this.#proposing = this.#propose(this.head, timeMs).finally(() => {
      this.#proposing = undefined;
    });
  }

  async #propose(parent: TreeHeader, timeMs: number): Promise<void> {
    const { host } = this;
    const fields = { timestampMs: timeMs, proposer: CONFORMANCE_KEYS.addresses[0] ?? Address.zero, extra: encodeSlot(this.slotOf(timeMs)) };
    const { header, signingRoot, transactions, payload } = await host.buildBlock(parent.id, fields);
    const seal = await host.signer.sign(SIGNER, signingRoot);
    const block = { header: { ...header, seal }, transactions, payload };
    if (!this.traits.certificates) {
      await host.submit(block);
      return;
    }
    const { record } = await host.execute(block);
    const certificate = await host.signer.sign(SIGNER, concatBytes(CERTIFICATE_TAG, record.id));
    this.#certificates.set(Hash.key(record.id), certificate);
    await host.submit(block, certificate);
  }

  onMessage(): "accept" | "ignore" | "reject" {
    return "reject";
  }

  restore(tree: RestoredTree): void {
    for (const block of tree.blocks) this.#blocks.set(Hash.key(block.id), block);
    const head = this.#blocks.get(Hash.key(tree.head));
    if (head !== undefined) this.choose(head);
  }

  snapshot(): Bytes {
    return EMPTY_BYTES;
  }

  async #verify(entries: readonly { readonly message: Bytes; readonly signature: Bytes }[]): Promise<readonly SealVerdict[]> {
    const builder = new SignatureBatchBuilder(entries.length);
    for (const { message, signature } of entries)
      builder.add(SIGNER, signature.length === 64 ? Signature.from(signature) : Signature.from(new Uint8Array(64)), message);
    const verdicts = await this.host.compute.verifySignatures(builder.build());
    return entries.map(({ signature }, i) =>
      signature.length === 64 && bitmapGet(verdicts, i) ? { ok: true } : { ok: false, reason: "not the signer's" },
    );
  }
}

export function toyManifest(plugin: PluginManifest["plugin"]): PluginManifest {
  return definePlugin({
    id: "consensus-toy",
    version: "1.0.0",
    ports: "^0.1.0",
    description: "A toy for the conformance list",
    provides: [CONSENSUS],
    requires: [],
    config: Type.Object({}),
    spec: { section: "consensus", schema: Type.Object({ instant: Type.Boolean({ default: false }) }) },
    plugin,
  });
}
