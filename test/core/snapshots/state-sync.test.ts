/** A fresh node begins with the state of a checkpoint, from peers of which some lie, leave, or have nothing. */
import t from "tap";
import { Hash } from "../../../core/primitives/hash.js";
import { Company, type Member } from "./company.js";

const SNAPSHOT = 10;
const company = await Company.start({ blocks: 14, holders: 9_000 });
t.teardown(() => company.stop());
const checkpoint = company.checkpoint(SNAPSHOT);
const CHUNKS = 7;

/** Flips a bit in the middle of every chunk that it sends. */
function lying(channel: number, message: Uint8Array): Uint8Array {
  if (channel !== CHUNKS || message.length < 10_000) return message;
  const bent = new Uint8Array(message);
  const middle = bent.length >> 1;
  bent[middle] = (bent[middle] as number) ^ 1;
  return bent;
}

async function stateOf(member: Member, height: number): Promise<string> {
  const id = member.node.chain.idAt(height);
  const view = id === undefined ? undefined : member.node.view.state(id);
  return view === undefined ? "none" : Hash.key(view.root);
}

t.test("three peers, one of them lying: the state is loaded and compared, and ordinary sync goes on", async (t) => {
  const honest = [await company.source("a", 14, SNAPSHOT), await company.source("b", 14, SNAPSHOT)];
  const liar = await company.source("liar", 14, SNAPSHOT, { bend: lying });
  const fresh = await company.fresh("fresh", { peers: ["liar", "a", "b"], sync: { mode: "state", checkpoint } });
  t.equal(fresh.node.chain.genesis.header.height, 0, "it shows genesis meanwhile");
  t.match(fresh.node.part.notReady().join(), /being loaded/);
  await fresh.until(() => fresh.height === 14, "it has the whole chain");
  t.equal(Hash.key(fresh.node.chain.head.id), Hash.key(company.idAt(14)));
  t.equal(await stateOf(fresh, 14), await stateOf(honest[0] as Member, 14));
  t.equal(fresh.node.view.status().bodiesFrom, SNAPSHOT + 1);
  t.equal(fresh.node.chain.head.weight, honest[0]?.node.chain.head.weight, "weights are those of the whole chain");
  t.ok(fresh.node.chain.header(company.idAt(1)), "headers are there down to genesis");
  t.same(fresh.fatals, []);
  await fresh.stop();
  await liar.stop();
});

t.test("the liar was found out by its chunks", async (t) => {
  const fresh = company.members.find(({ name }) => name === "fresh") as Member;
  const records = (
    fresh.node.part.capabilities()["chainwright:peer-administration"] as { records(): readonly { address: string; scoreMilli: number }[] }
  ).records();
  const scoreOf = (name: string) => records.find(({ address }) => address === `memory://${name}`)?.scoreMilli ?? 0;
  t.ok(scoreOf("liar") < scoreOf("a"), `${scoreOf("liar")} < ${scoreOf("a")}`);
});

t.test("a stop in the middle: the next start goes on with what is there, and never shows half a state", async (t) => {
  let served = 0;
  const dripping = (channel: number, message: Uint8Array) =>
    channel === CHUNKS && message.length > 10_000 && ++served > 1 ? undefined : message;
  const slow = await company.source("slow", 14, SNAPSHOT, { bend: dripping });
  const sync = { mode: "state", checkpoint };
  const first = await company.fresh("first", { peers: ["slow"], sync });
  await first.until(() => first.sync.sync.snapshot?.rangesDone === 1, "one range is stored");
  t.equal(first.height, 0, "the chain stands at genesis");
  await first.stop();
  await slow.stop();
  const second = await company.fresh("second", { storage: first.storage, peers: ["a"], sync });
  await second.until(() => second.height === 14, "it has the whole chain");
  t.equal(second.said("goes on where it was").length, 1);
  t.equal(await stateOf(second, 14), await stateOf(company.members[0] as Member, 14));
  await second.stop();
});

t.test("mode full with a checkpoint: headers below it are trusted, and the chain is the same", async (t) => {
  const full = await company.fresh("full", { peers: ["a"], sync: { mode: "full", checkpoint } });
  await full.until(() => full.height === 14, "it has the whole chain");
  t.equal(full.said("headers lead from genesis to the checkpoint").length, 1);
  t.equal(full.node.view.status().bodiesFrom, 0);
  await full.stop();
});

t.test("a checkpoint that no peer has: said with both ids and what to do; nothing is loaded", async (t) => {
  const wrong = { height: SNAPSHOT, id: "ab".repeat(32) };
  const lost = await company.fresh("lost", { peers: ["a"], sync: { mode: "state", checkpoint: wrong } });
  await lost.until(() => lost.lines.some(({ data }) => data.code === "CHECKPOINT_NOT_ON_CHAIN"), "it says so");
  const line = lost.lines.find(({ data }) => data.code === "CHECKPOINT_NOT_ON_CHAIN");
  t.match(line?.message, new RegExp(wrong.id));
  t.match(line?.message, new RegExp(checkpoint.id));
  t.equal(lost.height, 0);
  await lost.stop();
});
