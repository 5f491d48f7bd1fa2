/** The ledger module `validators` through real transactions of the account ledger. */
import t, { type Test } from "tap";
import {
  Address,
  type Bytes,
  chainHashOf,
  chainTagOf,
  EncodingError,
  encodeAccountTransaction,
  type Receipt,
  signTransaction,
} from "../../../../core/sdk.js";
import { applyBlock } from "../../../../plugins/consensus-gasper/block/index.js";
import { encodeExtra } from "../../../../plugins/consensus-gasper/codec/index.js";
import { processSlots } from "../../../../plugins/consensus-gasper/epoch/index.js";
import {
  decodeOperation,
  encodeOperation,
  type ValidatorOperation,
  ValidatorsModule,
} from "../../../../plugins/consensus-gasper/module/index.js";
import { checkParameters, type GasperParameters } from "../../../../plugins/consensus-gasper/parameters.js";
import { checkSupply, ESCROW, GasperState, genesis, validatorStatus } from "../../../../plugins/consensus-gasper/state/index.js";
import type { AccountLedger } from "../../../../plugins/ledger-account/ledger.js";
import { CHAIN_ID, environment, key, ledgerOf, MemoryState, NEVER_DUE, PREFIX, rulesOf, specOf } from "../../ledger-account/fixtures.js";
import { EMPTY_PAYLOAD, revealOf } from "../block/chain.js";
import {
  BAD_SIGNATURE,
  CHAIN,
  GOOD_SIGNATURE,
  gasperSpec,
  genesisValidators,
  hashOf,
  hex,
  INCREMENT,
  publicKeyOf,
  type SpecChanges,
  services,
} from "../state/fixtures.js";

const FEE = 1_000;
const FUNDS = 1_000n * BigInt(INCREMENT);

/** Genesis validators 0 to 15 belong to `key(0)`, whose account has money as `key(1)`'s has. */
class StakingChain {
  readonly memory = new MemoryState();
  readonly parameters: GasperParameters;
  readonly ledger: AccountLedger;
  readonly module: ValidatorsModule;
  readonly #nonces = new Map<string, number>();
  #height = 0;

  constructor(changes: SpecChanges = {}) {
    const validators = genesisValidators(16).map((validator) => ({ ...validator, account: key(0).text }));
    this.parameters = checkParameters(gasperSpec({ validators, ...changes }), CHAIN);
    this.module = new ValidatorsModule(this.parameters, PREFIX);
    const allocations = [0, 1, 2].map((index) => ({ address: key(index).text, amount: FUNDS.toString() }));
    this.ledger = ledgerOf({ allocations, modules: [this.module] });
    this.ledger.genesis(this.memory, specOf());
    genesis(this.memory, this.parameters, this.ledger);
  }

  state(): GasperState {
    return GasperState.open(this.memory, this.parameters);
  }

  balance(address: Address): bigint {
    return BigInt((this.ledger.describeAccount(address, this.memory) as { readonly balance: string }).balance);
  }

  /** Takes time on without a block. */
  async moveTo(slot: number): Promise<void> {
    const state = this.state();
    await processSlots(state, slot, hashOf("root"), services());
    state.commit(this.memory, this.ledger);
  }

  /** An empty block of the engine, for its sweep. */
  async sweep(): Promise<void> {
    const state = this.state();
    const slot = state.slot + 1;
    const ahead = this.state();
    await processSlots(ahead, slot, hashOf("root"), services());
    const proposerIndex = ahead.proposerAt(slot) as number;
    const env = {
      timestampMs: CHAIN.genesisTimeMs + slot * this.parameters.slotMs,
      parent: hashOf("root"),
      proposer: ahead.account(proposerIndex),
      extra: encodeExtra({ proposerIndex, randaoReveal: revealOf(slot) }),
    };
    await applyBlock(state, env, EMPTY_PAYLOAD, services());
    state.commit(this.memory, this.ledger);
  }

  transaction(sender: number, operation: Bytes): Bytes {
    const { address, secret } = key(sender);
    const nonce = this.#nonces.get(hex(address)) ?? 0;
    this.#nonces.set(hex(address), nonce + 1);
    const chainHash = chainHashOf(CHAIN_ID);
    const body = { chainTag: chainTagOf(chainHash), sender: address, nonce, fee: BigInt(FEE), validFrom: 0, validUntil: 0, memo: "" };
    return signTransaction(encodeAccountTransaction({ ...body, module: 2, operation }), chainHash, [secret]);
  }

  async run(...wanted: readonly (readonly [sender: number, operation: ValidatorOperation])[]): Promise<readonly Receipt[]> {
    const raws = wanted.map(([sender, operation]) => this.transaction(sender, encodeOperation(operation)));
    const batch = this.ledger.decodeBlock(raws, rulesOf());
    const env = environment(++this.#height, key(9).address);
    const { receipts } = await this.ledger.execute(batch, this.memory, env, { mode: "import", slicer: NEVER_DUE });
    return receipts;
  }

  async codes(...wanted: readonly (readonly [sender: number, operation: ValidatorOperation])[]): Promise<readonly string[]> {
    return (await this.run(...wanted)).map(({ code }) => code);
  }

  checkSupply(t: Test): void {
    t.ok(checkSupply(this.state(), this.balance(ESCROW)).ok, "the escrow holds what validators own");
  }
}

const deposit = (name: string, amount = 32n * BigInt(INCREMENT), rest: object = {}): ValidatorOperation => ({
  kind: "deposit",
  publicKey: publicKeyOf(name),
  proofOfPossession: GOOD_SIGNATURE,
  amount,
  ...rest,
});
const exit = (name: string | number): ValidatorOperation => ({ kind: "exit", publicKey: publicKeyOf(name) });
const topUp = (name: string | number, amount: bigint): ValidatorOperation => ({ kind: "top-up", publicKey: publicKeyOf(name), amount });

t.test("deposit, activation, exit, withdrawal", async (t) => {
  const chain = new StakingChain({ rewards: { baseRewardFactor: 0, minEpochsToInactivityPenalty: 64 } });
  const supply = chain.ledger.supply(chain.memory);
  const owner = key(2).address;
  const [receipt] = await chain.run([1, deposit("new", undefined, { account: owner })]);
  t.equal(receipt?.code, "");
  t.same(receipt?.events, [
    {
      type: "validators.deposit",
      attributes: [
        ["public-key", hex(publicKeyOf("new"))],
        ["account", key(2).text],
        ["amount", "32000000000"],
      ],
    },
  ]);
  t.equal(chain.balance(key(1).address), FUNDS - 32n * BigInt(INCREMENT) - BigInt(FEE));
  t.equal(chain.state().isPending(publicKeyOf("new")), true);
  t.equal(chain.state().indexOf(publicKeyOf("new")), undefined);
  chain.checkSupply(t);
  await chain.moveTo(8);
  const status = () => validatorStatus(chain.state().validator(16), chain.state().epoch);
  t.equal(chain.state().indexOf(publicKeyOf("new")), 16);
  t.equal(chain.state().isPending(publicKeyOf("new")), false);
  t.same(chain.state().account(16), owner);
  t.equal(status(), "pending_initialized");
  await chain.moveTo(16);
  t.equal(status(), "pending_queued");
  t.equal(chain.state().eligibilityEpoch(16), 2);
  await chain.moveTo(24);
  t.equal(status(), "pending_queued", "it waits for its eligibility to be final");
  const state = chain.state();
  state.summary.finalized = { epoch: 2, root: hashOf("root") };
  state.commit(chain.memory);
  await chain.moveTo(32);
  t.equal(chain.state().activationEpoch(16), 3 + 1 + 1);
  t.same(await chain.codes([2, exit("new")]), ["GASPER_EXIT_INACTIVE"]);
  await chain.moveTo(40);
  t.equal(status(), "active_ongoing");
  t.same(await chain.codes([2, exit("new")]), ["GASPER_EXIT_TOO_EARLY"]);
  await chain.moveTo(56);
  t.same(await chain.codes([1, exit("new")]), ["GASPER_EXIT_NOT_OWNER"], "who paid is not who owns");
  const [left] = await chain.run([2, exit("new")]);
  t.same(left?.events[0]?.attributes.slice(2), [
    ["exit-epoch", "9"],
    ["withdrawable-epoch", "13"],
  ]);
  t.same(await chain.codes([2, exit("new")]), ["GASPER_EXIT_LEAVING"]);
  t.equal(status(), "active_exiting");
  await chain.moveTo(72);
  t.equal(status(), "exited_unslashed");
  await chain.moveTo(13 * 8);
  t.equal(status(), "withdrawal_possible");
  const before = chain.balance(owner);
  for (let block = 0; block < 3; block++) await chain.sweep();
  t.equal(status(), "withdrawal_done");
  t.equal(chain.balance(owner) - before, 32n * BigInt(INCREMENT), "all of it came back");
  t.equal(chain.ledger.supply(chain.memory), supply, "nothing was made or lost");
  chain.checkSupply(t);
  t.same(await chain.codes([1, deposit("new")]), ["GASPER_DEPOSIT_KEY_KNOWN"], "a key is used once for ever");
});

t.test("deposits of the wrong amount, twice, too many", async (t) => {
  const chain = new StakingChain({ limits: { validators: 18 } });
  t.same(
    await chain.codes(
      [1, deposit("a", BigInt(INCREMENT) - 1n)],
      [1, deposit("a", 0n)],
      [1, deposit("a", 64n * BigInt(INCREMENT) + 1n)],
      [1, deposit("a", 2n ** 64n - 1n)],
      [1, { ...deposit("a"), publicKey: publicKeyOf(3) } as ValidatorOperation],
      [1, deposit("a", BigInt(INCREMENT))],
      [2, deposit("a", BigInt(INCREMENT))],
      [1, deposit("b", 64n * BigInt(INCREMENT))],
      [1, deposit("c")],
    ),
    [
      "GASPER_DEPOSIT_AMOUNT",
      "GASPER_DEPOSIT_AMOUNT",
      "GASPER_DEPOSIT_AMOUNT",
      "GASPER_DEPOSIT_AMOUNT",
      "GASPER_DEPOSIT_KEY_KNOWN",
      "",
      "GASPER_DEPOSIT_KEY_PENDING",
      "",
      "GASPER_REGISTRY_FULL",
    ],
  );
  chain.checkSupply(t);
  const poor = new StakingChain();
  const lots = Array.from({ length: 16 }, (_, index) => [1, deposit(`n${index}`, 64n * BigInt(INCREMENT))] as const);
  t.same((await poor.codes(...lots)).slice(-1), ["GASPER_INSUFFICIENT_BALANCE"]);
  poor.checkSupply(t);
});

t.test("a key without proof of possession is given back, and may come again", async (t) => {
  const chain = new StakingChain();
  await chain.run([1, deposit("rogue", undefined, { proofOfPossession: BAD_SIGNATURE, account: key(2).address })], [1, deposit("good")]);
  await chain.moveTo(8);
  const state = chain.state();
  t.equal(state.indexOf(publicKeyOf("rogue")), undefined);
  t.equal(state.indexOf(publicKeyOf("good")), 16);
  t.equal(chain.balance(key(1).address), FUNDS - 32n * BigInt(INCREMENT) - 2n * BigInt(FEE), "to who paid");
  t.same(state.deposits.refused(), [
    { publicKey: publicKeyOf("rogue"), sender: key(1).address, amount: 32 * INCREMENT, epoch: 0, fault: 1 },
  ]);
  t.same(await chain.codes([2, deposit("rogue")]), [""]);
  chain.checkSupply(t);
});

t.test("deposits are taken in order, so many an epoch", async (t) => {
  const chain = new StakingChain();
  await chain.run(...Array.from({ length: 8 }, (_, index) => [1, deposit(`d${index}`, BigInt(INCREMENT))] as const));
  const counts: number[] = [];
  for (let epoch = 1; epoch <= 4; epoch++) {
    await chain.moveTo(8 * epoch);
    counts.push(chain.state().validatorCount);
  }
  t.same(counts, [19, 22, 24, 24]);
  for (let index = 0; index < 8; index++) t.equal(chain.state().indexOf(publicKeyOf(`d${index}`)), 16 + index);
});

t.test("the ring of refused deposits keeps the newest", async (t) => {
  const chain = new StakingChain({ lifecycle: { maxPendingDepositsPerEpoch: 1_024 } });
  const bad = (index: number) => [1, deposit(`r${index}`, BigInt(INCREMENT), { proofOfPossession: BAD_SIGNATURE })] as const;
  await chain.run(...Array.from({ length: 300 }, (_, index) => bad(index)));
  await chain.moveTo(8);
  const refused = chain.state().deposits.refused();
  t.equal(refused.length, 256);
  t.same(refused[0]?.publicKey, publicKeyOf("r299"));
  t.same(refused[255]?.publicKey, publicKeyOf("r44"));
  chain.checkSupply(t);
});

t.test("top-ups", async (t) => {
  const chain = new StakingChain();
  await chain.moveTo(16);
  const before = chain.state().balance(0);
  t.same(
    await chain.codes(
      [1, topUp("nobody", 1n)],
      [1, topUp(0, 0n)],
      [1, topUp(0, BigInt(64 * INCREMENT - before) + 1n)],
      [1, topUp(0, 5n)],
      [0, exit(1)],
      [1, topUp(1, 5n)],
    ),
    ["GASPER_UNKNOWN_VALIDATOR", "GASPER_TOP_UP_AMOUNT", "GASPER_TOP_UP_AMOUNT", "", "", "GASPER_TOP_UP_LEAVING"],
  );
  t.equal(chain.state().balance(0), before + 5);
  chain.checkSupply(t);
  t.same(await chain.codes([1, topUp(0, BigInt(64 * INCREMENT - before) - 5n)]), [""], "up to twice the maximum");
  t.equal(chain.state().balance(0), 64 * INCREMENT);
  chain.checkSupply(t);
});

t.test("mass exit goes through the churn", async (t) => {
  const chain = new StakingChain();
  await chain.moveTo(16);
  await chain.run(...Array.from({ length: 16 }, (_, index) => [0, exit(index)] as const));
  const exits = Array.from({ length: 16 }, (_, index) => chain.state().exitEpoch(index));
  t.same(exits, [4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11]);
  await chain.moveTo(8 * 12);
  t.same([...chain.state().activeIndices(12)], []);
  t.equal(chain.state().proposerAt(8 * 12), undefined, "nobody proposes where nobody is");
  for (let epoch = 13; epoch < 20; epoch++) await chain.moveTo(8 * epoch);
  chain.checkSupply(t);
});

t.test("what clients see", (t) => {
  const chain = new StakingChain();
  const { module } = chain;
  const wanted = deposit("new", 5n, { account: key(2).address });
  t.same(module.describe(wanted, PREFIX), {
    type: "deposit",
    publicKey: hex(publicKeyOf("new")),
    proofOfPossession: hex(GOOD_SIGNATURE),
    account: key(2).text,
    amount: "5",
  });
  t.same(module.describe(deposit("new", 5n), PREFIX), { ...(module.describe(wanted, PREFIX) as object), account: null });
  t.same(module.describe(topUp(1, 7n), PREFIX), { type: "top-up", publicKey: hex(publicKeyOf(1)), amount: "7" });
  t.same(module.describe(exit(1), PREFIX), { type: "exit", publicKey: hex(publicKeyOf(1)) });
  t.same(module.addresses(wanted, key(1).address, []), [key(2).address]);
  t.same(module.addresses(exit(1), key(1).address, []), []);
  t.equal(module.reserves(wanted), 5n);
  t.equal(module.reserves(exit(1)), 0n);
  const own = chain.ledger.describeAccount(key(0).address, chain.memory) as { readonly validators: object };
  t.match(own.validators, {
    validatorCount: 16,
    staked: `${16 * 32 * INCREMENT}`,
    validators: [{ index: 0, status: "active_ongoing", balance: `${32 * INCREMENT}` }],
  });
  const none = { validatorCount: 0, staked: "0", validators: [] };
  t.same(module.describeAccount(key(1).address, chain.memory), none);
  t.same(module.describeAccount(key(1).address, new MemoryState()), none, "before genesis");
  t.end();
});

t.test("operations have one encoding", (t) => {
  const operations = [deposit("a"), deposit("a", 0n), deposit("a", 2n ** 64n - 1n, { account: key(1).address }), topUp("a", 1n), exit("a")];
  for (const operation of operations) t.same(decodeOperation(encodeOperation(operation)), operation);
  const bytes = encodeOperation(exit("a"));
  const faults: readonly Bytes[] = [
    new Uint8Array(0),
    bytes.subarray(0, -1),
    Uint8Array.of(...bytes, 0),
    Uint8Array.of(...bytes, ...bytes),
    Uint8Array.of(...encodeOperation(topUp("a", 1n)), ...bytes),
    Uint8Array.of(0x22, 0x02, 0x08, 0x01),
    Uint8Array.of(0x1a, 0x31, 0x0a, 0x2f, ...new Uint8Array(47)),
  ];
  for (const fault of faults) t.throws(() => decodeOperation(fault), { code: EncodingError.code });
  t.end();
});

t.test("a failed operation leaves nothing behind", async (t) => {
  const chain = new StakingChain();
  const before = new Map(chain.memory.entries);
  await chain.codes([1, deposit("a", 1n)], [1, exit(0)], [1, topUp(0, 0n)]);
  const changed = [...chain.memory.entries].filter(([name, value]) => name.charCodeAt(0) === 2 && before.get(name) !== value);
  t.same(changed, []);
});
