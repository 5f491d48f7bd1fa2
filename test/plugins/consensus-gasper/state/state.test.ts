/** State of the engine: packed columns, the working set, genesis, parameters, and that memory equals what is read back. */
import fc from "fast-check";
import t from "tap";
import { type Bytes, ChainwrightError } from "../../../../core/sdk.js";
import { processSlots } from "../../../../plugins/consensus-gasper/epoch/index.js";
import { checkParameters, integerSquareRoot } from "../../../../plugins/consensus-gasper/parameters.js";
import { columnLayout, PackedColumn } from "../../../../plugins/consensus-gasper/state/column.js";
import {
  Activation,
  checkSupply,
  EPOCH_FIELDS,
  ESCROW,
  GasperState,
  StateKeys,
  validatorStatus,
} from "../../../../plugins/consensus-gasper/state/index.js";
import { addSlashed, resetSlashed, slashedIn } from "../../../../plugins/consensus-gasper/state/slashings.js";
import { decodeSummary, encodeSummary } from "../../../../plugins/consensus-gasper/state/summary.js";
import { MemoryState } from "../../ledger-account/fixtures.js";
import {
  accountOf,
  CHAIN,
  CHAIN_HASH,
  chainOf,
  entriesOf,
  escrowOf,
  gasperSpec,
  genesisValidators,
  hashOf,
  INCREMENT,
  open,
  parametersOf,
  publicKeyOf,
  type SpecChanges,
  services,
  TREASURY,
} from "./fixtures.js";

const KEYS = new StateKeys(2);
const LAYOUTS = [
  columnLayout("bytes", 1, [8, 3, 1], (n) => new Uint8Array(n)),
  columnLayout("shorts", 2, [8, 1, 2], (n) => new Uint16Array(n)),
  columnLayout("words", 3, [4, 4, 4], (n) => new Uint32Array(n)),
  columnLayout("doubles", 4, [8, 1, 8], (n) => new Float64Array(n)),
] as const;
const MAX = [255, 65_535, 0xffff_ffff, Number.MAX_SAFE_INTEGER];

t.test("a column is an array, whatever is read, set, cleared, written and reopened", (t) => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), at: fc.nat(79), value: fc.oneof(fc.constant(0), fc.maxSafeNat()) }),
    fc.record({ kind: fc.constantFrom("commit" as const, "reopen" as const, "clear" as const, "flat" as const) }),
  );
  fc.assert(
    fc.property(fc.nat(3), fc.array(step, { maxLength: 60 }), (which, steps) => {
      const layout = LAYOUTS[which] as (typeof LAYOUTS)[3];
      const memory = new MemoryState();
      const model = new Array<number>(80).fill(0);
      const items = Math.ceil(80 / layout.width);
      let column = new PackedColumn(memory, KEYS, layout);
      for (const [round, step] of steps.entries()) {
        if (step.kind === "set") {
          const value = step.value > (MAX[which] as number) ? step.value % ((MAX[which] as number) + 1) : step.value;
          model[step.at] = value;
          column.set(step.at, value);
        } else if (step.kind === "clear") {
          model.fill(0);
          column.clear(items);
        } else if (step.kind === "flat") {
          const flat = column.flat(items);
          flat[round] = round;
          model[round] = round;
        } else {
          column.commit(memory);
          if (step.kind === "reopen") column = new PackedColumn(memory, KEYS, layout);
        }
        if (model.some((value, at) => column.get(at) !== value)) return false;
      }
      column.commit(memory);
      const fresh = new MemoryState([...memory.entries].map(([name, value]) => [name, value.slice()]));
      const again = new PackedColumn(fresh, KEYS, layout);
      const inOneGo = new MemoryState();
      const other = new PackedColumn(inOneGo, KEYS, layout);
      other.put(0, model);
      other.commit(inOneGo);
      const isCanonical = JSON.stringify(entriesOf(inOneGo)) === JSON.stringify(entriesOf(memory));
      return isCanonical && model.every((value, at) => again.get(at) === value);
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test("what is stored is never written to", (t) => {
  const memory = new MemoryState();
  const layout = LAYOUTS[2];
  const column = new PackedColumn(memory, KEYS, layout);
  column.put(0, [1, 2, 3, 4, 5]);
  column.commit(memory);
  const stored = [...memory.entries.values()][0] as Bytes;
  const before = stored.slice();
  const [first, second] = [new PackedColumn(memory, KEYS, layout), new PackedColumn(memory, KEYS, layout)];
  first.set(0, 99);
  second.flat(2)[1] = 77;
  column.set(2, 55);
  t.same(stored, before);
  t.same([first.get(0), first.get(1), first.get(2)], [99, 2, 3]);
  t.same([second.get(0), second.get(1), second.get(2)], [1, 77, 3]);
  t.same([column.get(0), column.get(1), column.get(2)], [1, 2, 55]);
  second.commit(memory);
  second.flat(2)[0] = 11;
  t.equal(new PackedColumn(memory, KEYS, layout).get(0), 1, "nor what was committed");
  t.end();
});

t.test("only touched chunks are written", (t) => {
  const memory = new MemoryState();
  const layout = LAYOUTS[3];
  const column = new PackedColumn(memory, KEYS, layout);
  column.put(
    0,
    Array.from({ length: 80 }, (_, index) => index + 1),
  );
  column.commit(memory);
  const before = new Map(memory.entries);
  const changed = () => [...memory.entries].filter(([name, value]) => before.get(name) !== value).length;
  column.commit(memory);
  t.equal(changed(), 0);
  column.set(3, 4);
  column.commit(memory);
  t.equal(changed(), 0, "the same value again");
  column.set(3, 5);
  column.flat(80)[70] = 0;
  column.commit(memory);
  t.equal(changed(), 2);
  t.end();
});

t.test("what was committed is not written again", (t) => {
  const chain = chainOf(4);
  const state = open(chain);
  state.register(publicKeyOf("new"), accountOf("new"), INCREMENT);
  state.escrow.mint(BigInt(INCREMENT));
  state.commit(chain.memory, TREASURY);
  const key = state.keys.publicKey(publicKeyOf("new"));
  chain.memory.delete(key);
  state.commit(chain.memory, TREASURY);
  t.equal(chain.memory.get(key), undefined);
  t.equal(state.indexOf(publicKeyOf("new")), 4, "though the state knows of it");
  t.end();
});

t.test("a damaged chunk is told of", (t) => {
  const memory = new MemoryState();
  memory.set(KEYS.chunk(3, 0), new Uint8Array(15));
  t.throws(() => new PackedColumn(memory, KEYS, LAYOUTS[2]).get(0), { code: "GASPER_STATE_DAMAGED" });
  memory.set(KEYS.chunk(3, 0), new Uint8Array(80));
  t.throws(() => new PackedColumn(memory, KEYS, LAYOUTS[2]).get(0), { code: "GASPER_STATE_DAMAGED" });
  t.throws(() => decodeSummary(new Uint8Array(3)), { code: "GASPER_STATE_DAMAGED" });
  const summary = encodeSummary(open(chainOf(1)).summary);
  t.same(encodeSummary(decodeSummary(summary)), summary);
  summary[0] = 2;
  t.throws(() => decodeSummary(summary), { code: "GASPER_STATE_DAMAGED" });
  summary[0] = 1;
  summary[8] = 0xff;
  t.throws(() => decodeSummary(summary), { code: "GASPER_STATE_DAMAGED" });
  t.end();
});

t.test("memory equals what is read back, at the borders of chunks", async (t) => {
  for (const count of [511, 512, 513, 1_023, 1_024, 1_025, 4_095, 4_096, 4_097]) {
    const chain = chainOf(count);
    const state = open(chain);
    await processSlots(state, 17, hashOf("root"), services());
    const [added] = [state.register(publicKeyOf("one more"), accountOf("one more"), 33 * INCREMENT)];
    state.escrow.mint(33n * BigInt(INCREMENT));
    t.equal(added, count);
    state.initiateExit(count - 1);
    await processSlots(state, 33, hashOf("root"), services());
    const plain = Array.from({ length: count + 1 }, (_, index) => state.validator(index));
    const summary = { ...state.summary };
    state.commit(chain.memory, TREASURY);
    // Other objects with the same bytes: nothing that was parsed before is found again.
    const copy = new MemoryState([...chain.memory.entries].map(([name, value]) => [name, value.slice()]));
    const again = GasperState.open(copy, chain.parameters);
    const same = JSON.stringify(Array.from({ length: count + 1 }, (_, index) => again.validator(index))) === JSON.stringify(plain);
    t.ok(same, `${count} validators`);
    t.same(again.summary, summary);
    t.equal(again.indexOf(publicKeyOf(count - 1)), count - 1);
    t.equal(again.indexOf(publicKeyOf("one more")), count);
    t.equal(again.activeIndices(2).length, count);
    t.same(again.activeIndices(4), again.activeIndices(2).slice(0, -1));
    t.ok(checkSupply(again, escrowOf(copy)).ok);
  }
});

t.test("genesis", (t) => {
  const chain = chainOf(40);
  const state = open(chain);
  t.equal(state.slot, 0);
  t.equal(state.validatorCount, 40);
  t.equal(state.summary.activeIncrements, 40 * 32);
  t.equal(escrowOf(chain.memory), 40n * 32n * BigInt(INCREMENT));
  t.equal(TREASURY.supply(chain.memory), 40n * 32n * BigInt(INCREMENT));
  t.same(state.randaoMix(-2), CHAIN_HASH);
  t.same(state.randaoMix(0), CHAIN_HASH);
  for (let slot = 0; slot < 16; slot++) t.ok((state.proposerAt(slot) as number) < 40);
  t.equal(state.proposerAt(16), undefined);
  t.equal(state.blockRootAt(0), undefined, "not known before the next slot");
  t.equal(validatorStatus(state.validator(0), 0), "active_ongoing");
  t.same(state.validatorsOf(accountOf(7)), [7]);
  t.same(state.account(7), accountOf(7));
  t.throws(() => state.validator(40), /invariant/);
  t.equal(GasperState.exists(new MemoryState(), chain.parameters), false);
  t.equal(GasperState.exists(chain.memory, chain.parameters), true);
  const odd = chainOf(2, { validators: genesisValidators(2, 40 * INCREMENT + 5) });
  t.equal(open(odd).validator(1).balance, 40 * INCREMENT + 5);
  t.equal(open(odd).validator(1).effectiveIncrements, 32, "at most the maximum");
  t.equal(open(chainOf(0)).proposerAt(0), undefined, "nobody proposes where nobody is");
  t.end();
});

t.test("block roots: of empty slots, across epochs, and forgotten", async (t) => {
  const chain = chainOf(8);
  const state = open(chain);
  const expected = new Map<number, Bytes>();
  let root = hashOf("genesis");
  for (const slot of [1, 2, 5, 8, 9, 16, 30, 47, 48]) {
    for (let empty = state.slot; empty < slot; empty++) expected.set(empty, root);
    await processSlots(state, slot, root, services());
    root = hashOf(`block ${slot}`);
    for (let past = 0; past < slot; past++) {
      const isKept = Math.floor(past / 8) + 4 > Math.floor(slot / 8);
      if (JSON.stringify(state.blockRootAt(past)) !== JSON.stringify(isKept ? expected.get(past) : undefined))
        t.fail(`slot ${past} at ${slot}`);
    }
    t.equal(state.blockRootAt(slot), undefined);
  }
});

t.test("the ring of slashings", (t) => {
  const chain = chainOf(4, { slashing: { vectorEpochs: 4 } });
  const state = open(chain);
  addSlashed(state, 1, 5);
  addSlashed(state, 3, 2 ** 33);
  addSlashed(state, 1, 2);
  t.same(
    [0, 1, 2, 3].map((epoch) => slashedIn(state, epoch)),
    [0, 7, 0, 2 ** 33],
  );
  t.equal(state.summary.slashedIncrements, 7 + 2 ** 33);
  resetSlashed(state, 7);
  t.equal(slashedIn(state, 3), 0);
  state.commit(chain.memory, TREASURY);
  t.equal(chain.memory.get(state.keys.slashings)?.length, 16, "nothing after the last one");
  resetSlashed(state, 5);
  state.commit(chain.memory, TREASURY);
  t.equal(chain.memory.get(state.keys.slashings), undefined);
  t.equal(open(chain).summary.slashedIncrements, 0);
  t.end();
});

t.test("the exit queue in the summary", (t) => {
  const state = open(chainOf(64, { lifecycle: { minChurnPerEpoch: 3, churnQuotient: 1_000 } }));
  const exits: number[] = [];
  for (let index = 0; index < 7; index++) {
    state.initiateExit(index);
    exits.push(state.exitEpoch(index));
  }
  state.summary.slot = 8 * 5;
  state.initiateExit(0);
  state.initiateExit(10);
  t.same([...exits, state.exitEpoch(0), state.exitEpoch(10)], [2, 2, 2, 3, 3, 3, 4, 2, 7], "once, and never in the past");
  t.equal(state.withdrawableEpoch(10), 7 + 4);
  t.end();
});

t.test("money that is missing, or too much, is found", (t) => {
  const chain = chainOf(4);
  const escrow = escrowOf(chain.memory);
  const state = open(chain);
  t.equal(checkSupply(state, escrow).ok, true);
  t.match(checkSupply(state, escrow + 1n), { ok: false, surplus: 1n });
  t.match(checkSupply(state, escrow - 1n), { ok: false, surplus: -1n });
  state.columns.balances.set(0, 5);
  t.equal(checkSupply(state, escrow).ok, false);
  TREASURY.debit(chain.memory, ESCROW, 5n);
  const poor = open(chain);
  poor.escrow.mint(-escrow);
  t.throws(() => poor.commit(chain.memory, TREASURY), /the escrow holds what validators own/);
  const owing = open(chain);
  owing.escrow.mint(1n);
  t.throws(() => owing.commit(chain.memory), /treasury/);
  t.throws(() => open(chain).increaseBalance(0, 2 ** 52), /invariant/);
  t.equal(open(chain).decreaseBalance(0, 2 ** 52), 32 * INCREMENT, "at most what is there");
  t.end();
});

t.test("parameters that contradict each other", (t) => {
  const cases: readonly (readonly [path: string, changes: SpecChanges])[] = [
    ["balances.maxEffective", { balances: { maxEffective: 32 * INCREMENT + 1 } }],
    ["balances.maxEffective", { balances: { effectiveIncrement: 1, minDeposit: 1, maxEffective: 65_536, ejection: 0 } }],
    ["balances.maxEffective", { balances: { maxEffective: 0 } }],
    ["balances.maxEffective", { balances: { maxEffective: "9007199254740000" } }],
    ["balances.maxEffective", { balances: { maxEffective: "9007199254740993" } }],
    ["balances.effectiveIncrement", { balances: { effectiveIncrement: 0 } }],
    ["balances.effectiveIncrement", { balances: { effectiveIncrement: 2 ** 49, maxEffective: 2 ** 50, minDeposit: 2 ** 49, ejection: 0 } }],
    ["balances.ejection", { balances: { ejection: 16 * INCREMENT + 1 } }],
    ["balances.ejection", { balances: { ejection: 32 * INCREMENT } }],
    ["balances.minDeposit", { balances: { minDeposit: INCREMENT - 1 } }],
    ["balances.minDeposit", { balances: { minDeposit: 33 * INCREMENT } }],
    ["slashing.whistleblowerRewardQuotient", { slashing: { whistleblowerRewardQuotient: 1 }, limits: { validators: 1_000_000 } }],
    ["validators", { validators: genesisValidators(3), limits: { validators: 2 } }],
    ["validators.1.publicKey", { validators: [...genesisValidators(1), ...genesisValidators(1)] }],
    ["validators.0.balance", { validators: genesisValidators(1, 16 * INCREMENT) }],
    ["validators.0.balance", { validators: genesisValidators(1, 64 * INCREMENT + 1) }],
    ["validators.0.account", { validators: genesisValidators(1).map((validator) => ({ ...validator, account: "cw1" })) }],
    ["validators.0.publicKey", { validators: genesisValidators(1).map((validator) => ({ ...validator, publicKey: "A0".repeat(48) })) }],
  ];
  for (const [path, changes] of cases) {
    try {
      checkParameters(gasperSpec(changes), CHAIN);
      t.fail(`${path} should be refused`);
    } catch (error) {
      if (!ChainwrightError.is(error)) throw error;
      t.equal(error.code, "GASPER_PARAMETERS");
      t.equal((error.data as { readonly path: string }).path, path, error.message);
    }
  }
  t.match(parametersOf({ balances: { maxEffective: `${2 ** 40}`, effectiveIncrement: 2 ** 30, minDeposit: 2 ** 30, ejection: 0 } }), {
    maxEffectiveIncrements: 2 ** 10,
  });
  t.end();
});

t.test("integer square roots", (t) => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 80n }), (n) => {
      const root = integerSquareRoot(n);
      return root * root <= n && (root + 1n) * (root + 1n) > n;
    }),
  );
  for (let n = 0n; n < 300n; n++) {
    const root = integerSquareRoot(n);
    if (root * root > n || (root + 1n) * (root + 1n) <= n) t.fail(`${n}`);
  }
  for (const n of [2n ** 53n, 2n ** 60n, 2n ** 60n - 1n, (2n ** 30n + 1n) ** 2n - 1n])
    t.ok(integerSquareRoot(n) ** 2n <= n && (integerSquareRoot(n) + 1n) ** 2n > n);
  t.end();
});

t.test("statuses", (t) => {
  const far = 0xffff_ffff;
  const state = open(chainOf(1));
  const status = (eligibility: number, activation: number, exit: number, withdrawable: number, slashed: boolean, balance: number) => {
    state.columns.epochs.put(0, [eligibility, activation, exit, withdrawable]);
    state.columns.slashed.set(0, slashed ? 1 : 0);
    state.columns.balances.set(0, balance);
    return validatorStatus(state.validator(0), 10);
  };
  t.equal(status(far, far, far, far, false, 1), "pending_initialized");
  t.equal(status(9, far, far, far, false, 1), "pending_queued");
  t.equal(status(9, 11, far, far, false, 1), "pending_queued");
  t.equal(status(9, 10, far, far, false, 1), "active_ongoing");
  t.equal(status(0, 0, 11, 20, false, 1), "active_exiting");
  t.equal(status(0, 0, 11, 20, true, 1), "active_slashed");
  t.equal(status(0, 0, 10, 20, false, 1), "exited_unslashed");
  t.equal(status(0, 0, 10, 20, true, 1), "exited_slashed");
  t.equal(status(0, 0, 5, 10, false, 1), "withdrawal_possible");
  t.equal(status(0, 0, 5, 10, true, 0), "withdrawal_done");
  t.equal(state.activationEpoch(0), state.columns.epochs.get(0 * EPOCH_FIELDS + Activation));
  t.end();
});
