/**
 * Who may begin a TLS handshake: decided on the remote address alone, because a handshake costs more than a millisecond, and asking
 * for one costs a stranger next to nothing.
 *
 * In this order: all inbound connections, one address, one subnet, handshakes under way; then token buckets of the subnet and of all.
 * One subnet runs dry before it drains what is for everybody, and who comes takes no place from whom this node dials. Loopback is excused from all that counts by address: whoever is on this
 * machine has other ways.
 */
import { assert, type Clock } from "../../core/sdk.js";
import { isLoopback, subnetOf } from "./address.js";
import { RefusalCode } from "./errors.js";

export interface AdmissionLimits {
  readonly inboundConnections: number;
  readonly outboundConnections: number;
  readonly connectionsPerAddress: number;
  readonly connectionsPerSubnet: number;
  readonly handshakes: number;
  readonly acceptsPerSecond: number;
  readonly acceptBurst: number;
  readonly subnetAcceptsPerSecond: number;
  readonly subnetAcceptBurst: number;
  readonly excuseLoopback: boolean;
}

/** A place among the connections. */
export interface Place {
  /** The handshake is over; the place stays taken. */
  established(): void;
  release(): void;
}

/** Subnets that are remembered; the one longest unseen is forgotten first, and is then as good as new. */
const BUCKETS_MAX = 4_096;

export class TokenBucket {
  #tokens: number;
  #atMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  has(nowMs: number): boolean {
    this.#tokens = Math.min(this.burst, this.#tokens + ((nowMs - this.#atMs) / 1_000) * this.perSecond);
    this.#atMs = nowMs;
    return this.#tokens >= 1;
  }

  take(): void {
    assert(this.#tokens >= 1, "a token is taken where there is one");
    this.#tokens -= 1;
  }
}

export class Admission {
  readonly #clock: Clock;
  readonly #limits: AdmissionLimits;
  #inbound = 0;
  #outbound = 0;
  #handshakes = 0;
  readonly #perAddress = new Map<string, number>();
  readonly #perSubnet = new Map<string, number>();
  readonly #all: TokenBucket;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(clock: Clock, limits: AdmissionLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#all = new TokenBucket(limits.acceptsPerSecond, limits.acceptBurst, clock.monotonicMs());
  }

  /** @param ip as `plainIp` writes it */
  admitInbound(ip: string): Place | RefusalCode {
    const limits = this.#limits;
    const excused = limits.excuseLoopback && isLoopback(ip);
    const subnet = subnetOf(ip);
    if (this.#inbound >= limits.inboundConnections) return RefusalCode.connectionsFull;
    if (!excused && (this.#perAddress.get(ip) ?? 0) >= limits.connectionsPerAddress) return RefusalCode.addressFull;
    if (!excused && (this.#perSubnet.get(subnet) ?? 0) >= limits.connectionsPerSubnet) return RefusalCode.subnetFull;
    if (this.#handshakes >= limits.handshakes) return RefusalCode.handshakesFull;
    const nowMs = this.#clock.monotonicMs();
    const bucket = excused ? undefined : this.#bucketOf(subnet, nowMs);
    if (bucket?.has(nowMs) === false) return RefusalCode.subnetRate;
    if (!this.#all.has(nowMs)) return RefusalCode.acceptRate;
    bucket?.take();
    this.#all.take();
    this.#inbound++;
    this.#handshakes++;
    count(this.#perAddress, ip, 1);
    count(this.#perSubnet, subnet, 1);
    const established = once(() => this.#handshakes--);
    const release = once(() => {
      established();
      this.#inbound--;
      count(this.#perAddress, ip, -1);
      count(this.#perSubnet, subnet, -1);
    });
    return { established, release };
  }

  /** A place for a connection that this node dials; undefined if there is none left. */
  admitOutbound(): Pick<Place, "release"> | undefined {
    if (this.#outbound >= this.#limits.outboundConnections) return undefined;
    this.#outbound++;
    return { release: once(() => this.#outbound--) };
  }

  #bucketOf(subnet: string, nowMs: number): TokenBucket {
    const found = this.#buckets.get(subnet);
    const bucket = found ?? new TokenBucket(this.#limits.subnetAcceptsPerSecond, this.#limits.subnetAcceptBurst, nowMs);
    // Back to the end: a Map keeps the order of insertion, so the front is what was not seen for longest.
    this.#buckets.delete(subnet);
    this.#buckets.set(subnet, bucket);
    if (this.#buckets.size > BUCKETS_MAX) this.#buckets.delete(this.#buckets.keys().next().value as string);
    return bucket;
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

function count(map: Map<string, number>, key: string, by: 1 | -1): void {
  const next = (map.get(key) ?? 0) + by;
  if (next === 0) map.delete(key);
  else map.set(key, next);
}
