/**
 * Real time, real timers, real randomness and synchronous files behind a check: while a simulated run is under way, whoever asks for
 * them is reported. Outside of a run they are what they always were.
 *
 * This file is imported first by the simulator's face, before what a node depends on: a library may keep `Date.now` in a variable of
 * its own when it loads, and would go past a check that comes later. Named imports of Node's modules follow `syncBuiltinESMExports`.
 */
import { createRequire, syncBuiltinESMExports } from "node:module";

/** Whoever watches, while somebody does; told what was called. */
let watcher: ((what: string) => void) | undefined;

export function watchPatches(next: ((what: string) => void) | undefined): void {
  watcher = next;
}

type Callable = (...parameters: unknown[]) => unknown;

const require = createRequire(import.meta.url);

/** The platform's own, for the simulator's pace and progress: never for anything that a run depends on. */
export const realHrtime = process.hrtime.bigint;
export const realSetImmediate = setImmediate;

const ALWAYS = (): boolean => true;

/** @param isUnlawful which calls to report */
function patch(owner: object, name: string, what: string, isUnlawful: (parameters: readonly unknown[]) => boolean = ALWAYS): void {
  const original = Reflect.get(owner, name) as Callable | undefined;
  if (typeof original !== "function") return;
  const checked = function (this: unknown, ...parameters: unknown[]): unknown {
    if (watcher !== undefined && isUnlawful(parameters)) watcher(what);
    return Reflect.apply(original, this, parameters);
  };
  // What else hangs on it (`setTimeout` has its promise form, `hrtime` its bigint) stays.
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined && key !== "prototype") Reflect.defineProperty(checked, key, { ...descriptor, configurable: true });
  }
  Reflect.defineProperty(owner, name, { value: checked, writable: true, configurable: true, enumerable: true });
}

/** What is read like a value: `performance.timeOrigin`. */
function patchGetter(owner: object, name: string, what: string): void {
  const descriptor = Reflect.getOwnPropertyDescriptor(owner, name);
  const { get } = descriptor ?? {};
  if (descriptor === undefined || get === undefined || descriptor.configurable !== true) return;
  Reflect.defineProperty(owner, name, {
    ...descriptor,
    get(this: unknown) {
      watcher?.(what);
      return Reflect.apply(get, this, []) as unknown;
    },
  });
}

function patchDate(): void {
  patch(Date, "now", "Date.now");
  const original = Date;
  globalThis.Date = new Proxy(original, {
    construct(target, parameters, newTarget) {
      if (parameters.length === 0) watcher?.("new Date()");
      return Reflect.construct(target, parameters, newTarget === globalThis.Date ? target : newTarget) as object;
    },
    apply(target) {
      watcher?.("Date()");
      return Reflect.apply(target, undefined, []) as string;
    },
  });
  // `new date.constructor()` is a way to it, too.
  Reflect.defineProperty(original.prototype, "constructor", { value: globalThis.Date, writable: true, configurable: true });
}

const RANDOM = [
  "randomBytes",
  "randomFillSync",
  "randomFill",
  "randomInt",
  "randomUUID",
  "getRandomValues",
  "generateKeyPairSync",
  "generateKeySync",
  "generatePrimeSync",
];

/** What the machine does right now: no run is the same as another by that. */
function patchMachine(): void {
  for (const name of ["cpuUsage", "memoryUsage", "resourceUsage"]) patch(process, name, `process.${name}`);
  patch(process.memoryUsage, "rss", "process.memoryUsage.rss");
  const os = require("node:os") as object;
  for (const name of ["freemem", "loadavg", "uptime", "cpus"]) patch(os, name, `os.${name}`);
  // They are done when they return, so no hook sees them.
  const files = require("node:fs") as object;
  for (const name of Object.keys(files)) if (name.endsWith("Sync")) patch(files, name, `fs.${name}`);
}

function patchAll(): void {
  patchDate();
  for (const name of ["now", "mark", "measure", "toJSON"]) patch(performance, name, `performance.${name}`);
  patchGetter(Object.getPrototypeOf(performance) as object, "timeOrigin", "performance.timeOrigin");
  patch(process, "hrtime", "process.hrtime");
  patch(process.hrtime, "bigint", "process.hrtime.bigint");
  patch(process, "uptime", "process.uptime");
  patch(Math, "random", "Math.random");
  patch(AbortSignal, "timeout", "AbortSignal.timeout");
  patchMachine();
  const timers = require("node:timers") as object;
  for (const name of ["setTimeout", "setInterval", "setImmediate"]) {
    patch(globalThis, name, name);
    Reflect.set(timers, name, Reflect.get(globalThis, name));
  }
  const promised = require("node:timers/promises") as object;
  for (const name of ["setTimeout", "setInterval", "setImmediate"]) patch(promised, name, `timers/promises ${name}`);
  const crypto = require("node:crypto") as typeof import("node:crypto");
  for (const name of RANDOM) patch(crypto, name, `crypto.${name}`);
  for (const kind of ["ECDH", "DiffieHellman"] as const)
    patch(Reflect.get(crypto, kind).prototype as object, "generateKeys", `crypto.${kind} generateKeys`);
  const hasCallback = (parameters: readonly unknown[]): boolean => typeof parameters.at(-1) === "function";
  for (const name of ["sign", "verify"]) patch(crypto, name, `crypto.${name} with a callback`, hasCallback);
  patch(Object.getPrototypeOf(crypto.webcrypto) as object, "getRandomValues", "crypto.getRandomValues");
  patch(Object.getPrototypeOf(crypto.webcrypto) as object, "randomUUID", "crypto.randomUUID");
  syncBuiltinESMExports();
}

const PATCHED = Symbol.for("chainwright.simulation.patched");

// Once for each process, also where two copies of this package are loaded: a second layer would tell everything twice.
if (!(PATCHED in globalThis)) {
  Reflect.defineProperty(globalThis, PATCHED, { value: true });
  patchAll();
}
