/** What a behaviour can do: offer blocks and cast votes now or later, sign others with the same keys, and keep things from some peers. */
import {
  type Block,
  type Bytes,
  bytesEqual,
  type Hash,
  headerRecord,
  type ImportVerdict,
  type Logger,
  messageOf,
  present,
} from "../../../core/sdk.js";
import { attestationSigningRoot, blockSigningMessage, decodeExtra, encodeAttestation, encodePayload } from "../codec/index.js";
import type { Attestation, AttestationData } from "../types.js";
import type { ValidatorDependencies } from "../validator/index.js";

/** A vote of one validator. */
export interface OwnVote {
  readonly attestation: Attestation;
  readonly validator: number;
}

/** A block of one of this node's validators. */
export interface OwnBlock {
  readonly block: Block;
  readonly id: Hash;
  readonly slot: number;
}

/** What becomes of what a validator has just signed. Without `block`, blocks go out as ever; without `vote`, votes do. */
export interface Behaviour {
  block?(own: OwnBlock): Promise<unknown>;
  vote?(own: OwnVote): void;
}

interface Secret {
  /** Bytes that its messages have in them. */
  readonly mark: Bytes;
  readonly untilMs: number;
  readonly isFor: (place: number) => boolean;
}

const NOTHING = encodePayload({ attestations: [], proposerSlashings: [], attesterSlashings: [] });

export class Stage {
  readonly chain: ValidatorDependencies["chain"];
  readonly random: { unit(): number };
  readonly #own: ValidatorDependencies;
  readonly #logger: Logger;
  #secrets: Secret[] = [];

  constructor(own: ValidatorDependencies, random: { unit(): number }, logger: Logger) {
    this.#own = own;
    this.chain = own.chain;
    this.random = random;
    this.#logger = logger;
  }

  get nowMs(): number {
    return this.chain.host.clock.nowMs();
  }

  slotOf({ header }: Block): number {
    return present(this.chain.clock.slotStartingAt(header.timestampMs), "its time is its slot's");
  }

  offer(block: Block): Promise<ImportVerdict> {
    return this.chain.host.submit(block);
  }

  cast({ attestation, validator }: OwnVote): void {
    this.chain.host.publish("attestations", encodeAttestation(attestation));
    this.#own.onOwnVote(attestation, validator);
  }

  /** Does something at a time by this node's clock. What fails was late, or signed by somebody who has been slashed. */
  at(timeMs: number, action: () => unknown): void {
    this.chain.host.scheduler.after(Math.max(1, timeMs - this.nowMs), () => {
      this.attempt(async () => action());
    });
  }

  attempt(action: () => Promise<unknown>): void {
    action().catch((error: unknown) => this.#logger.warn({ reason: messageOf(error) }, "an attempt to misbehave failed"));
  }

  /** The same validator's vote for something else, signed though it signed another: nobody asks slashing protection here. */
  async voteFor({ attestation, validator }: OwnVote, data: AttestationData): Promise<OwnVote> {
    const signature = await this.#sign(validator, attestationSigningRoot(this.chain.chainHash, data));
    return { attestation: { ...attestation, data, signature }, validator };
  }

  /** Its vote for another head; undefined where that is not known so far back. */
  dataFor(data: AttestationData, headRoot: Hash): AttestationData | undefined {
    const { epoch } = data.target;
    const root = this.chain.ancestorAt(headRoot, this.chain.clock.firstSlotOf(epoch));
    return root === undefined ? undefined : { ...data, headRoot, target: { epoch, root } };
  }

  /** Another block of the same slot on the same parent, without votes; undefined where that would be the same. */
  async twinOf({ block }: OwnBlock): Promise<Block | undefined> {
    if (bytesEqual(block.payload, NOTHING)) return undefined;
    const { parent, timestampMs, proposer, extra } = block.header;
    const fields = { timestampMs, proposer, extra, payload: NOTHING };
    const { header, signingRoot, transactions, payload } = await this.chain.host.buildBlock(parent, fields);
    const { proposerIndex } = present(decodeExtra(extra), "it was made here");
    const seal = await this.#sign(proposerIndex, blockSigningMessage(this.chain.chainHash, signingRoot));
    return { header: { ...header, seal }, transactions, payload };
  }

  /** Whatever names a block goes only to peers in some places, for a while. */
  keepFor(isFor: (place: number) => boolean, { header }: Block, untilMs: number): void {
    this.#secrets = this.#secrets.filter((secret) => secret.untilMs > this.nowMs);
    this.#secrets.push({ mark: headerRecord(header).id, untilMs, isFor });
  }

  isHiddenFrom(place: number, bytes: Bytes): boolean {
    return this.#secrets.some(({ mark, untilMs, isFor }) => untilMs > this.nowMs && !isFor(place) && contains(bytes, mark));
  }

  #sign(validator: number, message: Hash): Promise<Bytes> {
    const state = present(this.chain.stateOf(this.chain.head().root), "the head's state is kept");
    return present(this.#own.signer, "it has signed before").sign(state.publicKey(validator), message);
  }
}

function contains(bytes: Bytes, mark: Bytes): boolean {
  for (let at = bytes.indexOf(mark[0] as number); at >= 0; at = bytes.indexOf(mark[0] as number, at + 1))
    if (bytesEqual(bytes.subarray(at, at + mark.length), mark)) return true;
  return false;
}
