/** The light client: from one trusted checkpoint on, by certificates. README.md tells what it assumes. */
import { verifyMultiProof, verifyProof } from "../../../core/proofs/index.js";
import { checkBytes, checkHash, checkObject, checkParameters, checkTime } from "./arguments.js";
import { type Bytes, bytesEqual, HASH_BYTES, toHex } from "./bytes.js";
import { decodeCertificate, groupSigningRoot, type LightCertificate } from "./certificate.js";
import { LightClientError } from "./errors.js";
import { type PeriodParameters, weakSubjectivityPeriod } from "./period.js";
import { SignatureCheck, type SignedMessage } from "./signature.js";
import { ValidatorSet } from "./validator-set.js";

/** Of the chain spec: part of what is trusted. `GET /v1/gasper/parameters` has them. */
export interface LightClientParameters extends PeriodParameters {
  readonly chainId: string;
  /** The chain spec's parametersHash, 32 bytes: what all votes are bound to. */
  readonly chainHash: Bytes;
  readonly genesisTimeMs: number;
  readonly slotMs: number;
  readonly slotsPerEpoch: number;
  /** Of the ledger module `validators`. */
  readonly namespace: number;
  /** Validators that there may ever be. */
  readonly maxValidators: number;
}

/** What the client begins with. */
export interface TrustedCheckpoint {
  /** Id of a finalized block, 32 bytes, from somebody who is trusted. */
  readonly root: Bytes;
  /** Its certificate, for header and proof; the votes need not be looked at. */
  readonly certificate: Bytes;
  /** The validator set that its state commits to. */
  readonly set: Bytes;
  /** This device's clock, ms since the Unix epoch. */
  readonly nowMs: number;
}

export interface NextCertificate {
  readonly certificate: Bytes;
  /** The validator set that the new state commits to; needed only if it changed (`GASPER_LIGHT_SET_NEEDED` names it). */
  readonly set?: Bytes;
  readonly nowMs: number;
}

/** A header that is final. */
export interface FinalizedHeader {
  readonly id: Bytes;
  readonly height: number;
  readonly slot: number;
  readonly timestampMs: number;
  readonly stateRoot: Bytes;
  /** Of the checkpoint: the header's own, or a later one if slots were empty. */
  readonly epoch: number;
}

/** Second byte of the state key of the commitment. */
const COMMITMENT_KEY = 0x05;

export class GasperLightClient {
  readonly #parameters: LightClientParameters;
  readonly #signatures: SignatureCheck;
  #finalized: FinalizedHeader;
  #set: ValidatorSet;

  private constructor(parameters: LightClientParameters, finalized: FinalizedHeader, set: ValidatorSet) {
    this.#parameters = parameters;
    this.#signatures = new SignatureCheck(Math.max(1_024, 2 * set.count));
    this.#finalized = finalized;
    this.#set = set;
  }

  /** @throws LightClientError */
  static start(parameters: LightClientParameters, trusted: TrustedCheckpoint): GasperLightClient {
    checkParameters(parameters);
    checkObject("trusted", trusted);
    checkHash("trusted.root", trusted.root);
    checkBytes("trusted.certificate", trusted.certificate);
    checkTime("trusted.nowMs", trusted.nowMs);
    const certificate = decodeCertificate(trusted.certificate, parameters.maxValidators);
    const finalized = finalizedBy(certificate, parameters);
    if (!bytesEqual(finalized.id, trusted.root))
      throw new LightClientError("GASPER_LIGHT_NOT_TRUSTED", { found: toHex(finalized.id), expected: toHex(trusted.root) });
    const set = takeSet(committedRoot(certificate, parameters), trusted.set, undefined, parameters);
    const client = new GasperLightClient(parameters, finalized, set);
    client.#checkPeriod(trusted.nowMs);
    return client;
  }

  /** The newest header that is known to be final. */
  get finalized(): FinalizedHeader {
    return this.#finalized;
  }

  /** Root of the validator set that this client holds: of the state after `finalized`. */
  get setRoot(): Bytes {
    return this.#set.root.slice();
  }

  /** For how many epochs `finalized` is good to go on from. */
  get periodEpochs(): number {
    return weakSubjectivityPeriod(this.#parameters, this.#set.totals(this.#finalized.epoch));
  }

  /**
   * Goes on to the certificate's header; whatever is refused changes nothing.
   *
   * @throws LightClientError
   */
  apply(given: NextCertificate): FinalizedHeader {
    checkObject("next", given);
    const { certificate: bytes, set: setBytes, nowMs } = given;
    checkBytes("next.certificate", bytes);
    checkTime("next.nowMs", nowMs);
    const parameters = this.#parameters;
    this.#checkPeriod(nowMs);
    const certificate = decodeCertificate(bytes, parameters.maxValidators);
    const next = finalizedBy(certificate, parameters);
    const { epoch, height } = this.#finalized;
    if (next.epoch <= epoch || next.height < height)
      throw new LightClientError("GASPER_LIGHT_NOT_NEWER", { epoch: next.epoch, finalized: epoch });
    const target = certificate.target.epoch;
    if (startOf(target * parameters.slotsPerEpoch, parameters) > nowMs + parameters.slotMs)
      throw new LightClientError("GASPER_LIGHT_FUTURE", { epoch: target });
    const signed = this.#weigh(certificate);
    const set = takeSet(committedRoot(certificate, parameters), setBytes, this.#set, parameters);
    // Last, since it costs most.
    if (!this.#signatures.isValid(signed, certificate.signature)) throw new LightClientError("GASPER_LIGHT_SIGNATURE", {});
    this.#finalized = next;
    this.#set = set;
    return next;
  }

  /** A value of the finalized state; undefined: proved to be absent. @throws ProofError of chainwright/proofs */
  verifyState(key: Bytes, proof: Bytes): Bytes | undefined {
    return verifyProof(this.#finalized.stateRoot, key, proof);
  }

  /** The same for many keys (`POST /v1/state/proofs`). @throws ProofError of chainwright/proofs */
  verifyStates(keys: readonly Bytes[], proof: Bytes): readonly (Bytes | undefined)[] {
    return verifyMultiProof(this.#finalized.stateRoot, [...keys], proof);
  }

  #checkPeriod(nowMs: number): void {
    const { genesisTimeMs, slotMs, slotsPerEpoch } = this.#parameters;
    const epochs = Math.floor((nowMs - genesisTimeMs) / (slotMs * slotsPerEpoch)) - this.#finalized.epoch;
    const period = this.periodEpochs;
    if (epochs > period) throw new LightClientError("GASPER_LIGHT_PERIOD", { epochs, period });
  }

  /** Two thirds of the stake that may vote in the target's epoch, by the set of the last finalized state. Answers who signed what. */
  #weigh(certificate: LightCertificate): readonly SignedMessage[] {
    const { epoch } = certificate.target;
    const set = this.#set;
    const seen = new Set<number>();
    let voted = 0;
    const signed = certificate.groups.map((group) => ({
      message: groupSigningRoot(this.#parameters.chainHash, certificate, group),
      publicKeys: group.indices.map((index) => {
        if (seen.has(index)) throw new LightClientError("GASPER_LIGHT_VOTER_TWICE", { validator: index });
        seen.add(index);
        const place = set.placeOf(index);
        if (place === undefined)
          throw new LightClientError("GASPER_LIGHT_VOTER_UNKNOWN", { validator: index, epoch: this.#finalized.epoch });
        voted += set.votingIncrements(place, epoch);
        return set.publicKey(place);
      }),
    }));
    const active = set.totals(epoch).increments;
    if (active === 0 || 3 * voted < 2 * active) throw new LightClientError("GASPER_LIGHT_WEIGHT", { voted, active });
    return signed;
  }
}

/** The header that the votes are from, if they are votes of that kind. */
function finalizedBy({ header, source, target, groups }: LightCertificate, parameters: LightClientParameters): FinalizedHeader {
  const { slotsPerEpoch, slotMs, genesisTimeMs, chainId } = parameters;
  const refuse = (reason: string): never => {
    throw new LightClientError("GASPER_LIGHT_LINK", { reason });
  };
  if (header.chainId !== chainId) throw new LightClientError("GASPER_LIGHT_OTHER_CHAIN", { found: header.chainId, expected: chainId });
  if (!bytesEqual(header.id, source.root)) refuse("their source is another block");
  if (target.epoch !== source.epoch + 1) refuse(`they link epoch ${source.epoch} to epoch ${target.epoch}, not to the next`);
  const slot = (header.timestampMs - genesisTimeMs) / slotMs;
  if (!Number.isSafeInteger(slot) || slot < 0 || slot > source.epoch * slotsPerEpoch)
    refuse(`the header's time is not that of a slot up to the beginning of epoch ${source.epoch}`);
  for (const group of groups)
    if (Math.floor(group.slot / slotsPerEpoch) !== target.epoch) refuse(`a vote of slot ${group.slot} is for epoch ${target.epoch}`);
  const { id, height, timestampMs, stateRoot } = header;
  return { id, height, slot, timestampMs, stateRoot, epoch: source.epoch };
}

function startOf(slot: number, { genesisTimeMs, slotMs }: LightClientParameters): number {
  return genesisTimeMs + slot * slotMs;
}

/** What the header's state commits to. */
function committedRoot({ header, setProof }: LightCertificate, { namespace }: LightClientParameters): Bytes {
  let value: Bytes | undefined;
  try {
    value = verifyProof(header.stateRoot, Uint8Array.of(namespace, COMMITMENT_KEY), setProof);
  } catch (error) {
    throw new LightClientError("GASPER_LIGHT_PROOF", { reason: error instanceof Error ? error.message : String(error) });
  }
  if (value === undefined) throw new LightClientError("GASPER_LIGHT_COMMITMENT", { reason: "there is none" });
  if (value.length !== HASH_BYTES) throw new LightClientError("GASPER_LIGHT_COMMITMENT", { reason: `it has ${value.length} bytes` });
  return value;
}

/** The set of that root: the one that is held, or the one that is given. */
function takeSet(root: Bytes, given: Bytes | undefined, held: ValidatorSet | undefined, parameters: LightClientParameters): ValidatorSet {
  if (held !== undefined && bytesEqual(held.root, root)) return held;
  if (given === undefined) throw new LightClientError("GASPER_LIGHT_SET_NEEDED", { root: toHex(root) });
  checkBytes("set", given);
  const set = ValidatorSet.decode(given, parameters.maxValidators);
  if (!bytesEqual(set.root, root)) throw new LightClientError("GASPER_LIGHT_SET_WRONG", { root: toHex(root), computed: toHex(set.root) });
  return set;
}
