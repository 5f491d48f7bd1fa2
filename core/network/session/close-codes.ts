/**
 * Why the network closes a connection. Codes travel to the other side, stand in logs and metrics, and are API; gossip and sync
 * have codes of their own for what they find.
 */
export const CloseCode = {
  /** Two nodes that speak no common version of the protocol. */
  version: "NETWORK_VERSION",
  chainId: "NETWORK_OTHER_CHAIN",
  genesis: "NETWORK_OTHER_GENESIS",
  /** The upgrades that one side has passed are not those of the other (session/fork-id.ts). */
  fork: "NETWORK_OTHER_FORK",
  /** This node met itself. */
  self: "NETWORK_SELF",
  /** The id is not one that the peer's certificate names. */
  notInCertificate: "NETWORK_NOT_IN_CERTIFICATE",
  /** The id is not one that the config lists. */
  notPinned: "NETWORK_NOT_PINNED",
  /** The transport proved another id than Hello says. */
  otherIdentity: "NETWORK_OTHER_IDENTITY",
  /** Both ends say that they dialed, or both that they listened: our own Hello, come back. */
  role: "NETWORK_WRONG_ROLE",
  signature: "NETWORK_BAD_SIGNATURE",
  nodeId: "NETWORK_BAD_NODE_ID",
  banned: "NETWORK_BANNED",
  /** There is a connection with this node, and it stays. */
  duplicate: "NETWORK_DUPLICATE",
  /** There was a connection with this node; another takes its place. */
  replaced: "NETWORK_REPLACED",
  /** Somebody wanted to know who answers at an address, and knows it now. */
  probed: "NETWORK_PROBED",
  tooManyPeers: "NETWORK_TOO_MANY_PEERS",
  expectedHello: "NETWORK_EXPECTED_HELLO",
  unexpectedHello: "NETWORK_UNEXPECTED_HELLO",
  dialTimeout: "NETWORK_DIAL_TIMEOUT",
  helloTimeout: "NETWORK_HELLO_TIMEOUT",
  pingTimeout: "NETWORK_PING_TIMEOUT",
  unexpectedPong: "NETWORK_UNEXPECTED_PONG",
  /** More messages or bytes on a channel than an honest node sends. */
  flood: "NETWORK_FLOOD",
  /** It does not read what it asks for. */
  slowReader: "NETWORK_SLOW_READER",
  /** Invalid messages of a peer whose score is 0. */
  noScoreLeft: "NETWORK_NO_SCORE_LEFT",
  unexpectedPeers: "NETWORK_UNEXPECTED_PEERS",
  tooManyRequests: "NETWORK_TOO_MANY_REQUESTS",
  internal: "NETWORK_INTERNAL",
  stopping: "NODE_STOPPING",
} as const;

/** A reason to end a connection, as it is told to the other side. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** After these, dialing again soon brings nothing: the two nodes don't fit. */
const LASTING: ReadonlySet<string> = new Set([
  CloseCode.version,
  CloseCode.chainId,
  CloseCode.genesis,
  CloseCode.fork,
  CloseCode.notInCertificate,
  CloseCode.notPinned,
  CloseCode.otherIdentity,
  CloseCode.nodeId,
  CloseCode.banned,
]);

export function isLasting(code: string): boolean {
  return LASTING.has(code);
}

/** Another connection with the same node stays, the other one went, or all that was wanted is known. */
const NOBODYS_FAULT: ReadonlySet<string> = new Set([CloseCode.duplicate, CloseCode.replaced, CloseCode.stopping, CloseCode.probed]);

/** Whether a connection that ended so is no failure of anybody: it happens every day, and the score stays as it is. */
export function isNobodysFault(code: string): boolean {
  return NOBODYS_FAULT.has(code);
}
