/** The published vectors: what the plain script computes from the specification, every engine computes, too. */
import { readFile } from "node:fs/promises";
import t from "tap";
import { Value } from "typebox/value";
import type { TreeHeader } from "../../../core/ports/consensus.js";
import { Address } from "../../../core/primitives/address.js";
import type { Height } from "../../../core/primitives/amount.js";
import type { UnsealedHeader } from "../../../core/primitives/block.js";
import { decodeHeader, encodeHeader, encodeUnsealedHeader, signingRootOf } from "../../../core/primitives/block-codec.js";
import { Hash } from "../../../core/primitives/hash.js";
import { formatBits, parseBits, targetOfBits, targetToBytes } from "../../../core/work/compact.js";
import { mineOne } from "../../../plugins/consensus-helios/attempt.js";
import { HeliosSpec } from "../../../plugins/consensus-helios/config.js";
import { Difficulty, demandOf, encodeExtra } from "../../../plugins/consensus-helios/difficulty.js";
import judgeSeals from "../../../plugins/consensus-helios/judge.task.js";
import { packClaims } from "../../../plugins/consensus-helios/judge-job.js";
import { memoryHash, nativeMemory, portableMemory } from "../../../plugins/consensus-helios/memory.js";
import { checkParameters } from "../../../plugins/consensus-helios/parameters.js";
import { decodeSeal, sealHash } from "../../../plugins/consensus-helios/seal.js";
import { memoryKiBAt, squaringsAt } from "../../../plugins/consensus-helios/steps.js";
import { ARITHMETIC_KINDS } from "../../../plugins/consensus-helios/timelock/arithmetic.js";
import { chooseArithmetic, RSA_2048, Timelock } from "../../../plugins/consensus-helios/timelock/index.js";
import { ROOT } from "../../functional/node-process.js";

interface Vectors {
  readonly modulus: string;
  readonly memory: readonly {
    readonly root: string;
    readonly parentId: string;
    readonly outerNonce: string;
    readonly memoryKiB: number;
    readonly passes: number;
    readonly memoryHash: string;
  }[];
  readonly timeLocks: readonly {
    readonly root: string;
    readonly outerNonce: string;
    readonly memoryHash: string;
    readonly squarings: number;
    readonly x: string;
    readonly y: string;
    readonly seed: string;
    readonly counter: number;
    readonly prime: string;
    readonly proof: string;
  }[];
  readonly seals: readonly {
    readonly root: string;
    readonly parentId: string;
    readonly target: string;
    readonly memoryKiB: number;
    readonly passes: number;
    readonly squarings: number;
    readonly innerNonceBits: number;
    readonly outerNonce: string;
    readonly innerNonce: number;
    readonly hash: string;
    readonly seal: string;
  }[];
  readonly header: {
    readonly spec: { readonly memoryKiB: number; readonly passes: number; readonly squarings: number; readonly innerNonceBits: number };
    readonly fields: {
      readonly chainId: string;
      readonly height: number;
      readonly timestampMs: number;
      readonly parent: string;
      readonly transactionsRoot: string;
      readonly receiptsRoot: string;
      readonly stateRoot: string;
      readonly payloadRoot: string;
      readonly proposer: string;
      readonly extra: string;
    };
    readonly unsealed: string;
    readonly root: string;
    readonly memoryKiB: number;
    readonly squarings: number;
    readonly target: string;
    readonly seal: string;
    readonly sealed: string;
    readonly id: string;
  };
  readonly difficulty: {
    readonly spec: {
      readonly initialTargetBits: string;
      readonly powLimitBits: string;
      readonly blockIntervalMs: number;
      readonly halfLifeMs: number;
      readonly innerNonceBits: number;
      readonly shares: readonly [number, number, number];
      readonly stepsMax: readonly [number, number];
      readonly epochBlocks: number;
      readonly firstAttempts: number;
      readonly growthBits: number;
    };
    readonly demands: readonly {
      readonly parent: {
        readonly bits: string;
        readonly steps: readonly [number, number];
        readonly height: number;
        readonly sinceGenesisMs: number;
      };
      readonly demand: { readonly bits: string; readonly steps: readonly [number, number] };
    }[];
  };
}

const FOLDER = new URL("plugins/consensus-helios/vectors/", ROOT);
const vectors = JSON.parse(await readFile(new URL("vectors.json", FOLDER), "utf8")) as Vectors;
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");

t.test("the script that needs nothing of this project computes them", async (t) => {
  const { vectors: recompute } = (await import(new URL("recompute.mjs", FOLDER).href)) as { readonly vectors: () => Vectors };
  t.strictSame(JSON.parse(JSON.stringify(recompute())), vectors);
  t.equal(vectors.modulus, hex(RSA_2048), "in decimal there, in hexadecimal here");
});

t.test("memory", async (t) => {
  for (const { root, parentId, outerNonce, memoryKiB, passes, memoryHash: answer } of vectors.memory)
    for (const engine of [nativeMemory(), portableMemory]) {
      const made = memoryHash(engine, bytes(root), BigInt(outerNonce), bytes(parentId), { memoryKiB, passes });
      t.equal(hex(made), answer, `${engine.kind}, ${memoryKiB} KiB`);
    }
});

for (const kind of ARITHMETIC_KINDS)
  t.test(`time-lock: ${kind}`, async (t) => {
    const arithmetic = chooseArithmetic(kind);
    const timelock = new Timelock(arithmetic);
    for (const { root, outerNonce, memoryHash: memory, squarings, x, y, seed, counter, prime, proof } of vectors.timeLocks) {
      t.equal(hex(timelock.elementOf(Hash.parse(root), BigInt(outerNonce), bytes(memory))), x);
      const run = timelock.begin(bytes(x), squarings);
      run.advance(squarings);
      t.equal(hex(run.output()), y, `${squarings} squarings`);
      const challenge = arithmetic.challengePrime(bytes(seed));
      t.same([hex(challenge.prime), challenge.counter], [prime, counter]);
      t.equal(hex(run.prove()), proof);
      const claim = { x: bytes(x), y: bytes(y), proof: bytes(proof), squarings };
      t.same(
        timelock.check([claim, { ...claim, squarings: squarings + 1 }]).map((fault) => fault === undefined),
        [true, false],
      );
    }
  });

t.test("whole seals", async (t) => {
  for (const vector of vectors.seals) {
    const { memoryKiB, passes, squarings, innerNonceBits } = vector;
    const [root, parentId, seal] = [Hash.parse(vector.root), Hash.parse(vector.parentId), bytes(vector.seal)];
    const work = { root, parentId, target: bytes(vector.target), memoryCost: { memoryKiB, passes }, squarings, innerNonceBits };
    t.match(decodeSeal(seal), { outerNonce: BigInt(vector.outerNonce), innerNonce: vector.innerNonce });
    t.equal(hex(sealHash(root, seal)), vector.hash);
    for (const arithmetic of ARITHMETIC_KINDS)
      for (const argon2id of ["native", "portable"] as const) {
        const phases = { arithmetic, argon2id };
        t.same(judgeSeals({ stage: "all", row: false, phases, ...packClaims([{ ...work, seal }]) }), new Uint8Array(1));
        const engines = {
          timelock: new Timelock(chooseArithmetic(arithmetic)),
          memory: argon2id === "native" ? nativeMemory() : portableMemory,
        };
        t.equal(hex(mineOne(engines, work, BigInt(vector.outerNonce))), vector.seal, `${arithmetic}, ${argon2id}: the same seal is mined`);
      }
  }
});

t.test("a header from its fields to its root, seal and id", async (t) => {
  const { spec, fields, unsealed, root, memoryKiB, squarings, target, seal, sealed, id } = vectors.header;
  const header: UnsealedHeader = {
    chainId: fields.chainId,
    height: fields.height as Height,
    parent: Hash.parse(fields.parent),
    timestampMs: fields.timestampMs,
    transactionsRoot: Hash.parse(fields.transactionsRoot),
    receiptsRoot: Hash.parse(fields.receiptsRoot),
    stateRoot: Hash.parse(fields.stateRoot),
    payloadRoot: Hash.parse(fields.payloadRoot),
    proposer: Address.from(bytes(fields.proposer)),
    extra: bytes(fields.extra),
  };
  t.equal(hex(encodeUnsealedHeader(header)), unsealed);
  t.equal(hex(signingRootOf(header)), root);
  t.equal(hex(encodeHeader({ ...header, seal: bytes(seal) })), sealed);
  t.equal(hex(decodeHeader(bytes(sealed)).id), id);
  const stated = demandOf(header.extra);
  const chain = Value.Default(HeliosSpec, {
    memory: { sizeKiB: spec.memoryKiB, passes: spec.passes },
    timeLock: { squarings: spec.squarings },
    search: { innerNonceBits: spec.innerNonceBits },
  }) as HeliosSpec;
  t.equal(memoryKiBAt(chain, stated.steps), memoryKiB);
  t.equal(squaringsAt(chain, stated.steps), squarings);
  t.equal(hex(targetToBytes(targetOfBits(stated.bits))), target);
  const work = {
    root: Hash.parse(root),
    parentId: header.parent,
    target: bytes(target),
    memoryCost: { memoryKiB, passes: spec.passes },
    squarings,
    innerNonceBits: spec.innerNonceBits,
  };
  t.equal(hex(mineOne({ timelock: new Timelock(chooseArithmetic("auto")), memory: portableMemory }, work)), seal);
});

t.test("difficulty", async (t) => {
  const { spec, demands } = vectors.difficulty;
  const [memory, timeLock, search] = spec.shares;
  const parameters = checkParameters(
    Value.Default(HeliosSpec, {
      blockIntervalMs: spec.blockIntervalMs,
      initialTargetBits: spec.initialTargetBits,
      powLimitBits: spec.powLimitBits,
      shares: { memory, timeLock, search },
      search: { innerNonceBits: spec.innerNonceBits },
      memory: { stepsMax: spec.stepsMax[0] },
      timeLock: { stepsMax: spec.stepsMax[1] },
      steps: { epochBlocks: spec.epochBlocks, firstAttempts: spec.firstAttempts, growthBits: spec.growthBits },
      difficulty: { halfLifeMs: spec.halfLifeMs },
    }) as HeliosSpec,
  );
  const genesisTimeMs = 1_700_000_000_000;
  const difficulty = new Difficulty(parameters, { header: { timestampMs: genesisTimeMs } } as TreeHeader);
  for (const { parent, demand } of demands) {
    const extra = encodeExtra({ bits: parseBits(parent.bits), steps: { memory: parent.steps[0], time: parent.steps[1] } });
    const tip = { header: { extra, height: parent.height, timestampMs: genesisTimeMs + parent.sinceGenesisMs } } as TreeHeader;
    const { bits, steps } = difficulty.demand({ at: () => tip });
    t.same({ bits: formatBits(bits), steps: [steps.memory, steps.time] }, demand, JSON.stringify(parent));
    t.equal(targetToBytes(targetOfBits(bits)).length, 32);
  }
});
