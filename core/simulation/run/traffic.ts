/**
 * Transfers between funded accounts, at random times. Each account is at home at one node, as a wallet is, and sends one after the
 * other: the next is made when the last was accepted, refused, or not answered for a while.
 */
import { type Address, type Bytes, buildTransfer, ChainwrightError, Hash, leastTransferFee } from "../../sdk.js";
import type { TransactionSeen } from "../checkers/checker.js";
import { exponential } from "../distribution.js";
import { simulatedKey } from "../node/ground.js";
import type { SimulatedNode } from "../node/simulated-node.js";
import type { SeededRandom } from "../random.js";
import { durationUs } from "../scenario/duration.js";
import type { Scenario } from "../scenario/schema.js";
import type { World } from "../world.js";
import { accountName, payoutAddress } from "./composition.js";

const MINUTE_US = 60e6;
/** Whoever gets no answer for so long asks again: its node may have crashed. */
const PATIENCE_US = 30e6;
const AMOUNT_MAX = 1_000;
/** Fees depend on the digits of the nonce: this one has as many as any will have. */
const LONG_NONCE = 2 ** 40;

interface Account {
  readonly secret: Bytes;
  readonly address: Address;
  readonly home: SimulatedNode;
  readonly fee: bigint;
  nonce: number;
  /** Of the transfer under way. */
  busyUntilUs: number;
  attempt: number;
}

export interface TrafficCounts {
  accepted: number;
  refused: number;
  /** Its account was busy, or its node down. */
  skipped: number;
}

export class Traffic {
  readonly counts: TrafficCounts = { accepted: 0, refused: 0, skipped: 0 };
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #accounts: readonly Account[];
  readonly #chainId: string;
  readonly #memo: string;
  readonly #meanUs: number;
  readonly #untilUs: number;
  readonly #onSubmitted: (seen: TransactionSeen) => void;

  /** @param nodes who gets transfers; at least one */
  constructor(world: World, scenario: Scenario, nodes: readonly SimulatedNode[], onSubmitted: (seen: TransactionSeen) => void) {
    const { perMinute = 0, accounts = 0, from = "0", until = scenario.duration, memoBytes = 0 } = scenario.traffic ?? {};
    this.#world = world;
    this.#random = world.random("traffic");
    this.#chainId = nodes[0]?.loaded.spec.chainId ?? "";
    this.#memo = "m".repeat(memoBytes);
    this.#meanUs = perMinute === 0 ? Number.POSITIVE_INFINITY : MINUTE_US / perMinute;
    this.#untilUs = durationUs(until);
    this.#onSubmitted = onSubmitted;
    this.#accounts = Array.from({ length: nodes.length === 0 ? 0 : accounts }, (_, index) => this.#account(index, nodes));
    if (this.#accounts.length > 0 && perMinute > 0) this.#next(durationUs(from));
  }

  #account(index: number, nodes: readonly SimulatedNode[]): Account {
    const name = accountName(index + 1);
    const [secret, address] = [simulatedKey(name), payoutAddress(name)];
    const request = { chainId: this.#chainId, from: secret, to: address, amount: BigInt(AMOUNT_MAX), nonce: LONG_NONCE, memo: this.#memo };
    const home = nodes[index % nodes.length] as SimulatedNode;
    return { secret, address, home, fee: leastTransferFee(request, 1), nonce: 0, busyUntilUs: 0, attempt: 0 };
  }

  #next(fromUs: number): void {
    const atUs = Math.max(fromUs, this.#world.nowUs) + exponential(this.#random) * this.#meanUs;
    if (atUs > this.#untilUs) return;
    this.#world.at(atUs, () => {
      this.#send();
      this.#next(0);
    });
  }

  #send(): void {
    const account = this.#accounts[this.#random.below(this.#accounts.length)] as Account;
    const to = this.#accounts[this.#random.below(this.#accounts.length)] as Account;
    const amount = BigInt(1 + this.#random.below(AMOUNT_MAX));
    const { home } = account;
    if (!home.isUp || account.busyUntilUs > this.#world.nowUs) {
      this.counts.skipped++;
      return;
    }
    account.busyUntilUs = this.#world.nowUs + PATIENCE_US;
    const attempt = ++account.attempt;
    const { secret, nonce, fee } = account;
    const raw = buildTransfer({ chainId: this.#chainId, from: secret, to: to.address, amount, nonce, fee, memo: this.#memo });
    // In an event of the node, as an API's request is.
    this.#world.after(0, () => void this.#submit(account, attempt, raw), home.machine);
  }

  async #submit(account: Account, attempt: number, raw: Bytes): Promise<void> {
    const { home } = account;
    if (!home.isUp) return;
    try {
      const { id } = await home.submission.submit(raw);
      this.counts.accepted++;
      this.#onSubmitted({ node: home, id: Hash.key(id), outcome: "accepted" });
      if (account.attempt === attempt) account.nonce++;
    } catch (thrown) {
      if (!ChainwrightError.is(thrown)) throw thrown;
      this.counts.refused++;
      this.#onSubmitted({ node: home, id: undefined, outcome: thrown.code });
    }
    if (account.attempt === attempt) account.busyUntilUs = 0;
  }
}
