/**
 * Duties once more, from the published pseudocode alone (ethereum/consensus-specs: phase0/beacon-chain.md, electra/beacon-chain.md,
 * fulu/beacon-chain.md, phase0/validator.md), slowly and in BigInt: what the plugin's code is held against. Imports nothing of it.
 */
import { createHash } from "node:crypto";

const hash = (data: Uint8Array): Buffer => createHash("sha256").update(data).digest();

function uintToBytes(value: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0, rest = value; i < length; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

const bytesToUint = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

export function computeShuffledIndex(start: number, indexCount: number, seed: Uint8Array, rounds: number): number {
  const count = BigInt(indexCount);
  let index = BigInt(start);
  for (let round = 0n; round < BigInt(rounds); round++) {
    const pivot = bytesToUint(hash(Buffer.concat([seed, uintToBytes(round, 1)])).subarray(0, 8)) % count;
    const flip = (pivot + count - index) % count;
    const position = index > flip ? index : flip;
    const source = hash(Buffer.concat([seed, uintToBytes(round, 1), uintToBytes(position / 256n, 4)]));
    const byte = source[Number((position % 256n) / 8n)] as number;
    if ((byte >> Number(position % 8n)) % 2 === 1) index = flip;
  }
  return Number(index);
}

export function computeCommittee(indices: readonly number[], seed: Uint8Array, index: number, count: number, rounds: number): number[] {
  const start = Math.floor((indices.length * index) / count);
  const end = Math.floor((indices.length * (index + 1)) / count);
  const committee: number[] = [];
  for (let i = start; i < end; i++) committee.push(indices[computeShuffledIndex(i, indices.length, seed, rounds)] as number);
  return committee;
}

export function getSeed(domainType: readonly number[], epoch: number, mix: Uint8Array): Buffer {
  return hash(Buffer.concat([Buffer.from(domainType), uintToBytes(BigInt(epoch), 8), mix]));
}

function computeProposerIndex(balances: readonly number[], indices: readonly number[], seed: Uint8Array, maximum: number, rounds: number) {
  for (let i = 0; ; i++) {
    const candidate = indices[computeShuffledIndex(i % indices.length, indices.length, seed, rounds)] as number;
    const randomBytes = hash(Buffer.concat([seed, uintToBytes(BigInt(Math.floor(i / 16)), 8)]));
    const offset = (i % 16) * 2;
    const random = bytesToUint(randomBytes.subarray(offset, offset + 2));
    if (BigInt(balances[candidate] as number) * (2n ** 16n - 1n) >= BigInt(maximum) * random) return candidate;
  }
}

export function computeProposerIndices(
  state: { readonly balances: readonly number[]; readonly slotsPerEpoch: number; readonly maximum: number; readonly rounds: number },
  epoch: number,
  seed: Uint8Array,
  indices: readonly number[],
): number[] {
  return Array.from({ length: state.slotsPerEpoch }, (_, i) => {
    const slot = BigInt(epoch * state.slotsPerEpoch + i);
    const slotSeed = hash(Buffer.concat([seed, uintToBytes(slot, 8)]));
    return computeProposerIndex(state.balances, indices, slotSeed, state.maximum, state.rounds);
  });
}

export function isAggregator(committeeSize: number, slotSignature: Uint8Array, target: number): boolean {
  const modulo = BigInt(Math.max(1, Math.floor(committeeSize / target)));
  return bytesToUint(hash(slotSignature).subarray(0, 8)) % modulo === 0n;
}
