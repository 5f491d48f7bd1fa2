/**
 * Supply: the coins that there are are those of genesis and what the schedule has issued since, at every height; and they are what the
 * accounts hold together. Both are reckoned here anew, from the chain spec. Where an engine with stakes pays and takes coins by itself, what
 * it holds has to lie in its account at every height, and the accounts together have to hold what there is.
 */
import { type Address, CONSENSUS, type Consensus, Hash, type StateView, TREASURY, type Treasury } from "../../sdk.js";
import type { SimulatedNode } from "../node/simulated-node.js";
import { accountName, payoutAddress } from "../run/composition.js";
import { type BlockSeen, type Checker, honestNodes, type RunView } from "./checker.js";

interface Issuance {
  readonly initialPerBlock: string | number;
  readonly halvingIntervalBlocks?: number;
  readonly maxSupply?: string | number;
}

interface LedgerParameters {
  readonly allocations?: readonly { readonly amount: string | number }[];
  readonly issuance?: Issuance;
}

const MOST = 2n ** 64n - 1n;

export class SupplyChecker implements Checker {
  readonly name = "supply";
  readonly #run: RunView;
  readonly #parameters: LedgerParameters | undefined;
  /** By height. */
  readonly #expected: bigint[] = [];
  /** A block is looked at on one node. */
  #checkedTo = 0;

  constructor(run: RunView) {
    this.#run = run;
    const ledger = run.nodes[0]?.loaded.spec.ledger;
    this.#parameters = ledger?.plugin === "ledger-account" ? (ledger.parameters as LedgerParameters) : undefined;
    const allocations = this.#parameters?.allocations ?? [];
    this.#expected.push(allocations.reduce((sum, { amount }) => sum + BigInt(amount), 0n));
  }

  onBlock({ node, header, canonical }: BlockSeen): void {
    const { height } = header.header;
    if (!canonical || !node.isHonest || height <= this.#checkedTo) return;
    this.#checkedTo = height;
    this.#checkTotal(node);
  }

  atEnd(): void {
    const seen = new Set<string>();
    for (const node of honestNodes(this.#run)) {
      this.#checkTotal(node);
      // Nodes of one state hold the same.
      const root = Hash.key(node.chain.head.header.stateRoot);
      if (!seen.has(root)) this.#checkAccounts(node);
      seen.add(root);
    }
  }

  #checkTotal(node: SimulatedNode): void {
    const view = node.view.state();
    if (this.#parameters === undefined || view === undefined) return;
    const { height } = node.chain.head.header;
    const held = holdingsOf(node, view);
    if (held !== undefined) {
      const balance = balanceOf(node, held.account, view);
      if (balance !== held.amount)
        this.#run.violate("supply", node, `at height ${height} stakes are ${held.amount}, and their account holds ${balance}`);
      return;
    }
    const supply = this.#supplyIn(node, view);
    const expected = this.#expectedAt(height);
    if (supply !== expected) this.#run.violate("supply", node, `at height ${height} there are ${supply} coins, and should be ${expected}`);
  }

  /** All coins are with miners and traffic's accounts, unless a plugin makes others. */
  #checkAccounts(node: SimulatedNode): void {
    const view = node.view.state();
    if (this.#parameters === undefined || view === undefined || this.#run.nodes.some(({ isHonest }) => !isHonest)) return;
    const accounts = Array.from({ length: this.#run.scenario.traffic?.accounts ?? 0 }, (_, index) => accountName(index + 1));
    let sum = 0n;
    for (const name of [...accounts, ...this.#run.nodes.map((each) => each.name)]) sum += balanceOf(node, payoutAddress(name), view);
    sum += holdingsOf(node, view)?.amount ?? 0n;
    const supply = this.#supplyIn(node, view);
    if (sum !== supply) this.#run.violate("supply", node, `accounts hold ${sum} coins together, and ${supply} were issued`);
  }

  #supplyIn(node: SimulatedNode, view: StateView): bigint {
    return node.capability<Treasury>(TREASURY).supply(view);
  }

  #expectedAt(height: number): bigint {
    const { initialPerBlock = 0, halvingIntervalBlocks, maxSupply = MOST } = this.#parameters?.issuance ?? { initialPerBlock: 0 };
    while (this.#expected.length <= height) {
      const next = this.#expected.length;
      const before = this.#expected[next - 1] as bigint;
      let amount = BigInt(initialPerBlock);
      for (
        let left = halvingIntervalBlocks === undefined ? 0 : Math.floor((next - 1) / halvingIntervalBlocks);
        left > 0 && amount > 0n;
        left--
      )
        amount /= 2n;
      const room = BigInt(maxSupply) - before;
      this.#expected.push(before + (amount < room ? amount : room > 0n ? room : 0n));
    }
    return this.#expected[height] as bigint;
  }
}

function holdingsOf(node: SimulatedNode, view: StateView): ReturnType<NonNullable<Consensus["holdings"]>> | undefined {
  return node.capability<Consensus>(CONSENSUS).holdings?.(view);
}

function balanceOf(node: SimulatedNode, address: Address, view: StateView): bigint {
  const { balance } = node.view.describeAccount(address, view) as { readonly balance?: string };
  return BigInt(balance ?? 0);
}
