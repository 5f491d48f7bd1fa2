/**
 * Ed25519 verification under ZIP-215: the engine on one thread, the service with its workers, and @noble/ed25519 alone
 * as the reference in the same run.
 */
import { availableParallelism } from "node:os";
import { verify as nobleVerify } from "@noble/ed25519";
import { ComputeService } from "../../core/compute/index.js";
import { assert } from "../../core/kernel/assert.js";
import { asciiBytes, type Bytes } from "../../core/primitives/bytes.js";
import { sha256Of } from "../../core/primitives/hash.js";
import { PublicKey, Signature } from "../../core/primitives/keys.js";
import { type SignatureBatch, SignatureBatchBuilder } from "../../core/primitives/signature-batch.js";
import { publicKeyOf, signMessage } from "../../core/primitives/signing.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { createEngine } from "../../native/index.js";
import { SILENT, UNMETERED } from "../quiet.js";
import type { BenchContext, BenchSuite } from "../suite.js";

interface Signed {
  readonly publicKey: PublicKey;
  readonly signature: Signature;
  readonly message: Bytes;
}

/** Messages of 100 to 199 bytes, as transfers have them. */
function sign(seed: number, count: number, keys: number): Signed[] {
  const number = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
  const pairs = Array.from({ length: keys }, (_, key) => {
    const secretKey: Bytes = sha256Of(asciiBytes("bench key"), number(seed), number(key));
    return { secretKey, publicKey: publicKeyOf(secretKey) };
  });
  return Array.from({ length: count }, (_, i) => {
    const message = new Uint8Array(100 + (i % 100));
    message.set(sha256Of(asciiBytes("bench message"), number(seed), number(i)));
    const { secretKey, publicKey } = pairs[i % keys] as (typeof pairs)[number];
    return { publicKey, signature: signMessage(secretKey, message), message };
  });
}

function batchOf(items: readonly Signed[]): SignatureBatch {
  const builder = new SignatureBatchBuilder(items.length);
  for (const { publicKey, signature, message } of items) builder.add(publicKey, signature, message);
  return builder.build();
}

/** Every signature's R spoiled: what an attacker would have us judge. */
function spoiled(items: readonly Signed[]): Signed[] {
  return items.map(({ publicKey, signature, message }) => {
    const broken = signature.slice();
    broken[5] = (broken[5] as number) ^ 1;
    return { publicKey: PublicKey.from(publicKey), signature: Signature.from(broken), message };
  });
}

function countValid(bitmap: Bytes): number {
  let count = 0;
  for (const byte of bitmap) for (let bit = 0; bit < 8; bit++) count += (byte >> bit) & 1;
  return count;
}

async function run(context: BenchContext): Promise<void> {
  const count = context.quick ? 16 : 2048;
  const distinct = sign(context.seed, count, count);
  const few = batchOf(sign(context.seed, count, Math.min(64, count)));
  await measureEngine(context, distinct, few);
  await measureService(context, batchOf(distinct));
}

async function measureEngine(context: BenchContext, items: readonly Signed[], few: SignatureBatch): Promise<void> {
  const unit = "signatures/s";
  const slow = items.slice(0, context.quick ? 2 : 32);
  await context.measure(
    "noble alone",
    () => {
      for (const { signature, message, publicKey } of slow) assert(nobleVerify(signature, message, publicKey, { zip215: true }), "valid");
    },
    { unit, operations: slow.length },
  );
  const part = items.slice(0, 256);
  const judge = (batch: SignatureBatch, keyCacheEntries: number, valid: number) => {
    const engine = createEngine({ engine: "js", keyCacheEntries });
    const bitmap = new Uint8Array((batch.count + 7) >> 3);
    return () => assert(engine.verify(batch, 0, batch.count, bitmap.fill(0)) === valid, `${valid} are valid`);
  };
  const fromBytes = { unit, operations: part.length, reference: "noble alone" };
  await context.measure("one thread, keys from bytes", judge(batchOf(part), 0, part.length), fromBytes);
  await context.measure("one thread, 64 known keys", judge(few, 64, few.count), { ...fromBytes, operations: few.count });
  const refused = batchOf(spoiled(slow));
  await context.measure("one thread, all refused", judge(refused, 0, 0), { ...fromBytes, operations: refused.count });
}

async function measureService(context: BenchContext, batch: SignatureBatch): Promise<void> {
  const unit = "signatures/s";
  const clock = new SystemClock();
  const scheduler = new SystemScheduler(clock);
  const threads = Math.max(1, availableParallelism() - 1);
  const compute = new ComputeService({ clock, scheduler, logger: SILENT, metrics: UNMETERED }, { threads, inlineSignatures: 8 });
  const verify = async (part: SignatureBatch) => assert(countValid(await compute.verifySignatures(part)) === part.count, "all are valid");
  const single = { ...batch, ...prefix(batch, 1) };
  const inline = async () => {
    for (let i = 0; i < 32; i++) await verify(single);
  };
  const small = { ...batch, ...prefix(batch, Math.min(64, batch.count)) };
  try {
    await context.measure("service, one at a time", inline, { unit, operations: 32 });
    await context.measure("service, one large batch", () => verify(batch), { unit, operations: batch.count });
    const many = async () => {
      await Promise.all(Array.from({ length: 16 }, () => verify(small)));
    };
    await context.measure("service, 16 small batches", many, { unit, operations: 16 * small.count });
  } finally {
    await compute.close();
    scheduler.close();
  }
}

/** The first `count` entries of a batch. */
function prefix({ publicKeys, signatures, messages, offsets }: SignatureBatch, count: number) {
  return {
    count,
    publicKeys: publicKeys.slice(0, 32 * count),
    signatures: signatures.slice(0, 64 * count),
    messages: messages.slice(0, offsets[count]),
    offsets: offsets.slice(0, count + 1),
  };
}

const suite: BenchSuite = {
  name: "signatures",
  description: "Ed25519 verification under ZIP-215, one thread and the worker pool",
  run,
};
export default suite;
