/** Keys of development validators: by reference, the same for everybody, and in a signer without keystore or passphrase. */
import t from "tap";
import { blsPossessionSet, blsPublicKeyOf, blsVerify } from "../../../core/bls/index.js";
import {
  devValidator,
  devValidatorGroups,
  devValidatorKey,
  devValidatorsReference,
  parseDevValidators,
} from "../../../core/node/dev-validators.js";
import { Keystore, unlockSigner } from "../../../core/node/keystore.js";
import { toHex } from "../../../core/primitives/bytes.js";
import { SystemEntropy } from "../../../core/runtime/index.js";

const entropy = new SystemEntropy();

t.test("references", async (t) => {
  t.same(parseDevValidators("dev:validators/1-22"), { from: 1, to: 22 });
  t.same(parseDevValidators("dev:validators/65536"), { from: 65_536, to: 65_536 });
  t.equal(devValidatorsReference({ from: 3, to: 3 }), "dev:validators/3-3");
  for (const name of ["validators", "dev:alice", "dev:validator/1-2"]) t.equal(parseDevValidators(name), undefined, name);
  for (const rest of ["", "0", "0-2", "2-1", "1-65537", "70000", "1-", "-1", "1-2-3", "01-2", "1 -2", "a-b", "1-1e3"])
    t.throws(() => parseDevValidators(`dev:validators/${rest}`), { code: "NODE_DEV_VALIDATORS" }, rest);
});

t.test("keys follow from numbers, and prove that they are there", async (t) => {
  const { publicKey, proofOfPossession } = devValidator(1);
  // Chain specs of devnets that are there hold it: it never changes.
  t.equal(toHex(publicKey), "b4f4663a00b28b9849e7a5eecd650acd315fb075f8f00604d5d98e78e480e77227943f436c9eed1c298db71d0b8c6085");
  t.ok(blsVerify(blsPossessionSet(publicKey, proofOfPossession)));
  t.not(toHex(devValidatorKey(2)), toHex(devValidatorKey(1)));
  const group = devValidatorGroups(["savings", "dev:validators/1-3"]).get("dev:validators/1-3");
  t.same(group?.secretKeys, [1, 2, 3].map(devValidatorKey));
  t.same(
    group?.publicKeys,
    [1, 2, 3].map((number) => blsPublicKeyOf(devValidatorKey(number))),
  );
});

t.test("a signer holds them without keystore or passphrase, and beside files with them", async (t) => {
  const directory = t.testdir();
  const names = ["dev:validators/1-2"];
  const { bls } = await unlockSigner({ directory, names, passphrase: undefined }, entropy);
  const keys = [1, 2].map((number) => devValidator(number).publicKey);
  t.same(await bls?.keysOf("dev:validators/1-2"), keys);
  t.same(await bls?.publicKeys(), keys);
  t.equal(await bls?.keysOf("dev:validators/3"), undefined, "those that were not unlocked are not held");
  const message = new Uint8Array(32).fill(7);
  const [publicKey = new Uint8Array(48)] = keys;
  const signature = await bls?.sign(publicKey, message);
  t.ok(blsVerify({ publicKey, message, signature: signature ?? new Uint8Array(96) }));

  const file = await new Keystore(directory, entropy).createBls("mine", 1, "open sesame");
  const both = { directory, names: ["mine", ...names] };
  await t.rejects(unlockSigner({ ...both, passphrase: undefined }, entropy), {
    code: "KEYSTORE_PASSPHRASE_MISSING",
    data: { names: ["mine"] },
  });
  const signer = await unlockSigner({ ...both, passphrase: "open sesame" }, entropy);
  t.equal((await signer.bls?.publicKeys())?.length, 3);
  t.same(await signer.bls?.keysOf("mine"), file.publicKeys);
  await t.rejects(unlockSigner({ directory, names: ["dev:validators/0"], passphrase: "" }, entropy), { code: "NODE_DEV_VALIDATORS" });
});
