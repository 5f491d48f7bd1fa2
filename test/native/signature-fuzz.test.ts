/**
 * Random and adversarial signatures to every engine and tier at once: each has to say what @noble says, alone, in batches of
 * any size and order, with cold and warm key caches that forget. `FUZZ_SIGNATURES` says how many are made (1,000 as a rule,
 * 200,000 in `npm run test:fuzz`); the seed is printed, and `FUZZ_SEED` plays a run again.
 */
import t from "tap";
import { Random } from "../fixtures/random.js";
import { Adversary } from "./adversary.js";
import { create, mistakes, present, VERIFIERS } from "./engines.js";
import type { Judged } from "./signed.js";

const SIGNATURES = Number(process.env.FUZZ_SIGNATURES ?? 1000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fff_ffff);
const ROUND = 400;

t.comment(`FUZZ_SEED=${SEED} FUZZ_SIGNATURES=${SIGNATURES}`);

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** The batch as something that can be pasted into a report. */
function reproduction(items: readonly Judged[]): string {
  const lines = items.map(({ publicKey, signature, message, valid, what }) =>
    [hex(publicKey), hex(signature), hex(message), valid ? "valid" : "invalid", what].join(" "),
  );
  return lines.slice(0, 50).join("\n");
}

/** `items` in batches of random sizes. */
function pieces(items: readonly Judged[], random: Random): Judged[][] {
  const cut: Judged[][] = [];
  const most = random.pick([1, 3, 10, 40, 100, 1000]);
  for (let at = 0; at < items.length; ) {
    const size = 1 + random.below(most);
    cut.push(items.slice(at, at + size));
    at += size;
  }
  return cut;
}

t.test("every engine says what the oracle says", async (t) => {
  const random = new Random(SEED);
  const adversary = new Adversary(random);
  const subjects = present(VERIFIERS);
  const engines = subjects.flatMap((subject) =>
    // JavaScript asks the oracle itself about what it refuses: once is enough.
    (subject.name === "js" ? [64] : [0, 3, 200]).map((keyCacheEntries) => ({
      name: `${subject.name}, ${keyCacheEntries} cached`,
      rounds: subject.speed > 5 ? 3 : 1,
      engine: create(subject, keyCacheEntries),
    })),
  );
  t.comment(engines.map(({ name }) => name).join("; "));
  let made = 0;
  let accepted = 0;
  let faulty = false;
  while (made < SIGNATURES && !faulty) {
    const size = Math.min(ROUND, SIGNATURES - made);
    const judgedHere = Array.from({ length: size }, () => adversary.next());
    made += size;
    accepted += judgedHere.filter(({ valid }) => valid).length;
    for (const { name, engine, rounds } of engines) {
      for (let round = 0; round < rounds && !faulty; round++) {
        // Batches of valid ones only, with few wrong ones, and as they come.
        const share = random.pick([0, 2, 20, 100]);
        const chosen = random.shuffled(judgedHere).filter(({ valid }) => valid || random.chance(share));
        const padding = rounds === 1 ? 0 : random.below(200);
        const items = [...chosen, ...Array.from({ length: padding }, () => adversary.good())];
        for (const batch of pieces(random.shuffled(items), random)) {
          const faults = mistakes(engine, batch, 0, batch.length, { shift: random.below(4), shared: random.chance(30) });
          if (faults.length === 0) continue;
          faulty = true;
          t.fail(`${name}: ${faults.join("; ")}`);
          t.comment(reproduction(batch));
          break;
        }
        if (random.chance(5)) engine.clearKeyCache();
      }
    }
  }
  t.ok(accepted > made / 8 && accepted < made * 0.9, `${accepted} of ${made} are valid`);
});
