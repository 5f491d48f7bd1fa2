/**
 * Which rules a node follows, in 16 bytes: so that two nodes whose upgrade schedules disagree part in Hello, before either
 * sends the other a block that it must refuse. The idea is EIP-2124's, by heights alone.
 *
 * `hash` is the first 8 bytes of SHA-256(tag ‖ genesis id ‖ (height, upgrade hash) of each upgrade at or below the head's height, in
 * order). `next` is the height of the next scheduled upgrade, 0 if none is known.
 *
 * The rule, with our schedule and our head's height:
 *
 * 1. The remote's hash is ours: both have passed the same upgrades. It fits, unless it announces an upgrade at a height that we
 *    have passed without one: then one of us follows a schedule that the other has not.
 * 2. The remote's hash is that of fewer of our upgrades: it is behind. It fits if the next one that it announces is the one that we
 *    passed next; if it announces another height or none, it will go on under old rules and never be able to follow us.
 * 3. The remote's hash is that of more of our upgrades: we are behind, and know all that it passed. It fits.
 * 4. Any other hash: it passed an upgrade that we don't know, or another one. It does not fit.
 *
 * A node that does not know a future upgrade fits until somebody passes it (case 1 without `next`): operators may update late.
 */
import type { ChainSpec } from "../../ports/chain-spec.js";
import { type Bytes, bytesEqual, domainTag } from "../../primitives/bytes.js";
import { type Hash, sha256Of } from "../../primitives/hash.js";

const TAG = domainTag("cw/fork/1");
export const FORK_HASH_BYTES = 8;

export interface ForkId {
  readonly hash: Bytes;
  readonly next: number;
}

type Upgrades = ChainSpec["upgrades"];

/** @param passed how many of the upgrades, from the first on */
function forkHash(genesisId: Hash, upgrades: Upgrades, passed: number): Bytes {
  const parts: Bytes[] = [TAG, genesisId];
  for (const { height, hash } of upgrades.slice(0, passed)) {
    const encoded = new Uint8Array(8);
    new DataView(encoded.buffer).setBigUint64(0, BigInt(height));
    parts.push(encoded, hash);
  }
  return sha256Of(...parts).slice(0, FORK_HASH_BYTES);
}

function passedAt(upgrades: Upgrades, height: number): number {
  const next = upgrades.findIndex((upgrade) => upgrade.height > height);
  return next === -1 ? upgrades.length : next;
}

/** @param height of the head */
export function forkIdAt(genesisId: Hash, upgrades: Upgrades, height: number): ForkId {
  const passed = passedAt(upgrades, height);
  return { hash: forkHash(genesisId, upgrades, passed), next: upgrades[passed]?.height ?? 0 };
}

/** Why a remote's fork id does not fit ours; undefined if it does. @param height of our head */
export function forkMismatch(genesisId: Hash, upgrades: Upgrades, height: number, remote: ForkId): string | undefined {
  const passed = passedAt(upgrades, height);
  for (let count = 0; count <= upgrades.length; count++) {
    if (!bytesEqual(remote.hash, forkHash(genesisId, upgrades, count))) continue;
    if (count === passed) {
      return remote.next !== 0 && remote.next <= height
        ? `the remote schedules an upgrade at height ${remote.next}, which this node passed without one`
        : undefined;
    }
    if (count > passed) return undefined;
    const expected = upgrades[count]?.height ?? 0;
    return remote.next === expected ? undefined : `the remote does not know the upgrade at height ${expected}, which this node has passed`;
  }
  return "the remote passed an upgrade that this node's chain spec does not have";
}
