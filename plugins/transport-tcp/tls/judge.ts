/**
 * The verdict on the other end of a connection, cheapest question first: version, protocol, certificate, trust, revocation.
 *
 * What it lets through is bound to this connection by a value of TLS' exporter (RFC 5705; RFC 8446, section 7.5), which Hello
 * signs. So a node id counts only where its owner is at the other end, whatever the trust; see core/network/PROTOCOL.md.
 */
import { X509Certificate } from "node:crypto";
import type { PeerCertificate, TLSSocket } from "node:tls";
import {
  type AllowedPeers,
  type Bytes,
  type ConnectionSecurity,
  fromHex,
  isSelfSigned,
  messageOf,
  nodeIdsIn,
  present,
  sha256,
  toHex,
} from "../../../core/sdk.js";
import { RefusalCode } from "../errors.js";
import type { TlsConfig } from "./config.js";
import { ALPN } from "./contexts.js";
import { isWeak, RSA_BITS_MIN } from "./credentials.js";
import { hasExtendedMasterSecret } from "./extended-master-secret.js";
import { type Refusal, refusal, refusalOfVerification } from "./refusals.js";
import type { RevocableNames, RevocationList } from "./revocation-list.js";

const EXPORTER_LABEL = "EXPORTER-chainwright-hello";
const BINDING_BYTES = 32;
const NO_CONTEXT = Buffer.alloc(0);

export interface TrustPolicy {
  readonly trust: TlsConfig["trust"];
  /** With trust `ca`: certificates name node ids. */
  readonly requireNodeId: boolean;
  /** With trust `pinned`: node ids, lower-case hex. */
  readonly pinned: readonly string[];
  readonly minVersion: TlsConfig["minVersion"];
  readonly revocations: RevocationList;
}

/** `names` are what a later revocation may be about. */
export type Judgement = { readonly security: ConnectionSecurity; readonly names: RevocableNames } | { readonly refusal: Refusal };

export function judgePeer(socket: TLSSocket, policy: TrustPolicy): Judgement {
  // A closed socket answers as if it had no certificate.
  if (socket.destroyed) return { refusal: refusal(RefusalCode.handshakeBroken) };
  try {
    const early = connectionFault(socket, policy);
    if (early !== undefined) return { refusal: early };
    const certificate = sentCertificate(socket);
    if (certificate === undefined) return { refusal: refusal("TRANSPORT_TLS_NO_CERTIFICATE") };
    return judgeCertificate(socket, certificate, policy);
  } catch (thrown) {
    // OpenSSL could not make sense of what the peer sent, or the connection ended under the questions.
    return {
      refusal: socket.destroyed ? refusal(RefusalCode.handshakeBroken) : refusal("TRANSPORT_TLS_BAD_CERTIFICATE", messageOf(thrown)),
    };
  }
}

/** What is needed of a certificate, as node:tls has it. */
interface SentCertificate {
  /** DER. */
  readonly raw: Bytes;
  /** Upper-case hex. */
  readonly serialNumber: string;
  readonly subjectaltname?: string;
  /** With RSA keys only. */
  readonly modulus?: string;
  /** Of RSA and elliptic keys. */
  readonly bits?: number;
}

/**
 * The other end's certificate, in the older of Node's two forms. Parsed as X509Certificate, the questions below take 0.3 ms; so
 * 0.06. And on a dialing socket Node 20's `getPeerX509Certificate()` takes the certificate out of the session, so that asking
 * twice answers the next one of the chain, or none.
 */
export function sentCertificate(socket: TLSSocket): SentCertificate | undefined {
  // Without a certificate it is an empty object, and on a closed socket null, whatever the typings say.
  const certificate = socket.getPeerCertificate(false) as SentCertificate | Record<string, never> | null;
  return certificate?.raw === undefined ? undefined : (certificate as SentCertificate);
}

/** What is wrong with the connection itself. */
function connectionFault(socket: TLSSocket, { minVersion }: TrustPolicy): Refusal | undefined {
  const version = socket.getProtocol();
  const isOlder = version === "TLSv1.2" && minVersion === "TLSv1.2";
  if (version !== "TLSv1.3" && !isOlder) return refusal(RefusalCode.tlsVersion, version ?? "unknown");
  if (socket.alpnProtocol !== ALPN) return refusal(RefusalCode.wrongAlpn);
  // Neither side hands out what could be resumed; this is for a peer, or an OpenSSL, that does so all the same.
  if (socket.isSessionReused()) return refusal("TRANSPORT_TLS_RESUMED");
  if (isOlder && !hasExtendedMasterSecret(socket.getSession())) return refusal("TRANSPORT_TLS_NO_BINDING");
  return undefined;
}

function judgeCertificate(socket: TLSSocket, certificate: SentCertificate, policy: TrustPolicy): Judgement {
  if (hasWeakKey(certificate)) return { refusal: refusal("TRANSPORT_TLS_WEAK_KEY") };
  const isByAuthority = policy.trust === "ca";
  if (isByAuthority && !socket.authorized) return { refusal: untrusted(socket, certificate) };
  // Only an authority's word about node ids counts; anybody can write them into a certificate of his own.
  const nodeIds = isByAuthority ? nodeIdsIn(certificate.subjectaltname) : [];
  const hash = sha256(certificate.raw);
  const names: RevocableNames = { fingerprint: toHex(hash), serial: certificate.serialNumber.toLowerCase(), nodeIds };
  const entry = policy.revocations.entryFor(names);
  if (entry !== undefined) return { refusal: refusal("TRANSPORT_TLS_REVOKED", entry) };
  if (isByAuthority && policy.requireNodeId && nodeIds.length === 0) return { refusal: refusal("TRANSPORT_TLS_NO_NODE_ID") };
  return { security: bindingOf(socket, hash, allowedPeers(nodeIds, policy)), names };
}

function hasWeakKey({ raw, modulus, bits }: SentCertificate): boolean {
  if (modulus !== undefined) return (bits ?? 0) < RSA_BITS_MIN;
  // An elliptic curve; of other keys, such as RSA-PSS, only the slow form tells the length.
  return bits === undefined && isWeak(new X509Certificate(raw));
}

function untrusted(socket: TLSSocket, { raw }: SentCertificate): Refusal {
  // Typed as an error, but it is the code of one.
  const result: unknown = socket.authorizationError;
  const given = refusalOfVerification(typeof result === "string" ? result : undefined);
  const isOwn = given.code === "TRANSPORT_TLS_FOREIGN_CA" && isSelfSigned(new X509Certificate(raw));
  return isOwn ? refusal("TRANSPORT_TLS_SELF_SIGNED") : given;
}

function allowedPeers(nodeIds: readonly string[], { trust, pinned, revocations }: TrustPolicy): AllowedPeers | undefined {
  const bytesOf = (ids: readonly string[]): readonly Bytes[] =>
    ids.filter((id) => !revocations.hasNode(id)).map((id) => present(fromHex(id), "node ids were checked to be hex"));
  if (trust === "pinned") return { by: "pinned", nodeIds: bytesOf(pinned) };
  return nodeIds.length === 0 ? undefined : { by: "certificate", nodeIds: bytesOf(nodeIds) };
}

function bindingOf(socket: TLSSocket, remoteCertificateHash: Bytes, allowed: AllowedPeers | undefined): ConnectionSecurity {
  // The one of this connection: after a rotation, older connections still have the one before.
  const own = socket.getCertificate() as Partial<PeerCertificate> | null;
  return {
    kind: "binding",
    value: new Uint8Array(socket.exportKeyingMaterial(BINDING_BYTES, EXPORTER_LABEL, NO_CONTEXT)),
    localCertificateHash: sha256(present(own?.raw, "every context has a certificate")),
    remoteCertificateHash,
    ...(allowed === undefined ? {} : { allowed }),
  };
}
