/** The guard, each kind of breach planted in a simulated run; and what is lawful in it. */
import * as crypto from "node:crypto";
import { lookup } from "node:dns";
import { existsSync, readFile as readWithCallback } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { freemem } from "node:os";
import { performance as hooksPerformance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { deflate } from "node:zlib";
import t from "tap";
import { SimulatedDisk } from "../../../core/simulation/machine/disk.js";
import { Machine } from "../../../core/simulation/machine/machine.js";
import { NodeTime } from "../../../core/simulation/machine/node-time.js";
import { SimulatedStorage } from "../../../core/simulation/machine/storage.js";
import type { SeededRandom } from "../../../core/simulation/random.js";
import { World } from "../../../core/simulation/world.js";

/** What a plugin might do, and what the guard calls it. */
const BREACHES: Readonly<Record<string, readonly [what: RegExp, breach: () => unknown]>> = {
  "the time of day": [/^Date\.now$/, () => Date.now()],
  "a date of now": [/^new Date\(\)$/, () => new Date()],
  "a date as text": [/^Date\(\)$/, () => Date()],
  "a date by another's constructor": [/^new Date\(\)$/, () => new (new Date(0).constructor as DateConstructor)()],
  "a mark in time": [/^performance\.mark$/, () => performance.mark("now")],
  "the process' beginning": [/^performance\.timeOrigin$/, () => performance.timeOrigin],
  "what the process used": [/^process\.memoryUsage$/, () => process.memoryUsage()],
  "what the machine has left": [/^os\.freemem$/, () => freemem()],
  "a file at once": [/^fs\.existsSync$/, () => existsSync("/dev/null")],
  "a key for agreement": [/^crypto\.ECDH generateKeys$/, () => crypto.createECDH("secp256k1").generateKeys()],
  "the monotonic clock": [/^performance\.now$/, () => performance.now()],
  "the monotonic clock of perf_hooks": [/^performance\.now$/, () => hooksPerformance.now()],
  "the process' clock": [/^process\.hrtime/, () => process.hrtime.bigint()],
  "the process' uptime": [/^process\.uptime$/, () => process.uptime()],
  "a timer": [/^setTimeout$/, () => clearTimeout(setTimeout(() => undefined, 1))],
  "a timer's promise": [/setTimeout/, () => void delay(1)],
  "an interval": [/^setInterval$/, () => clearInterval(setInterval(() => undefined, 1))],
  "an immediate": [/^setImmediate$/, () => clearImmediate(setImmediate(() => undefined))],
  "a signal with a timeout": [/AbortSignal\.timeout/, () => AbortSignal.timeout(1)],
  "a random number": [/^Math\.random$/, () => Math.random()],
  "random bytes": [/^crypto\.randomBytes$/, () => crypto.randomBytes(4)],
  "random bytes in place": [/^crypto\.randomFillSync$/, () => crypto.randomFillSync(new Uint8Array(4))],
  "random values": [/^crypto\.getRandomValues$/, () => globalThis.crypto.getRandomValues(new Uint8Array(4))],
  "a random UUID": [/^crypto\.randomUUID$/, () => crypto.randomUUID()],
  "a key pair": [/^crypto\.generateKeyPairSync$/, () => crypto.generateKeyPairSync("ed25519")],
  "a signature in a thread": [/^crypto\.sign with a callback$/, () => crypto.sign(null, new Uint8Array(1), KEY, () => undefined)],
  "a file": [/^FSREQ|^FILEHANDLE|^FSREQPROMISE/, () => void readFile("/dev/null").catch(() => undefined)],
  "a file by callback": [/^FSREQ/, () => readWithCallback("/dev/null", () => undefined)],
  "a name's address": [/^GETADDRINFO/, () => lookup("localhost", () => undefined)],
  "a socket": [/^TCP/, () => connect({ port: 1, host: "127.0.0.1" }).on("error", () => undefined)],
  "a thread": [/WORKER|MESSAGEPORT/, () => void new Worker("", { eval: true }).on("error", () => undefined).terminate()],
  "compression in a thread": [/^ZLIB$/, () => deflate(new Uint8Array(1), () => undefined)],
};
const KEY = crypto.generateKeyPairSync("ed25519").privateKey;

const randoms = new WeakMap<Machine, SeededRandom>();
const disks = new WeakMap<Machine, SimulatedStorage>();

/** With a stream and an open storage, as they are made before anything happens. */
function machineIn(world: World): Machine {
  const costs = { messageUs: 0, kilobyteUs: 0, signatureUs: 0 };
  const disk = new SimulatedDisk(world.random("disk"), { syncUs: 0 });
  const machine = new Machine(world, { name: "m", index: 0, region: 0, disk, skewMs: 0, driftPpm: 0, costs });
  const storage = new SimulatedStorage({ machine, network: undefined as never, compute: undefined as never });
  storage.start();
  randoms.set(machine, world.random("any"));
  disks.set(machine, storage);
  return machine;
}

function randomOf(machine: Machine): SeededRandom {
  return randoms.get(machine) as SeededRandom;
}

function diskOf(machine: Machine): SimulatedStorage {
  return disks.get(machine) as SimulatedStorage;
}

async function runWith(action: () => unknown): Promise<World> {
  const world = new World({ seed: "guard", startMs: 0 });
  world.at(1_000, () => {
    // Not in the event itself but in what it set going.
    void Promise.resolve().then(() => {
      action();
    });
  });
  await world.run(5_000);
  return world;
}

function plantedBreach(breach: () => unknown): () => unknown {
  return () => breach();
}

for (const [name, [what, breach]] of Object.entries(BREACHES)) {
  await t.test(`finds ${name}, and who asked for it`, async (t) => {
    const error: unknown = await runWith(plantedBreach(breach)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    t.match(error, { code: "SIMULATION_LAW_BROKEN", data: { what, atMs: 1, where: /guard\.test/ } });
  });
}

/** A timer that no hook sees; TypeScript knows it from ES2024 on. */
const waiter = Atomics as unknown as {
  waitAsync(cell: Int32Array, index: number, value: number, timeoutMs: number): { readonly value: Promise<string> };
};

/** What a continuation behind the guard's back may do: nothing. */
const OUTSIDE: Readonly<Record<string, (world: World, machine: Machine) => unknown>> = {
  "the scheduler": (world) => world.after(1, () => undefined),
  "the clock": (_, machine) => new NodeTime(machine).nowMs(),
  randomness: (_, machine) => randomOf(machine).uint32(),
  "the history": (world) => world.history.note(1, 0, 0),
  "the disk": (_, machine) => void diskOf(machine).get(Uint8Array.of(1)),
};

for (const [what, use] of Object.entries(OUTSIDE)) {
  await t.test(`finds code that waits for what no hook sees, and then uses ${what}`, async (t) => {
    const world = new World({ seed: "guard", startMs: 0 });
    const machine = machineIn(world);
    world.at(1_000, () => {
      const { value } = waiter.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      void (async () => {
        await value;
        // Neither hop may get it among the events.
        for (let hop = 0; hop < 5; hop++) await undefined;
        use(world, machine);
      })();
      world.prepare(() => delay(10));
    });
    for (let at = 2_000; at < 5_000; at++) world.at(at, () => undefined);
    const expected = `${what} after it had continued outside of an event`;
    await t.rejects(world.run(5_000), { code: "SIMULATION_LAW_BROKEN", data: { what: expected, where: /guard\.test/ } });
  });
}

await t.test("two runs at once are refused: each has the process to itself", async (t) => {
  const world = new World({ seed: "first", startMs: 0 });
  let ended = 0;
  const again = (): void => {
    ended = world.nowUs;
    world.after(10, again);
  };
  world.at(1, again);
  const first = world.run(1_000);
  await t.rejects(new World({ seed: "second", startMs: 0 }).run(10), { code: "SIMULATION_BUSY", message: /seed first/ });
  await first;
  t.equal(ended, 991);
  await new World({ seed: "third", startMs: 0 }).run(10);
});

await t.test("promises, microtasks, ticks and signatures are lawful", async (t) => {
  let done = false;
  const world = await runWith(() => {
    crypto.sign(null, new Uint8Array(1), KEY);
    crypto.createHash("sha256").update("x").digest();
    new Date(0).toISOString();
    new AbortController().abort();
    process.nextTick(() => {
      queueMicrotask(() => {
        done = true;
      });
    });
  });
  t.equal(world.failure, undefined);
  t.ok(done);
});

await t.test("outside of a run everything is what it was", async (t) => {
  await runWith(() => undefined);
  const before = Date.now();
  await delay(2);
  t.ok(Date.now() > before && `${new Date()}` !== "");
  t.ok(new Date() instanceof Date && typeof Date() === "string");
  t.ok(typeof performance.now() === "number" && Math.random() < 1 && crypto.randomBytes(2).length === 2);
  class Later extends Date {}
  t.ok(new Later(5) instanceof Later);
});

await t.test("the simulator's own steps out of time are no breach, nor what it prepares there", async (t) => {
  const world = new World({ seed: "guard", startMs: 0 });
  let content: Buffer | undefined;
  let seen = false;
  world.at(1, () =>
    world.prepare(async () => {
      content = await readFile("/dev/null");
    }),
  );
  world.at(1, () => {
    seen = content !== undefined;
  });
  await world.run(10);
  t.ok(seen, "it is there before the next event");
});
