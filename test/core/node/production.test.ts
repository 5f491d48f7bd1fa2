/** Production follows synchronization: scripted network and producer, virtual time. */
import t from "tap";
import { VirtualTime } from "../../../core/conformance/harness/virtual-time.js";
import { Production } from "../../../core/node/production.js";
import type { Producer, SyncStatus } from "../../../core/ports/index.js";

class Script implements Producer {
  readonly calls: string[] = [];
  readonly automatic = true;
  sync: SyncStatus = { state: "synced", currentHeight: 10, targetHeight: 10, headerHeight: 10, blocksPerSecond: 0, activePeers: 0 };
  refusal: Error | undefined;

  async start(): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    this.calls.push("start");
  }
  async stop(): Promise<void> {
    await Promise.resolve();
    this.calls.push("stop");
  }
  status() {
    return {};
  }
  transactionsWaiting(): void {
    this.calls.push("waiting");
  }
}

function make(state: SyncStatus["state"] = "synced", hasTransactions = false) {
  const script = new Script();
  script.sync = { ...script.sync, state };
  const time = new VirtualTime(0);
  const production = new Production({
    producer: script,
    network: script,
    clock: time,
    scheduler: time,
    hasTransactions: () => hasTransactions,
  });
  const become = async (sync: Partial<SyncStatus>) => {
    script.sync = { ...script.sync, ...sync };
    // While it produces it looks every three seconds.
    await time.pass(3_000);
  };
  return { script, time, production, become };
}

t.test("a node without peers produces at once, and hears of what waits", async (t) => {
  const { script, production, become } = make("synced", true);
  await production.start();
  await production.start();
  t.same(script.calls, ["start", "waiting"]);
  await production.stop();
  await production.stop();
  t.same(script.calls, ["start", "waiting", "stop"]);
  await become({ state: "isolated" });
  t.equal(script.calls.length, 3, "after a stop nothing starts it");
});

t.test("it pauses while far behind and goes on when synced or alone", async (t) => {
  const { script, production, become } = make();
  await production.start();
  await become({ state: "syncing", targetHeight: 12 });
  t.same(script.calls, ["start"], "two blocks behind is no reason");
  await become({ targetHeight: 500 });
  t.same(script.calls, ["start", "stop"]);
  await become({ currentHeight: 500, state: "synced" });
  t.same(script.calls, ["start", "stop", "start"]);
  await become({ state: "isolated" });
  t.equal(script.calls.length, 3, "who produces goes on alone");
  await production.stop();
});

t.test("at the start its peers get a moment to say where they are", async (t) => {
  const { script, time, production, become } = make("isolated");
  await production.start();
  await time.pass(1_000);
  await become({ state: "syncing", targetHeight: 500 });
  t.same(script.calls, [], "they are far ahead");
  await become({ state: "synced", currentHeight: 500 });
  t.same(script.calls, ["start"]);

  const alone = make("isolated");
  await alone.production.start();
  await alone.time.pass(2_200);
  t.same(alone.script.calls, ["start"], "nobody came");
  await alone.production.stop();

  const early = make("isolated");
  await early.production.start();
  await early.production.stop();
  await early.time.pass(10_000);
  t.same(early.script.calls, []);
});

t.test("a producer that can't start says so", async (t) => {
  const { script, production, become } = make();
  script.refusal = new Error("no address");
  await t.rejects(production.start(), /no address/);
  script.refusal = undefined;
  await become({});
  t.same(script.calls, ["start"], "and is tried again");
  await production.stop();
});

t.test("claims alone keep it from producing for a while, good headers as long as they are ahead", async (t) => {
  const liars = make();
  await liars.production.start();
  await liars.become({ state: "syncing", targetHeight: 1_000_000 });
  t.same(liars.script.calls, ["start", "stop"], "it may be true");
  await liars.time.pass(32_000);
  t.same(liars.script.calls, ["start", "stop", "start"], "but nothing has come of it");
  // Whoever comes with other claims later does not stop it again.
  await liars.become({ state: "synced", targetHeight: 10 });
  await liars.become({ state: "syncing", targetHeight: 2_000_000 });
  await liars.time.pass(32_000);
  t.equal(liars.script.calls.length, 3);
  await liars.become({ headerHeight: 500 });
  t.same(liars.script.calls.slice(3), ["stop"], "these are good headers");
  await liars.time.pass(20_000);
  t.equal(liars.script.calls.length, 4);
  await liars.become({ currentHeight: 498, headerHeight: 500, targetHeight: 500 });
  t.same(liars.script.calls.slice(4), ["start"]);
  await liars.production.stop();
});

t.test("between two attempts to catch up it does not produce", async (t) => {
  const { script, time, production, become } = make();
  await production.start();
  await become({ state: "syncing", targetHeight: 500, headerHeight: 500 });
  t.same(script.calls, ["start", "stop"]);
  // The peer that led there did not answer for a moment: its claim rests.
  await become({ state: "synced", targetHeight: 10, headerHeight: 10 });
  await time.pass(2_000);
  t.equal(script.calls.length, 2, "what was good is still ahead");
  await become({ state: "syncing", targetHeight: 500, headerHeight: 500, currentHeight: 300 });
  await become({ state: "synced", currentHeight: 500, targetHeight: 500 });
  t.same(script.calls.slice(2), ["start"]);
  await become({ state: "syncing", headerHeight: 900, targetHeight: 900 });
  await become({ state: "isolated", headerHeight: 500, targetHeight: 500 });
  await time.pass(12_000);
  t.same(script.calls.slice(3), ["stop", "start"], "nor does it wait for ever for what nobody has any more");
  await production.stop();
});

t.test("whether it is behind is known without producing: for blocks that others seal", async (t) => {
  const { script, time, production } = make("synced");
  t.ok(production.isBehind, "before the network has begun nothing is known");
  production.begin();
  t.notOk(production.isBehind);
  t.same([production.isWanted, production.isRunning], [false, false]);
  script.sync = { ...script.sync, state: "syncing", targetHeight: 500 };
  t.ok(production.isBehind);
  await time.pass(30_000);
  t.notOk(production.isBehind, "claims that nobody shows count for a while only");
  script.sync = { ...script.sync, headerHeight: 500 };
  t.ok(production.isBehind, "good headers do");
  t.same(script.calls, []);
  const lonely = make("isolated");
  lonely.production.begin();
  t.ok(lonely.production.isBehind, "peers get a moment");
  await lonely.time.pass(2_000);
  t.notOk(lonely.production.isBehind);
});
