/**
 * A node's name in its certificate: a URI among the subject's alternative names (RFC 5280, section 4.2.1.6).
 *
 * `chainwright:node:<64 hex digits>`: an absolute URI (RFC 3986) with a scheme of ours and no authority part, since a node id
 * is no host, and nobody may take it for one. Lower case only, so that there is one way to write a name.
 */
import { CertificateValueError } from "./errors.js";

const PREFIX = "chainwright:node:";
const NODE_ID = /^[0-9a-f]{64}$/;
/** One name of `X509Certificate.subjectAltName`: a type, and a value as it is or, where it could be misread, as a JSON string. */
const ENTRY = /(?:^|, )([A-Za-z0-9 ]+):("(?:[^"\\]|\\.)*"|[^,"]*)/y;

/** @param nodeId 64 lower-case hex digits. @throws CertificateValueError */
export function nodeUri(nodeId: string): string {
  if (!NODE_ID.test(nodeId)) throw new CertificateValueError({ what: "node id", reason: "it is written as 64 hex digits in lower case" });
  return PREFIX + nodeId;
}

/**
 * The node ids (hex) among alternative names, as Node prints these. Node quotes whatever holds a comma or another special
 * character (CVE-2021-44532), so a DNS name with a URI inside is read as what it is. What can't be read names nobody.
 */
export function nodeIdsIn(subjectAltName: string | undefined): readonly string[] {
  if (subjectAltName === undefined) return [];
  const found: string[] = [];
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < subjectAltName.length) {
    const match = ENTRY.exec(subjectAltName);
    if (match === null) return [];
    const [, type = "", value = ""] = match;
    const nodeId = value.startsWith(PREFIX) ? value.slice(PREFIX.length) : "";
    if (type === "URI" && NODE_ID.test(nodeId) && !found.includes(nodeId)) found.push(nodeId);
  }
  return found;
}
