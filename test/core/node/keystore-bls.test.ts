/** BLS key files: many keys in one, bound to their public keys, told by their kind, and unlocked by the names of a config. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { blsPublicKeyOf, blsSecretKeyFromSeed, blsVerify } from "../../../core/bls/index.js";
import { Keystore, UnlockedSigner, unlockSigner } from "../../../core/node/keystore.js";
import {
  KeyCountError,
  KeyExistsError,
  KeyFileError,
  KeyKindError,
  KeyMissingError,
  KeyPassphraseError,
} from "../../../core/node/keystore-errors.js";
import { bytesEqual, toHex } from "../../../core/primitives/bytes.js";
import { SystemEntropy } from "../../../core/runtime/index.js";

const PASSPHRASE = "correct horse";
/** A hundredth of the work: what is tested is not how hard a passphrase is to guess. */
const QUICK = { n: 2 ** 10, r: 8, p: 1 };
const entropy = new SystemEntropy();
const seed = (number: number) => new Uint8Array(32).fill(number);

t.test("a file of BLS keys opens with its passphrase only, and not when anything in it was changed", async (t) => {
  const directory = t.testdir();
  const keystore = new Keystore(directory, entropy, QUICK);
  const entry = await keystore.createBls("voters", 3, PASSPHRASE);
  t.equal(entry.publicKeys.length, 3);
  const path = join(directory, "voters.json");
  t.equal((await stat(path)).mode & 0o777, 0o600);
  t.same(await keystore.show("voters"), entry);
  const secretKeys = await keystore.unlockBls("voters", PASSPHRASE);
  t.same(secretKeys.map(blsPublicKeyOf), entry.publicKeys, "in the order of the public keys");
  t.equal(new Set(secretKeys.map(toHex)).size, 3, "each from a seed of its own");
  const text = await readFile(path, "utf8");
  for (const secretKey of secretKeys) t.notMatch(text, toHex(secretKey), "no secret is readable");

  await t.rejects(keystore.unlockBls("voters", "wrong horse"), { code: KeyPassphraseError.code });
  await t.rejects(keystore.importBls("voters", secretKeys, PASSPHRASE), { code: KeyExistsError.code }, "nothing is overwritten");
  const file = JSON.parse(text);
  const [first, second, third] = file.publicKeys;
  const changes = {
    "keys in another order": { ...file, publicKeys: [second, first, third] },
    "another key": { ...file, publicKeys: [first, second, toHex(blsPublicKeyOf(blsSecretKeyFromSeed(seed(9))))] },
    "another ciphertext": { ...file, cipher: { ...file.cipher, text: `00${file.cipher.text.slice(2)}` } },
  };
  for (const [what, changed] of Object.entries(changes)) {
    await writeFile(path, JSON.stringify(changed));
    await t.rejects(keystore.unlockBls("voters", PASSPHRASE), { code: KeyPassphraseError.code }, what);
  }
  await writeFile(path, JSON.stringify({ ...file, publicKeys: [first, second] }));
  await t.rejects(keystore.unlockBls("voters", PASSPHRASE), { code: KeyFileError.code }, "a key left out");
});

t.test("a thousand keys fit, more or twice the same do not", async (t) => {
  const directory = t.testdir();
  const keystore = new Keystore(directory, entropy, QUICK);
  for (const count of [0, -1, 1.5, 1_025])
    await t.rejects(keystore.createBls("none", count, "x"), { code: KeyCountError.code }, `${count}`);
  const one = blsSecretKeyFromSeed(seed(1));
  await t.rejects(keystore.importBls("twice", [one, one], "x"), { code: KeyCountError.code });
  await t.rejects(keystore.importBls("bad", [new Uint8Array(32)], "x"), { code: "BLS_SECRET_KEY" });
  await t.rejects(keystore.show("bad"), { code: KeyMissingError.code }, "nothing was written");
  // From the order of the group on: as quick to make as to count.
  const many = Array.from({ length: 1_024 }, (_, index) => {
    const secretKey = new Uint8Array(32);
    secretKey[30] = (index + 1) >>> 8;
    secretKey[31] = index + 1;
    return secretKey;
  });
  const { publicKeys } = await keystore.importBls("many", many, PASSPHRASE);
  t.same(await keystore.unlockBls("many", PASSPHRASE), many);
  const entry = await keystore.show("many");
  t.ok(entry.kind === "bls12-381" && entry.publicKeys.every((key, index) => bytesEqual(key, publicKeys[index] ?? seed(0))));
});

t.test("a config's names unlock keys of both kinds, and an engine finds its file's keys by name", async (t) => {
  const directory = t.testdir();
  const keystore = new Keystore(directory, entropy, QUICK);
  const account = await keystore.create("account", PASSPHRASE);
  const voters = await keystore.importBls("voters", [blsSecretKeyFromSeed(seed(2)), blsSecretKeyFromSeed(seed(1))], PASSPHRASE);
  t.same(
    (await keystore.list()).map(({ kind, name }) => [name, kind]),
    [
      ["account", "ed25519"],
      ["voters", "bls12-381"],
    ],
  );
  await t.rejects(keystore.unlock("voters", PASSPHRASE), { code: KeyKindError.code });
  await t.rejects(keystore.unlockBls("account", PASSPHRASE), { code: KeyKindError.code });
  await t.rejects(keystore.showAccount("voters"), { code: KeyKindError.code });
  t.same(await keystore.showAccount("account"), account);

  const signer = await unlockSigner({ directory, names: ["account", "voters"], passphrase: PASSPHRASE }, entropy);
  t.same(await signer.publicKeys(), [account.publicKey]);
  const { bls } = signer;
  t.same(await bls?.keysOf("voters"), voters.publicKeys);
  t.same(await bls?.publicKeys(), voters.publicKeys);
  t.equal(await bls?.keysOf("account"), undefined);
  const [key = seed(0)] = voters.publicKeys;
  const signature = (await bls?.sign(key, seed(5))) ?? seed(0);
  t.ok(blsVerify({ publicKey: key, message: seed(5), signature }));
  await t.rejects(Promise.resolve(bls?.sign(new Uint8Array(48), seed(5))), { code: KeyMissingError.code });
  t.same(await new UnlockedSigner([]).bls.publicKeys(), []);
});
