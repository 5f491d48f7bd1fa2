/** The page cache: what was said last or nothing, within its bound. */
import fc from "fast-check";
import t from "tap";
import { Page, pageWords, presentNodes } from "../../../core/state/page.js";
import { PageCache } from "../../../core/state/page-cache.js";
import { Arena } from "../../../core/state/slab.js";

const MIB = 1024 * 1024;
const LEAVES = 0b11;
const NODES = presentNodes(LEAVES, 0);
const WORDS = pageWords(LEAVES, NODES);
const PAGE_BYTES = 4 * WORDS;

/** A page of two leaves, all of whose words are `mark`. */
function pageOf(arena: Arena, mark: number): Page {
  const offset = arena.allocate(WORDS);
  arena.words.fill(mark, offset, offset + WORDS);
  return new Page(LEAVES, 0, NODES, arena.slab, offset);
}

const markOf = (page: Page | undefined) => page?.words[page.offset + WORDS - 1];
const idOf = (number: number) => 0x10000 + number;

t.test("more pages than fit: the bound holds, and what is asked for stays", (t) => {
  const cache = new PageCache(2 * MIB);
  const favourites = 100;
  let most = 0;
  for (let i = 0; i < 60_000; i++) {
    cache.keep(idOf(i), pageOf(cache.arena, i));
    if (i % 20 === 0) for (let each = 0; each < favourites; each++) cache.get(idOf(each));
    most = Math.max(most, cache.bytes);
  }
  t.ok(most <= 3 * MIB, `${most} bytes`);
  for (let i = 0; i < favourites; i++) t.equal(markOf(cache.peek(idOf(i))), i);
  t.equal(cache.peek(idOf(30_000)), undefined, "what nobody wants goes");
  t.end();
});

t.test("whatever happens, it answers what was said last or nothing", (t) => {
  const step = fc.tuple(fc.constantFrom("keep", "adopt", "set", "delete", "get", "reclaim"), fc.nat(40), fc.nat(1_000_000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const cache = new PageCache(8 * PAGE_BYTES + 4_096);
      const said = new Map<number, number>();
      for (const [what, number, mark] of steps) {
        const id = idOf(number);
        if (what === "keep") cache.keep(id, pageOf(cache.arena, mark));
        else if (what === "adopt") cache.adopt(id, pageOf(new Arena(WORDS, cache.slabs), mark));
        else if (what === "set") cache.set(id, pageOf(new Arena(WORDS, cache.slabs), mark));
        else if (what === "delete") cache.delete(id);
        else if (what === "reclaim") cache.reclaim();
        if (what === "delete") said.delete(number);
        else if (what !== "get" && what !== "reclaim") said.set(number, mark);
        for (const found of [cache.get(id), cache.peek(id)]) if (found !== undefined && markOf(found) !== said.get(number)) return false;
      }
      return [...Array(41).keys()].every((each) => {
        const found = cache.peek(idOf(each));
        return found === undefined || markOf(found) === said.get(each);
      });
    }),
    { numRuns: 300 },
  );
  t.end();
});
