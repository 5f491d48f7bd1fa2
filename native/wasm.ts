/**
 * The C++ engine's portable tier as WebAssembly (native/wasm/build.js): what runs where no addon loads.
 *
 * Inputs are copied into the module's memory in bounded pieces, so that it stays small whatever a caller hands over: pieces
 * of 4,096 signatures or 8 MiB of messages fill what batches gain by size. A single message beyond that goes to the
 * JavaScript engine, whose verdict is the same.
 *
 * Pairs and trees are hashed here too: 130 ns a pair, four side by side in vector registers, against 340 ns by node:crypto
 * (js/sha256-pairs.ts).
 */
import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { messageOf } from "../core/kernel/errors.js";
import type { HashTag } from "../core/ports/compute.js";
import type { Bytes } from "../core/primitives/bytes.js";
import type { SignatureBatch } from "../core/primitives/signature-batch.js";
import { checkHashPairs, checkSubtreeRoot, checkVerify } from "./check-inputs.js";
import type { ComputeEngine, EngineOptions } from "./engine.js";
import { NativeMemoryError } from "./errors.js";
import { Ed25519Verifier } from "./js/ed25519.js";

/** What native/src/wasm.cc exports. Pointers are offsets into `memory`; 0 is none. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(bytes: number): number;
  release(pointer: number): void;
  createEngine(keyCacheEntries: number): number;
  verify(engine: number, publicKeys: number, signatures: number, messages: number, offsets: number, count: number, bitmap: number): number;
  hashPairs(engine: number, input: number, output: number, tag: number, count: number): void;
  subtreeRoot(engine: number, nodes: number, count: number, fromDepth: number, toDepth: number, root: number): number;
  clearKeyCache(engine: number): void;
}

/** The part of the JavaScript API that is used here; the types of Node leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Bytes) => object;
  readonly Instance: new (module: object, imports: Record<string, Record<string, unknown>>) => { readonly exports: unknown };
};

const FILE = "#addon/native/wasm/engine.wasm";

/** Entries of a piece. A multiple of 8, so that its verdicts are whole bytes. */
const PIECE_ENTRIES_MAX = 4096;
const PIECE_MESSAGE_BYTES_MAX = 8 << 20;
const PIECE_PAIRS_MAX = 4096;
/** Nodes of a subtree that is reduced at once, 2 to the power of this: 1 MiB. */
const PIECE_NODES_LOG2 = 15;

/** The cache never holds more keys than this; each takes about 200 bytes of a memory of 256 MiB at most. */
const KEY_CACHE_ENTRIES_MAX = 1 << 19;

const TAG_NUMBERS: { readonly [T in HashTag]: number } = { plain: 0, leaf: 1, inner: 2 };

/** Compiled once in each thread. */
let compiled: object | undefined;

function load(): Exports {
  compiled ??= new WebAssembly.Module(new Uint8Array(readFileSync(createRequire(import.meta.url).resolve(FILE))));
  const box: { memory?: Exports["memory"] } = {};
  // Coefficients of batches: random, and never seen in a verdict (native/src/engine.h).
  const random = (pointer: number, length: number): number => {
    try {
      if (box.memory === undefined) return 0;
      randomFillSync(new Uint8Array(box.memory.buffer, pointer, length));
      return 1;
    } catch {
      // An error must not pass through the module's frames: its stack would never be taken back. Without randomness it
      // verifies one by one.
      return 0;
    }
  };
  const exports = new WebAssembly.Instance(compiled, { chainwright: { random } }).exports as Exports;
  box.memory = exports.memory;
  return exports;
}

class WasmEngine implements ComputeEngine {
  readonly kind = "wasm";
  readonly tiers = { ed25519: "portable", sha256: "portable", sha512: "portable" };
  readonly #exports: Exports;
  readonly #engine: number;
  /** For messages that are too long for a piece. */
  readonly #verifier = new Ed25519Verifier(0);
  /** Inputs and outputs of the call at hand: one block that grows up to a piece of the largest kind. */
  #block = 0;
  #blockBytes = 0;
  #view: Bytes = new Uint8Array();

  constructor(exports: Exports, keyCacheEntries: number) {
    this.#exports = exports;
    this.#engine = exports.createEngine(Math.min(keyCacheEntries, KEY_CACHE_ENTRIES_MAX));
    if (this.#engine === 0) throw new NativeMemoryError({ call: "createEngine" });
  }

  verify(batch: SignatureBatch, from: number, to: number, bitmap: Bytes): number {
    // A copy, for another thread may write to the caller's: what was checked is what is used.
    const offsets = checkVerify(batch, from, to, bitmap);
    const verdicts = new Uint8Array((to - from + 7) >> 3);
    let valid = 0;
    for (let at = from; at < to; ) {
      const start = offsets[at - from] as number;
      let end = at;
      while (end < to && end - at < PIECE_ENTRIES_MAX && (offsets[end + 1 - from] as number) - start <= PIECE_MESSAGE_BYTES_MAX) end++;
      if (end === at) {
        end++;
        valid += this.#verifyLong(batch, at, offsets.subarray(at - from, at - from + 2), verdicts, at - from);
      } else {
        valid += this.#verifyPiece(batch, at, end, offsets.subarray(at - from, end - from + 1), verdicts, at - from);
      }
      at = end;
    }
    orBits(verdicts, to - from, bitmap, from);
    return valid;
  }

  /** Entries `from` to `to` with their `offsets`; verdicts go to the bits of `verdicts` from `bit` on. */
  #verifyPiece(batch: SignatureBatch, from: number, to: number, offsets: Uint32Array, verdicts: Bytes, bit: number): number {
    const count = to - from;
    const start = offsets[0] as number;
    const end = offsets[count] as number;
    const signatures = this.#reserve("verify", 104 * count + 16 + (end - start));
    const publicKeys = signatures + 64 * count;
    const offsetsAt = publicKeys + 32 * count;
    const bitmapAt = offsetsAt + 4 * (count + 1);
    const messages = bitmapAt + ((count + 7) >> 3);
    const memory = this.#memory();
    memory.set(batch.signatures.subarray(64 * from, 64 * to), signatures);
    memory.set(batch.publicKeys.subarray(32 * from, 32 * to), publicKeys);
    memory.set(batch.messages.subarray(start, end), messages);
    memory.fill(0, bitmapAt, messages);
    const rebased = new Uint32Array(memory.buffer, offsetsAt, count + 1);
    for (let i = 0; i <= count; i++) rebased[i] = (offsets[i] as number) - start;
    const valid = this.#exports.verify(this.#engine, publicKeys, signatures, messages, offsetsAt, count, bitmapAt);
    if (valid < 0) throw new NativeMemoryError({ call: "verify" });
    orBits(this.#memory().subarray(bitmapAt, messages), count, verdicts, bit);
    return valid;
  }

  #verifyLong(batch: SignatureBatch, index: number, [start, end]: Uint32Array, verdicts: Bytes, bit: number): number {
    const signature = batch.signatures.slice(64 * index, 64 * index + 64);
    const publicKey = batch.publicKeys.slice(32 * index, 32 * index + 32);
    if (!this.#verifier.verify(signature, batch.messages.subarray(start, end), publicKey)) return 0;
    orBits(Uint8Array.of(1), 1, verdicts, bit);
    return 1;
  }

  hashPairs(input: Bytes, output: Bytes, tag: HashTag, from: number, to: number): void {
    checkHashPairs(input, output, tag, from, to);
    for (let at = from; at < to; at += PIECE_PAIRS_MAX) {
      const count = Math.min(PIECE_PAIRS_MAX, to - at);
      const block = this.#reserve("hashPairs", 64 * count);
      const memory = this.#memory();
      memory.set(input.subarray(64 * at, 64 * (at + count)), block);
      this.#exports.hashPairs(this.#engine, block, block, TAG_NUMBERS[tag], count);
      output.set(memory.subarray(block, block + 32 * count), 32 * at);
    }
  }

  subtreeRoot(nodes: Bytes, fromDepth: number, toDepth: number): Bytes {
    checkSubtreeRoot(nodes, fromDepth, toDepth);
    const count = nodes.length / 32;
    const pieceNodes = 1 << PIECE_NODES_LOG2;
    if (count <= pieceNodes) return this.#rootOfPiece(nodes, fromDepth, toDepth);
    // Roots of whole pieces are the nodes of a smaller tree.
    const roots = new Uint8Array(32 * Math.ceil(count / pieceNodes));
    const depth = fromDepth + PIECE_NODES_LOG2;
    for (let at = 0, root = 0; at < count; at += pieceNodes, root += 32)
      roots.set(this.#rootOfPiece(nodes.subarray(32 * at, 32 * (at + pieceNodes)), fromDepth, depth), root);
    return this.subtreeRoot(roots, depth, toDepth);
  }

  #rootOfPiece(nodes: Bytes, fromDepth: number, toDepth: number): Bytes {
    const root = this.#reserve("subtreeRoot", 32 + nodes.length);
    this.#memory().set(nodes, root + 32);
    if (this.#exports.subtreeRoot(this.#engine, root + 32, nodes.length / 32, fromDepth, toDepth, root) === 0)
      throw new NativeMemoryError({ call: "subtreeRoot" });
    return this.#memory().slice(root, root + 32);
  }

  clearKeyCache(): void {
    this.#exports.clearKeyCache(this.#engine);
  }

  /** Offset of at least `bytes` bytes, 64-byte aligned; whatever was there before is gone. */
  #reserve(call: string, bytes: number): number {
    if (bytes > this.#blockBytes) {
      if (this.#block !== 0) this.#exports.release(this.#block);
      const size = Math.max(65_536, 2 ** Math.ceil(Math.log2(bytes)));
      this.#block = this.#exports.allocate(size);
      this.#blockBytes = this.#block === 0 ? 0 : size;
      if (this.#block === 0) throw new NativeMemoryError({ call });
    }
    return this.#block;
  }

  /** The memory as it is now: any call may make it grow, and then the buffer of before is detached, its views empty. */
  #memory(): Bytes {
    if (this.#view.length === 0) this.#view = new Uint8Array(this.#exports.memory.buffer);
    return this.#view;
  }
}

/** Sets bit `from + i` of `bitmap` for each bit i < count that is set in `bits`. */
function orBits(bits: Bytes, count: number, bitmap: Bytes, from: number): void {
  const isAligned = (from & 7) === 0;
  for (let byte = 0; byte < (count + 7) >> 3; byte++) {
    const value = bits[byte] as number;
    const target = (from >> 3) + byte;
    if (value === 0) continue;
    if (isAligned) {
      bitmap[target] = (bitmap[target] as number) | value;
      continue;
    }
    const shifted = value << (from & 7);
    bitmap[target] = (bitmap[target] as number) | (shifted & 0xff);
    if (shifted > 0xff) bitmap[target + 1] = (bitmap[target + 1] as number) | (shifted >> 8);
  }
}

/** Or, where it can't be, why. @throws NativeMemoryError */
export function createWasmEngine(options: Pick<EngineOptions, "keyCacheEntries">): ComputeEngine | { readonly reason: string } {
  let exports: Exports;
  try {
    exports = load();
  } catch (error) {
    return { reason: `engine.wasm does not load: ${messageOf(error)}` };
  }
  return new WasmEngine(exports, options.keyCacheEntries);
}
