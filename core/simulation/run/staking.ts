/**
 * Validators that come and go: transactions of their nodes' accounts, one for each validator, all at once. Each account is at home at its own
 * node, which has to be up then; nobody else uses it.
 */
import { devValidator } from "../../node/simulation-seam.js";
import { type Bytes, buildOperation, ChainwrightError, encodeValidatorOperation, Hash, leastOperationFee } from "../../sdk.js";
import type { TransactionSeen } from "../checkers/checker.js";
import { simulatedKey } from "../node/ground.js";
import type { SimulatedNode } from "../node/simulated-node.js";
import type { NodePlan } from "../scenario/roster.js";
import type { World } from "../world.js";
import { engineOf, type Staking } from "./engines.js";

export class StakingAccounts {
  readonly #world: World;
  readonly #plans: readonly NodePlan[];
  readonly #onSubmitted: (seen: TransactionSeen) => void;
  /** Next ones, by node. */
  readonly #nonces = new Map<string, number>();

  constructor(world: World, plans: readonly NodePlan[], onSubmitted: (seen: TransactionSeen) => void) {
    this.#world = world;
    this.#plans = plans;
    this.#onSubmitted = onSubmitted;
  }

  /** Lets all genesis validators of a node leave, or its newcomers come. */
  act(what: "deposit" | "exit", node: SimulatedNode): void {
    const { staking } = engineOf(node.loaded.spec.consensus.plugin);
    const plan = this.#plans[node.machine.index];
    const range = what === "exit" ? plan?.validators : plan?.newcomers;
    if (staking === undefined || range === undefined || !node.isUp) return;
    const raws: Bytes[] = [];
    for (let number = range.from; number <= range.to; number++) raws.push(this.#transaction(what, number, node, staking));
    // In an event of the node, as an API's requests are.
    this.#world.after(0, () => void this.#submit(node, raws), node.machine);
  }

  #transaction(what: "deposit" | "exit", number: number, node: SimulatedNode, { module, deposit }: Staking): Bytes {
    const { publicKey, proofOfPossession } = devValidator(number);
    const operation = encodeValidatorOperation(
      what === "exit" ? { kind: "exit", publicKey } : { kind: "deposit", publicKey, proofOfPossession, amount: deposit },
    );
    const nonce = this.#nonces.get(node.name) ?? 0;
    this.#nonces.set(node.name, nonce + 1);
    const request = { chainId: node.loaded.spec.chainId, from: simulatedKey(node.name), module, operation, nonce };
    return buildOperation({ ...request, fee: leastOperationFee(request, 1) });
  }

  async #submit(node: SimulatedNode, raws: readonly Bytes[]): Promise<void> {
    for (const raw of raws) {
      if (!node.isUp) return;
      try {
        const { id } = await node.submission.submit(raw);
        this.#onSubmitted({ node, id: Hash.key(id), outcome: "accepted" });
      } catch (thrown) {
        if (!ChainwrightError.is(thrown)) throw thrown;
        this.#onSubmitted({ node, id: undefined, outcome: thrown.code });
      }
    }
  }
}
