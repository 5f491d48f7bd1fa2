/** The table of pages, held against a Map; and that it lets go of slabs. */
import fc from "fast-check";
import t from "tap";
import { Page, type PageId } from "../../../core/state/page.js";
import { type PageLayer, PageTable, samePage } from "../../../core/state/page-table.js";
import { Slab } from "../../../core/state/slab.js";

const slabs = Array.from({ length: 4 }, () => new Slab(new Uint32Array(8)));
const pageOf = (slab: number, n: number) =>
  new Page(n & 0xffff, 0xffff ^ (n & 0xffff), n | 0x80000000, slabs[slab] as Slab, 4_000_000_000 + n);

const id: fc.Arbitrary<PageId> = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 60 }).map((n) => n * 2 ** 46 + 1),
  fc.integer({ min: 0, max: 3 }).map((n) => `1234567890abcd${n}`),
);
const page = fc.option(fc.record({ slab: fc.nat(3), n: fc.nat(70_000) }), { nil: null });
type Step = readonly [id: PageId, page: { slab: number; n: number } | null, act: "set" | "place" | "delete"];
const steps: fc.Arbitrary<Step[]> = fc.array(fc.tuple(id, page, fc.constantFrom("set", "set", "place", "delete")), { maxLength: 120 });

function apply(table: PageTable, map: Map<PageId, Page | null>, all: readonly Step[]): void {
  for (const [id, content, act] of all) {
    const page = content === null ? null : pageOf(content.slab, content.n);
    if (act === "delete") {
      table.delete(id);
      map.delete(id);
      continue;
    }
    if (page !== null && act === "place") table.place(id, page.leafMask | (page.innerMask << 16), page.present, page.slab, page.offset);
    else table.set(id, page);
    map.set(id, page);
  }
}

function demandSame(table: PageLayer, map: ReadonlyMap<PageId, Page | null>): void {
  if (table.size !== map.size) throw new Error(`${table.size} pages, not ${map.size}`);
  const listed = new Map(table);
  if (listed.size !== map.size || [...table.keys()].some((id) => !map.has(id))) throw new Error("other pages are listed");
  for (const [id, expected] of map) {
    for (const found of [table.get(id), listed.get(id)]) {
      if (!samePage(found, expected)) throw new Error(`page ${id} differs`);
      if (found == null || expected == null) continue;
      const isSame = found.leafMask === expected.leafMask && found.innerMask === expected.innerMask && found.present === expected.present;
      if (!isSame) throw new Error(`page ${id} has another shape`);
    }
  }
}

t.test("a table says what a map says", async () => {
  const property = fc.property(fc.array(steps, { minLength: 1, maxLength: 3 }), (all) => {
    const table = new PageTable();
    const map = new Map<PageId, Page | null>();
    for (const [i, some] of all.entries()) {
      // Right into it, from another table, and from a map.
      const [layer, model] = [new PageTable(), new Map<PageId, Page | null>()];
      if (i % 3 === 0) apply(table, map, some);
      else {
        apply(layer, model, some);
        table.setAll(i % 3 === 1 ? layer : model);
        for (const [id, page] of model) map.set(id, page);
      }
      demandSame(table, map);
      if (table.get(0x7777777) !== undefined) throw new Error("a page that nobody put there");
    }
  });
  fc.assert(property, { numRuns: 150 });
});

t.test("pages come and go in the same room", async (t) => {
  const table = new PageTable();
  for (let n = 1; n <= 20_000; n++) {
    table.set(n, pageOf(n & 3, n));
    if (n > 50) table.delete(n - 50);
  }
  t.equal(table.size, 50);
  for (let n = 19_951; n <= 20_000; n++) t.ok(samePage(table.get(n), pageOf(n & 3, n)), `${n}`);
});

t.test("two pages are the same if they lie at the same place", async (t) => {
  t.ok(samePage(pageOf(1, 5), pageOf(1, 5)));
  t.notOk(samePage(pageOf(1, 5), pageOf(2, 5)));
  t.notOk(samePage(pageOf(1, 5), pageOf(1, 6)));
  t.notOk(samePage(pageOf(1, 5), null));
  t.notOk(samePage(undefined, null), "gone is not unknown");
});

t.test("a slab is let go with its last page", async (t) => {
  const table = new PageTable();
  table.set(1, pageOf(0, 1));
  table.set(2, pageOf(0, 2));
  table.set(3, pageOf(1, 3));
  t.equal(table.slabs, 2);
  table.set(1, null);
  t.equal(table.slabs, 2);
  table.delete(2);
  t.equal(table.slabs, 1);
  // The last page of a slab is replaced while another of that slab is on its way in.
  const layer = new PageTable();
  layer.set(3, pageOf(2, 9));
  layer.set(4, pageOf(1, 8));
  table.setAll(layer);
  t.equal(table.slabs, 2);
  t.ok(samePage(table.get(4), pageOf(1, 8)) && samePage(table.get(3), pageOf(2, 9)));
});
