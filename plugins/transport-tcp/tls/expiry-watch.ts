/** Warns of certificates that will end: from `warnBeforeDays` on, once for each day that is left. */
import type { X509Certificate } from "node:crypto";
import { type Logger, validityOf } from "../../../core/sdk.js";

const DAY_MS = 86_400_000;

export interface Expiring {
  /** What it is to a reader of the log: `own certificate`, `authority`. */
  readonly role: string;
  readonly certificate: X509Certificate;
  /** What to do about it. */
  readonly remedy: string;
}

export class ExpiryWatch {
  /** Days left at the last warning, by fingerprint: two authorities may give one serial number. */
  #warned = new Map<string, number>();

  constructor(
    private readonly logger: Logger,
    private readonly warnBeforeDays: number,
  ) {}

  check(certificates: readonly Expiring[], nowMs: number): void {
    const warned = new Map<string, number>();
    for (const { role, certificate, remedy } of certificates) {
      const daysLeft = Math.floor((validityOf(certificate).validUntilMs - nowMs) / DAY_MS);
      if (daysLeft >= this.warnBeforeDays) continue;
      warned.set(certificate.fingerprint256, daysLeft);
      if (this.#warned.get(certificate.fingerprint256) === daysLeft) continue;
      const data = { role, subject: certificate.subject.replaceAll("\n", ", "), validUntil: certificate.validTo, daysLeft };
      if (daysLeft < 0) this.logger.error(data, `the ${role} has expired; ${remedy}`);
      else this.logger.warn(data, `the ${role} ends ${daysLeft === 0 ? "today" : `in ${daysLeft} days`}; ${remedy}`);
    }
    this.#warned = warned;
  }
}
