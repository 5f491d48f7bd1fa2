/** Signatures that a block stands or falls with: gathered while it is processed, verified in one batch. */
import type { BlsSet } from "../../../core/sdk.js";
import { type GasperFault, invalidBlock } from "../errors.js";

interface Claim {
  readonly set: BlsSet;
  readonly fault: GasperFault;
  readonly reason: string;
}

export class SignatureClaims {
  readonly #claims: Claim[] = [];

  /** @param fault what is wrong with the block if the signature is */
  add(set: BlsSet, fault: GasperFault, reason: string): void {
    this.#claims.push({ set, fault, reason });
  }

  /** @throws InvalidHeaderError for the first bad one */
  async check(verify: (sets: readonly BlsSet[]) => Promise<readonly boolean[]>): Promise<void> {
    if (this.#claims.length === 0) return;
    const verdicts = await verify(this.#claims.map(({ set }) => set));
    for (const [index, { fault, reason }] of this.#claims.entries()) if (verdicts[index] !== true) throw invalidBlock(fault, reason);
  }
}
