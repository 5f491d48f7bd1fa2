/**
 * A wallet that hands in transfers that can't be in any block: each has another nonce, and the one that all wait for is missing. They are
 * well signed, and the account could pay for each of them.
 */
import { type Bytes, buildTransfer, ChainwrightError, leastTransferFee } from "../../sdk.js";
import type { RunView, SimulationObserver } from "../checkers/checker.js";
import { simulatedKey } from "../node/ground.js";
import type { SimulatedNode } from "../node/simulated-node.js";
import { accountName, payoutAddress } from "../run/composition.js";

/** At each look, to each node. */
const AT_ONCE = 1;

export class NonceFlooder implements SimulationObserver {
  /** To all nodes together. */
  submitted = 0;
  /** Most transactions that waited in any node. */
  mostPooled = 0;
  readonly #run: RunView;
  readonly #secret = simulatedKey(accountName(1));
  readonly #to = payoutAddress(accountName(1));
  /** The first is 0, and never comes. */
  #nonce = 0;

  constructor(run: RunView) {
    this.#run = run;
  }

  onLook(): void {
    for (const node of this.#run.nodes) {
      if (!node.isUp) continue;
      this.#note(node);
      const transfers = Array.from({ length: AT_ONCE }, () => this.#transfer(node));
      this.#run.world.after(0, () => void this.#submit(node, transfers), node.machine);
    }
  }

  #note(node: SimulatedNode): void {
    if (node.isUp) this.mostPooled = Math.max(this.mostPooled, node.mempool.count);
  }

  #transfer({ loaded }: SimulatedNode): Bytes {
    this.#nonce += 2;
    const request = { chainId: loaded.spec.chainId, from: this.#secret, to: this.#to, amount: 1n, nonce: this.#nonce, memo: "" };
    return buildTransfer({ ...request, fee: leastTransferFee(request, 1) });
  }

  async #submit(node: SimulatedNode, transfers: readonly Bytes[]): Promise<void> {
    for (const raw of transfers) {
      if (!node.isUp) return;
      this.submitted++;
      try {
        await node.submission.submit(raw);
      } catch (thrown) {
        if (!ChainwrightError.is(thrown)) throw thrown;
      }
      this.#note(node);
    }
  }
}
