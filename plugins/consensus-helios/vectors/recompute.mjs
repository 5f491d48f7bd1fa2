/**
 * The test vectors of SPECIFICATION.md, computed from the specification alone: node:crypto for SHA-256, @noble/hashes for Argon2id, BigInt for
 * everything modulo N and for difficulty. Imports nothing of Chainwright, and is as slow and as plain as can be.
 *
 *   node plugins/consensus-helios/vectors/recompute.mjs            compares vectors.json with what it computes
 *   node plugins/consensus-helios/vectors/recompute.mjs --write    writes vectors.json
 */
import { checkPrimeSync, createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { argon2id } from "@noble/hashes/argon2.js";

/** RSA-2048, in decimal as RSA Laboratories printed it. */
const N = BigInt(
  "25195908475657893494027183240048398571429282126204032027777137836043662020707595556264018525880784406918290641249515" +
    "08218929855914917618450280848912007284499268739280728777673597141834727026189637501497182469116507761337985909570009" +
    "73304597488084284017974291006424586918171951187461215151726546322822168699875491824224336372590851418654620435767984" +
    "23387184774447920739934236584823824281198163815010674810451660377306056201619676256133844143603833904414952634432190" +
    "11465754445417842402092461651572335077870774981712577246796292638635637328991215483143816789988504044536402352738195" +
    "1378636564391212010397122822120720357",
);
const HALF = (N - 1n) / 2n;

const tag = (text) => Buffer.concat([Buffer.from(text, "latin1"), Buffer.alloc(16)]).subarray(0, 16);
const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
const bytes = (value, length) => Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");
const integer = (buffer) => BigInt(`0x${buffer.toString("hex")}`);
const canonical = (value) => (value > HALF ? N - value : value);

function power(base, exponent, modulus) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

function varint(value) {
  const out = [];
  let rest = BigInt(value);
  for (; rest >= 128n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  return Buffer.from([...out, Number(rest)]);
}

/** Fields of a header: numbers where they are not 0, the rest with its length; the seal, field 11, as it is given. */
function encodedHeader(header, ...seal) {
  const number = (field, value) => (value === 0 ? [] : [varint(8 * field), varint(value)]);
  const joined = (field, value) => (value.length === 0 ? [] : [varint(8 * field + 2), varint(value.length), value]);
  return Buffer.concat([
    ...joined(1, Buffer.from(header.chainId, "latin1")),
    ...number(2, header.height),
    ...joined(3, header.parent),
    ...number(4, header.timestampMs),
    ...joined(5, header.transactionsRoot),
    ...joined(6, header.receiptsRoot),
    ...joined(7, header.stateRoot),
    ...joined(8, header.payloadRoot),
    ...joined(9, header.proposer),
    ...joined(10, header.extra),
    ...seal.flatMap((each) => joined(11, each)),
  ]);
}

const rootOf = (header) => sha256(tag("cw/header/1"), encodedHeader(header));
const blockIdOf = (root, seal) => sha256(root, sha256(seal));

/** Phase 1. */
function memoryHash({ root, parentId, outerNonce, memoryKiB, passes }) {
  const password = Buffer.concat([tag("cw/helios/mem/1"), root, bytes(outerNonce, 8)]);
  return Buffer.from(argon2id(password, parentId, { t: passes, m: memoryKiB, p: 1, dkLen: 32, version: 0x13 }));
}

/** Phase 2: x. */
function element(root, outerNonce, memory) {
  const parts = [];
  for (let i = 0; i < 9; i++) parts.push(sha256(tag("cw/helios/x/1"), root, bytes(outerNonce, 8), memory, bytes(BigInt(i), 4)));
  return canonical(integer(Buffer.concat(parts)) % N);
}

function isStrongProbablePrime(n, base) {
  let odd = n - 1n;
  let twos = 0;
  for (; odd % 2n === 0n; odd /= 2n) twos++;
  let value = power(base, odd, n);
  if (value === 1n || value === n - 1n) return true;
  for (let i = 1; i < twos; i++) {
    value = (value * value) % n;
    if (value === n - 1n) return true;
  }
  return false;
}

/** The rule for ℓ: no small factor, and 29 bases that the candidate itself names. */
function isChallengePrime(candidate) {
  const n = integer(candidate);
  for (let divisor = 3n; divisor < 1024n; divisor += 2n) if (n % divisor === 0n) return false;
  for (let j = 0n, rounds = 0; rounds < 29; j++) {
    const base = integer(sha256(tag("cw/helios/base/1"), candidate, bytes(j, 4)));
    if (base < 2n || base > n - 2n) continue;
    if (!isStrongProbablePrime(n, base)) return false;
    rounds++;
  }
  return true;
}

function challenge(squarings, x, y) {
  const seed = sha256(tag("cw/helios/seed/1"), bytes(N, 256), bytes(BigInt(squarings), 8), bytes(x, 256), bytes(y, 256));
  for (let counter = 0; ; counter++) {
    const candidate = sha256(tag("cw/helios/cand/1"), seed, bytes(BigInt(counter), 4));
    candidate[0] |= 0x80;
    candidate[31] |= 1;
    if (!isChallengePrime(candidate)) continue;
    if (!checkPrimeSync(candidate)) throw new Error("OpenSSL calls it composite");
    return { seed, counter, prime: integer(candidate) };
  }
}

/** Phase 2: y and its proof, by the definitions. */
function timeLock(x, squarings) {
  const y = canonical(power(x, 2n ** BigInt(squarings), N));
  const { seed, counter, prime } = challenge(squarings, x, y);
  const proof = canonical(power(x, 2n ** BigInt(squarings) / prime, N));
  const rest = power(2n, BigInt(squarings), prime);
  if (canonical((power(proof, prime, N) * power(x, rest, N)) % N) !== y) throw new Error("the proof does not hold");
  return { y, seed, counter, prime, proof };
}

/** All phases from the first outer nonce on. */
function mine({ root, parentId, target, memoryKiB, passes, squarings, innerNonceBits }, firstOuterNonce) {
  for (let outerNonce = firstOuterNonce; ; outerNonce++) {
    const memory = memoryHash({ root, parentId, outerNonce, memoryKiB, passes });
    const x = element(root, outerNonce, memory);
    const y = canonical(power(x, 2n ** BigInt(squarings), N));
    for (let innerNonce = 0n; innerNonce < 2n ** BigInt(innerNonceBits); innerNonce++) {
      const hash = sha256(tag("cw/helios/seal/1"), root, bytes(outerNonce, 8), memory, bytes(y, 256), bytes(innerNonce, 4));
      if (integer(hash) > target) continue;
      const { proof } = timeLock(x, squarings);
      const seal = Buffer.concat([bytes(outerNonce, 8), bytes(innerNonce, 4), memory, bytes(y, 256), bytes(proof, 256)]);
      return { outerNonce, innerNonce, memory, x, y, proof, hash, seal };
    }
  }
}

/** aserti3-2d, anchored at genesis; see core/work/asert.ts for its source. */
function asert({ initialTarget, powLimit, blockIntervalMs, halfLifeMs }, height, sinceGenesisMs) {
  const exponent = ((BigInt(sinceGenesisMs) - BigInt(blockIntervalMs) * BigInt(height)) * 65_536n) / BigInt(halfLifeMs);
  const shifts = exponent >> 16n;
  const fraction = exponent - shifts * 65_536n;
  const factor = 65_536n + ((195_766_423_245_049n * fraction + 971_821_376n * fraction ** 2n + 5_127n * fraction ** 3n + 2n ** 47n) >> 48n);
  const scaled = initialTarget * factor;
  const target = shifts >= 16n ? scaled << (shifts - 16n) : scaled >> (16n - shifts);
  return target < 1n ? 1n : target > powLimit ? powLimit : target;
}

function compact(target) {
  let size = Math.ceil(target.toString(16).length / 2);
  let mantissa = size <= 3 ? target << BigInt(8 * (3 - size)) : target >> BigInt(8 * (size - 3));
  if (mantissa & 0x800000n) {
    mantissa >>= 8n;
    size++;
  }
  return (BigInt(size) << 24n) | mantissa;
}

const targetOf = (bits) => (bits & 0xffffffn) << (8n * ((bits >> 24n) - 3n));
const costOf = ({ shares }, [memory, time]) => BigInt(shares[0] * (8 + memory) + shares[1] * (8 + time) + shares[2] * 8);

/** What the block after `parent` states. */
function demand(spec, parent) {
  const bits = targetOf(BigInt(`0x${parent.bits}`));
  const attempts = (((2n ** 256n / (bits + 1n)) * costOf(spec, parent.steps)) / 800n) >> BigInt(spec.innerNonceBits);
  const steps = [...parent.steps];
  const rung = steps[0] + steps[1];
  const threshold = (at) => BigInt(spec.firstAttempts) * 2n ** BigInt(spec.growthBits * (at - 1));
  if ((parent.height + 1) % spec.epochBlocks === 0) {
    const [memoryMax, timeMax] = spec.stepsMax;
    if (rung < memoryMax + timeMax && attempts >= threshold(rung + 1))
      steps[steps[0] < memoryMax && (steps[0] <= steps[1] || steps[1] === timeMax) ? 0 : 1]++;
    else if (rung > 0 && 2n * attempts < threshold(rung)) steps[steps[1] >= steps[0] ? 1 : 0]--;
  }
  const base = asert(
    { ...spec, initialTarget: targetOf(BigInt(`0x${spec.initialTargetBits}`)), powLimit: targetOf(BigInt(`0x${spec.powLimitBits}`)) },
    parent.height,
    parent.sinceGenesisMs,
  );
  const scaled = (base * costOf(spec, steps)) / 800n;
  const most = 2n ** 256n - 1n;
  return {
    bits: compact(scaled > most ? most : scaled)
      .toString(16)
      .padStart(8, "0"),
    steps,
  };
}

/** From a header's fields to its root, a seal and its id. */
function wholeHeader() {
  const [memoryKiB, passes, squarings, innerNonceBits] = [64, 1, 300, 6];
  const fields = {
    chainId: "helios-vectors",
    height: 1_440,
    parent: seedBytes("header's parent"),
    timestampMs: 1_700_000_123_456,
    transactionsRoot: seedBytes("transactions"),
    receiptsRoot: seedBytes("receipts"),
    stateRoot: seedBytes("state"),
    payloadRoot: Buffer.alloc(32),
    proposer: seedBytes("proposer").subarray(0, 20),
    extra: Buffer.from("1f7fffff0201", "hex"),
  };
  const root = rootOf(fields);
  // An eighth more for each step.
  const sizes = { memoryKiB: (memoryKiB * (8 + fields.extra[4])) >> 3, passes, squarings: (squarings * (8 + fields.extra[5])) >> 3 };
  const target = targetOf(BigInt(`0x${hex(fields.extra.subarray(0, 4))}`));
  const { seal } = mine({ root, parentId: fields.parent, target, ...sizes, innerNonceBits }, 0n);
  const shown = Object.entries(fields).map(([name, value]) => [name, Buffer.isBuffer(value) ? hex(value) : value]);
  return {
    spec: { memoryKiB, passes, squarings, innerNonceBits },
    fields: Object.fromEntries(shown),
    unsealed: hex(encodedHeader(fields)),
    root: hex(root),
    ...sizes,
    target: hex(target, 32),
    seal: hex(seal),
    sealed: hex(encodedHeader(fields, seal)),
    id: hex(blockIdOf(root, seal)),
  };
}

const hex = (value, length) => (typeof value === "bigint" ? bytes(value, length ?? 256) : value).toString("hex");
const seedBytes = (text) => sha256(Buffer.from(text, "latin1"));

export function vectors() {
  const memory = [
    [64, 1, 0n],
    [72, 1, 1n],
    [100, 3, 2n ** 64n - 1n],
    [16_384, 1, 7n],
  ].map(([memoryKiB, passes, outerNonce]) => {
    const [root, parentId] = [seedBytes(`root ${memoryKiB}`), seedBytes(`parent ${memoryKiB}`)];
    const answer = memoryHash({ root, parentId, outerNonce, memoryKiB, passes });
    return { root: hex(root), parentId: hex(parentId), outerNonce: `${outerNonce}`, memoryKiB, passes, memoryHash: hex(answer) };
  });
  const timeLocks = [1, 64, 255, 256, 257, 300, 2_046, 5_000].map((squarings) => {
    const [root, memoryHash] = [seedBytes(`root ${squarings}`), seedBytes(`memory ${squarings}`)];
    const outerNonce = BigInt(squarings) << 40n;
    const x = element(root, outerNonce, memoryHash);
    const { y, seed, counter, prime, proof } = timeLock(x, squarings);
    return {
      root: hex(root),
      outerNonce: `${outerNonce}`,
      memoryHash: hex(memoryHash),
      squarings,
      x: hex(x),
      y: hex(y),
      seed: hex(seed),
      counter,
      prime: hex(prime, 32),
      proof: hex(proof),
    };
  });
  const seals = [
    [64, 1, 64, 6, 2n ** 255n - 1n],
    [72, 2, 300, 4, 2n ** 251n],
    [256, 1, 2_000, 8, 2n ** 247n],
  ].map(([memoryKiB, passes, squarings, innerNonceBits, target]) => {
    const work = { root: seedBytes(`seal ${squarings}`), parentId: seedBytes(`seal's parent ${squarings}`), target };
    const found = mine({ ...work, memoryKiB, passes, squarings, innerNonceBits }, 1_000n);
    return {
      root: hex(work.root),
      parentId: hex(work.parentId),
      target: hex(target, 32),
      memoryKiB,
      passes,
      squarings,
      innerNonceBits,
      outerNonce: `${found.outerNonce}`,
      innerNonce: Number(found.innerNonce),
      hash: hex(found.hash),
      seal: hex(found.seal),
    };
  });
  const spec = {
    initialTargetBits: "1d0fffff",
    powLimitBits: "1e00ffff",
    blockIntervalMs: 60_000,
    halfLifeMs: 7_200_000,
    innerNonceBits: 16,
    shares: [40, 30, 30],
    stepsMax: [4, 4],
    epochBlocks: 1_440,
    firstAttempts: 1_048_576,
    growthBits: 2,
  };
  const parents = [
    ["1d0fffff", [0, 0], 0, 0],
    ["1d0fffff", [0, 0], 100, 6_000_000 + 7_200_000],
    ["1d0fffff", [0, 0], 100, 6_000_000 - 1_234_567],
    ["1c0fffff", [0, 0], 1_438, 28_000_000],
    ["1c0fffff", [0, 0], 1_439, 28_000_000],
    ["1b0fffff", [0, 0], 1_439, 1_000_000],
    ["1b0fffff", [1, 0], 2_879, 50_000_000],
    ["1a0fffff", [4, 4], 14_399, 500_000_000],
    ["1d0fffff", [2, 1], 14_399, 863_940_000],
    ["1d0fffff", [0, 0], 500, 5_000_000_000],
    ["1d0fffff", [4, 4], 500, 5_000_000_000],
  ];
  const demands = parents.map(([bits, steps, height, sinceGenesisMs]) => {
    const parent = { bits, steps, height, sinceGenesisMs };
    return { parent, demand: demand(spec, parent) };
  });
  return { modulus: hex(N), memory, timeLocks, seals, header: wholeHeader(), difficulty: { spec, demands } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL("vectors.json", import.meta.url);
  const computed = `${JSON.stringify(vectors(), null, 2)}\n`;
  if (process.argv.includes("--write")) writeFileSync(file, computed);
  const same = readFileSync(file, "utf8") === computed;
  console.log(same ? "vectors.json holds what the specification says" : "vectors.json differs from what the specification says");
  process.exitCode = same ? 0 : 1;
}
