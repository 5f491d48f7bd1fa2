/**
 * Real time, real timers and real randomness behind a check: while a simulated run is under way, whoever asks for them is
 * reported. Outside of a run they are what they always were.
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
}

const RANDOM = ["randomBytes", "randomFillSync", "randomFill", "randomInt", "randomUUID", "getRandomValues", "generateKeyPairSync"];

function patchAll(): void {
  patchDate();
  patch(performance, "now", "performance.now");
  patch(process, "hrtime", "process.hrtime");
  patch(process.hrtime, "bigint", "process.hrtime.bigint");
  patch(process, "uptime", "process.uptime");
  patch(Math, "random", "Math.random");
  patch(AbortSignal, "timeout", "AbortSignal.timeout");
  const timers = require("node:timers") as object;
  for (const name of ["setTimeout", "setInterval", "setImmediate"]) {
    patch(globalThis, name, name);
    Reflect.set(timers, name, Reflect.get(globalThis, name));
  }
  const promised = require("node:timers/promises") as object;
  for (const name of ["setTimeout", "setInterval", "setImmediate"]) patch(promised, name, `timers/promises ${name}`);
  const crypto = require("node:crypto") as { readonly webcrypto: { readonly getRandomValues: unknown } };
  for (const name of RANDOM) patch(crypto, name, `crypto.${name}`);
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
