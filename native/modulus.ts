/** The addon's arithmetic modulo large numbers (src/modular), with checked inputs and typed errors. */
import type { Modulus, ModulusAbsence, PrimeTags, ProofColumns } from "../core/ports/modular.js";
import type { Bytes } from "../core/primitives/bytes.js";
import { type Addon, type AddonModulus, loadAddon, tiersOf, typed } from "./addon.js";
import { tiersSetting } from "./choose.js";
import { NativeTierUnavailableError } from "./errors.js";

const VALUE_BYTES = 256;
const PRIME_BYTES = 32;

class AddonModulusFace implements Modulus {
  readonly tier: string;
  readonly elementBytes: number;
  readonly #modulus: AddonModulus;

  constructor(addon: Addon, modulus: Bytes, tiers: { readonly modular: string; readonly sha256: string }) {
    this.tier = tiers.modular;
    this.#modulus = guarded("nativeModulus", () => new addon.Modulus(modulus, tiers));
    this.elementBytes = this.#modulus.elementBytes();
  }

  power(base: Bytes, exponent: Bytes): Bytes {
    return value("power", (result) => this.#modulus.power(base, exponent, result));
  }

  powerProduct(a: Bytes, exponentA: Bytes, b: Bytes, exponentB: Bytes): Bytes {
    return value("powerProduct", (result) => this.#modulus.powerProduct(a, exponentA, b, exponentB, result));
  }

  squarings(x: Bytes, count: number): Bytes {
    return value("squarings", (result) => this.#modulus.squarings(x, count, result));
  }

  isUnit(candidate: Bytes): boolean {
    return guarded("isUnit", () => this.#modulus.isUnit(candidate));
  }

  challengePrime(tags: PrimeTags, seed: Bytes): { readonly prime: Bytes; readonly counter: number } {
    const prime = new Uint8Array(PRIME_BYTES);
    const counter = guarded("challengePrime", () => this.#modulus.challengePrime(tags.candidate, tags.base, seed, prime));
    return { prime, counter };
  }

  enter(entering: Bytes): Bytes {
    const element = new Uint8Array(this.elementBytes);
    guarded("enter", () => this.#modulus.enter(entering, element));
    return element;
  }

  leave(element: Bytes): Bytes {
    return value("leave", (result) => this.#modulus.leave(element, result));
  }

  advance(element: Bytes, count: number, kept: Bytes, done: number, spacing: number): void {
    guarded("advance", () => this.#modulus.advance(element, count, kept, done, spacing));
  }

  prove(kept: Bytes, squarings: number, window: number, digitsApart: number, prime: Bytes): Bytes {
    return value("prove", (result) => this.#modulus.prove(kept, squarings, window, digitsApart, prime, result));
  }

  checkProofs(tags: PrimeTags, { x, y, proof, squarings, seed }: ProofColumns): Bytes {
    const verdicts = new Uint8Array(squarings.length);
    guarded("checkProofs", () => this.#modulus.checkProofs(tags.candidate, tags.base, x, y, proof, squarings, seed, verdicts));
    return verdicts;
  }
}

function guarded<T>(call: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw typed(call, error);
  }
}

function value(call: string, run: (result: Bytes) => void): Bytes {
  const result = new Uint8Array(VALUE_BYTES);
  guarded(call, () => run(result));
  return result;
}

/**
 * Arithmetic modulo an odd number of 2,048 bits (256 bytes, the top bit set) by the addon, or why there is none: where CHAINWRIGHT_ENGINE keeps a
 * process off the addon, this stays off it too. `tier` may force one; else CHAINWRIGHT_TIERS may (`modular=adx`).
 *
 * @throws NativeInputError, NativeTierUnavailableError, NativeSettingError
 */
export function createModulus(modulus: Bytes, tier?: string): Modulus | ModulusAbsence {
  const { CHAINWRIGHT_ENGINE: setting, CHAINWRIGHT_TIERS: tiers } = process.env;
  if (setting === "wasm" || setting === "js") return { reason: `CHAINWRIGHT_ENGINE is ${setting}`, isBroken: false };
  const loaded = loadAddon();
  if ("reason" in loaded) return loaded;
  const known = tiersOf(loaded.addon);
  const forced = tiersSetting(tiers);
  const chosen = { modular: tier ?? forced.modular ?? known.modular.best, sha256: forced.sha256 ?? known.sha256.best };
  for (const primitive of ["modular", "sha256"] as const) {
    const { available } = known[primitive];
    if (!available.includes(chosen[primitive])) throw new NativeTierUnavailableError({ primitive, tier: chosen[primitive], available });
  }
  return new AddonModulusFace(loaded.addon, modulus, chosen);
}
