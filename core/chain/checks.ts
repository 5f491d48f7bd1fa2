/**
 * The checks of a block before execution, cheapest first: header → seal → certificate → body → signatures. The first two, which
 * need no body, are in header-checks.ts.
 *
 * Each stage has a metric and throws a verdict: `BlockInvalidError` or `BlockNotYetError`.
 */
import type { TreeHeader, ValidationContext } from "../ports/consensus.js";
import type { TransactionBatch } from "../ports/ledger.js";
import type { Slicer } from "../ports/runtime.js";
import type { Block, HeaderRecord } from "../primitives/block.js";
import { encodedBlockBytes, payloadRootOf } from "../primitives/block-codec.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash, type HashKey, sha256 } from "../primitives/hash.js";
import { bitmapGet, SignatureBatchBuilder } from "../primitives/signature-batch.js";
import type { ChainDependencies } from "./dependencies.js";
import { BlockInvalidError, BlockNotYetError, Verdicts } from "./errors.js";
import { type Executor, sameHash } from "./executor.js";
import type { Stages } from "./stages.js";
import { decodeTransactions, forEachPiece } from "./transaction-pieces.js";

/** Transactions of blocks whose signatures were found good here that are remembered: several full blocks, some 4 MiB. */
const VERIFIED_KEPT = 32_768;

/** A block that passed all checks but execution. */
export interface CheckedBlock {
  readonly block: Block;
  readonly header: TreeHeader;
  readonly batch: TransactionBatch;
  readonly sizeBytes: number;
}

export class BlockChecks {
  readonly #dependencies: ChainDependencies;
  readonly #executor: Executor;
  readonly #stages: Stages;
  /** By the hash of their bytes, oldest first. Blocks of two branches share transactions, and a block may be offered again. */
  readonly #verified = new Set<HashKey>();

  constructor(dependencies: ChainDependencies, executor: Executor, stages: Stages) {
    this.#dependencies = dependencies;
    this.#executor = executor;
    this.#stages = stages;
  }

  /** The certificate beside the block, for engines that have them. */
  async certificate(record: HeaderRecord, certificate: Bytes | undefined, context: ValidationContext): Promise<void> {
    await this.#stages.run("certificate", () => this.#certificate(record, certificate, context));
  }

  /**
   * Body and signatures.
   *
   * @param onDecoded called once the body is good, before its signatures are verified
   */
  async bodyAndSignatures(block: Block, header: TreeHeader, onDecoded: (batch: TransactionBatch) => void): Promise<CheckedBlock> {
    const sizeBytes = encodedBlockBytes(block);
    const slicer = this.#dependencies.scheduler.slicer();
    const batch = await this.#stages.run("body", () => this.#body(block, sizeBytes, slicer));
    onDecoded(batch);
    await this.#stages.run("signatures", () => this.#signatures(batch, slicer));
    return { block, header, batch, sizeBytes };
  }

  /** Whether the body is of lawful size and the one that its header names. */
  async isWhole(block: Block): Promise<void> {
    await this.#stages.run("body", async () => {
      this.#size(block, encodedBlockBytes(block));
      await this.#transactionsRoot(
        block,
        block.transactions.map((raw) => sha256(raw)),
      );
    });
  }

  async #certificate(record: HeaderRecord, certificate: Bytes | undefined, context: ValidationContext): Promise<void> {
    if (certificate === undefined)
      throw new BlockNotYetError({ code: Verdicts.awaitingCertificate, reason: "its certificate has not arrived" });
    const certified = await this.#dependencies.consensus.verifyCertificate?.(record, certificate, context);
    if (certified === undefined || !certified.ok)
      throw new BlockInvalidError({ code: Verdicts.badCertificate, reason: certified?.reason ?? "the engine gave no verdict" });
  }

  async #body(block: Block, sizeBytes: number, slicer: Slicer): Promise<TransactionBatch> {
    const { spec, ledger, consensus } = this.#dependencies;
    this.#size(block, sizeBytes);
    if (consensus.checkPayload !== undefined) consensus.checkPayload(block);
    else if (block.payload.length > 0)
      throw new BlockInvalidError({ code: Verdicts.unexpectedPayload, reason: "this chain's blocks have no payload" });
    const batch = await decodeTransactions(ledger, block.transactions, spec.rulesAt(block.header.height), slicer);
    await this.#transactionsRoot(
      block,
      batch.transactions.map((each) => each.rawHash),
    );
    return batch;
  }

  /** Size and payload root. */
  #size({ header, payload }: Block, sizeBytes: number): void {
    const { blockBytes } = this.#dependencies.spec.rulesAt(header.height).limits;
    if (sizeBytes > blockBytes)
      throw new BlockInvalidError({ code: Verdicts.tooLarge, reason: `it has ${sizeBytes} bytes, the limit is ${blockBytes}` });
    if (!sameHash(payloadRootOf(payload), header.payloadRoot))
      throw new BlockInvalidError({ code: Verdicts.payloadRoot, reason: "its payload is not the one that its header names" });
  }

  async #transactionsRoot({ header }: Block, rawHashes: readonly Hash[]): Promise<void> {
    if (!sameHash(await this.#executor.merkleRoot(rawHashes), header.transactionsRoot))
      throw new BlockInvalidError({ code: Verdicts.transactionsRoot, reason: "its transactions are not those that its header names" });
  }

  async #signatures(batch: TransactionBatch, slicer: Slicer): Promise<void> {
    if (batch.transactions.length === 0) return;
    const { ledger, compute } = this.#dependencies;
    // Where the mempool has verified all of them, as it mostly has, no room is made.
    let open: SignatureBatchBuilder | undefined;
    /** Transaction of each open signature. */
    const owners: number[] = [];
    await forEachPiece(ledger, batch, slicer, (piece, from) => {
      const isKnown = piece.transactions.map(({ rawHash }) => this.#isVerified(rawHash));
      if (!isKnown.includes(false)) return;
      const { batch: signatures, transactionIndexes } = ledger.signatures(piece);
      for (let entry = 0; entry < signatures.count; entry++) {
        const owner = transactionIndexes[entry] ?? -1;
        if (isKnown[owner] === true) continue;
        open ??= new SignatureBatchBuilder();
        open.addEntry(signatures, entry);
        owners.push(from + owner);
      }
    });
    if (open === undefined) return;
    const verdicts = await compute.verifySignatures(open.build(), { priority: "block" });
    for (const [at, owner] of owners.entries())
      if (!bitmapGet(verdicts, at))
        throw new BlockInvalidError({ code: Verdicts.badSignature, reason: `the signature of transaction ${owner} is wrong` });
    for (const owner of owners) this.#noteVerified((batch.transactions[owner] as TransactionBatch["transactions"][number]).rawHash);
  }

  #isVerified(rawHash: Hash): boolean {
    return this.#dependencies.transactions.isVerified(rawHash) || this.#verified.has(Hash.key(rawHash));
  }

  #noteVerified(rawHash: Hash): void {
    this.#verified.add(Hash.key(rawHash));
    if (this.#verified.size <= VERIFIED_KEPT) return;
    for (const oldest of this.#verified) {
      this.#verified.delete(oldest);
      return;
    }
  }
}
