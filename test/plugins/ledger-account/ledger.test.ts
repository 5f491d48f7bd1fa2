import fc from "fast-check";
import t from "tap";
import type { Rules } from "../../../core/ports/chain-spec.js";
import type { LedgerModule } from "../../../core/ports/contributions.js";
import type { ExecutionOptions, LedgerEvent, Receipt } from "../../../core/ports/ledger.js";
import {
  buildTransfer,
  chainTagOf,
  decodeAccountTransaction,
  encodeAccountTransaction,
  encodeBankTransfer,
  leastTransferFee,
  type TransferRequest,
} from "../../../core/primitives/account-transaction.js";
import { Address } from "../../../core/primitives/address.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { decodeReceipt, encodeReceipt } from "../../../core/primitives/receipt-codec.js";
import { publicKeyOf } from "../../../core/primitives/signing.js";
import { chainHashOf, encodeTransaction, signTransaction } from "../../../core/primitives/transaction-codec.js";
import { accountKey, decodeAccount, encodeAccount, readAccount, SUPPLY_KEY } from "../../../plugins/ledger-account/accounts.js";
import { AddressFormatter } from "../../../plugins/ledger-account/address-text.js";
import { IssuanceSchedule } from "../../../plugins/ledger-account/issuance.js";
import type { AccountLedger } from "../../../plugins/ledger-account/ledger.js";
import { CHAIN_ID, environment, key, ledgerOf, MemoryState, NEVER_DUE, rulesOf, specOf } from "./fixtures.js";

const CHAIN_HASH = chainHashOf(CHAIN_ID);
const [alice, bob, carol, proposer] = [key(1), key(2), key(3), key(4)];
const IMPORT: ExecutionOptions = { mode: "import", slicer: NEVER_DUE };
const PRODUCE: ExecutionOptions = { mode: "produce", slicer: NEVER_DUE };

function transfer(fields: Partial<TransferRequest> = {}): Bytes {
  return buildTransfer({ chainId: CHAIN_ID, from: alice.secret, to: bob.address, amount: 100n, nonce: 0, fee: 1_000n, ...fields });
}

interface Opened {
  readonly ledger: AccountLedger;
  readonly state: MemoryState;
}

function opened(options: Parameters<typeof ledgerOf>[0] = {}): Opened {
  const ledger = ledgerOf({
    allocations: [
      { address: alice.text, amount: "1000000" },
      { address: carol.text, amount: 5_000 },
    ],
    ...options,
  });
  const state = new MemoryState();
  ledger.genesis(state, specOf());
  return { ledger, state };
}

async function run({ ledger, state }: Opened, raws: readonly Bytes[], options = IMPORT, height = 1, rules: Rules = rulesOf()) {
  return ledger.execute(ledger.decodeBlock(raws, rules), state, environment(height, proposer.address, rules), options);
}

const balanceOf = (state: MemoryState, address: Address): bigint => readAccount(state, address).balance;
const sumOfBalances = (state: MemoryState): bigint =>
  [...state.entries]
    .filter(([name]) => name.length === 21 && name.charCodeAt(0) === 1)
    .reduce((sum, [, value]) => sum + decodeAccount(value).balance, 0n);

async function codeOf(thrown: () => unknown): Promise<{ code: string; message: string; data: Record<string, unknown> }> {
  try {
    await thrown();
  } catch (error) {
    return error as { code: string; message: string; data: Record<string, unknown> };
  }
  throw new Error("nothing was thrown");
}

t.test("genesis writes allocations and supply", async (t) => {
  const { state, ledger } = opened();
  t.equal(balanceOf(state, alice.address), 1_000_000n);
  t.equal(ledger.supply(state), 1_005_000n);
  t.same(ledger.describeAccount(alice.address, state), { address: alice.text, balance: "1000000", nonce: 0 });
  t.same(ledger.describeAccount(bob.address, state), { address: bob.text, balance: "0", nonce: 0 });
  t.same(ledger.accountKeys(alice.address), [accountKey(alice.address)]);
});

t.test("a wrong chain-spec section is refused with the path", async (t) => {
  const cases: [Parameters<typeof ledgerOf>[0], string][] = [
    [{ allocations: [{ address: "cw1nonsense", amount: 1 }] }, "allocations[0].address"],
    [{ allocations: [{ address: Address.format(alice.address, "other"), amount: 1 }] }, "allocations[0].address"],
    [{ allocations: [{ address: alice.text, amount: "18446744073709551616" }] }, "allocations[0].amount"],
    [
      {
        allocations: [
          { address: alice.text, amount: 1 },
          { address: alice.text, amount: 1 },
        ],
      },
      "allocations[1].address",
    ],
    [{ allocations: [{ address: alice.text, amount: 11 }], issuance: { initialPerBlock: 0, maxSupply: 10 } }, "allocations[0].amount"],
  ];
  for (const [options, path] of cases) {
    const error = await codeOf(() => ledgerOf(options));
    t.equal(error.code, "LEDGER_SPEC_INVALID");
    t.equal(error.data.path, path);
  }
});

t.test("a transfer moves the amount, the proposer gets fee and issuance", async (t) => {
  const it = opened({ issuance: { initialPerBlock: 50, halvingIntervalBlocks: 10 } });
  const outcome = await run(it, [transfer({ memo: "thanks" })]);
  t.same(outcome.included, [0]);
  t.equal(outcome.weight, 200);
  const [receipt] = outcome.receipts;
  t.equal(receipt?.ok, true);
  t.equal(receipt?.feePaid, 1_000n);
  t.same(receipt?.events, [
    {
      type: "bank.transfer",
      attributes: [
        ["from", alice.text],
        ["to", bob.text],
        ["amount", "100"],
      ],
    },
  ]);
  t.equal(balanceOf(it.state, alice.address), 998_900n);
  t.equal(balanceOf(it.state, bob.address), 100n);
  t.equal(balanceOf(it.state, proposer.address), 1_050n);
  t.equal(it.ledger.supply(it.state), 1_005_050n);
  t.equal(readAccount(it.state, alice.address).nonce, 1);
});

t.test("whom a transaction concerns: sender and recipient, also when it failed; whom a module names, or else its events", async (t) => {
  const addressesOf = async (it: Opened, raws: readonly Bytes[]) => {
    const { receipts } = await run(it, raws);
    return it.ledger.addresses(it.ledger.decodeBlock(raws, rulesOf()), receipts);
  };
  const toSelf = transfer({ nonce: 2, to: alice.address, amount: 1n });
  t.same(
    await addressesOf(opened(), [transfer(), transfer({ nonce: 1, amount: 10n ** 12n }), toSelf]),
    [[alice.address, bob.address], [alice.address, bob.address], [alice.address]],
    "each once",
  );
  const attributes: LedgerEvent["attributes"] = [
    ["to", bob.text],
    ["by", alice.text],
    ["again", bob.text],
    ["text", `to ${proposer.text}`],
    ["broken", `${proposer.text.slice(0, -1)}q`],
  ];
  const emitting: Partial<LedgerModule> = {
    execute: (_operation, _writer, context) => context.emit({ type: "counter.counted", attributes }),
  };
  t.same(await addressesOf(opened({ modules: [counterModule(emitting)] }), [counting(0, 0)]), [[alice.address, bob.address]]);
  const many = Array.from({ length: 20 }, (_, index) => key(index % 12).address);
  const naming = counterModule({ ...emitting, addresses: (_operation, sender) => [...many, sender] });
  const [named] = await addressesOf(opened({ modules: [naming] }), [counting(0, 0)]);
  t.same(named?.map(Address.key).sort(), [...new Set([alice.address, ...many].map(Address.key))].sort(), "what it names instead");
});

t.test("an operation that fails keeps the fee and the nonce, and undoes the rest", async (t) => {
  const it = opened();
  const outcome = await run(it, [transfer({ amount: 999_001n }), transfer({ nonce: 1, amount: 1n })]);
  t.equal(outcome.receipts[0]?.code, "BANK_INSUFFICIENT_BALANCE");
  t.equal(outcome.receipts[0]?.ok, false);
  t.same(outcome.receipts[0]?.events, []);
  t.equal(outcome.receipts[1]?.ok, true);
  t.equal(balanceOf(it.state, alice.address), 997_999n);
  t.equal(balanceOf(it.state, bob.address), 1n);
});

t.test("a transfer to oneself and one of everything", async (t) => {
  const it = opened();
  await run(it, [transfer({ to: alice.address, amount: 999_000n }), transfer({ nonce: 1, amount: 998_000n })]);
  t.equal(balanceOf(it.state, alice.address), 0n);
  t.equal(readAccount(it.state, alice.address).nonce, 2, "the nonce keeps the account in state");
  t.equal(balanceOf(it.state, bob.address), 998_000n);
});

t.test("import refuses the block for a transaction that may not be there; production leaves it out", async (t) => {
  const other = buildTransfer({ chainId: "other-1", from: alice.secret, to: bob.address, amount: 1n, nonce: 0, fee: 1_000n });
  // The signature is bound to the other chain, the tag as well; decoding does not care.
  const foreignKey = signTransaction(
    encodeAccountTransaction({
      chainTag: chainTagOf(CHAIN_HASH),
      sender: alice.address,
      nonce: 0,
      fee: 1_000n,
      validFrom: 0,
      validUntil: 0,
      memo: "",
      module: 1,
      operation: encodeBankTransfer({ to: bob.address, amount: 1n }),
    }),
    CHAIN_HASH,
    [bob.secret],
  );
  const body = (module: number) =>
    encodeAccountTransaction({
      chainTag: chainTagOf(CHAIN_HASH),
      sender: alice.address,
      nonce: 0,
      fee: 1_000n,
      validFrom: 0,
      validUntil: 0,
      memo: "",
      module,
      operation: Uint8Array.of(1),
    });
  const cases: [string, Bytes, string, boolean][] = [
    ["another chain", other, "LEDGER_WRONG_CHAIN", true],
    ["another signer", foreignKey, "LEDGER_WRONG_SENDER", true],
    [
      "two signers",
      signTransaction(encodeAccountTransaction(decodeAccountTransaction(bodyOf(transfer()))), CHAIN_HASH, [alice.secret, bob.secret]),
      "LEDGER_WRONG_SENDER",
      true,
    ],
    ["an unknown module", signTransaction(body(9), CHAIN_HASH, [alice.secret]), "LEDGER_UNKNOWN_MODULE", true],
    ["a low fee", transfer({ fee: 5n }), "LEDGER_FEE_TOO_LOW", false],
    ["a gap", transfer({ nonce: 1 }), "LEDGER_NONCE_GAP", false],
    ["a fee that is not there", transfer({ fee: 1_000_001n }), "LEDGER_INSUFFICIENT_BALANCE", false],
    ["too early", transfer({ validFrom: 2 }), "LEDGER_NOT_YET_VALID", false],
    ["never", transfer({ validFrom: 9, validUntil: 8 }), "LEDGER_EMPTY_WINDOW", true],
  ];
  for (const [name, raw, code, drop] of cases) {
    const it = opened();
    const before = [...it.state.entries];
    const error = await codeOf(() => run(it, [raw]));
    t.equal(error.code, "LEDGER_INVALID_TRANSACTION", name);
    t.match(error.message, code, name);
    t.equal(error.data.index, 0);
    t.same([...it.state.entries], before, "nothing was written");
    const produced = await run(it, [raw, transfer()], PRODUCE);
    t.same(produced.skipped, [{ index: 0, code, drop }], name);
    t.same(produced.included, [1]);
  }
  const it = opened();
  await run(it, [transfer()]);
  const stale = await run(it, [transfer(), transfer({ nonce: 1, validUntil: 1 })], PRODUCE, 2);
  t.same(
    stale.skipped.map(({ code, drop }) => [code, drop]),
    [
      ["LEDGER_STALE_NONCE", true],
      ["LEDGER_EXPIRED", true],
    ],
  );
});

function bodyOf(raw: Bytes): Bytes {
  return ledgerOf().decodeBlock([raw], rulesOf()).transactions[0]?.body as Bytes;
}

t.test("a block's weight is bounded", async (t) => {
  const it = opened();
  const raws = [transfer(), transfer({ nonce: 1 }), transfer({ nonce: 2 })];
  const rules = rulesOf({ blockWeight: 400 });
  const produced = await run(it, raws, PRODUCE, 1, rules);
  t.same(produced.included, [0, 1]);
  t.same(produced.skipped, [{ index: 2, code: "LEDGER_BLOCK_FULL", drop: false }]);
  t.match((await codeOf(() => run(opened(), raws, IMPORT, 1, rules))).message, "LEDGER_BLOCK_FULL");
});

t.test("decoding is strict and names the index", async (t) => {
  const { ledger } = opened();
  const good = transfer();
  const bad = Uint8Array.from([...good, 0]);
  const error = await codeOf(() => ledger.decodeBlock([good, bad], rulesOf()));
  t.equal(error.code, "ENCODING_NOT_CANONICAL");
  t.match(error.message, /^transaction 1: /);
  t.equal(error.data.index, 1);
  t.equal((await codeOf(() => ledger.decodeBlock([good], rulesOf({ transactionBytes: 100 })))).code, "LEDGER_TRANSACTION_TOO_LARGE");
  t.equal(ledger.decodeBlock([], rulesOf()).transactions.length, 0);
});

t.test("what was decoded under rules that allow more is too large under others, in pool and block", async (t) => {
  const it = opened();
  const batch = it.ledger.decodeBlock([transfer({ memo: "m".repeat(200) })], rulesOf());
  const env = environment(1, proposer.address, rulesOf({ transactionBytes: 256 }, 1));
  t.equal((await codeOf(() => it.ledger.pool(batch, 0, it.state, env))).code, "LEDGER_TRANSACTION_TOO_LARGE");
  const { skipped } = await it.ledger.execute(batch, it.state, env, PRODUCE);
  t.same(skipped, [{ index: 0, code: "LEDGER_TRANSACTION_TOO_LARGE", drop: false }]);
});

t.test("the signatures of a batch are those of its transactions over the signed messages", async (t) => {
  const { ledger } = opened();
  const raws = [transfer(), transfer({ from: carol.secret })];
  const { batch, transactionIndexes } = ledger.signatures(ledger.decodeBlock(raws, rulesOf()));
  t.equal(batch.count, 2);
  t.same([...transactionIndexes], [0, 1]);
  t.same(batch.publicKeys.subarray(32, 64), publicKeyOf(carol.secret));
});

t.test("access names all keys of transfers, and says when a module may reach further", async (t) => {
  const { ledger } = opened();
  const { keys, complete } = ledger.access(ledger.decodeBlock([transfer()], rulesOf()), { proposer: proposer.address });
  t.same(keys, [SUPPLY_KEY, accountKey(proposer.address), accountKey(alice.address), accountKey(bob.address)]);
  t.equal(complete, true);
});

t.test("pool facts: nonces as tags, the balance as a bound", async (t) => {
  const it = opened();
  const facts = (raw: Bytes, height = 1, rules = rulesOf()) =>
    it.ledger.pool(it.ledger.decodeBlock([raw], rules), 0, it.state, { height: environment(height, proposer.address).height, rules });
  const first = facts(transfer());
  t.match(first, { sender: alice.text, requires: [], fee: 1_000n, weight: 200, validFrom: 0, validUntil: Number.MAX_SAFE_INTEGER });
  t.same(first.provides, first.conflicts);
  t.same(first.reserves, [{ account: alice.text, amount: 1_100n, available: 1_000_000n }]);
  t.same(facts(transfer({ nonce: 1 })).requires, first.provides);
  t.same(facts(transfer({ validFrom: 500, validUntil: 600 })).validFrom, 500);

  const refused: [string, Bytes, RegExp, number?][] = [
    ["LEDGER_INSUFFICIENT_BALANCE", transfer({ amount: 999_001n }), /needs 1000001/],
    ["LEDGER_FAR_NONCE", transfer({ nonce: 257 }), /next one is 0, and up to 256/],
    ["LEDGER_FEE_TOO_LOW", transfer({ fee: 10n }), /need at least \d+/],
    ["LEDGER_NOT_YET_VALID", transfer({ validFrom: 1_002 }), /at most 1001/],
    ["LEDGER_EXPIRED", transfer({ validUntil: 4 }), /next block has 5/, 5],
  ];
  for (const [code, raw, message, height] of refused) {
    const error = await codeOf(() => facts(raw, height));
    t.equal(error.code, code);
    t.match(error.message, message);
  }
  t.equal((await codeOf(() => facts(transfer(), 1, rulesOf({ blockWeight: 199 })))).code, "LEDGER_TRANSACTION_TOO_HEAVY");
  await run(it, [transfer()]);
  const stale = await codeOf(() => facts(transfer(), 2));
  t.equal(stale.code, "LEDGER_STALE_NONCE");
  t.match(stale.message, /use 1 /);
});

t.test("describe answers plain JSON", async (t) => {
  const { ledger } = opened();
  const description = ledger.describe(ledger.decodeBlock([transfer({ memo: "für dich", validUntil: 7 })], rulesOf()), 0);
  t.same(JSON.parse(JSON.stringify(description)), description);
  t.match(description, {
    sender: alice.text,
    nonce: 0,
    fee: "1000",
    validFrom: null,
    validUntil: 7,
    memo: "für dich",
    module: "bank",
    operation: { type: "transfer", to: bob.text, amount: "100" },
  });
});

t.test("treasury: credit and debit change balance and supply alike", async (t) => {
  const { ledger, state } = opened();
  ledger.credit(state, bob.address, 7n);
  t.equal(balanceOf(state, bob.address), 7n);
  t.equal(ledger.debit(state, bob.address, 10n), 7n, "at most what is there");
  t.equal(state.get(accountKey(bob.address)), undefined, "an empty account has no entry");
  t.equal(ledger.supply(state), 1_005_000n);
  t.equal((await codeOf(() => ledger.credit(state, bob.address, 2n ** 64n - 1n))).code, "LEDGER_SUPPLY_EXCEEDED");
});

t.test("issuance halves, and ends at the maximal supply", async (t) => {
  const halving = new IssuanceSchedule({ initialPerBlock: 50n, halvingIntervalBlocks: 10, maxSupply: 2n ** 64n - 1n });
  t.equal(halving.at(1, 0n), 50n);
  t.equal(halving.at(10, 0n), 50n);
  t.equal(halving.at(11, 0n), 25n);
  t.equal(halving.at(51, 0n), 1n);
  t.equal(halving.at(61, 0n), 0n);
  t.equal(halving.at(Number.MAX_SAFE_INTEGER, 0n), 0n);
  const capped = new IssuanceSchedule({ initialPerBlock: 50n, halvingIntervalBlocks: undefined, maxSupply: 120n });
  t.same([capped.at(1, 0n), capped.at(2, 50n), capped.at(3, 100n), capped.at(4, 120n), capped.at(5, 121n)], [50n, 50n, 20n, 0n, 0n]);
  const full = opened({ allocations: [{ address: alice.text, amount: "18446744073709551615" }], issuance: { initialPerBlock: 50 } });
  await run(full, [transfer()]);
  t.equal(full.ledger.supply(full.state), 2n ** 64n - 1n, "nothing overflows at the top");
  t.equal(balanceOf(full.state, proposer.address), 1_000n);
});

/** Counts on key 07 ‖ 'n'; payload 0: count, 1: count and fail, 2: pay the proposer, 3: reach for another namespace. */
function counterModule(overrides: Partial<LedgerModule> = {}): LedgerModule {
  const cell = Uint8Array.of(7, 110);
  return {
    name: "counter",
    namespace: 7,
    decode: (payload) => payload[0] ?? 0,
    weight: () => 5,
    reserves: (operation) => (operation === 2 ? 10n : 0n),
    execute(operation, writer, context) {
      if (operation === 3) writer.set(Uint8Array.of(1, 1), Uint8Array.of(1));
      writer.set(cell, Uint8Array.of((writer.get(cell)?.[0] ?? 0) + 1));
      if (operation === 2) context.transfer(context.sender, context.env.proposer, 10n);
      context.emit({ type: "counter.counted", attributes: [] });
      if (operation === 1) {
        context.transfer(context.sender, bob.address, 1n);
        context.fail("COUNTER_TIRED", "enough");
      }
    },
    access: () => [cell],
    describe: () => ({ type: "count" }),
    describeAccount: (_address, view) => ({ counted: view.get(cell)?.[0] ?? 0 }),
    ...overrides,
  };
}

function counting(operation: number, nonce: number): Bytes {
  const body = encodeAccountTransaction({
    chainTag: chainTagOf(CHAIN_HASH),
    sender: alice.address,
    nonce,
    fee: 1_000n,
    validFrom: 0,
    validUntil: 0,
    memo: "",
    module: 7,
    operation: Uint8Array.of(operation),
  });
  return signTransaction(body, CHAIN_HASH, [alice.secret]);
}

t.test("a contributed module runs within its fences", async (t) => {
  const it = opened({ modules: [counterModule()] });
  const outcome = await run(it, [counting(0, 0), counting(1, 1), counting(2, 2)]);
  t.same(
    outcome.receipts.map(({ ok, code, weight }) => [ok, code, weight]),
    [
      [true, "", 105],
      [false, "COUNTER_TIRED", 105],
      [true, "", 105],
    ],
  );
  t.equal(it.state.get(Uint8Array.of(7, 110))?.[0], 2, "the failed operation's write is undone");
  t.equal(balanceOf(it.state, bob.address), 0n, "and its transfer");
  t.equal(balanceOf(it.state, proposer.address), 3_010n);
  t.match(it.ledger.describeAccount(alice.address, it.state), { counter: { counted: 2 } });
  t.equal(it.ledger.access(it.ledger.decodeBlock([counting(0, 3)], rulesOf()), { proposer: proposer.address }).complete, false);
  t.equal((await codeOf(() => run(it, [counting(3, 3)]))).code, "LEDGER_MODULE_BROKE_LAW");
});

t.test("modules that clash or break a law are refused", async (t) => {
  for (const module of [
    counterModule({ namespace: 1 }),
    counterModule({ namespace: 256 }),
    counterModule({ name: "bank" }),
    counterModule({ name: "A b" }),
  ])
    t.equal((await codeOf(() => ledgerOf({ modules: [module] }))).code, "LEDGER_MODULE_CONFLICT");
  const two = [counterModule(), counterModule({ name: "again" })];
  t.equal((await codeOf(() => ledgerOf({ modules: two, named: [] }))).code, "LEDGER_MODULE_CONFLICT");
  const lawless = [
    counterModule({ weight: () => -1 }),
    counterModule({ execute: (_o, writer) => writer.revertTo(0) }),
    counterModule({ execute: (_o, writer) => writer.revertTo(Number.NaN) }),
    counterModule({ execute: (_o, writer) => writer.revertTo(1_000) }),
  ];
  for (const module of lawless) {
    const it = opened({ modules: [module] });
    it.state.set(Uint8Array.of(9), Uint8Array.of(9));
    t.equal((await codeOf(() => run(it, [counting(0, 0)]))).code, "LEDGER_MODULE_BROKE_LAW");
    t.ok(it.state.get(Uint8Array.of(9)), "what was written before the operation stands");
  }
});

t.test("a module may go back to marks of its own operation", async (t) => {
  const cell = Uint8Array.of(7, 110);
  const module = counterModule({
    execute(_operation, writer) {
      const begin = writer.checkpoint();
      writer.set(cell, Uint8Array.of(1));
      const mark = writer.checkpoint();
      writer.set(cell, Uint8Array.of(2));
      writer.revertTo(mark);
      if (writer.get(cell)?.[0] !== 1) throw new Error("not back");
      writer.revertTo(begin);
    },
  });
  const it = opened({ modules: [module] });
  t.equal((await run(it, [counting(0, 0)])).receipts[0]?.ok, true);
  t.equal(it.state.get(cell), undefined);
});

t.test("the modules of the node are those of the chain spec", async (t) => {
  const counter = { name: "counter", namespace: 7 };
  const cases: [Parameters<typeof ledgerOf>[0], RegExp][] = [
    [{ named: [counter] }, /counter \(7\) is named there, but no plugin/],
    [{ modules: [counterModule()], named: [] }, /counter \(7\) is contributed .* but not named there/],
    [{ modules: [counterModule()], named: [{ name: "counter", namespace: 8 }] }, /counter has number 8 there and 7 here/],
    [{ modules: [counterModule()], named: [counter, { name: "vote", namespace: 9 }] }, /vote \(9\) is named there/],
  ];
  for (const [options, message] of cases) {
    const error = await codeOf(() => ledgerOf(options));
    t.equal(error.code, "LEDGER_MODULES_DIFFER");
    t.match(error.message, message);
  }
  for (const twin of [
    { name: "counter", namespace: 8 },
    { name: "other", namespace: 7 },
  ])
    t.match(await codeOf(() => ledgerOf({ modules: [counterModule()], named: [counter, twin] })), {
      code: "LEDGER_SPEC_INVALID",
      message: /ledger\.modules\[1\]/,
    });
  t.ok(ledgerOf({ modules: [counterModule()], named: [counter] }));
});

t.test("an event that no receipt can hold fails its operation, and the block goes on", async (t) => {
  const emitting = (event: unknown, times = 1) =>
    counterModule({
      execute(_operation, writer, context) {
        writer.set(Uint8Array.of(7, 110), Uint8Array.of(1));
        for (let i = 0; i < times; i++) context.emit(event as LedgerEvent);
      },
    });
  const attributes = (count: number, value = "v") => Array.from({ length: count }, (_, index) => [`k${index}`, value]);
  const type = "counter.counted";
  const bad: [unknown, string][] = [
    [undefined, "LEDGER_INVALID_EVENT"],
    [{ type: "bank.transfer", attributes: [] }, "LEDGER_INVALID_EVENT"],
    [{ type: 7, attributes: [] }, "LEDGER_INVALID_EVENT"],
    [{ type: `${type}\ud800`, attributes: [] }, "LEDGER_INVALID_EVENT"],
    [{ type }, "LEDGER_INVALID_EVENT"],
    [{ type, attributes: [["", "v"]] }, "LEDGER_INVALID_EVENT"],
    [{ type, attributes: [["k", 5]] }, "LEDGER_INVALID_EVENT"],
    [{ type, attributes: [["k", "\udc00"]] }, "LEDGER_INVALID_EVENT"],
    [{ type, attributes: [undefined] }, "LEDGER_INVALID_EVENT"],
    [{ type, attributes: attributes(65) }, "LEDGER_INVALID_EVENT"],
    [{ type, attributes: attributes(1, "ü".repeat(2 ** 18)) }, "LEDGER_TOO_MANY_EVENTS"],
  ];
  for (const [event, code] of bad) {
    const it = opened({ modules: [emitting(event)] });
    const { receipts } = await run(it, [counting(0, 0), transfer({ nonce: 1 })]);
    t.match(receipts, [
      { ok: false, code, events: [] },
      { ok: true, code: "" },
    ]);
    t.equal(it.state.get(Uint8Array.of(7, 110)), undefined, "its writes are undone");
  }
  // The largest that pass can be encoded.
  for (const [event, times] of [
    [{ type, attributes: attributes(64) }, 150],
    [{ type, attributes: attributes(1, "x".repeat(2 ** 19 - 100)) }, 1],
    [{ type, attributes: [] }, 256],
  ] as const) {
    const { receipts } = await run(opened({ modules: [emitting(event, times)] }), [counting(0, 0)]);
    t.equal(receipts[0]?.events.length, times);
    t.same(decodeReceipt(encodeReceipt(receipts[0] as Receipt)), receipts[0]);
  }
  const many = await run(opened({ modules: [emitting({ type, attributes: [] }, 257)] }), [counting(0, 0)]);
  t.equal(many.receipts[0]?.code, "LEDGER_TOO_MANY_EVENTS");
});

t.test("a module's key or value beyond the state's laws fails its operation, never the block", async (t) => {
  for (const [keyBytes, valueBytes] of [
    [129, 1],
    [2, 65_537],
  ] as const) {
    const greedy = counterModule({
      execute(_operation, writer) {
        const key = new Uint8Array(keyBytes).fill(1);
        key[0] = counterModule().namespace;
        writer.set(key, new Uint8Array(valueBytes));
      },
    });
    const { receipts } = await run(opened({ modules: [greedy] }), [counting(0, 0), transfer({ nonce: 1 })]);
    t.match(receipts, [{ ok: false, code: "LEDGER_STATE_LIMIT" }, { ok: true }]);
  }
});

t.test("what a module does with an event afterwards does not matter; nor what it calls its failures", async (t) => {
  const kept: { type: string; attributes: [string, string][] } = { type: "counter.counted", attributes: [["k", "v"]] };
  const changing = counterModule({
    execute(_operation, _writer, context) {
      context.emit(kept);
      kept.type = "";
      kept.attributes.push(["", ""]);
    },
  });
  const { receipts } = await run(opened({ modules: [changing] }), [counting(0, 0)]);
  t.same(receipts[0]?.events, [{ type: "counter.counted", attributes: [["k", "v"]] }]);
  for (const code of ["", "x".repeat(129), "Ü", 5]) {
    const module = counterModule({ execute: (_o, _w, context) => context.fail(code as string, "it does") });
    const [receipt] = (await run(opened({ modules: [module] }), [counting(0, 0)])).receipts;
    t.equal(receipt?.code, "LEDGER_INVALID_FAILURE_CODE");
  }
});

t.test("accounts have one encoding, and damage is noticed", async (t) => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.maxSafeNat(), (balance, nonce) => {
      const value = encodeAccount({ balance, nonce });
      t.same(decodeAccount(value.length === 0 ? undefined : value), { balance, nonce });
    }),
    { numRuns: 200 },
  );
  for (const bytes of [[1, 2, 3], [0, 0, 0, 0, 0, 0, 0, 0, 0], new Array(16).fill(1), new Array(15).fill(255)])
    t.equal((await codeOf(() => decodeAccount(Uint8Array.from(bytes)))).code, "LEDGER_STATE_DAMAGED");
});

t.test("address text is what Address.format answers", async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.stringMatching(/^[a-z]{1,16}$/), (bytes, prefix) => {
      const address = Address.from(bytes);
      return new AddressFormatter(prefix).format(address) === Address.format(address, prefix);
    }),
    { numRuns: 200 },
  );
  t.pass();
});

t.test("the least fee pays for its own digits", async (t) => {
  for (const floor of [0, 1, 7, 1_000_000]) {
    const request = { chainId: CHAIN_ID, from: alice.secret, to: bob.address, amount: 5n, nonce: 3 };
    const fee = leastTransferFee(request, floor);
    const needed = (paid: bigint) => BigInt(buildTransfer({ ...request, fee: paid }).length) * BigInt(floor);
    t.ok(fee >= needed(fee), "it is enough");
    if (fee > 0n) t.ok(fee - 1n < needed(fee - 1n), "one less is not");
  }
  t.throws(() => transfer({ memo: "x".repeat(257) }), { code: "VALUE_INVALID" });
  t.throws(() => encodeTransaction(new Uint8Array(0), []), { code: "VALUE_INVALID" });
});

t.test("any block, in either mode, conserves supply; import accepts exactly what production made", async (t) => {
  const keys = [alice, bob, carol, proposer];
  const step = fc.record({
    from: fc.integer({ min: 0, max: 3 }),
    to: fc.integer({ min: 0, max: 3 }),
    amount: fc.bigInt({ min: 0n, max: 1_200_000n }),
    nonceOffset: fc.constantFrom(0, 0, 0, 0, 1, -1),
    fee: fc.constantFrom(0n, 200n, 5_000n, 2_000_000n),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 4 }), async (blocks) => {
      const it = opened({ issuance: { initialPerBlock: 5, halvingIntervalBlocks: 2, maxSupply: 1_005_012 } });
      for (const [index, steps] of blocks.entries()) {
        const nonces = keys.map((each) => readAccount(it.state, each.address).nonce);
        const raws = steps.map(({ from, to, amount, nonceOffset, fee }) => {
          const nonce = Math.max(0, (nonces[from] ?? 0) + nonceOffset);
          nonces[from] = nonce + 1;
          return transfer({ from: keys[from]?.secret ?? alice.secret, to: keys[to]?.address ?? bob.address, amount, nonce, fee });
        });
        const importing = { ledger: it.ledger, state: it.state.copy() };
        const produced = await run(it, raws, PRODUCE, index + 1);
        const included = produced.included.map((at) => raws[at] as Bytes);
        const imported = await run(importing, included, IMPORT, index + 1);
        t.same(imported.receipts, produced.receipts);
        t.same(new Map([...importing.state.entries].sort()), new Map([...it.state.entries].sort()));
        t.equal(sumOfBalances(it.state), it.ledger.supply(it.state), "the sum of all balances is the supply");
        t.equal(produced.included.length + produced.skipped.length, raws.length);
      }
    }),
    { numRuns: 40 },
  );
});
