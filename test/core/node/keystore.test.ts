import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { Keystore, UnlockedSigner, unlockSigner } from "../../../core/node/keystore.js";
import {
  KeyExistsError,
  KeyFileError,
  KeyMissingError,
  KeyNameError,
  KeyPassphraseError,
  KeyPassphraseMissingError,
} from "../../../core/node/keystore-errors.js";
import { fromHex, toHex } from "../../../core/primitives/bytes.js";
import { publicKeyOf } from "../../../core/primitives/signing.js";
import { SystemEntropy } from "../../../core/runtime/index.js";

const SECRET = fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60") as Uint8Array;

t.test("a key survives the way through its file, which only its passphrase opens", async (t) => {
  const directory = t.testdir();
  const keystore = new Keystore(join(directory, "keys"), new SystemEntropy());
  const { publicKey } = await keystore.import("savings", SECRET, "correct horse");
  // RFC 8032, section 7.1, test 1.
  t.equal(toHex(publicKey), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const path = join(directory, "keys", "savings.json");
  t.equal((await stat(path)).mode & 0o777, 0o600);
  t.equal((await stat(join(directory, "keys"))).mode & 0o777, 0o700);
  const text = await readFile(path, "utf8");
  t.notMatch(text, toHex(SECRET), "the secret is not in the file");

  t.same(await keystore.unlock("savings", "correct horse"), SECRET);
  await t.rejects(keystore.unlock("savings", "wrong horse"), { code: KeyPassphraseError.code });
  await t.rejects(keystore.import("savings", SECRET, "x"), { code: KeyExistsError.code }, "nothing is overwritten");
  t.same(await keystore.list(), [{ kind: "ed25519", name: "savings", publicKey }]);

  const file = JSON.parse(text);
  const other = toHex(publicKeyOf(new Uint8Array(32).fill(7)));
  await writeFile(path, JSON.stringify({ ...file, publicKey: other }));
  await t.rejects(
    keystore.unlock("savings", "correct horse"),
    { code: KeyPassphraseError.code },
    "the public key is bound to the ciphertext",
  );
});

t.test("unlocked keys sign, others don't", async (t) => {
  const directory = t.testdir({ passphrase: "correct horse\nsecond line\n" });
  const entropy = new SystemEntropy();
  await new Keystore(directory, entropy).import("validator", SECRET, "correct horse");
  const passphraseFile = join(directory, "passphrase");
  const signer = await unlockSigner({ directory, names: ["validator"], passphraseFile, passphrase: undefined }, entropy);
  const [key] = await signer.publicKeys();
  t.ok(key);
  // RFC 8032, section 7.1, test 1: the empty message.
  t.match(toHex(await signer.sign(key as Uint8Array, new Uint8Array(0))), /^e5564300c360ac729086e2cc806e828a/);
  await t.rejects(signer.sign(new Uint8Array(32), new Uint8Array(0)), { code: KeyMissingError.code });
  await t.rejects(unlockSigner({ directory, names: ["validator"], passphrase: undefined }, entropy), {
    code: KeyPassphraseMissingError.code,
  });
  t.same(await new UnlockedSigner([]).publicKeys(), []);
});

t.test("names and files that are none get typed errors", async (t) => {
  const directory = t.testdir();
  const keystore = new Keystore(directory, new SystemEntropy());
  t.same(await new Keystore(join(directory, "absent"), new SystemEntropy()).list(), []);
  for (const name of ["", "../escape", "UPPER", "a/b", "x".repeat(65)])
    await t.rejects(keystore.show(name), { code: KeyNameError.code }, name);
  await t.rejects(keystore.unlock("nobody", "x"), { code: KeyMissingError.code });
  const good = { version: 1, name: "k", publicKey: "00".repeat(32), kdf: { name: "scrypt", n: 16, r: 8, p: 1, salt: "00".repeat(32) } };
  const cipher = { name: "aes-256-gcm", nonce: "00".repeat(12), text: "00".repeat(32), tag: "00".repeat(16) };
  for (const [what, content] of Object.entries({
    "no JSON": "{",
    "no object": "7",
    "another version": JSON.stringify({ ...good, version: 2, cipher }),
    "no cipher": JSON.stringify(good),
    "more work than allowed": JSON.stringify({ ...good, kdf: { ...good.kdf, n: 2 ** 30 }, cipher }),
    "not a power of two": JSON.stringify({ ...good, kdf: { ...good.kdf, n: 17 }, cipher }),
    "too long": JSON.stringify({ ...good, cipher, note: "x".repeat(5_000) }),
    "another kind": JSON.stringify({ ...good, kind: "secp256k1", cipher }),
    "no public keys": JSON.stringify({ ...good, kind: "bls12-381", cipher }),
    "too many public keys": JSON.stringify({ ...good, kind: "bls12-381", publicKeys: new Array(1_025).fill("00".repeat(48)), cipher }),
    "public keys of another length": JSON.stringify({ ...good, kind: "bls12-381", publicKeys: ["00".repeat(32)], cipher }),
    "wrong lengths": JSON.stringify({ ...good, cipher: { ...cipher, nonce: "00" } }),
  })) {
    await writeFile(join(directory, "bad.json"), content);
    await chmod(join(directory, "bad.json"), 0o600);
    await t.rejects(keystore.unlock("bad", "x"), { code: KeyFileError.code }, what);
  }
});
