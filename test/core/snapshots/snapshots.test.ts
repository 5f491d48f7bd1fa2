/** Snapshots on disk: made while the node runs, the same everywhere, refused when anything is wrong with them, and restored from. */
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { Hash } from "../../../core/primitives/hash.js";
import { restoreSnapshot, SnapshotDamagedError, verifySnapshot } from "../../../core/snapshots/index.js";
import { NO_METRICS, SILENT } from "../../plugins/ledger-account/fixtures.js";
import { Company, scheduler } from "./company.js";

const company = await Company.start({ blocks: 8, holders: 5_000 });
t.teardown(() => company.stop());
const one = await company.source("one", 8, undefined);
const two = await company.source("two", 6, undefined);
const { folder } = await one.node.part.makeSnapshot(6);

t.test("two nodes make the same bytes of the same block, one from below its disk, one from its head", async (t) => {
  const other = await two.node.part.makeSnapshot(6);
  for (const file of await readdir(folder)) t.same(await readFile(join(folder, file)), await readFile(join(other.folder, file)), file);
  t.ok((await readdir(folder)).length >= 3, "chunks and manifest");
});

t.test("verified from the first byte to the last; whatever is wrong is named", async (t) => {
  const good = await verifySnapshot(folder, { scheduler });
  t.equal(Hash.key(good.id), Hash.key(company.idAt(6)));
  const damaged = async (name: string, harm: (copy: string) => Promise<void>) => {
    const copy = join(company.root, name);
    await cp(folder, copy, { recursive: true });
    await harm(copy);
    await t.rejects(verifySnapshot(copy, { scheduler }), { code: "SNAPSHOT_DAMAGED" } as never, name);
  };
  const flip = (file: string) => async (copy: string) => {
    const bytes = await readFile(join(copy, file));
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] as number) ^ 1;
    await writeFile(join(copy, file), bytes);
  };
  await damaged("a flipped bit in a chunk", flip("000001.chunk"));
  await damaged("a flipped bit in the manifest", flip("manifest"));
  await damaged("a missing chunk", (copy) => rm(join(copy, "000000.chunk")));
  await damaged("a cut chunk", async (copy) =>
    writeFile(join(copy, "000000.chunk"), (await readFile(join(copy, "000000.chunk"))).subarray(0, 1_000)),
  );
  await damaged("two chunks exchanged", async (copy) => {
    const first = await readFile(join(copy, "000000.chunk"));
    await cp(join(copy, "000001.chunk"), join(copy, "000000.chunk"));
    await writeFile(join(copy, "000001.chunk"), first);
  });
  const expected = { chainId: "another", genesisId: Hash.zero };
  await t.rejects(verifySnapshot(folder, { scheduler, expected }), { code: "SNAPSHOT_OTHER_CHAIN" } as never);
});

t.test("a chain begins from the folder, and goes on with what peers have", async (t) => {
  const fresh = await company.member("restored", { peers: ["one"] });
  const { plan, compute } = company;
  const { ledger, consensus } = fresh.node;
  const dependencies = {
    storage: fresh.storage,
    spec: plan.spec,
    ledger,
    consensus,
    compute,
    scheduler,
    logger: SILENT,
    metrics: NO_METRICS,
  };
  await t.rejects(restoreSnapshot(dependencies, folder, { checkpoint: { height: 6, id: company.idAt(5) } }), {
    code: "SNAPSHOT_OTHER_CHAIN",
  } as never);
  const torn = join(company.root, "torn");
  await cp(folder, torn, { recursive: true });
  await rm(join(torn, "000001.chunk"));
  await t.rejects(restoreSnapshot(dependencies, torn), {
    code: "SNAPSHOT_DAMAGED",
    message: /nothing of it is loaded/,
  } as never);
  const said = new SnapshotDamagedError({ folder, part: "chunk 9", reason: "it is missing", loadedEntries: 16_384 }).message;
  t.match(said, /16384 entries before it are loaded and stay.*goes on from there/);
  t.notMatch(said, /nothing/);
  await restoreSnapshot(dependencies, folder, { checkpoint: { height: 6, id: company.idAt(6) } });
  await t.rejects(restoreSnapshot(dependencies, folder), { code: "SNAPSHOT_NOT_EMPTY" } as never);
  await fresh.node.start();
  await fresh.until(() => fresh.height === 8, "it has the newest block");
  t.equal(Hash.key(fresh.node.chain.head.id), Hash.key(company.idAt(8)));
});
