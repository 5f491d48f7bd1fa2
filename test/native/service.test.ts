/** One answer from the compute service, whatever engine, number of threads and order: the law of the port (core/ports/compute.ts). */
import t from "tap";
import { ComputeService, type ComputeServiceOptions } from "../../core/compute/index.js";
import { merkleRootPacked } from "../../core/primitives/merkle.js";
import { bitmapGet } from "../../core/primitives/signature-batch.js";
import { dependencies } from "../core/compute/fixtures.js";
import { Random } from "../fixtures/random.js";
import { present, VERIFIERS } from "./engines.js";
import { goodSignatures, type Judged, packed, withScalarError } from "./signed.js";

const random = new Random(31);
const good = goodSignatures(1500, 200);
const items = good.map((item, i) => (i % 97 === 5 || i === 1499 ? withScalarError(item, 1n + BigInt(i)) : item));

async function verdicts(compute: ComputeService, batch: readonly Judged[]): Promise<boolean[]> {
  const bitmap = await compute.verifySignatures(packed(batch), { priority: "block" });
  return batch.map((_, i) => bitmapGet(bitmap, i));
}

for (const [place, subject] of present(VERIFIERS).entries()) {
  // The slow ones on fewer: it is the ways that are compared.
  const share = items.slice(subject.speed > 20 ? 0 : 1500 - 30 * subject.speed - 40);
  t.test(`${subject.name}: any number of threads, any order, any pieces`, async (t) => {
    const leaves = random.bytes(32 * 3001);
    // Starting threads takes the most time.
    for (const threads of place === 0 ? [0, 1, 2, 3] : [0, 3]) {
      const options: Partial<ComputeServiceOptions> = {
        threads,
        ...subject.options,
        tiers: subject.options.tiers ?? {},
        keyCacheEntries: 50,
        inlineSignatures: 0,
        inlineHashes: 0,
        hashesPerPiece: 512,
        ...(threads === 3 ? { signaturesPerPiece: 64 } : {}),
      };
      const compute = new ComputeService(dependencies(), options);
      t.equal(compute.engine.kind, subject.options.engine);
      const shuffled = random.shuffled(share);
      const [straight, other, few] = await Promise.all([
        verdicts(compute, share),
        verdicts(compute, shuffled),
        verdicts(compute, share.slice(3, 12)),
      ]);
      t.same(
        straight,
        share.map(({ valid }) => valid),
        `${threads} threads`,
      );
      t.same(
        other,
        shuffled.map(({ valid }) => valid),
        `${threads} threads, shuffled`,
      );
      t.same(
        few,
        share.slice(3, 12).map(({ valid }) => valid),
        `${threads} threads, few`,
      );
      t.same(Buffer.from(await compute.merkleRoot(leaves)), Buffer.from(merkleRootPacked(leaves)), `${threads} threads, root`);
      await compute.close();
    }
  });
}
