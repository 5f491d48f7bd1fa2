/** Verdicts on seals: every field, every kind of bad value with its code, and what was computed before it was refused. */
import fc from "fast-check";
import t from "tap";
import { attempt, mineOne } from "../../../plugins/consensus-helios/attempt.js";
import { HeaderFault } from "../../../plugins/consensus-helios/errors.js";
import { claimFault, memoryFault, proofFaults, type SealClaim } from "../../../plugins/consensus-helios/judge.js";
import judgeTask from "../../../plugins/consensus-helios/judge.task.js";
import {
  decodeFaults,
  encodeFaults,
  type JudgeStage,
  packClaims,
  runJudgeJob,
  unpackClaims,
} from "../../../plugins/consensus-helios/judge-job.js";
import { AUTO_PHASES } from "../../../plugins/consensus-helios/phases.js";
import {
  decodeSeal,
  encodeSeal,
  type HeliosSeal,
  innerNonceBytes,
  SEAL_BYTES,
  sealHash,
  searchHash,
  searchPrefix,
} from "../../../plugins/consensus-helios/seal.js";
import { countingPhases, EASY_TARGET, element, madeClaim, negated, resealed, workOfSeed } from "./made-claims.js";
import { PHASES } from "./test-chain.js";

const claim = madeClaim(1);
const seal = decodeSeal(claim.seal) as HeliosSeal;

function judged(claims: readonly SealClaim[], stage: JudgeStage = "all", row = false) {
  const { phases, calls } = countingPhases();
  const output = runJudgeJob(
    { stage, row, phases: AUTO_PHASES, ...packClaims(claims) },
    { proofFaults: (some) => proofFaults(phases, some), memoryFault: (one) => memoryFault(phases, one) },
  );
  return { faults: decodeFaults(output), calls };
}

t.test("a seal is 556 bytes, each field at its place", async (t) => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 256, maxLength: 256 }),
      fc.uint8Array({ minLength: 256, maxLength: 256 }),
      (outerNonce, innerNonce, memoryHash, output, proof) => {
        const bytes = encodeSeal({ outerNonce, innerNonce, memoryHash, output, proof });
        t.equal(bytes.length, SEAL_BYTES);
        t.equal(Buffer.from(bytes).readBigUInt64BE(0), outerNonce);
        t.equal(Buffer.from(bytes).readUInt32BE(8), innerNonce);
        t.same(decodeSeal(bytes), { outerNonce, innerNonce, memoryHash, output, proof });
        const root = new Uint8Array(32).fill(9);
        t.same(sealHash(root, bytes), searchHash(root, { outerNonce, innerNonce, memoryHash, output, proof }));
      },
    ),
    { numRuns: 20 },
  );
  for (const length of [0, 1, SEAL_BYTES - 1, SEAL_BYTES + 1]) t.equal(decodeSeal(new Uint8Array(length)), undefined);
  t.throws(() => encodeSeal({ ...seal, output: new Uint8Array(255) }), RangeError);
  t.equal(searchPrefix(claim.root, 1n, seal.memoryHash, seal.output).length, 344, "five blocks of SHA-256 and 24 bytes");
  t.same(innerNonceBytes(0x01020304), Uint8Array.of(1, 2, 3, 4));
});

t.test("what was made is good, in every engine and by the worker's entry", async (t) => {
  const claims = [claim, madeClaim(2), madeClaim(3)];
  t.same(judged(claims), { faults: [undefined, undefined, undefined], calls: { argon2id: 3, proofs: 3, units: 1 } });
  for (const arithmetic of ["crypto", "bigint"] as const)
    for (const argon2id of ["native", "portable"] as const) {
      const input = { stage: "all", row: false, phases: { arithmetic, argon2id }, ...packClaims(claims) } as const;
      t.same(judgeTask(input), new Uint8Array(3), `${arithmetic}, ${argon2id}`);
    }
  const portable = mineOne({ ...PHASES }, workOfSeed(1));
  t.same(portable, claim.seal, "and the same seal is made again");
});

t.test("an outer nonce whose search finds nothing gives no seal", async (t) => {
  const work = workOfSeed(4, { target: new Uint8Array(32) });
  t.equal(attempt(PHASES, work, 0n), undefined);
});

/** One bit of each byte is another one. At a target that every hash meets, so that what refuses it is not luck. */
const tampered = Array.from({ length: SEAL_BYTES }, (_, at) => {
  const bytes = claim.seal.slice();
  bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
  return { ...claim, target: new Uint8Array(32).fill(0xff), seal: bytes };
});

t.test("every byte of a seal counts, in every engine", async (t) => {
  const { faults, calls } = judged(tampered, "proofs");
  t.equal(faults.length, 556);
  for (const [at, fault] of faults.entries()) {
    if (at < 8) t.equal(fault, HeaderFault.proof, `outer nonce, byte ${at}`);
    else if (at < 11) t.equal(fault, HeaderFault.innerNonce, `inner nonce, byte ${at}`);
    // Where any hash will do, one inner nonce is as good as another.
    else if (at === 11) t.equal(fault, undefined);
    else if (at < 44) t.equal(fault, HeaderFault.proof, `M, byte ${at}: it begins another time-lock`);
    else t.match(fault, /^HELIOS_(OUTPUT|PROOF|TIMELOCK)/, `byte ${at}`);
  }
  t.ok(calls.units === 1 && calls.argon2id === 0);
  const portable = { stage: "all", row: false, phases: { arithmetic: "crypto", argon2id: "portable" }, ...packClaims(tampered) } as const;
  t.same(decodeFaults(judgeTask(portable)), faults, "node:crypto and JavaScript's Argon2id say the same of each");
  const native = { ...portable, phases: AUTO_PHASES };
  t.same(decodeFaults(judgeTask(native)), faults);
  const oracle = {
    ...portable,
    phases: { arithmetic: "bigint", argon2id: "portable" },
    ...packClaims(tampered.filter((_, at) => at % 16 === 0)),
  } as const;
  t.same(
    decodeFaults(judgeTask(oracle)),
    faults.filter((_, at) => at % 16 === 0),
    "and BigInt",
  );
});

t.test("where a target is to be met, one other bit of what it is of misses it", async (t) => {
  const hard = madeClaim(5, { target: new Uint8Array(32).fill(0xff).fill(0, 0, 1) });
  const exact = { ...hard, target: sealHash(hard.root, hard.seal) };
  t.same(judged([exact]).faults, [undefined], "the target itself is met");
  for (let bit = 0; bit < 6; bit++) {
    const bytes = hard.seal.slice();
    bytes[11] = (bytes[11] as number) ^ (1 << bit);
    t.equal(judged([{ ...exact, seal: bytes }]).faults[0], HeaderFault.work, `inner nonce, bit ${bit}`);
  }
});

/** The claim at a target that everything meets, so that only the fault at hand refuses it. */
const open = { ...claim, target: new Uint8Array(32).fill(0xff) };
const rows: readonly (readonly [string, SealClaim, string])[] = [
  ["no seal", { ...open, seal: new Uint8Array(0) }, "HELIOS_SEAL_SIZE"],
  ["a truncated seal", { ...open, seal: claim.seal.subarray(0, 555) }, "HELIOS_SEAL_SIZE"],
  ["a byte too many", { ...open, seal: new Uint8Array(557) }, "HELIOS_SEAL_SIZE"],
  ["an inner nonce of 2^k", resealed(open, { innerNonce: 64 }), "HELIOS_INNER_NONCE"],
  ["the largest inner nonce", resealed(open, { innerNonce: 2 ** 32 - 1 }), "HELIOS_INNER_NONCE"],
  ["an output of 0", resealed(open, { output: element(0n) }), "HELIOS_OUTPUT_RANGE"],
  ["an output of 1", resealed(open, { output: element(1n) }), "HELIOS_OUTPUT_RANGE"],
  ["an output of N - 1", resealed(open, { output: element(-1n) }), "HELIOS_OUTPUT_RANGE"],
  ["an output of N", resealed(open, { output: element(-1n).with(255, 0xe5) }), "HELIOS_OUTPUT_RANGE"],
  ["an output above N", resealed(open, { output: new Uint8Array(256).fill(0xff) }), "HELIOS_OUTPUT_RANGE"],
  ["the other form of the output", resealed(open, { output: negated(seal.output) }), "HELIOS_OUTPUT_NOT_CANONICAL"],
  ["a proof of 0", resealed(open, { proof: element(0n) }), "HELIOS_PROOF_RANGE"],
  ["a proof of 1", resealed(open, { proof: element(1n) }), "HELIOS_PROOF_RANGE"],
  ["a proof of N - 1", resealed(open, { proof: element(-1n) }), "HELIOS_PROOF_RANGE"],
  ["a proof above N", resealed(open, { proof: new Uint8Array(256).fill(0xff) }), "HELIOS_PROOF_RANGE"],
  ["the other form of the proof", resealed(open, { proof: negated(seal.proof) }), "HELIOS_PROOF_NOT_CANONICAL"],
  ["a target missed by one", { ...claim, target: below(sealHash(claim.root, claim.seal)) }, "HELIOS_INSUFFICIENT_WORK"],
];

t.test("bad values are refused by their bytes, before any arithmetic", async (t) => {
  for (const [name, bad, code] of rows) {
    t.equal(claimFault(PHASES, bad), code, name);
    t.same(judged([bad]), { faults: [code], calls: { argon2id: 0, proofs: 0, units: 1 } }, `${name}: nothing computed`);
  }
});

t.test("a time-lock that is wrong costs a proof's check and no Argon2id", async (t) => {
  const other = decodeSeal(madeClaim(2).seal) as HeliosSeal;
  const proven: readonly (readonly [string, SealClaim])[] = [
    ["a proof for another header", resealed(open, { proof: other.proof })],
    ["an output and proof for another header", resealed(open, { output: other.output, proof: other.proof })],
    ["a made-up output", resealed(open, { output: element(4n) })],
    ["more squarings", { ...open, squarings: 301 }],
    ["fewer squarings", { ...open, squarings: 299 }],
    ["another root", { ...open, root: workOfSeed(7).root }],
    ["another M", resealed(open, { memoryHash: new Uint8Array(32) })],
  ];
  for (const [name, bad] of proven)
    t.same(judged([bad]), { faults: ["HELIOS_TIMELOCK_PROOF"], calls: { argon2id: 0, proofs: 1, units: 1 } }, name);
});

t.test("what only Argon2id can tell is refused by it", async (t) => {
  // A made-up M, with the time-lock that follows from it done honestly.
  const memoryHash = new Uint8Array(32).fill(5);
  const run = PHASES.timelock.begin(PHASES.timelock.elementOf(claim.root, 3n, memoryHash), claim.squarings);
  run.advance(claim.squarings);
  const madeUp = resealed(open, { outerNonce: 3n, memoryHash, output: run.output(), proof: run.prove() });
  const wrong: readonly (readonly [string, SealClaim])[] = [
    ["a made-up M", madeUp],
    ["another size of memory", { ...open, memoryCost: { memoryKiB: 72, passes: 1 } }],
    ["another number of passes", { ...open, memoryCost: { memoryKiB: 64, passes: 2 } }],
    ["another parent", { ...open, parentId: workOfSeed(9).parentId }],
  ];
  for (const [name, bad] of wrong)
    t.same(judged([bad]), { faults: ["HELIOS_WRONG_MEMORY"], calls: { argon2id: 1, proofs: 1, units: 1 } }, name);
});

t.test("in a batch each gets its own verdict; a row ends with the first bad one", async (t) => {
  const good = madeClaim(2);
  const forged = resealed({ ...good, target: open.target }, { output: element(4n) });
  const remembered = { ...open, memoryCost: { memoryKiB: 72, passes: 1 } };
  const list = [claim, remembered, good, forged, claim];
  t.same(judged(list).faults, [undefined, "HELIOS_WRONG_MEMORY", undefined, "HELIOS_TIMELOCK_PROOF", undefined]);
  t.same(judged(list, "all", true), {
    faults: [undefined, "HELIOS_WRONG_MEMORY"],
    calls: { argon2id: 2, proofs: 5, units: 1 },
  });
  t.same(judged([claim, forged, good], "proofs", true).faults, [undefined, "HELIOS_TIMELOCK_PROOF"]);
  t.same(judged([], "all").faults, []);
});

t.test("claims and faults come back as they were packed", async (t) => {
  const claims = [claim, { ...madeClaim(3), seal: claim.seal.subarray(0, 17) }, { ...claim, seal: new Uint8Array(600) }];
  t.same(unpackClaims(packClaims(claims)), claims);
  const faults = [undefined, ...Object.values(HeaderFault)];
  t.same(decodeFaults(encodeFaults(faults)), faults);
  t.throws(() => decodeFaults(Uint8Array.of(200)));
  t.equal(EASY_TARGET.length, 32);
});

function below(hash: Uint8Array): Uint8Array {
  const value = BigInt(`0x${Buffer.from(hash).toString("hex")}`) - 1n;
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));
}
