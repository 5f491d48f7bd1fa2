/** Hello, and the claim about one's own head that it shares with Status. */
import { assert } from "../../kernel/assert.js";
import { isChainId, MAX_CHAIN_ID_BYTES } from "../../primitives/block-codec.js";
import { type Bytes, EMPTY_BYTES, toHex } from "../../primitives/bytes.js";
import { messageShape } from "../../primitives/codec.js";
import { Hash } from "../../primitives/hash.js";
import { WIRE_LIMITS } from "./limits.js";
import { type AnyMessageFormat, listFits, messageFormat } from "./message-format.js";
import type { HeadClaim, Hello } from "./messages.js";
import type { WireReader } from "./wire-reader.js";
import type { WireWriter } from "./wire-writer.js";

const UINT32_MAX = 2 ** 32 - 1;
const NODE_ID_BYTES = 32;
const SIGNATURE_BYTES = 64;

export const HEAD_CLAIM = messageShape("HeadClaim", ["id", "height", "weight", "finalized_height", "bodies_from"]);

const HELLO = messageShape("Hello", [
  "min_version",
  "max_version",
  "chain_id",
  "genesis_id",
  "fork_hash",
  "next_upgrade_height",
  "node_id",
  "role",
  "head",
  "services",
  "listen_addresses",
  "agent",
  "signature",
]);

/** On the wire 0 is "not said", so that a forgotten field is no role. */
const ROLE_DIALER = 1;
const ROLE_LISTENER = 2;

export const HANDSHAKE_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<Hello>({
    type: "hello",
    member: 1,
    shape: HELLO,
    sizeHint: ({ listenAddresses }) => listenAddresses.reduce((total, { length }) => total + 3 + length, 512),
    write: writeHello,
    read: readHello,
  }),
];

export function writeHeadClaim(writer: WireWriter, head: HeadClaim): void {
  writer.fixed(1, head.id, Hash.bytes).integer(2, head.height).bytes(3, weightBytes(head.weight)).integer(4, head.finalizedHeight);
  if (head.bodiesFrom !== undefined) writer.integer(5, head.bodiesFrom);
}

export function readHeadClaim(reader: WireReader): HeadClaim {
  let id: Hash | undefined;
  let height = 0;
  let weight = 0n;
  let finalizedHeight = 0;
  let bodiesFrom = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) id = reader.hash();
    else if (field === 2) height = reader.integer(Number.MAX_SAFE_INTEGER);
    else if (field === 3) weight = readWeight(reader);
    else if (field === 4) finalizedHeight = reader.integer(Number.MAX_SAFE_INTEGER);
    else if (field === 5) bodiesFrom = reader.integer(Number.MAX_SAFE_INTEGER);
    else reader.skip();
  }
  return { id: reader.required(id, 1), height, weight, finalizedHeight, ...(bodiesFrom === 0 ? {} : { bodiesFrom }) };
}

/** Big-endian, without leading zero bytes: one weight, one byte string. */
function weightBytes(weight: bigint): Bytes {
  if (weight === 0n) return EMPTY_BYTES;
  const digits = weight.toString(16);
  assert(weight > 0n && digits.length <= 2 * WIRE_LIMITS.weightBytes, "a weight is below 2^256");
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
}

function readWeight(reader: WireReader): bigint {
  const bytes = reader.bytes(WIRE_LIMITS.weightBytes);
  if (bytes.length === 0) return 0n;
  if (bytes[0] === 0) throw reader.badValue("the weight begins with a zero byte");
  return BigInt(`0x${toHex(bytes)}`);
}

function writeHello(writer: WireWriter, hello: Hello): void {
  assert(hello.minVersion >= 1 && hello.minVersion <= hello.maxVersion && hello.maxVersion <= UINT32_MAX, "versions are a range from 1");
  assert(isChainId(hello.chainId), "the chain id is one");
  assert(hello.services <= UINT32_MAX, "services have 32 bits");
  assert(hello.agent.length <= WIRE_LIMITS.agentBytes, "the agent is short");
  assert(listFits(hello.listenAddresses, WIRE_LIMITS.helloAddresses), "few addresses are told in Hello");
  assert(
    hello.listenAddresses.every(({ length }) => length <= WIRE_LIMITS.addressBytes),
    "an address is short",
  );
  assert(hello.signature.length === 0 || hello.signature.length === SIGNATURE_BYTES, "a signature has 64 bytes");
  writer
    .integer(1, hello.minVersion)
    .integer(2, hello.maxVersion)
    .text(3, hello.chainId)
    .fixed(4, hello.genesisId, Hash.bytes)
    .fixed(5, hello.forkHash, WIRE_LIMITS.forkHashBytes)
    .integer(6, hello.nextUpgradeHeight)
    .fixed(7, hello.nodeId, NODE_ID_BYTES)
    .integer(8, hello.role === "dialer" ? ROLE_DIALER : ROLE_LISTENER)
    .message(9, (inner) => writeHeadClaim(inner, hello.head))
    .integer(10, hello.services)
    .repeatedText(11, hello.listenAddresses)
    .text(12, hello.agent)
    .bytes(13, hello.signature);
}

/** The fields of Hello while they are read: those that must be there are undefined until then. */
interface HelloFields {
  minVersion: number;
  maxVersion: number;
  chainId?: string;
  genesisId?: Hash;
  forkHash?: Bytes;
  nextUpgradeHeight: number;
  nodeId?: Bytes;
  role?: Hello["role"];
  head?: HeadClaim;
  services: number;
  listenAddresses: string[];
  agent: string;
  signature: Bytes;
}

function readHello(reader: WireReader): Hello {
  const fields: HelloFields = {
    minVersion: 0,
    maxVersion: 0,
    nextUpgradeHeight: 0,
    services: 0,
    listenAddresses: [],
    agent: "",
    signature: EMPTY_BYTES,
  };
  for (let field = reader.next(); field !== 0; field = reader.next()) readHelloField(reader, field, fields);
  if (fields.minVersion < 1) throw reader.badField(1, "versions begin with 1");
  if (fields.maxVersion < fields.minVersion) throw reader.badField(2, "it is below min_version");
  return {
    type: "hello",
    ...fields,
    chainId: reader.required(fields.chainId, 3),
    genesisId: reader.required(fields.genesisId, 4),
    forkHash: reader.required(fields.forkHash, 5),
    nodeId: reader.required(fields.nodeId, 7),
    role: reader.required(fields.role, 8),
    head: reader.required(fields.head, 9),
  };
}

function readHelloField(reader: WireReader, field: number, fields: HelloFields): void {
  switch (field) {
    case 1:
      fields.minVersion = reader.integer(UINT32_MAX);
      break;
    case 2:
      fields.maxVersion = reader.integer(UINT32_MAX);
      break;
    case 3:
      fields.chainId = readChainId(reader);
      break;
    case 4:
      fields.genesisId = reader.hash();
      break;
    case 5:
      fields.forkHash = reader.fixed(WIRE_LIMITS.forkHashBytes);
      break;
    case 6:
      fields.nextUpgradeHeight = reader.integer(Number.MAX_SAFE_INTEGER);
      break;
    case 7:
      fields.nodeId = reader.fixed(NODE_ID_BYTES);
      break;
    case 8:
      fields.role = readRole(reader);
      break;
    case 9:
      fields.head = reader.message(HEAD_CLAIM, readHeadClaim);
      break;
    case 10:
      fields.services = reader.integer(UINT32_MAX);
      break;
    case 11:
      reader.pushAddress(fields.listenAddresses, WIRE_LIMITS.helloAddresses, WIRE_LIMITS.addressBytes);
      break;
    case 12:
      fields.agent = reader.text(WIRE_LIMITS.agentBytes);
      break;
    case 13:
      fields.signature = readSignature(reader);
      break;
    default:
      reader.skip();
  }
}

function readChainId(reader: WireReader): string {
  const chainId = reader.text(MAX_CHAIN_ID_BYTES);
  if (!isChainId(chainId)) throw reader.badValue("it has 1 to 32 characters of a-z, 0-9, '-' and '.'");
  return chainId;
}

function readRole(reader: WireReader): Hello["role"] {
  const role = reader.integer(ROLE_LISTENER);
  if (role === 0) throw reader.badValue("it names no role");
  return role === ROLE_DIALER ? "dialer" : "listener";
}

function readSignature(reader: WireReader): Bytes {
  const signature = reader.bytes(SIGNATURE_BYTES);
  if (signature.length !== 0 && signature.length !== SIGNATURE_BYTES) throw reader.badValue("it has 64 bytes or none");
  return signature;
}
