/**
 * Accounts in state, and the working set of them during one block.
 *
 * Account: key `01 ‖ address` (21 bytes), value `balance (8 bytes, little-endian) ‖ nonce (0 to 7 bytes, little-endian,
 * without trailing zero bytes)`. An account with neither balance nor nonce has no entry. Supply: key `01 ‖ "supply"`,
 * value 8 bytes, little-endian; absent when zero. One value has one encoding, since state roots commit to these bytes.
 *
 * A block reads and writes each account once, however many transactions touch it: in between they live here, and what
 * moves between them adds up to exactly what was issued (asserted at the end of each block).
 */
import { type Address, Amount, asciiBytes, assert, type Bytes, type StateReader, type StateWriter, toLatin1 } from "../../core/sdk.js";
import { StateDamagedError } from "./errors.js";

/** First byte of all keys of the bank, and its module number. */
export const BANK_NAMESPACE = 1;
export const SUPPLY_KEY: Bytes = Uint8Array.of(BANK_NAMESPACE, ...asciiBytes("supply"));

export interface Account {
  /** Smallest unit, 0 … 2^64 − 1. */
  readonly balance: bigint;
  /** Transactions executed: the nonce that the next one must have. */
  readonly nonce: number;
}

export const EMPTY_ACCOUNT: Account = { balance: 0n, nonce: 0 };

/** Where an address' account lies in state. */
export function accountKey(address: Address): Bytes {
  const key = new Uint8Array(21);
  key[0] = BANK_NAMESPACE;
  key.set(address, 1);
  return key;
}

/** Empty (which deletes) for an account with nothing in it. */
export function encodeAccount({ balance, nonce }: Account): Bytes {
  assert(balance >= 0n && balance <= Amount.max, "a balance lies within 0 and 2^64 - 1");
  assert(Number.isSafeInteger(nonce) && nonce >= 0, "a nonce lies within 0 and 2^53 - 1");
  if (balance === 0n && nonce === 0) return new Uint8Array(0);
  let nonceBytes = 0;
  for (let rest = nonce; rest > 0; rest = Math.floor(rest / 256)) nonceBytes++;
  const value = new Uint8Array(8 + nonceBytes);
  writeUint64(value, balance);
  for (let at = 8, rest = nonce; rest > 0; rest = Math.floor(rest / 256)) value[at++] = rest % 256;
  return value;
}

/** @throws StateDamagedError */
export function decodeAccount(value: Bytes | undefined): Account {
  if (value === undefined) return EMPTY_ACCOUNT;
  let nonce = 0;
  for (let at = value.length - 1; at >= 8; at--) nonce = nonce * 256 + (value[at] as number);
  const canonical = value.length === 8 || (value.length <= 15 && value[value.length - 1] !== 0);
  if (value.length < 8 || !canonical || !Number.isSafeInteger(nonce)) throw new StateDamagedError({ what: "account", bytes: value.length });
  return { balance: readUint64(value), nonce };
}

export function readAccount(reader: StateReader, address: Address): Account {
  return decodeAccount(reader.get(accountKey(address)));
}

export function readSupply(reader: StateReader): bigint {
  const value = reader.get(SUPPLY_KEY);
  if (value === undefined) return 0n;
  if (value.length !== 8) throw new StateDamagedError({ what: "supply", bytes: value.length });
  return readUint64(value);
}

export function writeSupply(writer: StateWriter, supply: bigint): void {
  assert(supply >= 0n && supply <= Amount.max, "the supply lies within 0 and 2^64 - 1");
  if (supply === 0n) {
    writer.delete(SUPPLY_KEY);
    return;
  }
  const value = new Uint8Array(8);
  writeUint64(value, supply);
  writer.set(SUPPLY_KEY, value);
}

export function writeAccount(writer: StateWriter, key: Bytes, account: Account): void {
  const value = encodeAccount(account);
  if (value.length === 0) writer.delete(key);
  else writer.set(key, value);
}

// Two 32-bit halves: a DataView for each value costs more than the arithmetic.
function readUint64(value: Bytes): bigint {
  const low = word(value, 0);
  const high = word(value, 4);
  // Up to 2^53 a number holds it exactly, and one BigInt is made instead of three.
  return high < 0x20_0000 ? BigInt(high * 0x1_0000_0000 + low) : (BigInt(high) << 32n) | BigInt(low);
}

function word(value: Bytes, at: number): number {
  return (
    ((value[at] as number) | ((value[at + 1] as number) << 8) | ((value[at + 2] as number) << 16) | ((value[at + 3] as number) << 24)) >>> 0
  );
}

function writeUint64(value: Uint8Array, amount: bigint): void {
  let low = Number(amount & 0xffff_ffffn);
  let high = Number(amount >> 32n);
  for (let at = 0; at < 4; at++) {
    value[at] = low & 0xff;
    value[at + 4] = high & 0xff;
    low >>>= 8;
    high >>>= 8;
  }
}

/** One account while a block is executed. Its fields are changed only by the working set. */
export interface WorkingAccount {
  readonly address: Address;
  readonly key: Bytes;
  readonly loadedBalance: bigint;
  readonly loadedNonce: number;
  balance: bigint;
  nonce: number;
}

export class WorkingSet {
  readonly #reader: StateReader;
  readonly #accounts = new Map<string, WorkingAccount>();
  /** Balances before the changes since `mark`, pairwise: the first `#changes` of each. Emptied, the arrays would be made anew for every transaction. */
  readonly #changed: WorkingAccount[] = [];
  readonly #before: bigint[] = [];
  #changes = 0;

  constructor(reader: StateReader) {
    this.#reader = reader;
  }

  of(address: Address): WorkingAccount {
    const name = toLatin1(address);
    let account = this.#accounts.get(name);
    if (account === undefined) {
      const key = accountKey(address);
      const { balance, nonce } = decodeAccount(this.#reader.get(key));
      account = { address, key, loadedBalance: balance, loadedNonce: nonce, balance, nonce };
      this.#accounts.set(name, account);
    }
    return account;
  }

  /** Sets the mark that `revert` goes back to; nonces and fees that were taken before it stay. */
  mark(): void {
    this.#changes = 0;
  }

  /** Undoes all balance changes since the mark, newest first. */
  revert(): void {
    for (let i = this.#changes - 1; i >= 0; i--) (this.#changed[i] as WorkingAccount).balance = this.#before[i] as bigint;
    this.mark();
  }

  setBalance(account: WorkingAccount, balance: bigint): void {
    assert(balance >= 0n && balance <= Amount.max, "a balance lies within 0 and 2^64 - 1");
    this.#changed[this.#changes] = account;
    this.#before[this.#changes] = account.balance;
    this.#changes++;
    account.balance = balance;
  }

  /** How many accounts were touched. */
  get size(): number {
    return this.#accounts.size;
  }

  /** All touched accounts, in the order of their first touch. */
  accounts(): IterableIterator<WorkingAccount> {
    return this.#accounts.values();
  }
}
