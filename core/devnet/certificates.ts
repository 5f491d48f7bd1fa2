/** The certificates of a devnet: an authority of its own, and one for each node that names the node's id. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  AUTHORITY_CERTIFICATE_FILE,
  type Authority,
  createAuthority,
  issueCertificate,
  NODE_CERTIFICATE_FILE,
  readAuthority,
  writeAuthority,
  writeNodeCertificate,
} from "../certificates/index.js";
import type { Clock, Entropy } from "../ports/runtime.js";

/** A devnet that someone comes back to after a year still starts. */
const DAYS = 3_650;
const BITS = 2048;

export class DevnetCertificates {
  readonly #authority: Authority;
  readonly #clock: Clock;
  readonly #entropy: Entropy;

  private constructor(authority: Authority, clock: Clock, entropy: Entropy) {
    this.#authority = authority;
    this.#clock = clock;
    this.#entropy = entropy;
  }

  /** Reads the authority of a directory, or makes one there. @throws CERTIFICATE_* */
  static async open(directory: string, clock: Clock, entropy: Entropy): Promise<DevnetCertificates> {
    if (!existsSync(join(directory, AUTHORITY_CERTIFICATE_FILE))) {
      const made = await createAuthority({ nowMs: clock.nowMs(), entropy }, { name: "Chainwright devnet", days: DAYS, bits: BITS });
      await writeAuthority(directory, made, entropy);
    }
    // Without a passphrase: it vouches for nothing but this devnet.
    return new DevnetCertificates(await readAuthority(directory, async () => undefined), clock, entropy);
  }

  /** Issues a node's certificate into `directory`, unless it has one. @throws CERTIFICATE_* */
  async ensure(directory: string, nodeId: string): Promise<void> {
    if (existsSync(join(directory, NODE_CERTIFICATE_FILE))) return;
    const source = { nowMs: this.#clock.nowMs(), entropy: this.#entropy };
    const issued = await issueCertificate(this.#authority, source, { nodeId, days: DAYS, bits: BITS });
    await writeNodeCertificate(directory, issued, this.#authority.certificate, this.#entropy);
  }
}
