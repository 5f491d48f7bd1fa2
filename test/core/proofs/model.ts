/**
 * A second prover, by the rules word for word: recursion over bits, interval arithmetic on bigints, a serializer of its own.
 * Its proofs are trees of nodes, so that a forger can change them before they become bytes.
 */
import { type Bytes, concatBytes, sha256 } from "../../../core/primitives/index.js";
import { naiveRoot, tagged } from "../state/fixtures.js";

export interface Entry {
  readonly key: Bytes;
  readonly value: Bytes;
}

export interface ModelLeaf extends Entry {
  readonly path: Bytes;
  readonly valueHash: Bytes;
}

/** A key of 33 bytes that begins with P has the 32 bytes behind it as its path: tries of any shape without mining keys. */
export const chosenPaths = (data: Bytes): Bytes => (data.length === 33 && data[0] === 0x50 ? data.slice(1) : sha256(data).slice());
export const keyAt = (path: Bytes): Bytes => concatBytes(Uint8Array.of(0x50), path);

export type Node =
  | { readonly type: "inner"; readonly left: Node; readonly right: Node }
  | { readonly type: "empty" }
  | { readonly type: "sibling"; readonly reference: Bytes | undefined }
  | { readonly type: "foreign"; readonly path: Bytes; readonly valueHash: Bytes }
  /** Of a multi-proof: bits of the index. Of a range: the key. */
  | { readonly type: "own"; readonly path: Bytes; readonly bits?: readonly number[]; readonly key?: Bytes; readonly value: Bytes };

export const bit = (path: Bytes, depth: number): number => ((path[depth >> 3] as number) >> (7 - (depth & 7))) & 1;
export const numberOf = (path: Bytes): bigint => BigInt(`0x${Buffer.from(path).toString("hex")}`);
export const pathOf = (number: bigint): Bytes => new Uint8Array(Buffer.from(number.toString(16).padStart(64, "0"), "hex"));
export const FIRST = new Uint8Array(32);
export const LAST = new Uint8Array(32).fill(255);

export class Model {
  /** By ascending path. */
  readonly leaves: readonly ModelLeaf[];

  constructor(
    entries: readonly Entry[],
    readonly hash: (data: Bytes) => Bytes = chosenPaths,
  ) {
    this.leaves = entries
      .map(({ key, value }) => ({ key, value, path: hash(key), valueHash: hash(value) }))
      .sort((a, b) => Buffer.compare(a.path, b.path));
  }

  get root(): Bytes {
    return naiveRoot(this.leaves);
  }

  get(key: Bytes): Bytes | undefined {
    return this.leaves.find((leaf) => Buffer.compare(leaf.key, key) === 0)?.value;
  }

  within(from: Bytes, to: Bytes): ModelLeaf[] {
    return this.leaves.filter(({ path }) => Buffer.compare(from, path) <= 0 && Buffer.compare(path, to) <= 0);
  }

  keysProof(keys: readonly Bytes[]): Node {
    const hex = new Set(keys.map((key) => Buffer.from(this.hash(key)).toString("hex")));
    return this.#keys(
      this.leaves,
      [...hex].sort().map((path) => new Uint8Array(Buffer.from(path, "hex"))),
      0,
    );
  }

  #keys(leaves: readonly ModelLeaf[], paths: readonly Bytes[], depth: number): Node {
    if (paths.length === 0) return sibling(leaves, depth);
    const [only] = leaves;
    if (only === undefined) return { type: "empty" };
    if (leaves.length === 1) {
      const index = paths.findIndex((path) => Buffer.compare(path, only.path) === 0);
      if (index < 0) return { type: "foreign", path: only.path, valueHash: only.valueHash };
      const width = Math.ceil(Math.log2(paths.length));
      const bits = width === 0 ? [] : [...index.toString(2).padStart(width, "0")].map(Number);
      return { type: "own", path: only.path, bits, value: only.value };
    }
    const [left, right] = [0, 1].map((side) =>
      this.#keys(
        leaves.filter(({ path }) => bit(path, depth) === side),
        paths.filter((path) => bit(path, depth) === side),
        depth + 1,
      ),
    ) as [Node, Node];
    return { type: "inner", left, right };
  }

  /** @param next the leaf that ends the range without being in it */
  rangeProof(from: Bytes, to: Bytes, next?: Bytes): Node {
    return this.#range(this.leaves, 0n, 0, numberOf(from), numberOf(next ?? to), next === undefined ? undefined : numberOf(next));
  }

  #range(leaves: readonly ModelLeaf[], low: bigint, depth: number, from: bigint, to: bigint, next: bigint | undefined): Node {
    const high = low + (1n << BigInt(256 - depth)) - 1n;
    if (high < from || low > to) return sibling(leaves, depth);
    const [only] = leaves;
    if (only === undefined) return { type: "empty" };
    if (leaves.length === 1) {
      const at = numberOf(only.path);
      if (at < from || at > to || at === next) return { type: "foreign", path: only.path, valueHash: only.valueHash };
      return { type: "own", path: only.path, key: only.key, value: only.value };
    }
    const middle = low + (1n << BigInt(255 - depth));
    const side = (right: boolean) => leaves.filter(({ path }) => numberOf(path) >= middle === right);
    return {
      type: "inner",
      left: this.#range(side(false), low, depth + 1, from, to, next),
      right: this.#range(side(true), middle, depth + 1, from, to, next),
    };
  }
}

function sibling(leaves: readonly ModelLeaf[], depth: number): Node {
  return { type: "sibling", reference: leaves.length === 0 ? undefined : naiveRoot(leaves, depth) };
}

/** The reference of a tree of a proof, whatever it is. */
export function referenceOf(node: Node, hash = chosenPaths): Bytes {
  switch (node.type) {
    case "inner":
      return tagged("inner", referenceOf(node.left, hash), referenceOf(node.right, hash));
    case "empty":
      return FIRST;
    case "sibling":
      return node.reference ?? FIRST;
    case "foreign":
      return tagged("leaf", node.path, node.valueHash);
    case "own":
      return tagged("leaf", node.path, hash(node.value));
  }
}

export type Kind = "single" | "multi" | "range";

export function encode(kind: Kind, node: Node, next?: Bytes): Bytes {
  const bits: number[] = [];
  const body: Bytes[] = [];
  write(node, bits, body);
  while (bits.length % 8 !== 0) bits.push(0);
  const shape = Uint8Array.from({ length: bits.length / 8 }, (_, i) => Number.parseInt(bits.slice(i * 8, i * 8 + 8).join(""), 2));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, shape.length);
  const head = [1, ["single", "multi", "range"].indexOf(kind) + 1];
  if (kind === "range") head.push(...(next === undefined ? [0] : [1, ...next]));
  return concatBytes(Uint8Array.from(head), length, shape, ...body);
}

function write(node: Node, bits: number[], body: Bytes[]): void {
  switch (node.type) {
    case "inner":
      bits.push(1);
      write(node.left, bits, body);
      write(node.right, bits, body);
      return;
    case "empty":
      bits.push(0, 0);
      return;
    case "sibling":
      bits.push(node.reference === undefined ? 0 : 1);
      if (node.reference !== undefined) body.push(node.reference);
      return;
    case "foreign":
      bits.push(0, 1, 0);
      body.push(node.path, node.valueHash);
      return;
    case "own": {
      bits.push(0, 1, 1, ...(node.bits ?? []));
      if (node.key !== undefined) body.push(Uint8Array.of(node.key.length), node.key);
      const length = node.value.length - 1;
      body.push(Uint8Array.of(length >> 8, length & 255), node.value);
    }
  }
}

/** The same tree with every node (as it was) offered to `change`, which answers another one or undefined. */
export function rewritten(node: Node, change: (node: Node, depth: number) => Node | undefined, depth = 0): Node {
  const changed = change(node, depth);
  if (changed !== undefined || node.type !== "inner") return changed ?? node;
  return { ...node, left: rewritten(node.left, change, depth + 1), right: rewritten(node.right, change, depth + 1) };
}

/** All nodes, in the order of a proof, with their depths. */
export function nodesOf(node: Node, depth = 0): { readonly node: Node; readonly depth: number }[] {
  const here = { node, depth };
  return node.type === "inner" ? [here, ...nodesOf(node.left, depth + 1), ...nodesOf(node.right, depth + 1)] : [here];
}
