/** Transport conformance: listening, dialing, and what ties an identity to a connection. */
import type { ConnectionSecurity } from "../../ports/transport.js";
import { type Bytes, bytesEqual, toHex } from "../../primitives/bytes.js";
import { type ConformanceCase, holds } from "../case.js";
import { never, type Side, SMALL, type TransportRun } from "./run.js";

type TransportCase = ConformanceCase<TransportRun>;

export const listening: readonly TransportCase[] = [
  {
    name: "listen: answers addresses of its scheme, each of which can be dialed",
    async run(run) {
      const host = await run.host();
      const { scheme } = host.transport;
      holds(/^[a-z][a-z0-9+.-]*$/.test(scheme), "a scheme is that of a URL, in lower case", scheme);
      const dialer = await run.transport();
      for (const address of host.addresses) {
        holds(address.startsWith(`${scheme}://`), "addresses are written scheme://…", address);
        const there = await run.dial(dialer, address);
        await run.works(
          { here: await run.guest(host), there },
          "each address that `listen` answers can be dialed: name real ports and hosts",
        );
      }
    },
  },
  {
    name: "listen: several transports of one process do not disturb each other",
    async run(run) {
      const [one, two] = [await run.pair(), await run.pair()];
      holds(one.host.address !== two.host.address, "two transports that listen have addresses of their own", one.host.address);
      await run.soon(one.host.transport.close(), "`close` of a transport comes to an end");
      await run.works(two, "a transport closes its own connections and no others: keep state in the instance");
    },
  },
];

export const dialing: readonly TransportCase[] = [
  {
    name: "dial: each side gets its end, which says who dialed and where the other is",
    async run(run) {
      const { here, there, host } = await run.pair();
      const directions = [here.connection.direction, there.connection.direction].join(" ");
      holds(directions === "inbound outbound", "who dialed has `outbound`, who listened `inbound`", directions);
      for (const { connection } of [here, there]) {
        const { remoteAddress } = connection;
        holds(remoteAddress.startsWith(`${host.transport.scheme}://`), "`remoteAddress` is an address of the transport", remoteAddress);
      }
      await run.works({ here, there }, "messages go both ways");
    },
  },
  {
    name: "dial: both sides at the same moment get two connections, and both work",
    async run(run) {
      const [one, two] = [await run.host(), await run.host()];
      const law = "dials that cross are two connections (who keeps which is decided above the transport)";
      const [toTwo, toOne] = await Promise.all([run.dial(one.transport, two.address), run.dial(two.transport, one.address)]);
      await run.works({ here: await run.guest(two), there: toTwo }, law);
      await run.works({ here: await run.guest(one), there: toOne }, law);
    },
  },
  {
    name: "dial: many at once to one listener are not mixed up",
    async run(run) {
      const host = await run.host({
        greets: (guest) => {
          guest.onMessage = (channel, message) => void guest.connection.send(channel, message);
          guest.listen();
        },
      });
      const dialers = [await run.transport(), await run.transport(), await run.transport()];
      const sides = await Promise.all(Array.from({ length: 24 }, (_, i) => run.dial(dialers[i % 3] ?? host.transport, host.address)));
      for (const [index, { connection }] of sides.entries()) connection.send(SMALL.number, Uint8Array.of(index));
      const law = "every connection carries its own messages only, however many are dialed at once";
      await run.until(
        () => sides.every(({ received }) => received.length === 1),
        law,
        () => `answers came to ${sides.filter(({ received }) => received.length === 1).length} of ${sides.length}`,
      );
      const seen = sides.map(({ received }) => received[0]?.message[0]);
      holds(
        seen.every((word, index) => word === index),
        law,
        `the answers are those of connections ${seen.join(", ")}`,
      );
    },
  },
  {
    name: "dial: where nobody listens any more, it is refused with TRANSPORT_*",
    async run(run) {
      const host = await run.host();
      const dialer = await run.transport();
      await run.soon(host.transport.close(), "`close` of a transport comes to an end");
      await run.refused(
        dialer.dial(host.address, never()),
        "a dial that reaches nobody rejects with TRANSPORT_*: turn what the system throws into a typed error",
      );
    },
  },
  {
    name: "dial: what is no address of this transport is refused with TRANSPORT_*",
    async run(run) {
      const { host, here, there } = await run.pair();
      const rest = host.address.slice(host.transport.scheme.length);
      const law = "`dial` judges an address before it uses it, and rejects with TRANSPORT_* (it does not throw otherwise)";
      for (const address of ["", "nonsense", `${host.transport.scheme}://`, `${host.transport.scheme}:// `, `other${rest}`, `${rest}`]) {
        await run.refused(
          Promise.resolve().then(() => host.transport.dial(address, never())),
          `${law}: ${JSON.stringify(address)}`,
        );
      }
      await run.works({ here, there }, "a refused dial leaves other connections alone");
    },
  },
  {
    name: "dial: an abort ends it, before and under way; one that comes later means nothing",
    async run(run) {
      const host = await run.host();
      const dialer = await run.transport();
      const law = "`dial` rejects with TRANSPORT_* as soon as its signal says so";
      await run.refused(dialer.dial(host.address, AbortSignal.abort()), `${law}: one that was aborted before`);
      const aborter = new AbortController();
      const attempt = dialer.dial(host.address, aborter.signal);
      aborter.abort();
      await run.refused(attempt, `${law}: one that is aborted under way`);
      await run.pass(20);
      const left = (guest: Side) => guest.closed;
      const gone = "the listener's end of a dial that was given up is closed: end the socket when the signal comes";
      await run.until(() => host.guests.every(left), gone, "it is open");
      host.guests.length = 0;
      const late = new AbortController();
      const there = await run.dial(dialer, host.address, { signal: late.signal });
      late.abort();
      const here = await run.guest(host);
      await run.pass(20);
      holds(!here.closed, "a signal means nothing to a connection that was made: remove its listener", "the abort closed the connection");
      holds(
        there.connection.send(SMALL.number, Uint8Array.of(1)) !== "closed",
        "a signal means nothing to a connection that was made",
        "`send` answers `closed`",
      );
    },
  },
];

export const halfOpen: readonly TransportCase[] = [
  {
    name: "half-open: a dial to somebody who takes the call and says nothing ends with its signal, or with the transport",
    async run(run) {
      const address = await run.subject.silentAddress?.();
      if (address === undefined) return;
      const dialer = await run.transport();
      const aborter = new AbortController();
      const attempt = dialer.dial(address, aborter.signal);
      let early = "";
      attempt
        .catch(() => undefined)
        .finally(() => {
          early = "it had ended before";
        });
      await run.pass(50);
      holds(early === "", "a dial succeeds only once the other side has answered; until then it waits", early);
      aborter.abort();
      await run.refused(attempt, "a dial whose handshake is never answered rejects with TRANSPORT_* when its signal says so");
      const other = dialer.dial(address, never());
      const outcome = run.refused(other, "`close` of a transport ends the dials that are under way, with TRANSPORT_*");
      await run.pass(20);
      await run.soon(dialer.close(), "`close` of a transport does not wait for dials");
      await outcome;
    },
  },
];

function expectSame(one: Bytes, other: Bytes, law: string): void {
  holds(bytesEqual(one, other), law, `${toHex(one)} and ${toHex(other)}`);
}

function expectBytes(value: unknown, law: string): asserts value is Bytes {
  holds(value instanceof Uint8Array && value.length === 32, law, value instanceof Uint8Array ? `${value.length} bytes` : typeof value);
}

type Binding = Extract<ConnectionSecurity, { kind: "binding" }>;

/** What both ends of one connection say of each other's certificates fits. */
function expectCertificates(here: Binding, there: Binding): void {
  for (const [mine, theirs] of [
    [here.localCertificateHash, there.remoteCertificateHash],
    [here.remoteCertificateHash, there.localCertificateHash],
  ]) {
    const law = "certificate hashes are the SHA-256 of the certificates (DER), and one end's local is the other's remote";
    holds((mine === undefined) === (theirs === undefined), law, "one end names a certificate, the other none");
    if (mine === undefined || theirs === undefined) continue;
    expectBytes(mine, law);
    expectSame(mine, theirs, law);
  }
}

export const security: readonly TransportCase[] = [
  {
    name: "security: both ends share a binding value that no other connection has, or know each other's identity",
    async run(run) {
      const one = await run.pair();
      const again = await run.dial(one.dialer, one.host.address);
      const other = await run.pair();
      const here = one.here.connection.security;
      const there = one.there.connection.security;
      holds(here.kind === there.kind, "both ends have the same kind of security", `${here.kind} and ${there.kind}`);
      if (here.kind === "binding" && there.kind === "binding") {
        const law = "`security.value` is 32 bytes that both ends derive from their connection";
        expectBytes(here.value, law);
        expectSame(here.value, there.value, law);
        for (const { connection } of [again, other.there]) {
          const value = connection.security.kind === "binding" ? connection.security.value : here.value;
          const same = bytesEqual(value, here.value);
          holds(!same, "no two connections share a `security.value`: both ends put fresh randomness into it", toHex(value));
        }
        expectCertificates(here, there);
      }
      if (here.kind === "authenticated" && there.kind === "authenticated") {
        const law = "an `authenticated` identity is the other's Ed25519 node id, 32 bytes, the same on each of its connections";
        expectBytes(here.nodeId, law);
        expectBytes(there.nodeId, law);
        const second = again.connection.security;
        holds(second.kind === "authenticated", law, second.kind);
        expectSame(there.nodeId, second.nodeId, law);
        holds(!bytesEqual(here.nodeId, there.nodeId), law, "both ends name the same one");
      }
    },
  },
];
