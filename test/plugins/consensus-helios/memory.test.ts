/** Argon2id: published vectors in both engines, and both engines against each other. */
import fc from "fast-check";
import t from "tap";
import { MemoryEngineError } from "../../../plugins/consensus-helios/errors.js";
import {
  type Argon2idInput,
  chooseMemory,
  isAbsence,
  memoryHash,
  nativeMemory,
  portableMemory,
} from "../../../plugins/consensus-helios/memory.js";

const native = nativeMemory();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

/** RFC 9106, section 5.3. */
const RFC_INPUT: Argon2idInput = {
  password: filled(32, 1),
  salt: filled(16, 2),
  secret: filled(8, 3),
  associatedData: filled(12, 4),
  memoryKiB: 32,
  passes: 3,
  parallelism: 4,
  outputBytes: 32,
};

t.test("RFC 9106, 5.3: Argon2id with secret and associated data", async (t) => {
  t.equal(hex(portableMemory.argon2id(RFC_INPUT)), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
  t.throws(() => native.argon2id(RFC_INPUT), MemoryEngineError, "the native library has no place for associated data");
});

t.test("its inputs without associated data, and without a secret: what both can do", async (t) => {
  const { associatedData: _, ...secret } = RFC_INPUT;
  const { secret: __, ...plain } = secret;
  for (const engine of [native, portableMemory]) {
    t.equal(hex(engine.argon2id(secret)), "0034de3c8a75efc1148100eaf5ba9b1ce6d50ba5cdf6ae4018c54a4fc03ac10d", engine.kind);
    // Also in the tests of RustCrypto's argon2 and of Node.js.
    t.equal(hex(engine.argon2id(plain)), "03aab965c12001c9d7d0d2de33192c0494b684bb148196d73c1df1acaf6d0c2e", engine.kind);
  }
});

t.test("vectors of the reference implementation (P-H-C/phc-winner-argon2, src/test.c, version 0x13)", async (t) => {
  const vectors: readonly (readonly [number, number, number, string, string, string])[] = [
    [2, 256, 1, "password", "somesalt", "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"],
    [2, 256, 2, "password", "somesalt", "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"],
    [1, 65_536, 1, "password", "somesalt", "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"],
    [2, 65_536, 1, "password", "somesalt", "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"],
    [2, 65_536, 1, "password", "diffsalt", "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"],
  ];
  for (const [passes, memoryKiB, parallelism, password, salt, answer] of vectors) {
    const input = { password: Buffer.from(password), salt: Buffer.from(salt), memoryKiB, passes, parallelism, outputBytes: 32 };
    t.equal(hex(native.argon2id(input)), answer);
    if (memoryKiB <= 256) t.equal(hex(portableMemory.argon2id(input)), answer);
  }
});

t.test("both engines agree", async (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ minLength: 8, maxLength: 64 }),
      fc.integer({ min: 8, max: 200 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 4, max: 80 }),
      fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }), { nil: undefined }),
      (password, salt, memoryKiB, passes, outputBytes, secret) => {
        const input = { password, salt, memoryKiB, passes, parallelism: 1, outputBytes, ...(secret === undefined ? {} : { secret }) };
        t.same(native.argon2id(input), portableMemory.argon2id(input));
      },
    ),
    { numRuns: 60 },
  );
});

t.test("M depends on root, nonce, parent and cost, and on nothing else", async (t) => {
  const cost = { memoryKiB: 64, passes: 1 };
  const made = (root: number, nonce: bigint, parent: number, differences: Partial<typeof cost> = {}) =>
    hex(memoryHash(portableMemory, filled(32, root), nonce, filled(32, parent), { ...cost, ...differences }));
  const values = [
    made(1, 1n, 1),
    made(2, 1n, 1),
    made(1, 2n, 1),
    made(1, 1n, 2),
    made(1, 1n, 1, { memoryKiB: 72 }),
    made(1, 1n, 1, { passes: 2 }),
  ];
  t.equal(new Set(values).size, values.length);
  t.equal(made(1, 1n, 1), values[0]);
});

t.test("a library that is not here is told from one that is and does not load", async (t) => {
  const chain = (...messages: string[]) =>
    messages.reduceRight<unknown>((cause, message) => Object.assign(new Error(message), { cause }), null);
  t.ok(isAbsence(chain("Cannot find module '@node-rs/argon2'")));
  t.ok(isAbsence(chain("Cannot find native binding. npm has a bug", "Cannot find module '@node-rs/argon2-linux-x64-gnu'")));
  t.ok(isAbsence(chain("Cannot find native binding.", "Unsupported architecture on Linux: mips")));
  t.notOk(isAbsence(chain("Cannot find native binding.", "Cannot find module", "argon2.linux-x64-gnu.node: invalid ELF header")));
  t.notOk(isAbsence("no error"));
});

t.test("the engine is chosen by name", async (t) => {
  t.equal(chooseMemory("auto").kind, "native");
  t.equal(chooseMemory("native").kind, "native");
  t.equal(chooseMemory("portable").kind, "portable");
});
