/** The end of an epoch equals the specification, to the unit; and money is neither made nor lost beside it. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import t, { type Test } from "tap";
import type { ConsensusHost } from "../../../../core/sdk.js";
import {
  committedSetRoot,
  encodedSetRoot,
  encodeValidatorSet,
  processSlots,
  unrealizedCheckpoints,
} from "../../../../plugins/consensus-gasper/epoch/index.js";
import { EpochBorders } from "../../../../plugins/consensus-gasper/epoch-borders.js";
import { checkSupply, EPOCH_FIELDS, Exit, GasperState } from "../../../../plugins/consensus-gasper/state/index.js";
import { MemoryState } from "../../ledger-account/fixtures.js";
import { chainOf, escrowOf, hashOf, hex, INCREMENT, open, parametersOf, type SpecChanges, services, TREASURY } from "../state/fixtures.js";
import { FAR_FUTURE_EPOCH, SpecState, type SpecValidator } from "./specification.js";
import { describeSpec, describeState, engineState, specConfig, vote } from "./twins.js";

/** A stream of numbers from a seed, for states of any size. */
function drawer(seed: number): (below: number) => number {
  let count = 0;
  return (below) => {
    const digest = createHash("sha256").update(`${seed} ${count++}`).digest();
    return Number(digest.readBigUInt64LE(0) % BigInt(below));
  };
}

/** Somebody is always there whom a draw of proposers finds soon: otherwise the specification takes its time. */
function isCertain(name: string): boolean {
  return name === "0" || name === "1";
}

/** A state that need not have come about by blocks, but that the rules must cope with. */
function randomSpec(parameters: ReturnType<typeof parametersOf>, count: number, draw: (below: number) => number): SpecState {
  const config = specConfig(parameters);
  const spec = new SpecState(config);
  const epoch = BigInt(2 + draw(20));
  spec.slot = (epoch + 1n) * config.SLOTS_PER_EPOCH - 1n;
  for (let slot = 0n; slot < spec.slot; slot++) spec.block_roots.set(slot, hex(hashOf(`root ${slot}`)));
  for (let e = 0n; e <= epoch; e++) spec.randao_mixes.set(e, Buffer.from(hashOf(`mix ${e} ${draw(1_000)}`)));
  for (let index = 0; index < count; index++) addValidator(spec, randomValidator(spec, `${index}`, epoch, draw), epoch, draw);
  for (const place of spec.slashings.keys())
    if (draw(4) === 0) spec.slashings[place] = BigInt(draw(40)) * config.EFFECTIVE_BALANCE_INCREMENT;
  for (let i = draw(6); i > 0; i--)
    spec.pending_deposits.push({
      name: `deposit ${i}`,
      amount: config.EFFECTIVE_BALANCE_INCREMENT * BigInt(1 + draw(40)) + BigInt(draw(2)),
      isProven: draw(3) > 0,
    });
  spec.justification_bits = [draw(2) === 1, draw(2) === 1, draw(2) === 1, draw(2) === 1];
  const past = (distance: number) => {
    const at = epoch > BigInt(distance) ? epoch - BigInt(distance) : 0n;
    return { epoch: at, root: spec.block_roots.get(at * config.SLOTS_PER_EPOCH) as string };
  };
  const [finalized, previous, current] = [2 + draw(12), 2 + draw(3), 1 + draw(3)];
  spec.finalized_checkpoint = past(Math.max(finalized, previous, current));
  spec.previous_justified_checkpoint = past(Math.max(previous, current));
  spec.current_justified_checkpoint = past(current);
  // The engine says so; the specification's own test of it is process_proposer_lookahead.
  for (let slot = 0n; slot < 2n * config.SLOTS_PER_EPOCH; slot++) spec.proposer_lookahead.push(draw(Math.max(1, count)));
  return spec;
}

function randomValidator(spec: SpecState, name: string, epoch: bigint, draw: (below: number) => number): SpecValidator {
  const { config } = spec;
  const increments = draw(4) === 0 ? draw(33) : 28 + draw(5);
  const validator: SpecValidator = {
    name,
    effective_balance: BigInt(increments) * config.EFFECTIVE_BALANCE_INCREMENT,
    slashed: false,
    activation_eligibility_epoch: FAR_FUTURE_EPOCH,
    activation_epoch: FAR_FUTURE_EPOCH,
    exit_epoch: FAR_FUTURE_EPOCH,
    withdrawable_epoch: FAR_FUTURE_EPOCH,
  };
  if (isCertain(name)) validator.effective_balance = 32n * config.EFFECTIVE_BALANCE_INCREMENT;
  const kind = isCertain(name) ? 3 : draw(10);
  if (kind === 0) return validator;
  validator.activation_eligibility_epoch = BigInt(draw(Number(epoch) + 2));
  if (kind === 1) return validator;
  validator.activation_epoch = kind === 2 ? epoch + BigInt(draw(4)) : BigInt(draw(Number(epoch) + 1));
  if (kind < 7) return validator;
  validator.exit_epoch = validator.activation_epoch + 1n + BigInt(draw(6));
  if (kind < 9) {
    validator.withdrawable_epoch = validator.exit_epoch + config.MIN_VALIDATOR_WITHDRAWABILITY_DELAY;
    return validator;
  }
  validator.slashed = true;
  const half = epoch + config.EPOCHS_PER_SLASHINGS_VECTOR / 2n;
  const wait = draw(2) === 0 ? half : epoch + BigInt(draw(Number(config.EPOCHS_PER_SLASHINGS_VECTOR)));
  validator.withdrawable_epoch = wait > validator.exit_epoch ? wait : validator.exit_epoch;
  return validator;
}

function addValidator(spec: SpecState, validator: SpecValidator, epoch: bigint, draw: (below: number) => number): void {
  const increment = spec.config.EFFECTIVE_BALANCE_INCREMENT;
  const near = validator.effective_balance + BigInt(draw(3 * Number(increment))) - increment;
  const balance = draw(12) === 0 && !isCertain(validator.name) ? BigInt(draw(100_000)) : near > 0n ? near : 0n;
  spec.validators.push(validator);
  spec.balances.push(balance);
  const wasActive = epoch > 0n && spec.is_active_validator(validator, epoch - 1n);
  spec.previous_epoch_participation.push(wasActive ? draw(8) | draw(8) : 0);
  spec.current_epoch_participation.push(spec.is_active_validator(validator, epoch) ? draw(8) | draw(8) : 0);
  // A score like that costs everything at once; whoever is certain to be there stays.
  const highest = !isCertain(validator.name) && draw(3) === 0 ? 2_000_000 : 40;
  spec.inactivity_scores.push(BigInt(draw(highest)));
}

/** Both move on, epoch by epoch, with votes in between. */
async function compare(
  t: Test,
  changes: SpecChanges,
  count: number,
  seed: number,
  epochs: number,
  adjust: (spec: SpecState) => void = () => {},
): Promise<void> {
  const draw = drawer(seed);
  const parameters = parametersOf(changes);
  const spec = randomSpec(parameters, count, draw);
  adjust(spec);
  const memory = new MemoryState();
  let state = engineState(spec, memory, parameters);
  state.commit(memory, TREASURY);
  const before = describeState(GasperState.open(memory, parameters));
  if (!isSame(before, describeSpec(spec))) t.same(before, describeSpec(spec), `seed ${seed}: written and read`);
  for (let round = 0; round < epochs; round++) {
    if (round % 2 === 0) state = GasperState.open(memory, parameters);
    const foreseen = unrealizedCheckpoints(state);
    const slot = state.firstSlotOf(state.epoch + 1);
    spec.process_slots(BigInt(slot), hex(hashOf(`root ${round}`)));
    await processSlots(state, slot, hashOf(`root ${round}`), services());
    const [expected, actual] = [describeSpec(spec), describeState(state)];
    if (!isSame(actual, expected)) t.same(actual, expected, `seed ${seed}, ${count} validators, round ${round}`);
    if (!isSame([foreseen.justified, foreseen.finalized], [state.currentJustified, state.finalized])) t.fail(`seed ${seed}: not foreseen`);
    state.commit(memory, TREASURY);
    const reopened = GasperState.open(memory, parameters);
    if (!isSame(describeState(reopened), expected)) t.same(describeState(reopened), expected, `seed ${seed}: reopened`);
    const supply = checkSupply(reopened, escrowOf(memory));
    if (!supply.ok) t.fail(`seed ${seed}: supply ${JSON.stringify(supply, (_, v) => (typeof v === "bigint" ? `${v}` : v))}`);
    // Some votes, and on to the last slot of the epoch.
    for (const index of state.activeIndices(state.epoch)) vote(spec, state, index, draw(8) | draw(8));
    const last = slot + parameters.slotsPerEpoch - 1;
    spec.process_slots(BigInt(last), hex(hashOf(`root ${round} b`)));
    await processSlots(state, last, hashOf(`root ${round} b`), services());
    state.commit(memory, TREASURY);
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

t.test("an epoch ends as the specification says, whatever the state", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 0, max: 40 }), async (seed, count) => {
      await compare(t, {}, count, seed, 3);
      if (!t.passing()) throw new Error(`seed ${seed}, ${count} validators`);
    }),
    { numRuns: 40 },
  );
  t.pass("as the specification");
});

t.test("also with other parameters, and where Numbers end", async (t) => {
  const sets: readonly SpecChanges[] = [
    { balances: { effectiveIncrement: 3, minDeposit: 3, maxEffective: 96, ejection: 3 }, rewards: { baseRewardFactor: 4_000 } },
    {
      balances: { effectiveIncrement: 2 ** 45, minDeposit: 2 ** 45, maxEffective: 2 ** 50, ejection: 2 ** 46 },
      rewards: { baseRewardFactor: 64 },
      limits: { validators: 1_000 },
    },
    { rewards: { inactivityPenaltyQuotient: 1, inactivityScoreBias: 1, inactivityScoreRecovery: 1, minEpochsToInactivityPenalty: 1 } },
    {
      slotsPerEpoch: 2,
      slashing: { vectorEpochs: 3, proportionalMultiplier: 16 },
      lifecycle: { minChurnPerEpoch: 1, churnQuotient: 2, maxSeedLookaheadEpochs: 5 },
    },
  ];
  for (const [at, changes] of sets.entries()) for (let seed = 0; seed < 5; seed++) await compare(t, changes, 24, 1_000 * at + seed, 3);
  t.pass("as the specification");
});

t.test("halfway through an odd vector is rounded down", async (t) => {
  await compare(t, { slashing: { vectorEpochs: 7, proportionalMultiplier: 2 } }, 12, 1, 3, (spec) => {
    spec.slashings.fill(20n * BigInt(INCREMENT));
    for (const index of [2, 3, 4, 5, 6, 7]) {
      const epoch = spec.get_current_epoch();
      const effective_balance = 32n * BigInt(INCREMENT);
      const epochs = { activation_epoch: 0n, exit_epoch: epoch + 1n, withdrawable_epoch: epoch + BigInt(index) };
      Object.assign(spec.at(index), { slashed: true, effective_balance, ...epochs });
      spec.balances[index] = effective_balance;
      spec.inactivity_scores[index] = 0n;
    }
  });
  t.pass("as the specification");
});

t.test("penalties of a leak are exact where the product of balance and score is not a safe integer", async (t) => {
  // Scores such that the product is one short of a multiple of the divisor: rounded, it would give one more.
  const increment = 999_999_937;
  const divisor = 16_777_213;
  const changes = {
    balances: { effectiveIncrement: increment, minDeposit: increment, maxEffective: 32 * increment, ejection: 0 },
    rewards: { inactivityScoreBias: 1, inactivityPenaltyQuotient: divisor, minEpochsToInactivityPenalty: 1 },
  };
  await compare(t, changes, 36, 1, 1, (spec) => {
    spec.finalized_checkpoint = { ...spec.finalized_checkpoint, epoch: 0n };
    spec.previous_justified_checkpoint = spec.finalized_checkpoint;
    spec.current_justified_checkpoint = spec.finalized_checkpoint;
    spec.justification_bits = [false, false, false, false];
    for (let index = 2; index < 34; index++) {
      const increments = index - 1;
      const validator = spec.at(index);
      const effective_balance = BigInt(increments * increment);
      Object.assign(validator, { effective_balance, slashed: false, activation_eligibility_epoch: 0n, activation_epoch: 0n });
      Object.assign(validator, { exit_epoch: FAR_FUTURE_EPOCH, withdrawable_epoch: FAR_FUTURE_EPOCH });
      spec.balances[index] = effective_balance;
      spec.previous_epoch_participation[index] = 0;
      spec.inactivity_scores[index] = BigInt(divisor - inverse(increments * increment, divisor) - 1);
    }
  });
  t.pass("as the specification");
});

/** Of a modulo a prime (Fermat). */
function inverse(a: number, prime: number): number {
  let result = 1n;
  let base = BigInt(a) % BigInt(prime);
  for (let exponent = BigInt(prime) - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % BigInt(prime);
    base = (base * base) % BigInt(prime);
  }
  return Number(result);
}

t.test("thousands of empty slots are passed quickly, in one step or in many, and in slices", async (t) => {
  const chain = chainOf(64);
  const whole = open(chain);
  await processSlots(whole, 8 * 300 + 3, hashOf("genesis"), services());
  const steps = open(chain);
  let pauses = 0;
  const slicer = { due: () => true, pause: async () => void pauses++ };
  for (let slot = 0; slot < 8 * 300 + 3; slot += 13)
    await processSlots(steps, Math.min(slot + 13, 8 * 300 + 3), hashOf("genesis"), services(slicer));
  t.same(describeState(steps), describeState(whole));
  t.ok(pauses > 300 * 5, `${pauses} pauses`);
  t.equal(whole.slot, 8 * 300 + 3);
  whole.commit(chain.memory, TREASURY);
  const supply = checkSupply(open(chain), escrowOf(chain.memory));
  t.ok(supply.ok);
  t.equal(whole.finalized.epoch, 0);
});

t.test("without votes stake leaks until the idle are thrown out", async (t) => {
  const chain = chainOf(20);
  const state = open(chain);
  await processSlots(state, 8 * 3, hashOf("genesis"), services());
  const early = state.balance(0);
  t.ok(early < 32 * INCREMENT);
  t.equal(state.validator(0).inactivityScore, 0, "not yet a leak");
  await processSlots(state, 8 * 400, hashOf("genesis"), services());
  t.ok(state.exitEpoch(0) < 400, "ejected");
  t.ok(state.exitEpoch(19) > state.exitEpoch(0), "one after the other");
  t.same([...state.activeIndices(400)], []);
  t.equal(state.proposerAt(8 * 400), undefined);
});

t.test("a state that is only looked at changes nothing", async (t) => {
  const chain = chainOf(20);
  const before = new Map(chain.memory.entries);
  await processSlots(open(chain), 8 * 4, hashOf("genesis"), services());
  t.same([...chain.memory.entries.keys()], [...before.keys()]);
  for (const [name, value] of before) if (chain.memory.entries.get(name) !== value) t.fail("changed");
});

t.test("the set of a thousand validators is committed to piece by piece, without those who have left", async (t) => {
  const chain = chainOf(1_100);
  const state = open(chain);
  for (let index = 3; index < 700; index += 5) state.columns.epochs.put(index * EPOCH_FIELDS + Exit, [1, 9]);
  await processSlots(state, 8, hashOf("parent"), services());
  const pieces: Buffer[] = [Buffer.alloc(0), Buffer.alloc(0), Buffer.alloc(0)];
  for (let index = 0; index < 1_100; index++) {
    const { publicKey, effectiveIncrements, activationEpoch, exitEpoch, slashed } = state.validator(index);
    if (exitEpoch <= 1) continue;
    const entry = Buffer.alloc(63);
    entry.writeUInt32BE(index, 0);
    entry.set(publicKey, 4);
    entry.writeUInt16BE(effectiveIncrements, 52);
    entry.writeUInt32BE(activationEpoch, 54);
    entry.writeUInt32BE(exitEpoch, 58);
    entry.writeUInt8(slashed ? 1 : 0, 62);
    const piece = Math.floor(index / 512);
    pieces[piece] = Buffer.concat([pieces[piece] as Buffer, entry]);
  }
  const whole = Buffer.concat(pieces);
  t.equal(whole.length, 63 * (1_100 - 140));
  const entries = Buffer.alloc(4);
  entries.writeUInt32BE(whole.length / 63);
  const sha256 = (...parts: readonly Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const root = sha256(Buffer.from("cw/gasper/set/1\0"), entries, ...pieces.map((piece) => sha256(piece)));
  const set = await encodeValidatorSet(state, 1, services().slicer);
  t.equal(hex(set), hex(whole));
  t.equal(hex(encodedSetRoot(set)), hex(root));
  t.equal(hex(committedSetRoot(state) ?? new Uint8Array(0)), hex(root));
});

t.test("walks from one block are made one at a time, also to what lies behind the furthest", async (t) => {
  const { memory, parameters } = chainOf(8);
  const events: string[] = [];
  const host = {
    clock: { monotonicMs: () => 0 },
    treasury: TREASURY,
    view: () => memory,
    slicer: () => {
      events.push("begins");
      return { due: () => true, pause: () => new Promise<void>((resolve) => setImmediate(resolve)) };
    },
  } as unknown as ConsensusHost;
  const borders = new EpochBorders(host, parameters, services().verify, () => {});
  const root = hashOf("root");
  const walk = async (epoch: number) => {
    const changes = await borders.at(root, epoch);
    events.push(`is at ${GasperState.open(changes, parameters).epoch}`);
  };
  await walk(40);
  await Promise.all([walk(20), walk(30), walk(40), walk(25)]);
  t.same(
    events.map((event) => event.split(" ")[0]).filter((event, at, all) => event === "begins" && all[at - 1] === "begins"),
    [],
    "none begins before the one before is there",
  );
  t.same(events.filter((event) => event.startsWith("is")).sort(), ["is at 20", "is at 25", "is at 30", "is at 40", "is at 40"]);
  t.equal(events.filter((event) => event === "begins").length, 4, "and the furthest is kept");
});
