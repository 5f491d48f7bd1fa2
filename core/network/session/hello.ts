/**
 * Hello: who somebody is, proved for this very connection, and whether the two nodes fit.
 *
 * Each side sends its Hello at once and takes nothing else before the other's. The signed bytes are
 *
 *   tag "cw/hello/1" (16) ‖ genesis id (32) ‖ role of the signer (1: 0 dialer, 1 listener) ‖ binding (32) ‖ signer's node id (32)
 *   ‖ SHA-256 of the signer's certificate, or zeros (32) ‖ SHA-256 of the other's certificate, or zeros (32)
 *
 * so that a Hello is worth nothing on another connection (binding), to the one who sent it (role), on another chain (genesis), or
 * between other certificates: whoever stands in the middle of two TLS connections shows each side another one.
 *
 * The verdict is not consensus, so OpenSSL's (RFC 8032, cofactorless) is as good as any. But a node id is a name: it must be
 * the canonical encoding of its point, lest one key have two names, and no point of small order, for which anybody can sign.
 */
import { createPublicKey, verify } from "node:crypto";
import { assert } from "../../kernel/assert.js";
import type { ChainSpec } from "../../ports/chain-spec.js";
import type { ConnectionSecurity } from "../../ports/transport.js";
import { type Bytes, bytesEqual, concatBytes, domainTag, EMPTY_BYTES, fromHex, toHex } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import type { LocalIdentity } from "../options.js";
import type { HeadClaim, Hello } from "../wire/messages.js";
import { CloseCode, type Refusal } from "./close-codes.js";
import { forkIdAt, forkMismatch } from "./fork-id.js";

const TAG = domainTag("cw/hello/1");

/** Of the protocol between nodes; the newest common one is spoken. */
export const PROTOCOL_VERSIONS = { min: 1, max: 1 } as const;

/** Bits of `Hello.services`: the whole chain; and what checkpoint starts ask for, with headers of the whole chain and blocks from `bodiesFrom` on. */
export const SERVES_CHAIN = 1;
export const SERVES_CHECKPOINTS = 2;

export type Role = Hello["role"];

/** What a node says of itself, the same on all connections of a moment. */
export interface LocalNode {
  readonly identity: LocalIdentity;
  readonly spec: Pick<ChainSpec, "chainId" | "upgrades">;
  readonly genesisId: Hash;
  head(): HeadClaim;
  readonly services: () => number;
  listenAddresses(): readonly string[];
  readonly agent: string;
}

/** The bytes that `role`'s Hello signs on a connection with this security, as seen from that side. */
export function helloPreimage(
  genesisId: Hash,
  role: Role,
  nodeId: Bytes,
  security: { readonly value: Bytes; readonly ownCertificateHash?: Bytes | undefined; readonly otherCertificateHash?: Bytes | undefined },
): Bytes {
  assert(security.value.length === 32 && nodeId.length === 32, "a binding and a node id have 32 bytes");
  return concatBytes(
    TAG,
    genesisId,
    Uint8Array.of(role === "dialer" ? 0 : 1),
    security.value,
    nodeId,
    security.ownCertificateHash ?? Hash.zero,
    security.otherCertificateHash ?? Hash.zero,
  );
}

/** Makes this node's Hello for one connection. */
export function makeHello(local: LocalNode, role: Role, security: ConnectionSecurity): Hello {
  const nodeId = nodeIdBytes(local.identity.nodeId);
  const head = local.head();
  const fork = forkIdAt(local.genesisId, local.spec.upgrades, head.height);
  return {
    type: "hello",
    minVersion: PROTOCOL_VERSIONS.min,
    maxVersion: PROTOCOL_VERSIONS.max,
    chainId: local.spec.chainId,
    genesisId: local.genesisId,
    forkHash: fork.hash,
    nextUpgradeHeight: fork.next,
    nodeId,
    role,
    head,
    services: local.services(),
    listenAddresses: local.listenAddresses(),
    agent: local.agent,
    signature:
      security.kind === "authenticated"
        ? EMPTY_BYTES
        : local.identity.sign(
            helloPreimage(local.genesisId, role, nodeId, {
              value: security.value,
              ownCertificateHash: security.localCertificateHash,
              otherCertificateHash: security.remoteCertificateHash,
            }),
          ),
  };
}

/**
 * Why the other's Hello is refused; undefined if it is good. Cheap checks first; whether the peer is banned or connected already
 * is for others to say, after this.
 *
 * @param role of the other side
 */
export function checkHello(local: LocalNode, hello: Hello, role: Role, security: ConnectionSecurity): Refusal | undefined {
  const { genesisId, spec } = local;
  if (hello.maxVersion < PROTOCOL_VERSIONS.min || hello.minVersion > PROTOCOL_VERSIONS.max || hello.minVersion > hello.maxVersion)
    return {
      code: CloseCode.version,
      message: `this node speaks versions ${PROTOCOL_VERSIONS.min} to ${PROTOCOL_VERSIONS.max}, the other ${hello.minVersion} to ${hello.maxVersion}`,
    };
  if (hello.chainId !== spec.chainId)
    return { code: CloseCode.chainId, message: `this node is on chain ${spec.chainId}, the other on ${hello.chainId}` };
  if (!bytesEqual(hello.genesisId, genesisId))
    return {
      code: CloseCode.genesis,
      message: `this node's chain ${spec.chainId} begins with genesis block ${shortened(genesisId)}, the other's with ${shortened(hello.genesisId)}`,
    };
  const mismatch = forkMismatch(genesisId, spec.upgrades, local.head().height, { hash: hello.forkHash, next: hello.nextUpgradeHeight });
  if (mismatch !== undefined) return { code: CloseCode.fork, message: mismatch };
  return checkIdentity(local, hello, role, security);
}

function checkIdentity(local: LocalNode, hello: Hello, role: Role, security: ConnectionSecurity): Refusal | undefined {
  const isOwn = bytesEqual(hello.nodeId, nodeIdBytes(local.identity.nodeId));
  // Our own id in our own role is our own Hello, sent back. In the other role, with our signature, we met ourselves.
  if (isOwn) {
    if (hello.role !== role) return wrongRole(role);
    return hasGoodSignature(local.genesisId, hello, role, security)
      ? { code: CloseCode.self, message: "this is the node itself" }
      : badSignature;
  }
  if (!isSoundNodeId(hello.nodeId)) return { code: CloseCode.nodeId, message: "the node id is no sound Ed25519 key" };
  if (security.kind === "binding" && security.allowed !== undefined) {
    const { nodeIds, by } = security.allowed;
    if (!nodeIds.some((nodeId) => bytesEqual(nodeId, hello.nodeId)))
      return by === "certificate"
        ? { code: CloseCode.notInCertificate, message: "the certificate names another node id" }
        : { code: CloseCode.notPinned, message: "the node id is not one of those that this node trusts" };
  }
  if (security.kind === "authenticated" && !bytesEqual(security.nodeId, hello.nodeId))
    return { code: CloseCode.otherIdentity, message: "the transport proved another node id" };
  if (hello.role !== role) return wrongRole(role);
  return hasGoodSignature(local.genesisId, hello, role, security) ? undefined : badSignature;
}

/** Enough of a hash to tell two apart by eye; a close reason has room for no more. */
function shortened(hash: Hash): string {
  return `${toHex(hash).slice(0, 16)}…`;
}

const badSignature: Refusal = { code: CloseCode.signature, message: "the signature does not prove the node id on this connection" };

function wrongRole(expected: Role): Refusal {
  return { code: CloseCode.role, message: `the other side of this connection is the ${expected}` };
}

function hasGoodSignature(genesisId: Hash, hello: Hello, role: Role, security: ConnectionSecurity): boolean {
  if (security.kind === "authenticated") return hello.signature.length === 0;
  if (hello.signature.length !== 64) return false;
  const message = helloPreimage(genesisId, role, hello.nodeId, {
    value: security.value,
    ownCertificateHash: security.remoteCertificateHash,
    otherCertificateHash: security.localCertificateHash,
  });
  try {
    const x = Buffer.from(hello.nodeId.buffer, hello.nodeId.byteOffset, 32).toString("base64url");
    return verify(null, message, createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }), hello.signature);
  } catch {
    // A crypto library may refuse to parse bytes that are no point.
    return false;
  }
}

/** @param hex 64 digits */
export function nodeIdBytes(hex: string): Bytes {
  const bytes = fromHex(hex);
  assert(bytes?.length === 32, "a node id is 32 bytes in hex");
  return bytes;
}

/** p = 2^255 − 19, big-endian. */
const FIELD_PRIME = (1n << 255n) - 19n;
/** The y coordinates of the eight points whose order divides 8: ±1, 0, and two of order 8. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  FIELD_PRIME - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);

/** Whether the 32 bytes are the one encoding of a point that is not of small order; that they are a point, the signature shows. */
export function isSoundNodeId(nodeId: Bytes): boolean {
  if (nodeId.length !== 32) return false;
  const littleEndian = Uint8Array.from(nodeId).reverse();
  const y = BigInt(`0x${Buffer.from(littleEndian).toString("hex")}`) & ((1n << 255n) - 1n);
  return y < FIELD_PRIME && !SMALL_ORDER_Y.has(y);
}
