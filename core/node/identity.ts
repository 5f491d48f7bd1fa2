/** The node's identity: an Ed25519 key of its own, in the data directory (0600), made at first start. */
import { readFile } from "node:fs/promises";
import type { DataDirectory } from "../ports/data-directory.js";
import type { Entropy } from "../ports/runtime.js";
import { type Bytes, fromHex, toHex } from "../primitives/bytes.js";
import { publicKeyOf, signMessage } from "../primitives/signing.js";
import { writeFileAtomically } from "./data-directory.js";
import { IdentityDamagedError } from "./errors.js";

export const NODE_IDENTITY = "chainwright:node-identity";

export interface NodeIdentity {
  /** Hex of the public key. */
  readonly nodeId: string;
  /** Ed25519 signature, 64 bytes. For core alone: what it signs is chosen by core. */
  sign(message: Bytes): Bytes;
}

const FILE = "node.key";

/** Reads the key, or makes one. @throws IdentityDamagedError */
export async function openIdentity(directory: Pick<DataDirectory, "resolve">, entropy: Entropy): Promise<NodeIdentity> {
  const path = directory.resolve(FILE);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text !== undefined) {
    const seed = fromHex(text.trim());
    if (seed === undefined || seed.length !== 32) throw new IdentityDamagedError({ path });
    return identityOf(seed);
  }
  const seed = entropy.bytes(32);
  await writeFileAtomically(path, `${toHex(seed)}\n`);
  return identityOf(seed);
}

function identityOf(seed: Bytes): NodeIdentity {
  return { nodeId: toHex(publicKeyOf(seed)), sign: (message) => signMessage(seed, message) };
}
