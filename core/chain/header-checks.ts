/**
 * What can be said of headers without their bodies: chain, height, the engine's rules, seals, weight. For one block on its way
 * in, and for a row of headers that a sync looks at before it asks anybody for a body.
 *
 * What a row was found to be is remembered, within bounds, so that import does not check it again. That is sound because an id
 * commits to header and seal, and through the parent to all ancestors: nothing that these checks read can differ.
 */
import { type Ancestors, NEEDS_STATE, type SealVerdict, type TreeHeader, type ValidationContext } from "../ports/consensus.js";
import type { HeaderRecord } from "../primitives/block.js";
import { Hash, type HashKey } from "../primitives/hash.js";
import type { BlockStore } from "./block-store.js";
import type { BlockTree } from "./block-tree.js";
import type { ChainDependencies, ChainOptions } from "./dependencies.js";
import { BlockInvalidError, BlockNotYetError, Verdicts } from "./errors.js";
import { sameHash } from "./executor.js";
import type { Stages } from "./stages.js";

/** Headers that were looked at: how far they are good, and what is wrong with the first that is not. */
export interface HeadersVerdict {
  readonly accepted: readonly TreeHeader[];
  readonly refusal?: { readonly status: "invalid" | "not-yet"; readonly code: string; readonly reason: string };
}

/** Headers that are good because they lead to a block that the operator trusts. */
export interface TrustedHeaders {
  /** Of that block. */
  readonly height: number;
  /** Id of the good block at a height up to that; undefined where it is not known. */
  idAt(height: number): Hash | undefined;
}

type Refusal = NonNullable<HeadersVerdict["refusal"]>;

/** A header whose seal is still to be checked, if it is not trusted. */
interface Judged {
  readonly record: TreeHeader;
  readonly isTrusted: boolean;
  readonly context: ValidationContext;
}

/** Fields of a header but for `extra` and `seal`, as JavaScript holds them: views and objects. */
const HEADER_OVERHEAD_BYTES = 1_500;

export interface HeaderChecksParts {
  readonly dependencies: ChainDependencies;
  readonly options: ChainOptions;
  readonly store: BlockStore;
  readonly tree: BlockTree;
  readonly stages: Stages;
}

export class HeaderChecks {
  readonly #parts: HeaderChecksParts;
  readonly #accepted: AcceptedHeaders;
  #trusted: TrustedHeaders | undefined;

  constructor(parts: HeaderChecksParts) {
    this.#parts = parts;
    this.#accepted = new AcceptedHeaders(parts.options.acceptedHeaders, parts.options.acceptedHeaderBytes);
  }

  trust(headers: TrustedHeaders): void {
    this.#trusted = headers;
  }

  /** Whether it is one of those that lead to the checkpoint. @throws BlockInvalidError if another one stands there */
  #isTrusted({ header, id }: HeaderRecord): boolean {
    const trusted = this.#trusted;
    if (trusted === undefined || header.height > trusted.height) return false;
    const expected = trusted.idAt(header.height);
    if (expected === undefined) return false;
    if (sameHash(expected, id)) return true;
    throw new BlockInvalidError({
      code: Verdicts.offCheckpoint,
      reason: `the chain of the checkpoint at height ${trusted.height} has block ${Hash.key(expected)} at height ${header.height}`,
    });
  }

  /** Headers that were accepted ahead of their blocks. */
  get acceptedCount(): number {
    return this.#accepted.count;
  }

  /** A header that was accepted ahead of its block. */
  accepted(id: Hash): TreeHeader | undefined {
    return this.#accepted.get(id);
  }

  /** Its block is in the tree now, or out for good. */
  forget(id: Hash): void {
    this.#accepted.delete(id);
  }

  /**
   * Header and seal of a block: what it must have before anyone spends work on its body. Answers the context for its
   * certificate, too, for engines that have them.
   *
   * @throws BlockInvalidError, BlockNotYetError
   */
  async headerAndSeal(
    record: HeaderRecord,
    parent: TreeHeader,
    ancestors: Ancestors,
  ): Promise<{ readonly header: TreeHeader; readonly context: ValidationContext }> {
    const { dependencies, stages } = this.#parts;
    const { consensus } = dependencies;
    const accepted = this.#accepted.get(record.id);
    if (accepted !== undefined) {
      const context = consensus.traits.certificates ? await stages.run("header", () => this.#context(record, parent)) : undefined;
      return { header: { ...record, weight: accepted.weight }, context };
    }
    if (this.#isTrusted(record)) {
      const context = consensus.traits.certificates ? await stages.run("header", () => this.#context(record, parent)) : undefined;
      return { header: { ...record, weight: this.#weigh(record, parent) }, context };
    }
    const context = await stages.run("header", () => {
      this.#checkRules(record, parent, ancestors);
      return this.#context(record, parent);
    });
    await stages.run("seal", async () => {
      const [verdict] = await consensus.verifySeals([{ record, context }]);
      if (verdict === undefined || !verdict.ok) throw badSeal(verdict);
    });
    return { header: { ...record, weight: this.#weigh(record, parent) }, context };
  }

  /**
   * Checks consecutive headers, whose first one's parent is known or was accepted before.
   *
   * @param over a trusted header that the row may stand on besides
   */
  async checkHeaders(records: readonly HeaderRecord[], over?: TreeHeader): Promise<HeadersVerdict> {
    const first = records[0];
    if (first === undefined) return { accepted: [] };
    const parent = over !== undefined && sameHash(first.header.parent, over.id) ? over : this.#parentOf(first);
    if ("status" in parent) return { accepted: [], refusal: parent };
    const { judged, refusal } = await this.#judge(records, parent);
    const verdicts = await this.#seals(judged);
    const accepted: TreeHeader[] = [];
    for (const [index, { record }] of judged.entries()) {
      const verdict = verdicts[index];
      if (verdict === undefined || !verdict.ok) return { accepted, refusal: { status: "invalid", ...badSeal(verdict).data } };
      // What is in the tree already is not ahead of anything.
      if (this.#parts.tree.get(record.id) === undefined) this.#accepted.add(record);
      accepted.push(record);
    }
    return refusal === undefined ? { accepted } : { accepted, refusal };
  }

  /** Where the row stands on. */
  #parentOf({ header }: HeaderRecord): TreeHeader | Refusal {
    const { tree, store } = this.#parts;
    const node = tree.get(header.parent);
    if (node?.standing === "invalid")
      return { status: "invalid", code: Verdicts.invalidAncestor, reason: "the first one's parent is invalid" };
    const parent = node ?? this.#accepted.get(header.parent);
    if (parent !== undefined) return parent;
    if (store.header(header.parent) === undefined)
      return { status: "not-yet", code: Verdicts.unknownParent, reason: "the first one's parent is not known" };
    const reason = "the first one's parent lies below the finalized block or on a dropped branch";
    return { status: "invalid", code: Verdicts.belowFinality, reason };
  }

  /** All but the seals, up to the first header that is not good. */
  async #judge(records: readonly HeaderRecord[], parent: TreeHeader): Promise<{ readonly judged: Judged[]; readonly refusal?: Refusal }> {
    const { dependencies, stages, tree } = this.#parts;
    const depth = dependencies.consensus.traits.ancestryDepth;
    const below = ancestorsOf(parent, depth, (id) => this.#lookup(id));
    const slicer = dependencies.scheduler.slicer();
    const judged: Judged[] = [];
    // Ancestors within the row are at hand; looking each up by its id would cost more than the rules themselves.
    const ancestors: Ancestors = {
      at: (distance) => {
        if (!Number.isInteger(distance) || distance < 1 || distance > depth) return undefined;
        const within = judged.length - distance;
        return within >= 0 ? judged[within]?.record : below.at(-within);
      },
    };
    try {
      await stages.run("header", async () => {
        let last = parent;
        for (const record of records) {
          if (!sameHash(record.header.parent, last.id))
            throw new BlockInvalidError({ code: Verdicts.unlinked, reason: "it does not stand on the header before it" });
          if (tree.get(record.id)?.standing === "invalid")
            throw new BlockInvalidError({ code: Verdicts.invalidAncestor, reason: "it was found invalid before" });
          const isTrusted = this.#isTrusted(record);
          if (!isTrusted) this.#checkRules(record, last, ancestors);
          const context = isTrusted ? undefined : await this.#context(record, last);
          last = { ...record, weight: this.#weigh(record, last) };
          judged.push({ record: last, isTrusted, context });
          if (slicer.due()) await slicer.pause();
        }
      });
      return { judged };
    } catch (error) {
      return { judged, refusal: refusalOf(error) };
    }
  }

  async #seals(judged: readonly Judged[]): Promise<readonly SealVerdict[]> {
    // Now, as another row may bring the same headers while these are judged.
    const isSealed = judged.map((each) => this.#isSealed(each));
    const open = judged.filter((_, index) => !isSealed[index]);
    if (open.length === 0) return judged.map(() => ({ ok: true }));
    const verdicts = await this.#parts.stages.run("seal", () => this.#parts.dependencies.consensus.verifySeals(open, { row: true }));
    let next = 0;
    return isSealed.map((known) => (known ? { ok: true } : (verdicts[next++] ?? { ok: false, reason: "the engine gave no verdict" })));
  }

  /** Its seal was judged before, with this very id, which commits to the seal: a row that is shown again costs nothing. */
  #isSealed({ isTrusted, record }: Judged): boolean {
    return isTrusted || this.#accepted.get(record.id) !== undefined || this.#parts.tree.get(record.id) !== undefined;
  }

  #checkRules(record: HeaderRecord, parent: TreeHeader, ancestors: Ancestors): void {
    const { spec, consensus } = this.#parts.dependencies;
    const { header } = record;
    if (header.chainId !== spec.chainId)
      throw new BlockInvalidError({ code: Verdicts.wrongChain, reason: `it is of chain ${header.chainId}, not ${spec.chainId}` });
    if (header.height !== parent.header.height + 1)
      throw new BlockInvalidError({
        code: Verdicts.wrongHeight,
        reason: `its height is ${header.height}, its parent's ${parent.header.height}`,
      });
    consensus.checkHeader(record, ancestors);
  }

  #context({ header }: HeaderRecord, parent: TreeHeader): ValidationContext | Promise<ValidationContext> {
    const { consensus, state } = this.#parts.dependencies;
    const context = consensus.contextFor(parent, header, state.view(parent.id));
    return context instanceof Promise ? context.then(stateless) : stateless(context);
  }

  #weigh(record: HeaderRecord, parent: TreeHeader): bigint {
    return this.#parts.dependencies.consensus.weigh?.(record, parent.weight) ?? 0n;
  }

  /** The tree and what is ahead of it first: both are in memory. */
  #lookup(id: Hash): TreeHeader | undefined {
    return this.#parts.tree.get(id) ?? this.#accepted.get(id) ?? this.#parts.store.header(id);
  }
}

function stateless(context: ValidationContext | typeof NEEDS_STATE): ValidationContext {
  if (context === NEEDS_STATE) throw new BlockNotYetError({ code: Verdicts.needsState, reason: "its parent is not executed yet" });
  return context;
}

function badSeal(verdict: SealVerdict | undefined) {
  if (verdict === undefined || verdict.ok) return new BlockInvalidError({ code: Verdicts.badSeal, reason: "the engine gave no verdict" });
  return new BlockInvalidError({ code: verdict.code ?? Verdicts.badSeal, reason: verdict.reason });
}

function refusalOf(error: unknown): Refusal {
  if (BlockInvalidError.matches(error)) return { status: "invalid", code: error.data.code, reason: error.data.reason };
  if (BlockNotYetError.matches(error)) return { status: "not-yet", code: error.data.code, reason: error.data.reason };
  throw error;
}

/** Outsiders fill it, though not without seals: bounded in count and bytes, the oldest leave first. */
class AcceptedHeaders {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  readonly #headers = new Map<HashKey, TreeHeader>();
  #bytes = 0;

  constructor(maxCount: number, maxBytes: number) {
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#headers.size;
  }

  get(id: Hash): TreeHeader | undefined {
    // Most blocks come when no sync is under way.
    return this.#headers.size === 0 ? undefined : this.#headers.get(Hash.key(id));
  }

  add(header: TreeHeader): void {
    this.delete(header.id);
    this.#headers.set(Hash.key(header.id), header);
    this.#bytes += sizeOf(header);
    while (this.#headers.size > this.#maxCount || this.#bytes > this.#maxBytes) {
      const oldest = this.#headers.values().next().value;
      if (oldest === undefined) return;
      this.delete(oldest.id);
    }
  }

  delete(id: Hash): void {
    const key = Hash.key(id);
    const header = this.#headers.get(key);
    if (header === undefined) return;
    this.#headers.delete(key);
    this.#bytes -= sizeOf(header);
  }
}

function sizeOf({ header }: TreeHeader): number {
  return HEADER_OVERHEAD_BYTES + header.extra.length + header.seal.length;
}

/** Ancestors for an engine: walks parents through `lookup`, at most `depth` of them. */
export function ancestorsOf(parent: TreeHeader, depth: number, lookup: (id: Hash) => TreeHeader | undefined): Ancestors {
  const known: TreeHeader[] = [parent];
  return {
    at(distance: number): TreeHeader | undefined {
      if (!Number.isInteger(distance) || distance < 1 || distance > depth) return undefined;
      while (known.length < distance) {
        const last = known[known.length - 1];
        if (last === undefined || last.header.height === 0) return undefined;
        const next = lookup(last.header.parent);
        // Never fewer than there are: rules over a window would come to another verdict.
        if (next === undefined) throw new BlockNotYetError({ code: Verdicts.unknownParent, reason: "one of its ancestors is not known" });
        known.push(next);
      }
      return known[distance - 1];
    },
  };
}
