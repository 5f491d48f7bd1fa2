/** What keeps a connection and the knowledge of peers alive: Ping, Pong, Status, PeersRequest, Peers. */
import { assert } from "../../kernel/assert.js";
import { messageShape } from "../../primitives/codec.js";
import { HEAD_CLAIM, readHeadClaim, writeHeadClaim } from "./handshake-messages.js";
import { WIRE_LIMITS } from "./limits.js";
import { type AnyMessageFormat, listFits, messageFormat } from "./message-format.js";
import type { HeadClaim, Peers, PeersRequest, Ping, Pong, Status } from "./messages.js";
import type { WireReader } from "./wire-reader.js";
import type { WireWriter } from "./wire-writer.js";

const SMALL_BYTES = 16;
const STATUS_BYTES = 96;

export const CONTROL_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<Ping>({
    type: "ping",
    member: 1,
    shape: messageShape("Ping", ["nonce"]),
    sizeHint: () => SMALL_BYTES,
    write: writeNonce,
    read: (reader) => ({ type: "ping", nonce: readNonce(reader) }),
  }),
  messageFormat<Pong>({
    type: "pong",
    member: 2,
    shape: messageShape("Pong", ["nonce"]),
    sizeHint: () => SMALL_BYTES,
    write: writeNonce,
    read: (reader) => ({ type: "pong", nonce: readNonce(reader) }),
  }),
  messageFormat<Status>({
    type: "status",
    member: 3,
    shape: messageShape("Status", ["head"]),
    sizeHint: () => STATUS_BYTES,
    write: (writer, { head }) => void writer.message(1, (inner) => writeHeadClaim(inner, head)),
    read: readStatus,
  }),
  messageFormat<PeersRequest>({
    type: "peers-request",
    member: 4,
    // A shape has at least one field; this message has none, and all that it may come with is unknown.
    shape: messageShape("PeersRequest", ["none"]),
    sizeHint: () => 0,
    write: () => {},
    read: (reader) => {
      while (reader.next() !== 0) reader.skip();
      return { type: "peers-request" };
    },
  }),
  messageFormat<Peers>({
    type: "peers",
    member: 5,
    shape: messageShape("Peers", ["addresses"]),
    sizeHint: ({ addresses }) => addresses.reduce((total, { length }) => total + 3 + length, 0),
    write: writePeers,
    read: readPeers,
  }),
];

function writeNonce(writer: WireWriter, { nonce }: Ping | Pong): void {
  assert(nonce <= WIRE_LIMITS.requestId, "a nonce has 32 bits");
  writer.integer(1, nonce);
}

function readNonce(reader: WireReader): number {
  let nonce = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) nonce = reader.integer(WIRE_LIMITS.requestId);
    else reader.skip();
  }
  return nonce;
}

function readStatus(reader: WireReader): Status {
  let head: HeadClaim | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) head = reader.message(HEAD_CLAIM, readHeadClaim);
    else reader.skip();
  }
  return { type: "status", head: reader.required(head, 1) };
}

function writePeers(writer: WireWriter, { addresses }: Peers): void {
  assert(listFits(addresses, WIRE_LIMITS.exchangedAddresses), "few addresses are told at once");
  assert(
    addresses.every(({ length }) => length <= WIRE_LIMITS.addressBytes),
    "an address is short",
  );
  writer.repeatedText(1, addresses);
}

function readPeers(reader: WireReader): Peers {
  const addresses: string[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) reader.pushAddress(addresses, WIRE_LIMITS.exchangedAddresses, WIRE_LIMITS.addressBytes);
    else reader.skip();
  }
  return { type: "peers", addresses };
}
