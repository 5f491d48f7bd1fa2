/** What engines with proof of work share besides the algorithms: ancestors, guesses at the network's rate, the choice told to core. */
import t from "tap";
import type { Choice, ConsensusHost, TreeHeader } from "../../../core/ports/consensus.js";
import { Hash } from "../../../core/primitives/hash.js";
import { ancestorsFrom, medianTimeOf } from "../../../core/work/ancestors.js";
import { difficultyRatio, networkWorkPerSecond } from "../../../core/work/network-rate.js";
import { WorkChoice } from "../../../core/work/work-choice.js";

const idOf = (branch: number, height: number) => Hash.from(new Uint8Array(32).fill(height).fill(branch, 0, 1));

/** Blocks 0 … count of a branch that leaves the main one (0) above `fork`; work 10 each, a block a second. */
function chainOf(count: number, branch = 0, fork = 0): Map<string, TreeHeader> {
  const blocks = new Map<string, TreeHeader>();
  for (let height = 0; height <= count; height++) {
    const id = idOf(height > fork ? branch : 0, height);
    const parent = height === 0 ? Hash.zero : idOf(height - 1 > fork ? branch : 0, height - 1);
    const header = { height, parent, timestampMs: 1_000 * height };
    blocks.set(Hash.key(id), { id, header, weight: BigInt(10 * height) } as TreeHeader);
  }
  return blocks;
}

const lookupIn = (blocks: Map<string, TreeHeader>) => (id: Hash) => blocks.get(Hash.key(id));
const at = (blocks: Map<string, TreeHeader>, branch: number, height: number) => blocks.get(Hash.key(idOf(branch, height))) as TreeHeader;

t.test("ancestors are read one by one, each once, down to genesis or to what is not known", async (t) => {
  const blocks = chainOf(5);
  const asked: string[] = [];
  const ancestors = ancestorsFrom(at(blocks, 0, 5), (id) => {
    asked.push(Hash.key(id));
    return blocks.get(Hash.key(id));
  });
  t.equal(ancestors.at(1)?.header.height, 5);
  t.equal(asked.length, 0, "the parent is at hand");
  t.equal(ancestors.at(4)?.header.height, 2);
  t.equal(ancestors.at(2)?.header.height, 4);
  t.equal(asked.length, 3);
  t.equal(ancestors.at(6)?.header.height, 0);
  t.equal(ancestors.at(7), undefined, "genesis has no parent");
  t.throws(() => ancestors.at(0));
  t.equal(medianTimeOf(ancestors, 3), 4_000);
  t.equal(medianTimeOf(ancestors, 11), 3_000, "of as many as there are, the upper middle one");
});

t.test("the network's rate is the work of the last blocks by the time they took, genesis aside", async (t) => {
  const blocks = chainOf(200);
  t.equal(networkWorkPerSecond(at(blocks, 0, 200), lookupIn(blocks)), 10n);
  t.equal(networkWorkPerSecond(at(blocks, 0, 1), lookupIn(blocks)), 0n);
  t.equal(networkWorkPerSecond(at(blocks, 0, 0), lookupIn(blocks)), 0n);
  t.equal(difficultyRatio(1_000n, 300n), 3.333);
});

t.test("what was chosen is told to core, then to the engine; reorgs and refusals to the operator", async (t) => {
  const main = chainOf(6);
  const side = chainOf(9, 1, 4);
  const deep = chainOf(20, 2, 1);
  const blocks = new Map([...main, ...side, ...deep]);
  const choices: Choice[] = [];
  const told: string[] = [];
  let moves = 0;
  const logger = { info: () => told.push("reorg"), warn: () => told.push("refused") };
  const choice = new WorkChoice(
    {
      logger: logger as never,
      metrics: {
        reorgDepth: { observe: (depth: number) => told.push(`depth ${depth}`) },
        refusedBranches: { increment: () => {} },
      } as never,
      onHeadMoved: () => moves++,
    },
    { confirmations: 1, maxReorgDepth: 3 },
  );
  t.notOk(choice.isRestored);
  choice.attach({
    header: lookupIn(blocks),
    view: () => ({}),
    choiceChanged: (made: Choice) => choices.push(made),
  } as unknown as ConsensusHost);
  const genesis = idOf(0, 0);
  choice.restore({ blocks: [], head: genesis, justified: genesis, finalized: genesis });
  t.equal(Hash.key(choices[0]?.head as Hash), Hash.key(genesis));
  t.equal(moves, 0, "restoring is no move");
  for (let height = 1; height <= 6; height++) choice.onBlock(at(main, 0, height));
  t.equal(moves, 6);
  t.equal(choice.head.header.height, 6);
  for (let height = 5; height <= 7; height++) choice.onBlock(at(side, 1, height));
  t.same(told, ["depth 2", "reorg"], "only the block that outweighs the head moves it");
  t.equal(Hash.key(choice.head.id), Hash.key(idOf(1, 7)));
  for (let height = 2; height <= 12; height++) choice.onBlock(at(deep, 2, height));
  t.ok(told.includes("refused"), "it leaves the chain below finality");
  t.equal(Hash.key(choice.head.id), Hash.key(idOf(1, 7)));
  choice.onInvalid(idOf(1, 7));
  t.equal(Hash.key(choices.at(-1)?.head as Hash), Hash.key(idOf(0, 6)), "first seen of those that weigh the same");
});
