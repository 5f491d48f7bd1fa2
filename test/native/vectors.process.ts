/**
 * Writes the vectors for the C++ checks (native/test/driver.cc reads them) to the file that is named on the command line:
 * signatures, equations with chosen scalars, encodings with their points, pairs with their digests. All of it is judged or
 * computed by @noble/ed25519 and node:crypto. Numbers are little-endian.
 */
import { hash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Point } from "@noble/ed25519";
import type { Bytes } from "../../core/primitives/bytes.js";
import { Random } from "../fixtures/random.js";
import { Adversary } from "./adversary.js";
import { edgeCases, scalarEdges } from "./edge-cases.js";
import { fromLittleEndian, goodSignatures, littleEndian, ORDER } from "./signed.js";
import { smallOrderEncodings } from "./zip215-vectors.js";

const [, , path] = process.argv;
if (path === undefined) throw new Error("name a file to write to");

const random = new Random(1);
const adversary = new Adversary(random);
const word = (value: number) => littleEndian(BigInt(value), 4);
const flag = (value: boolean) => Uint8Array.of(value ? 1 : 0);

function signatures(): Bytes[] {
  const items = [...edgeCases(), ...goodSignatures(260, 90), ...Array.from({ length: 500 }, () => adversary.next())];
  const records = items.map(({ publicKey, signature, message, valid }) =>
    Buffer.concat([publicKey, signature, word(message.length), message, flag(valid)]),
  );
  return [word(records.length), ...records];
}

const times = (scalar: bigint) => (scalar === 0n ? Point.ZERO : Point.BASE.multiply(scalar, false));

/** [s]B = [k]A + R for scalars that matter in every combination, with torsion, and some that do not hold. */
function equations(): Bytes[] {
  const torsion = smallOrderEncodings().map((bytes) => Point.fromBytes(bytes, true));
  const edges = scalarEdges().filter((edge) => edge < ORDER);
  const records: Bytes[] = [];
  const add = (key: Point, r: Point, s: bigint, k: bigint) => {
    const holds = times(s)
      .subtract(k === 0n ? Point.ZERO : key.multiply(k, false))
      .subtract(r)
      .clearCofactor()
      .is0();
    records.push(Buffer.concat([key.toBytes(), r.toBytes(), littleEndian(s), littleEndian(k), flag(holds)]));
  };
  const any = () => (random.chance(40) ? random.pick(edges) : fromLittleEndian(random.bytes(32)) % ORDER);
  for (let i = 0; i < 700; i++) {
    // The first ones take every edge as k and as s.
    const k = i < edges.length ? (edges[i] as bigint) : any();
    const s = i >= edges.length && i < 2 * edges.length ? (edges[i - edges.length] as bigint) : any();
    const key = random.chance(15) ? random.pick(torsion) : times(1n + (any() % (ORDER - 1n))).add(random.pick(torsion));
    const kA = k === 0n ? Point.ZERO : key.multiply(k, false);
    const error = random.chance(20) ? times(1n + BigInt(random.below(9))) : Point.ZERO;
    add(key, times(s).subtract(kA).add(random.pick(torsion)).add(error), s, k);
  }
  add(Point.ZERO, Point.BASE, 1n, 12345n);
  return [word(records.length), ...records];
}

function encodings(): Bytes[] {
  const all = [
    ...smallOrderEncodings(),
    ...Array.from({ length: 600 }, () => adversary.encoding()),
    ...Array.from({ length: 200 }, () => random.bytes(32)),
    ...goodSignatures(50).map(({ publicKey }) => publicKey),
  ];
  const records = all.map((bytes) => {
    try {
      const { x, y } = Point.fromBytes(bytes, true).toAffine();
      return Buffer.concat([bytes, flag(true), littleEndian(x), littleEndian(y)]);
    } catch {
      return Buffer.concat([bytes, flag(false), new Uint8Array(64)]);
    }
  });
  return [word(records.length), ...records];
}

function pairs(): Bytes[] {
  const records = Array.from({ length: 400 }, () => {
    const bytes = random.bytes(64);
    return Buffer.concat([bytes, hash("sha256", bytes, "buffer")]);
  });
  return [word(records.length), ...records];
}

writeFileSync(path, Buffer.concat([...signatures(), ...equations(), ...encodings(), ...pairs()]));
