/** What simulated nodes stand on: random numbers, distributions, the event queue, clocks, disk, storage, network, miner. */
import fc from "fast-check";
import t from "tap";
import { storageConformance } from "../../../core/conformance/storage/index.js";
import { transportConformance } from "../../../core/conformance/transport/index.js";
import type { Storage } from "../../../core/ports/storage.js";
import { asciiBytes, toHex } from "../../../core/primitives/bytes.js";
import { exp, exponential, ln, normal, sample } from "../../../core/simulation/distribution.js";
import { EventQueue, type SimulationEvent } from "../../../core/simulation/event-queue.js";
import { SimulatedDisk } from "../../../core/simulation/machine/disk.js";
import { Machine } from "../../../core/simulation/machine/machine.js";
import { NodeTime } from "../../../core/simulation/machine/node-time.js";
import { keyBytes, keyText, OrderedMap } from "../../../core/simulation/machine/ordered-map.js";
import type { SharedCompute } from "../../../core/simulation/machine/shared-compute.js";
import { SimulatedStorage } from "../../../core/simulation/machine/storage.js";
import type { LinkModel } from "../../../core/simulation/network/links.js";
import { SimulatedNetwork } from "../../../core/simulation/network/network.js";
import type { Frame, Pipe } from "../../../core/simulation/network/pipe.js";
import { simulatedTransport } from "../../../core/simulation/network/transport.js";
import { SeededRandom } from "../../../core/simulation/random.js";
import { World } from "../../../core/simulation/world.js";

const LINKS: LinkModel = {
  link: () => ({ latency: { kind: "uniform", minMs: 5, maxMs: 50 }, loss: 0, duplication: 0 }),
  bandwidth: () => ({ up: undefined, down: undefined }),
};

function makeWorld(seed = "1"): World {
  return new World({ seed, startMs: 1_767_225_600_000 });
}

function makeMachine(
  world: World,
  index = 0,
  options: { readonly skewMs?: number; readonly driftPpm?: number; readonly syncUs?: number } = {},
) {
  const { skewMs = 0, driftPpm = 0, syncUs = 0 } = options;
  const name = `m-${index}`;
  const disk = new SimulatedDisk(world.random(`disk/${name}`), { syncUs });
  return new Machine(world, { name, index, region: 0, disk, skewMs, driftPpm, costs: { messageUs: 0, kilobyteUs: 0, signatureUs: 0 } });
}

t.test("random numbers are the same everywhere, and each purpose has its own", async (t) => {
  const random = new SeededRandom("1/example");
  t.same(
    [random.uint32(), random.uint32(), random.unit(), toHex(random.bytes(5))],
    [2314954736, 1336436609, 0.19918657801068151, "1b9e2990ec"],
  );
  t.not(new SeededRandom("1/a").uint32(), new SeededRandom("1/b").uint32());
  const counts = [0, 0, 0];
  for (let i = 0; i < 30_000; i++) {
    const choice = random.below(3);
    counts[choice] = (counts[choice] ?? 0) + 1;
  }
  t.ok(
    counts.every((count) => Math.abs(count - 10_000) < 300),
    `${counts}`,
  );
  t.same(random.shuffle([1, 2, 3, 4]).sort(), [1, 2, 3, 4], "a shuffled list has what it had");
});

t.test("distributions have their moments, by basic arithmetic alone", async (t) => {
  const random = new SeededRandom("1/moments");
  const mean = (draw: () => number, count = 40_000) => {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < count; i++) {
      const value = draw();
      sum += value;
      squares += value * value;
    }
    return { mean: sum / count, variance: squares / count - (sum / count) ** 2 };
  };
  const exponentials = mean(() => exponential(random));
  t.ok(Math.abs(exponentials.mean - 1) < 0.02 && Math.abs(exponentials.variance - 1) < 0.06, JSON.stringify(exponentials));
  const normals = mean(() => normal(random));
  t.ok(Math.abs(normals.mean) < 0.02 && Math.abs(normals.variance - 1) < 0.03, JSON.stringify(normals));
  const delays = Array.from({ length: 10_001 }, () => sample({ kind: "logNormal", medianMs: 80, sigma: 0.5 }, random)).sort(
    (a, b) => a - b,
  );
  t.ok(Math.abs((delays[5_000] ?? 0) - 80) < 3, `median ${delays[5_000]}`);
  for (const x of [1e-9, 0.3, 1, 1.5, 2, 10, 12_345.678]) {
    t.ok(Math.abs(ln(x) - Math.log(x)) <= 1e-13 * Math.max(1, Math.abs(Math.log(x))), `ln ${x}`);
    t.ok(Math.abs(exp(ln(x)) / x - 1) < 1e-12, `exp of ln ${x}`);
  }
});

t.test("events come by time and then in order, without those that were cancelled", async (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 200 }), (wishes) => {
      const queue = new EventQueue();
      const events = wishes.map(
        ([atUs], sequence): SimulationEvent => ({ atUs, sequence, owner: undefined, life: 0, run: () => undefined }),
      );
      for (const event of events) queue.push(event);
      for (const [index, [, isCancelled]] of wishes.entries()) if (isCancelled) queue.cancel(events[index] as SimulationEvent);
      const seen: number[] = [];
      for (let event = queue.pop(); event !== undefined; event = queue.pop()) if (event.run !== undefined) seen.push(event.sequence);
      const expected = events
        .filter((_, index) => wishes[index]?.[1] === false)
        .sort((a, b) => a.atUs - b.atUs || a.sequence - b.sequence)
        .map(({ sequence }) => sequence);
      return JSON.stringify(seen) === JSON.stringify(expected);
    }),
  );
  t.pass();
});

t.test("many cancelled events are let go of", async (t) => {
  const queue = new EventQueue();
  const events = Array.from(
    { length: 5_000 },
    (_, sequence): SimulationEvent => ({ atUs: sequence, sequence, owner: undefined, life: 0, run: () => undefined }),
  );
  for (const event of events) queue.push(event);
  for (const event of events.slice(0, 4_000)) queue.cancel(event);
  t.ok(queue.size < 2_500, `${queue.size} of 5,000`);
  let live = 0;
  for (let event = queue.pop(); event !== undefined; event = queue.pop()) if (event.run !== undefined) live++;
  t.equal(live, 1_000, "and no other");
});

t.test("the ordered map is one", async (t) => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 3 });
  const step = fc.record({ key, value: fc.option(fc.nat(255), { nil: undefined }) });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 1_500 }),
      fc.option(key),
      fc.option(key),
      fc.boolean(),
      fc.nat(40),
      (steps, from, to, isReverse, limit) => {
        const map = new OrderedMap();
        const model = new Map<string, number>();
        for (const { key: at, value } of steps) {
          if (value === undefined) {
            map.delete(keyText(at));
            model.delete(keyText(at));
          } else {
            map.set(keyText(at), Uint8Array.of(value));
            model.set(keyText(at), value);
          }
        }
        const [gt, lte] = [from === null ? undefined : keyText(from), to === null ? undefined : keyText(to)];
        let expected = [...model.keys()].sort().filter((each) => (gt === undefined || each > gt) && (lte === undefined || each <= lte));
        if (isReverse) expected = expected.reverse();
        return (
          JSON.stringify(map.keys({ gt, lte }, isReverse, limit)) === JSON.stringify(expected.slice(0, limit)) && map.size === model.size
        );
      },
    ),
    { numRuns: 40 },
  );
  t.same(keyBytes(keyText(Uint8Array.of(0, 255, 128))), Uint8Array.of(0, 255, 128));
});

t.test("an event is drained before the next, whatever it set going", async (t) => {
  const world = makeWorld();
  const seen: string[] = [];
  world.at(1, () => {
    void (async () => {
      for (let i = 0; i < 50; i++) await undefined;
      process.nextTick(() => {
        void Promise.resolve().then(() => {
          process.nextTick(() => queueMicrotask(() => seen.push("first")));
        });
      });
    })();
  });
  world.at(1, () => seen.push("second"));
  await world.run(10);
  t.same(seen, ["first", "second"]);
  t.equal(world.nowUs, 10);
});

t.test("clocks go wrong as they are told, and timers by them", async (t) => {
  const world = makeWorld();
  const machine = makeMachine(world, 0, { skewMs: -5_000, driftPpm: 100_000 });
  const time = new NodeTime(machine);
  const seen: [string, number][] = [];
  world.at(
    0,
    () => {
      time.after(110, () => seen.push(["after", world.elapsedMs]));
      const every = time.every(220, () => {
        seen.push(["every", world.elapsedMs]);
        if (seen.length >= 4) every.cancel();
      });
      time.after(50, () => seen.push(["never", 0])).cancel();
      void time.yield().then(() => seen.push(["yield", world.elapsedMs]));
    },
    machine,
  );
  await world.run(2e6);
  t.same(seen, [
    ["yield", 0],
    ["after", 100],
    ["every", 200],
    ["every", 400],
  ]);
  t.equal(time.monotonicMs(), 2_200);
  t.equal(time.nowMs(), world.startMs - 5_000 + 2_200);
  t.equal(time.close(), 0);
  time.after(1, () => seen.push(["late", 0]));
  await world.run(3e6);
  t.equal(seen.length, 4, "what is set after the end never comes");
});

t.test("a busy or stalled machine comes to its events later, in order; after a crash, never", async (t) => {
  const world = makeWorld();
  const machine = makeMachine(world);
  const seen: [number, number][] = [];
  for (let i = 1; i <= 3; i++)
    world.at(
      i * 10,
      () => {
        seen.push([i, world.nowUs]);
        machine.charge(100);
      },
      machine,
    );
  world.at(125, () => seen.push([4, world.nowUs]), machine);
  await world.run(1_000);
  t.same(seen, [
    [1, 10],
    [2, 110],
    [3, 210],
    [4, 310],
  ]);
  machine.stall(5_000);
  world.at(2_000, () => seen.push([5, world.nowUs]), machine);
  world.at(9_000, () => seen.push([6, world.nowUs]), machine);
  world.at(8_000, () => machine.crash());
  await world.run(20_000);
  t.same(seen.slice(4), [[5, 6_000]]);
});

t.test(
  "what throws in an event fails the run with its stack; so does a rejection that nobody takes, and time that stands still",
  async (t) => {
    const thrown = makeWorld();
    thrown.at(
      5,
      () => {
        throw new Error("a fault of the node");
      },
      makeMachine(thrown),
    );
    await t.rejects(thrown.run(10), { code: "SIMULATION_NODE_FAILED", data: { node: "m-0", where: /machine\.test/ } });
    const rejected = makeWorld();
    rejected.at(5, () => void Promise.reject(new Error("nobody cares")));
    await t.rejects(rejected.run(10), { code: "SIMULATION_NODE_FAILED", message: /nobody cares/ });
    const stuck = makeWorld();
    const again = () => void stuck.after(0, again);
    stuck.at(1, again);
    await t.rejects(stuck.run(10), { code: "SIMULATION_STUCK" });
  },
);

t.test("a crash keeps what was synced, and of the rest a beginning", async (t) => {
  const put = (key: number, value: number) => ({ type: "put", key: Uint8Array.of(key), value: Uint8Array.of(value) }) as const;
  const survivors = new Set<number>();
  for (let seed = 0; seed < 60; seed++) {
    const disk = new SimulatedDisk(new SeededRandom(`${seed}`), { syncUs: 1 });
    const at = (key: number) => disk.entries.get(keyText(Uint8Array.of(key)))?.[0];
    disk.sync(disk.write([put(0, 1), put(9, 1)], false));
    for (let write = 1; write <= 4; write++)
      disk.write([put(write, write), put(0, write + 1), { type: "del", key: Uint8Array.of(9) }], false);
    disk.crash();
    const kept = [1, 2, 3, 4].filter((write) => at(write) === write).length;
    survivors.add(kept);
    t.ok(
      [1, 2, 3, 4].every((write) => (at(write) === write) === write <= kept),
      "no write survives one before it",
    );
    t.equal(at(0), kept + 1, "a write is there whole or not at all");
    t.equal(at(9), kept === 0 ? 1 : undefined);
    t.ok(disk.isSynced);
  }
  t.same([...survivors].sort(), [0, 1, 2, 3, 4], "chance decides how many");
});

t.test("simulated storage keeps the laws of its port", async (t) => {
  const make = () => new SimulatedStorage({ machine: makeMachine(makeWorld()), network: undefined as never, compute: undefined as never });
  t.throws(() => make().database, { code: "STORAGE_CLOSED" });
  const opened = make();
  opened.start();
  t.throws(() => opened.database, { code: "SIMULATION_NO_DATABASE" });
  const subject = () => {
    const machine = makeMachine(makeWorld());
    const parts = { machine, network: undefined as never, compute: undefined as never };
    return { storage: new SimulatedStorage(parts), reopen: () => new SimulatedStorage(parts) };
  };
  const cases = storageConformance(subject, { lock: false, compaction: false }).filter(({ name }) => !name.startsWith("database:"));
  t.ok(cases.length >= 18, "all cases but that of the database");
  for (const { name, run } of cases) await t.test(name, run);
});

t.test("a durable write takes the disk's time, and is not acknowledged before", async (t) => {
  const world = makeWorld();
  const machine = makeMachine(world, 0, { syncUs: 5_000 });
  const storage: Storage & { start(): void } = new SimulatedStorage({ machine, network: undefined as never, compute: undefined as never });
  storage.start();
  let doneUs = 0;
  world.at(
    1_000,
    () => {
      void storage.write([{ type: "put", key: asciiBytes("k"), value: asciiBytes("v") }], { durable: true }).then(() => {
        doneUs = world.nowUs;
      });
    },
    machine,
  );
  await world.run(4_000);
  t.equal(machine.disk.isSynced, false);
  await world.run(10_000);
  t.equal(doneUs, 6_000);
  t.equal(machine.disk.isSynced, true);
});

/** Two machines and a connection from the first to the second, ten milliseconds away; `seen` is what arrives, and when. */
function makeLine({ up, messageUs = 0 }: { readonly up?: number; readonly messageUs?: number } = {}) {
  const world = makeWorld();
  const [one, other] = [makeMachine(world, 0), makeMachine(world, 1)];
  const network = new SimulatedNetwork(world, {
    link: () => ({ latency: { kind: "constant", ms: 10 }, loss: 0, duplication: 0 }),
    bandwidth: () => ({ up, down: undefined }),
  });
  for (const machine of [one, other]) network.addMachine(machine);
  const seen: [what: string, atMs: number][] = [];
  const receive = (frame: Frame): void => void seen.push([frame.kind === "message" ? `${frame.channel}` : frame.kind, world.elapsedMs]);
  const end = (machine: Machine) => ({ machine, life: machine.life, receive, taken: () => undefined });
  const connect = (): Pipe => network.join(end(one), end(other))[0];
  const message = (channel: number, bytes: number): Frame => ({ kind: "message", channel, priority: 1, bytes: new Uint8Array(bytes) });
  const crash = (): void => {
    network.down(one, true);
    one.crash();
  };
  const busy = (): void => one.charge(messageUs);
  return { world, network, one, other, seen, connect, message, crash, busy };
}

t.test(
  "a crash takes what had not left the machine: half a fragment, what waits behind it, and what its processor is not done with",
  async (t) => {
    const half = makeLine({ up: 1_000 });
    half.world.at(0, () => {
      const pipe = half.connect();
      half.network.send(pipe, half.message(1, 952));
      half.network.send(pipe, half.message(2, 952));
    });
    half.world.at(500_000, half.crash);
    // Another life of the same machine sends while that fragment would still be under way.
    half.world.at(600_000, () => half.network.send(half.connect(), half.message(3, 52)));
    await half.world.run(5e6);
    t.same(half.seen, [
      ["reset", 510],
      ["3", 1_110],
    ]);
    for (const up of [1e6, undefined]) {
      const busy = makeLine({ messageUs: 300_000, ...(up !== undefined && { up }) });
      busy.world.at(
        0,
        () => {
          const pipe = busy.connect();
          busy.network.send(pipe, busy.message(1, 52));
          busy.busy();
          busy.network.send(pipe, busy.message(2, 52));
        },
        busy.one,
      );
      busy.world.at(100_000, busy.crash);
      await busy.world.run(5e6);
      t.same(
        busy.seen.map(([what]) => what),
        ["1", "reset"],
        `upload ${up}`,
      );
    }
  },
);

t.test("the end of a partition or a cut ends it alone; a heal ends them all", async (t) => {
  const { world, network, one, other, seen, connect, message } = makeLine();
  const third = makeMachine(world, 2);
  network.addMachine(third);
  const reach = () => [network.isCut(one, other), network.isCut(other, one), network.isCut(one, third), network.isWhole];
  const pipe = connect();
  const [endSplit, endOther] = [network.partition([[one]]), network.partition([[other]])];
  const [endCut, endTwin] = [network.cut([one], [other]), network.cut([one], [other, third])];
  t.same(reach(), [true, true, true, false]);
  world.at(0, () => network.send(pipe, message(1, 52)));
  await world.run(1e6);
  endSplit();
  t.same(reach(), [true, true, true, false], "the other partition has others on the two sides");
  endOther();
  t.same(reach(), [true, false, true, false]);
  endCut();
  t.same(reach(), [true, false, true, false]);
  endTwin();
  t.same(reach(), [false, false, false, true]);
  await world.run(30e6);
  t.same(
    seen.map(([what]) => what),
    ["1"],
    "what waited goes on when the last of them is over",
  );
  const late = network.cut([one], [other]);
  network.heal();
  t.same(reach(), [false, false, false, true]);
  network.cut([one], [other]);
  late();
  t.same(reach(), [true, false, false, false], "an end that comes late ends nothing of others");
});

t.test("the simulated transport keeps the laws of its port", async (t) => {
  const cases = transportConformance(
    () => {
      const world = makeWorld();
      // Cases run beside virtual time, with a clock and timers of their own.
      world.guard.arm = () => undefined;
      const network = new SimulatedNetwork(world, LINKS);
      return {
        plugin: (index) => {
          const machine = makeMachine(world, index);
          network.addMachine(machine);
          return {
            manifest: simulatedTransport,
            config: { copies: true },
            provide: { "chainwright:simulated-machine": { machine, network, compute: undefined as unknown as SharedCompute } },
          };
        },
        turn: () => world.run(world.nowUs + 20_000),
      };
    },
    { overtaking: false },
  );
  for (const { name, run } of cases) await t.test(name, run);
});
