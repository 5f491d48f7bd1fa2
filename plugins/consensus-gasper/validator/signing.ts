/**
 * The only place where validators' keys sign, so that nothing slashable is signed without its record, and nothing at all after its time.
 *
 * A permit is asked twice: before the record is written, and at the last moment before the key signs.
 */
import type { Bytes, Hash } from "../../../core/sdk.js";
import {
  aggregateSigningRoot,
  attestationSigningRoot,
  blockSigningMessage,
  randaoSigningRoot,
  selectionSigningRoot,
} from "../codec/index.js";
import type { AggregateAndProof, AttestationData } from "../types.js";
import type { DutySigner } from "./dependencies.js";
import type { SlashingProtection } from "./protection.js";

/** Throws once the duty is not to be done any more: the validators were stopped, the slot is over. */
export type Permit = () => void;

export class ValidatorSigning {
  readonly #signer: DutySigner;
  readonly #protection: SlashingProtection;
  readonly #chainHash: Hash;

  constructor(signer: DutySigner, protection: SlashingProtection, chainHash: Hash) {
    this.#signer = signer;
    this.#protection = protection;
    this.#chainHash = chainHash;
  }

  /** A block's seal. @param headerRoot the header's signing root */
  async seal(publicKey: Bytes, slot: number, headerRoot: Hash, permit: Permit): Promise<Bytes> {
    const message = blockSigningMessage(this.#chainHash, headerRoot);
    permit();
    await this.#protection.permitBlock(publicKey, slot, message);
    return this.#sign(publicKey, message, permit);
  }

  async vote(publicKey: Bytes, data: AttestationData, permit: Permit): Promise<Bytes> {
    const message = attestationSigningRoot(this.#chainHash, data);
    permit();
    await this.#protection.permitVote(publicKey, { sourceEpoch: data.source.epoch, targetEpoch: data.target.epoch }, message);
    return this.#sign(publicKey, message, permit);
  }

  randaoReveal(publicKey: Bytes, epoch: number, permit: Permit): Promise<Bytes> {
    return this.#sign(publicKey, randaoSigningRoot(this.#chainHash, epoch), permit);
  }

  selectionProof(publicKey: Bytes, slot: number, permit: Permit): Promise<Bytes> {
    return this.#sign(publicKey, selectionSigningRoot(this.#chainHash, slot), permit);
  }

  aggregate(publicKey: Bytes, aggregate: Omit<AggregateAndProof, "signature">, permit: Permit): Promise<Bytes> {
    return this.#sign(publicKey, aggregateSigningRoot(this.#chainHash, aggregate), permit);
  }

  async #sign(publicKey: Bytes, message: Hash, permit: Permit): Promise<Bytes> {
    permit();
    return this.#signer.sign(publicKey, message);
  }
}
