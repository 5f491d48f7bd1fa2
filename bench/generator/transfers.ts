/** The transfers of a generated chain: signed, in the order of their senders' nonces, with fees in a fixed disorder. */
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { BANK_MODULE, chainTagOf, encodeAccountTransaction, encodeBankTransfer } from "../../core/primitives/account-transaction.js";
import type { Address } from "../../core/primitives/address.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import type { Hash } from "../../core/primitives/hash.js";
import { Signature } from "../../core/primitives/keys.js";
import { chainHashOf, encodeTransaction, signingMessage } from "../../core/primitives/transaction-codec.js";
import { type KeyedAccount, keylessAddress, SeededNumbers } from "./accounts.js";
import type { ChainPlan } from "./plan.js";

/** One transfer in so many goes to an address that nobody has used before. */
const NEWCOMER_EVERY = 8;
/** Above the floor of any transfer's bytes. */
const FEE_FLOOR = 500;
const FEE_SPREAD = 5_000;

export class TransferMaker {
  readonly #plan: ChainPlan;
  readonly #chainHash: Hash;
  readonly #numbers: SeededNumbers;
  readonly #nonces: Uint32Array;
  /** By account; core makes one for each signature, which takes as long as to sign. */
  readonly #keys: KeyObject[] = [];
  #made = 0;

  constructor(plan: ChainPlan) {
    this.#plan = plan;
    this.#chainHash = chainHashOf(plan.spec.chainId);
    this.#numbers = new SeededNumbers(plan.options.seed);
    this.#nonces = new Uint32Array(plan.accounts.length);
  }

  /** The next `count` transfers, raw. */
  next(count: number): Bytes[] {
    return Array.from({ length: count }, () => this.#one());
  }

  #one(): Bytes {
    const { accounts } = this.#plan;
    const index = this.#numbers.below(accounts.length);
    const sender = accounts[index] as KeyedAccount;
    const nonce = this.#nonces[index] as number;
    this.#nonces[index] = nonce + 1;
    const body = encodeAccountTransaction({
      chainTag: chainTagOf(this.#chainHash),
      sender: sender.address,
      nonce,
      fee: BigInt(FEE_FLOOR + this.#numbers.below(FEE_SPREAD)),
      validFrom: 0,
      validUntil: 0,
      memo: "",
      module: BANK_MODULE,
      operation: encodeBankTransfer({ to: this.#recipient(), amount: BigInt(1 + this.#numbers.below(1_000)) }),
    });
    this.#keys[index] ??= keyOf(sender);
    const signature = Signature.from(new Uint8Array(sign(null, signingMessage(this.#chainHash, body), this.#keys[index])));
    return encodeTransaction(body, [{ publicKey: sender.publicKey, signature }]);
  }

  #recipient(): Address {
    const { accounts, holders, seed } = this.#plan.options;
    if (++this.#made % NEWCOMER_EVERY === 0) return keylessAddress(seed, "newcomer", this.#made);
    return this.#plan.addressAt(this.#numbers.below(accounts + holders));
  }
}

function keyOf({ secretKey, publicKey }: KeyedAccount): KeyObject {
  const text = (bytes: Bytes) => Buffer.from(bytes).toString("base64url");
  return createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d: text(secretKey), x: text(publicKey) }, format: "jwk" });
}
