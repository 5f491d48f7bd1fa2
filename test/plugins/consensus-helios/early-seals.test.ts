/** Seals that were judged before their time: which are remembered, and how many. */
import t from "tap";
import { sha256Of } from "../../../core/sdk.js";
import { EarlySeals } from "../../../plugins/consensus-helios/early-seals.js";

const id = (number: number) => sha256Of(Uint8Array.of(number));

t.test("by id, until it is in or newer ones need its place", async (t) => {
  const seals = new EarlySeals(2);
  t.notOk(seals.has(id(1)));
  for (const number of [1, 2, 2]) seals.add(id(number));
  t.ok(seals.has(id(1)) && seals.has(id(2)));
  seals.add(id(3));
  t.same(
    [1, 2, 3].map((number) => seals.has(id(number))),
    [false, true, true],
  );
  seals.delete(id(2));
  t.same(
    [1, 2, 3].map((number) => seals.has(id(number))),
    [false, false, true],
  );
});
