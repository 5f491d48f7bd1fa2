/**
 * "chainwright/sdk": everything that a plugin may import, and nothing else.
 *
 * Built-in plugins live by the same rule as third-party ones, so what is missing here is missing for everybody.
 */
export { default as Type, type Static, type TObject, type TSchema } from "#bundled/typebox";
export * from "./bls/index.js";
export * from "./certificates/index.js";
export { nativeCounterSearch } from "./compute/counter-search.js";
export { nativeModulus } from "./compute/modulus.js";
export { AssertionFailure, assert, present, unreachable } from "./kernel/assert.js";
export { inject, injectable } from "./kernel/di.js";
export { ChainwrightError, defineError, type ErrorClass, type ErrorKind, messageOf, type SerializedError } from "./kernel/errors.js";
export * from "./leveldb/index.js";
export * from "./ports/index.js";
export * from "./primitives/index.js";
export * from "./work/index.js";
