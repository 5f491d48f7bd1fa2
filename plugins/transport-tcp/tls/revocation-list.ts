/**
 * The node's own revocation list: which certificates and node ids are refused although they are otherwise good.
 *
 * Not the CRLs of OpenSSL: an expired one refuses everybody, and they never touch open connections. A text file, one entry a line,
 * that an operator can append to.
 */
import { readFile, stat } from "node:fs/promises";
import { messageOf } from "../../../core/sdk.js";
import { RevocationListError } from "./errors.js";

const FILE_BYTES_MAX = 16 * 1024 * 1024;
const HEX_64 = /^[0-9a-f]{64}$/;
const SERIAL = /^[0-9a-f]{1,40}$/;

/** What of a peer can be on the list. */
export interface RevocableNames {
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint: string;
  /** Lower-case hex, as `X509Certificate` writes it. */
  readonly serial: string;
  readonly nodeIds: readonly string[];
}

export class RevocationList {
  static readonly empty = new RevocationList(new Set());

  private constructor(private readonly entries: ReadonlySet<string>) {}

  /** @throws TRANSPORT_TLS_REVOCATION_LIST with the line */
  static parse(text: string, path: string): RevocationList {
    const entries = new Set<string>();
    for (const [index, written] of text.split(/\r?\n/).entries()) {
      const line = written.replace(/#.*/, "").trim().toLowerCase();
      if (line === "") continue;
      // Fingerprints and serial numbers are often printed with colons between the bytes.
      const [kind = "", ...rest] = line.split(":");
      const value = rest.join("").trim();
      const fits = kind === "serial" ? SERIAL.test(value) : (kind === "node" || kind === "sha256") && HEX_64.test(value);
      if (!fits) throw new RevocationListError({ path, line: index + 1, reason: `${JSON.stringify(line.slice(0, 80))} is no entry` });
      entries.add(`${kind}:${kind === "serial" ? withoutZeros(value) : value}`);
    }
    return new RevocationList(entries);
  }

  /** @throws TRANSPORT_TLS_REVOCATION_LIST */
  static async read(path: string): Promise<RevocationList> {
    let text: string;
    try {
      const { size } = await stat(path);
      if (size > FILE_BYTES_MAX) throw new Error(`it has ${size} bytes, at most ${FILE_BYTES_MAX} are read`);
      text = await readFile(path, "utf8");
    } catch (thrown) {
      throw new RevocationListError({ path, line: 0, reason: `it can't be read: ${messageOf(thrown)}` }, thrown);
    }
    return RevocationList.parse(text, path);
  }

  get size(): number {
    return this.entries.size;
  }

  hasNode(nodeId: string): boolean {
    return this.entries.has(`node:${nodeId}`);
  }

  /** The entry that revokes a certificate; a certificate that names several nodes goes when all of them did. */
  entryFor({ fingerprint, serial, nodeIds }: RevocableNames): string | undefined {
    if (this.entries.size === 0) return undefined;
    const byCertificate = [`sha256:${fingerprint}`, `serial:${withoutZeros(serial)}`].find((entry) => this.entries.has(entry));
    if (byCertificate !== undefined) return byCertificate;
    return nodeIds.length > 0 && nodeIds.every((nodeId) => this.hasNode(nodeId)) ? `node:${nodeIds.join(", node:")}` : undefined;
  }
}

function withoutZeros(serial: string): string {
  return serial.replace(/^0+(?=.)/, "");
}
