/**
 * The admin token: who can read the file may change the node.
 *
 * A file and not an option, so that it never stands in a config that is shared, nor in a process list. Made with 256
 * random bits where there is none; written beside and renamed, so that a crash can't leave half a token.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { open, readFile, rename, stat, unlink } from "node:fs/promises";
import { type Bytes, type Entropy, type Logger, messageOf, toHex } from "../../core/sdk.js";
import { ApiTokenFileError, ApiTokenMissingError, ApiTokenWrongError } from "./errors.js";

const TOKEN_BYTES = 32;
const FILE_MAX_BYTES = 1_024;
/** 32 to 512 visible characters: what a bearer token may hold (RFC 6750, section 2.1), and no less than 128 bits as hex. */
const TOKEN = /^[A-Za-z0-9\-._~+/]{32,512}=*$/;
const BEARER = /^Bearer +([^ ]+) *$/i;

export class AdminToken {
  private readonly digest: Bytes;

  private constructor(token: string) {
    this.digest = digestOf(token);
  }

  /** Reads the file, or makes it. @throws ApiTokenFileError */
  static async load(file: string, entropy: Entropy, logger: Logger): Promise<AdminToken> {
    try {
      const info = await stat(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      });
      if (info === undefined) return new AdminToken(await create(file, entropy));
      if (!info.isFile() || info.size > FILE_MAX_BYTES) throw new Error(`it is not a file of at most ${FILE_MAX_BYTES} bytes`);
      if (process.platform !== "win32" && (info.mode & 0o077) !== 0)
        logger.warn({ file, mode: (info.mode & 0o777).toString(8) }, "others can read the admin token: chmod 600 it");
      const token = (await readFile(file, "utf8")).trim();
      if (!TOKEN.test(token))
        throw new Error("it holds no token (32 to 512 letters, digits and -._~+/); delete it, and the next start makes a new one");
      return new AdminToken(token);
    } catch (error) {
      throw new ApiTokenFileError({ file, reason: messageOf(error) }, error);
    }
  }

  /** Checks the value of an `authorization` header, in a time that does not depend on it. @throws ApiTokenMissingError, ApiTokenWrongError */
  check(header: string | undefined): void {
    const presented = header === undefined ? undefined : BEARER.exec(header)?.[1];
    if (presented === undefined) throw new ApiTokenMissingError({});
    // Digests have one length, so that not even the token's length shows.
    if (!timingSafeEqual(digestOf(presented), this.digest)) throw new ApiTokenWrongError({});
  }
}

function digestOf(token: string): Bytes {
  return createHash("sha256").update(token, "utf8").digest();
}

async function create(file: string, entropy: Entropy): Promise<string> {
  const token = toHex(entropy.bytes(TOKEN_BYTES));
  const beside = `${file}.${toHex(entropy.bytes(8))}`;
  const handle = await open(beside, "wx", 0o600);
  try {
    await handle.writeFile(`${token}\n`);
    await handle.sync();
  } catch (error) {
    await unlink(beside);
    throw error;
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  return token;
}
