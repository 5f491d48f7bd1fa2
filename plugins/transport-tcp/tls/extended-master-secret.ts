/**
 * Whether a TLS 1.2 session has an extended master secret (RFC 7627). Without it, two connections can share all their
 * secrets (the triple handshake attack), and the exporter's value binds nothing. TLS 1.3 always binds.
 *
 * Node has no call for it, but the session that it hands out is OpenSSL's `SSL_SESSION_ASN1`, whose field [13] holds the flags;
 * bit 0 is SSL_SESS_FLAG_EXTMS (OpenSSL 1.1.0 and later). What can't be read counts as not having it.
 */
import { type Bytes, DerReader } from "../../../core/sdk.js";

const FLAGS_FIELD = 0xa0 | 13;
const EXTENDED_MASTER_SECRET = 1;

/** @param session DER, as `socket.getSession()` answers it; wiped here, since it holds the session's secret */
export function hasExtendedMasterSecret(session: Bytes | undefined): boolean {
  if (session === undefined) return false;
  try {
    const fields = new DerReader(session).sequence();
    while (!fields.done) {
      const { tag, content } = fields.next();
      if (tag === FLAGS_FIELD) return (new DerReader(content).integer() & EXTENDED_MASTER_SECRET) !== 0;
    }
    return false;
  } catch {
    return false;
  } finally {
    session.fill(0);
  }
}
