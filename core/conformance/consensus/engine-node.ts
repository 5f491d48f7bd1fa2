/**
 * A chain without a ledger, for one engine: everything that core does for it, in memory and in the plainest way.
 *
 * It imports as core does (header → context → seal → certificate → payload → execution → choice) and notes every law of
 * `ConsensusHost` that the engine breaks on the way; `lawful()` fails with them. Two nodes of one run share nothing but the
 * chain spec, so agreement between them is agreement between machines.
 */

import type { ChainSpec } from "../../ports/chain-spec.js";
import {
  type Ancestors,
  type Candidate,
  type Choice,
  type Consensus,
  type ConsensusHost,
  type EngineJournal,
  type ImportVerdict,
  NEEDS_STATE,
  type ProposalFields,
  type RestoredTree,
  type TreeHeader,
  type UnsealedBlock,
  type ValidationContext,
} from "../../ports/consensus.js";
import { CHAIN_SPEC, CLOCK, COMPUTE, CONSENSUS, ENTROPY, SCHEDULER, SIGNER, TREASURY, WORK_SOURCE } from "../../ports/index.js";
import type { BlockEnvironment } from "../../ports/ledger.js";
import type { Plugin } from "../../ports/plugin.js";
import type { Cancellable } from "../../ports/runtime.js";
import type { Block, HeaderRecord, UnsealedHeader } from "../../primitives/block.js";
import { headerRecord, signingRootOf } from "../../primitives/block-codec.js";
import { type Bytes, bytesEqual, toHex } from "../../primitives/bytes.js";
import { Hash, type HashKey } from "../../primitives/hash.js";
import { describeThrown, holds } from "../case.js";
import { constructPlugin, type PluginUnderTest, provided, specFor } from "../harness/plugin.js";
import { InlineCompute, InlineWorkSource, mapTreasury, seededEntropy, signer, silentLogger } from "../harness/services.js";
import { EMPTY_VIEW, MapView, MapWriter } from "../harness/state.js";
import { VirtualTime } from "../harness/virtual-time.js";
import { BlockTree, isInvalid, type TreeNode } from "./block-tree.js";
import { environmentOf, genesisNode, type MadeBlock, proposal } from "./blocks.js";
import { checkedNode } from "./checks.js";
import { asRefusal, Refusal } from "./refusal.js";

export interface EngineNodeOptions {
  /** Virtual time at which the node starts, ms after genesis. */
  readonly startsAfterMs?: number;
  readonly slicing?: "always" | "never";
  readonly seed?: string;
  /** How often an engine with slots is told the time, ms. Default 1,000. */
  readonly slotMs?: number;
}

const DEFAULT_SLOT_MS = 1_000;

export class EngineNode {
  readonly spec: ChainSpec;
  readonly time: VirtualTime;
  readonly engine: Consensus;
  readonly made: MadeBlock[] = [];
  readonly #under: PluginUnderTest;
  readonly #options: EngineNodeOptions;
  readonly #plugin: Plugin;
  readonly #violations: string[] = [];
  readonly #tree: BlockTree;
  #pending: Choice | undefined;
  #restoring = false;
  #lane: Promise<unknown> = Promise.resolve();
  #onMade: (() => void) | undefined;
  #ticks: Cancellable | undefined;

  constructor(under: PluginUnderTest, options: EngineNodeOptions = {}, tree?: BlockTree) {
    this.#under = under;
    this.#options = options;
    this.spec = specFor(under);
    this.time = new VirtualTime(this.spec.genesisTimeMs + (options.startsAfterMs ?? 0), options.slicing);
    this.#plugin = constructPlugin(under, this.spec, {
      [CHAIN_SPEC]: this.spec,
      [CLOCK]: this.time,
      [SCHEDULER]: this.time,
      [ENTROPY]: seededEntropy(options.seed ?? "engine"),
      [COMPUTE]: new InlineCompute(),
      [SIGNER]: signer,
      [TREASURY]: mapTreasury,
      [WORK_SOURCE]: new InlineWorkSource(),
    });
    this.engine = provided(this.#plugin, CONSENSUS) as Consensus;
    this.#tree = tree ?? new BlockTree(genesisNode(this.engine, this.spec));
  }

  /** Constructs, attaches and restores an engine, as a node does when it starts. */
  static async start(under: PluginUnderTest, options: EngineNodeOptions = {}): Promise<EngineNode> {
    const node = new EngineNode(under, options);
    await node.#begin(undefined);
    return node;
  }

  /** Another instance over what this one kept: after a clean stop with a snapshot, or after a crash without. */
  async restart(how: "clean" | "crash"): Promise<EngineNode> {
    const snapshot = how === "clean" ? this.engine.snapshot?.() : undefined;
    await this.stop();
    const elapsedMs = this.time.nowMs() - this.spec.genesisTimeMs;
    const next = new EngineNode(this.#under, { ...this.#options, startsAfterMs: elapsedMs }, this.#tree);
    await next.#begin(snapshot);
    return next;
  }

  async stop(): Promise<void> {
    this.#ticks?.cancel();
    await this.engine.producer?.stop();
    await this.#plugin.stop?.();
  }

  get genesis(): TreeHeader {
    return this.#tree.genesis.header;
  }

  get head(): TreeHeader {
    return this.#tree.head.header;
  }

  get finalized(): TreeHeader {
    return this.#tree.finalized.header;
  }

  /** Fails with every law that the engine has broken so far. */
  lawful(): void {
    holds(
      this.#violations.length === 0,
      "the engine keeps the laws of ConsensusHost (core/ports/consensus.ts)",
      this.#violations.join("; "),
    );
  }

  header(id: Hash): TreeHeader | undefined {
    return this.#tree.find(id)?.header;
  }

  view(id: Hash): MapView | undefined {
    return this.#tree.find(id)?.view;
  }

  parentOf(record: HeaderRecord): TreeHeader {
    return this.#tree.get(record.header.parent).header;
  }

  /** Ancestors of a block on `parent`; reading deeper than the traits say is noted. */
  ancestorsFrom(parent: TreeHeader): Ancestors {
    const { ancestryDepth } = this.engine.traits;
    return this.#tree.ancestorsFrom(parent, (distance) => {
      if (Number.isInteger(distance) && distance >= 1 && distance <= ancestryDepth) return;
      this.#violate(`ancestors are read at distances 1 to traits.ancestryDepth (${ancestryDepth}), not ${distance}`);
    });
  }

  /** What seals of a header are judged by. */
  async contextOf(record: HeaderRecord): Promise<ValidationContext | typeof NEEDS_STATE> {
    const parent = this.parentOf(record);
    return this.engine.contextFor(parent, record.header, this.view(parent.id));
  }

  /** Offers a block as a peer would. */
  import(block: Block, certificate?: Bytes): Promise<ImportVerdict> {
    const run = this.#lane.then(() => this.#import(block, certificate));
    this.#lane = run.catch(() => undefined);
    return run;
  }

  /** Between imports, as core does it. */
  #tick(): void {
    const run = this.#lane.then(async () => {
      await this.engine.onTick?.(this.time.nowMs());
      await this.#applyChoices();
    });
    this.#lane = run.catch((thrown: unknown) => this.#violate(`onTick threw ${describeThrown(thrown)}`));
  }

  /** Says that a block's execution failed: as core does after the engine chose it. */
  async invalidate(id: Hash): Promise<void> {
    await this.#markInvalid(this.#tree.get(id));
    await this.#applyChoices();
  }

  /** Lets the engine's own producer make blocks. */
  async produce(count: number, blockTimeMs: number, limitMs: number): Promise<readonly MadeBlock[]> {
    const { producer } = this.engine;
    holds(producer !== undefined, "an engine that makes blocks has a producer", "there is none; pass `supports: { producer: false }`");
    const from = this.made.length;
    const law = "a producer makes blocks: `produce` resolves, or they come by themselves after `start`";
    if (producer.produce !== undefined) {
      for (let i = 0; i < count; i++) {
        await this.time.pass(blockTimeMs);
        await this.time.until(producer.produce(1), limitMs, law);
      }
    } else {
      await producer.start();
      while (this.made.length < from + count) await this.time.until(this.#nextMade(), limitMs, law);
      await producer.stop();
    }
    const made = this.made.slice(from);
    holds(made.length >= count, law, `${made.length} of ${count} blocks were submitted and imported`);
    return made;
  }

  #nextMade(): Promise<void> {
    return new Promise((resolve) => {
      this.#onMade = resolve;
    });
  }

  /** Waits until the engine submits a block by itself. */
  untilMade(limitMs: number, law: string): Promise<void> {
    return this.time.until(this.#nextMade(), limitMs, law);
  }

  /** Executes a block over its parent; answers the state. @throws Refusal */
  async execute(block: Block): Promise<MapView> {
    const { header } = block;
    const parent = this.view(header.parent);
    if (parent === undefined) throw new Refusal("not-yet", "NEEDS_STATE", "its parent is not executed");
    const record = headerRecord(header);
    const view = new MapView(record.id, await this.#run(parent, environmentOf(header, block.payload, this.spec)));
    if (!bytesEqual(view.root, header.stateRoot)) throw new Refusal("invalid", "STATE_ROOT", "its state root is not what execution gives");
    return view;
  }

  async #run(parent: MapView, env: BlockEnvironment): Promise<MapView["entries"]> {
    const writer = new MapWriter(parent);
    try {
      await this.engine.begin?.(writer, env, this.time.slicer());
      await this.engine.end?.(writer, env, [], this.time.slicer());
    } catch (thrown) {
      throw asRefusal(thrown, "`begin` or `end`");
    }
    return writer.entries;
  }

  async #begin(snapshot: Bytes | undefined): Promise<void> {
    await this.#plugin.start?.();
    await this.engine.attach(this.#host());
    const { valid, head, justified, finalized } = this.#tree;
    const restored: RestoredTree = {
      blocks: valid,
      head: head.header.id,
      justified: justified.header.id,
      finalized: finalized.header.id,
      ...(snapshot === undefined ? {} : { snapshot }),
    };
    this.#restoring = true;
    await this.engine.restore(restored);
    await this.#applyChoices();
    if (this.engine.traits.clock === "slots") this.#ticks = this.time.every(this.#options.slotMs ?? DEFAULT_SLOT_MS, () => this.#tick());
  }

  #host(): ConsensusHost {
    const { journal } = this.#tree;
    const engineJournal: EngineJournal = {
      get: (key) => journal.get(toHex(key)),
      put: async (key, value) => void journal.set(toHex(key), value.slice()),
      delete: async (key) => void journal.delete(toHex(key)),
    };
    return {
      spec: this.spec,
      genesis: this.genesis,
      clock: this.time,
      scheduler: this.time,
      entropy: seededEntropy(`${this.#options.seed ?? "engine"} host`),
      compute: new InlineCompute(),
      signer,
      logger: silentLogger,
      treasury: mapTreasury,
      journal: engineJournal,
      choiceChanged: (choice) => this.#choose(choice),
      execute: (block) => this.#candidate(block),
      buildBlock: (parent, fields) => this.#build(parent, fields),
      submit: (block, certificate) => this.#submit(block, certificate),
      submitCertificate: (blockId, certificate) => this.#submitCertificate(blockId, certificate),
      publish: (channel, message) => this.#publish(channel, message),
      header: (id) => this.header(id),
      block: (id) => this.#tree.find(id)?.block,
      headers: (from, count) => this.#tree.canonical.slice(from, from + count),
      rulesAt: (height) => this.spec.rulesAt(height),
      view: (id) => this.view(id),
      scratch: (view) => new MapWriter(view instanceof MapView ? view : EMPTY_VIEW),
      slicer: () => this.time.slicer(),
    };
  }

  async #submit(block: Block, certificate: Bytes | undefined): Promise<ImportVerdict> {
    const verdict = await this.import(block, certificate);
    if (verdict.status === "imported") {
      this.made.push({ block, record: headerRecord(block.header), certificate });
      this.#onMade?.();
    } else if (verdict.status === "not-yet" && this.engine.traits.certificates && certificate === undefined) {
      this.#awaitingCertificate.set(Hash.key(verdict.id), block);
    }
    return verdict;
  }

  readonly #awaitingCertificate = new Map<HashKey, Block>();

  async #submitCertificate(blockId: Hash, certificate: Bytes): Promise<ImportVerdict> {
    const block = this.#awaitingCertificate.get(Hash.key(blockId));
    if (block !== undefined) return this.#submit(block, certificate);
    const known = this.header(blockId) !== undefined;
    return known
      ? { status: "known", id: blockId }
      : { status: "not-yet", id: blockId, code: "UNKNOWN_BLOCK", reason: "no such block waits for a certificate" };
  }

  #publish(channel: string, message: Bytes): void {
    const declared = this.engine.channels?.find(({ name }) => name === channel);
    if (declared === undefined) this.#violate(`it published on channel ${channel}, which it does not declare`);
    else if (message.length > declared.maxMessageBytes)
      this.#violate(`it published ${message.length} bytes on ${channel}, whose limit is ${declared.maxMessageBytes}`);
  }

  async #build(parentId: Hash, fields: ProposalFields): Promise<UnsealedBlock> {
    const parent = this.#tree.find(parentId);
    if (parent === undefined) throw new Refusal("not-yet", "UNKNOWN_PARENT", "the parent is unknown");
    if (!(await this.#executeBranch(parent)) || parent.view === undefined) throw new Refusal("invalid", "PARENT", "the parent is invalid");
    const { unrooted, payload } = proposal(this.spec, parent.header, fields);
    const entries = await this.#run(parent.view, environmentOf(unrooted, payload, this.spec));
    const header: UnsealedHeader = { ...unrooted, stateRoot: new MapView(Hash.zero, entries).root };
    return { header, signingRoot: signingRootOf(header), transactions: [], payload };
  }

  async #candidate(block: Block): Promise<Candidate> {
    await this.execute(block);
    return { block, record: headerRecord(block.header), receipts: [] };
  }

  async #import(block: Block, certificate: Bytes | undefined): Promise<ImportVerdict> {
    const record = headerRecord(block.header);
    const { id } = record;
    const known = this.#tree.find(id);
    if (known?.invalid === true) return { status: "invalid", id, code: "INVALID", reason: "it was judged before" };
    if (known !== undefined) return { status: "known", id };
    try {
      const node = await checkedNode(this.engine, this.#tree, { block, record, certificate }, (parent) => this.ancestorsFrom(parent));
      const isAncestry = this.engine.traits.headers === "ancestry";
      if (!isAncestry) node.view = await this.execute(block);
      this.#tree.add(node);
      await this.engine.onBlock(node.header);
      await this.#applyChoices();
      // Reads anew: a block on the chosen branch whose execution failed is invalid by now.
      if (isInvalid(node)) return { status: "invalid", id, code: "INVALID", reason: "its execution failed" };
      return { status: "imported", id, canonical: this.#tree.isOnChainOf(node, this.#tree.head) };
    } catch (thrown) {
      if (thrown instanceof Refusal) return { status: thrown.verdict, id, code: thrown.code, reason: thrown.message };
      throw thrown;
    }
  }

  #choose(choice: Choice): void {
    if (!this.#restoring) this.#violate("choiceChanged was called before restore");
    const faults = this.#tree.faultsOf(choice);
    for (const fault of faults) this.#violate(fault);
    if (faults.length === 0) this.#pending = { ...this.#pending, ...choice };
  }

  async #applyChoices(): Promise<void> {
    while (this.#pending !== undefined) {
      const choice = this.#pending;
      this.#pending = undefined;
      const head = this.#tree.get(choice.head);
      if (!(await this.#executeBranch(head))) continue;
      const before = this.#tree.head;
      this.#tree.head = head;
      if (choice.justified !== undefined) this.#tree.justified = this.#tree.get(choice.justified);
      if (choice.finalized !== undefined) this.#tree.finalized = this.#tree.get(choice.finalized);
      const isReorg = !before.invalid && !this.#tree.isOnChainOf(before, head);
      if (isReorg && this.engine.traits.finality === "instant")
        this.#violate("it moved the head to another branch, although its finality is instant");
    }
  }

  /** Executes what is not yet on the way to `tip`; answers whether all of it is valid. */
  async #executeBranch(tip: TreeNode): Promise<boolean> {
    const path: TreeNode[] = [];
    for (let at: TreeNode | undefined = tip; at !== undefined && at.view === undefined; at = this.#tree.parentOf(at)) path.push(at);
    for (const node of path.reverse()) {
      try {
        node.view = await this.execute(node.block);
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown;
        await this.#markInvalid(node);
        return false;
      }
    }
    return true;
  }

  async #markInvalid(node: TreeNode): Promise<void> {
    this.#tree.markInvalid(node);
    await this.engine.onInvalid(node.header.id);
  }

  #violate(what: string): void {
    this.#violations.push(what);
  }
}
