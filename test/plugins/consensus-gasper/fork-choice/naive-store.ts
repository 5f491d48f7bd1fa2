/**
 * Fork choice as the specification's pseudocode has it (`specs/phase0/fork-choice.md`), function by function, recursive and quadratic: what the
 * fast one is compared with. Roots are hex; states are the checkpoints that come with a block.
 */
export interface NaiveCheckpoint {
  readonly epoch: number;
  readonly root: string;
}

export interface NaiveBlock {
  readonly root: string;
  readonly parentRoot: string;
  readonly slot: number;
  readonly proposerIndex: number;
  readonly justified: NaiveCheckpoint;
  readonly finalized: NaiveCheckpoint;
  readonly unrealizedJustified: NaiveCheckpoint;
  readonly unrealizedFinalized: NaiveCheckpoint;
}

export interface NaiveAttestation {
  readonly indices: readonly number[];
  readonly root: string;
  readonly slot: number;
  readonly target: NaiveCheckpoint;
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

export class NaiveStore {
  readonly #slotsPerEpoch: number;
  readonly #boostPercent: number;
  readonly #balances: (checkpoint: NaiveCheckpoint) => ArrayLike<number>;
  slot: number;
  justified: NaiveCheckpoint;
  finalized: NaiveCheckpoint;
  unrealizedJustified: NaiveCheckpoint;
  unrealizedFinalized: NaiveCheckpoint;
  boostRoot = "";
  readonly equivocating = new Set<number>();
  readonly blocks = new Map<string, NaiveBlock>();
  readonly timeliness = new Map<string, boolean>();
  readonly latestMessages = new Map<number, { readonly epoch: number; readonly root: string }>();
  /** "Consider scheduling it for later processing": what failed for its slot alone. */
  waiting: NaiveAttestation[] = [];

  constructor(
    slotsPerEpoch: number,
    boostPercent: number,
    anchor: { readonly root: string; readonly slot: number },
    balances: (checkpoint: NaiveCheckpoint) => ArrayLike<number>,
  ) {
    this.#slotsPerEpoch = slotsPerEpoch;
    this.#boostPercent = boostPercent;
    this.#balances = balances;
    this.slot = anchor.slot;
    const checkpoint = { epoch: this.epochAt(anchor.slot), root: anchor.root };
    this.justified = this.finalized = this.unrealizedJustified = this.unrealizedFinalized = checkpoint;
    this.blocks.set(anchor.root, {
      ...anchor,
      parentRoot: "",
      proposerIndex: 0,
      justified: checkpoint,
      finalized: checkpoint,
      unrealizedJustified: checkpoint,
      unrealizedFinalized: checkpoint,
    });
    this.timeliness.set(anchor.root, false);
  }

  epochAt(slot: number): number {
    return Math.floor(slot / this.#slotsPerEpoch);
  }

  startSlot(epoch: number): number {
    return epoch * this.#slotsPerEpoch;
  }

  block(root: string): NaiveBlock {
    const block = this.blocks.get(root);
    if (block === undefined) throw new Error(`no block ${root}`);
    return block;
  }

  getAncestor(root: string, slot: number): string {
    const block = this.block(root);
    // The specification fails where it would have to look behind the anchor.
    if (block.parentRoot === "") return root;
    return block.slot > slot ? this.getAncestor(block.parentRoot, slot) : root;
  }

  getCheckpointBlock(root: string, epoch: number): string {
    return this.getAncestor(root, this.startSlot(epoch));
  }

  totalBalance(): number {
    let sum = 0;
    for (const balance of Array.from(this.#balances(this.justified))) sum += balance;
    return sum;
  }

  committeeFraction(percent: number): number {
    return Number((BigInt(this.totalBalance()) * BigInt(percent)) / BigInt(100 * this.#slotsPerEpoch));
  }

  attestationScore(root: string): number {
    const balances = this.#balances(this.justified);
    let score = 0;
    for (let i = 0; i < balances.length; i++) {
      const message = this.latestMessages.get(i);
      if (message === undefined || this.equivocating.has(i) || !this.blocks.has(message.root)) continue;
      if (this.getAncestor(message.root, this.block(root).slot) === root) score += balances[i] as number;
    }
    return score;
  }

  getWeight(root: string): number {
    const score = this.attestationScore(root);
    if (this.boostRoot === "" || !this.blocks.has(this.boostRoot)) return score;
    if (this.getAncestor(this.boostRoot, this.block(root).slot) !== root) return score;
    return score + this.committeeFraction(this.#boostPercent);
  }

  getVotingSource(root: string): NaiveCheckpoint {
    const block = this.block(root);
    return this.epochAt(this.slot) > this.epochAt(block.slot) ? block.unrealizedJustified : block.justified;
  }

  childrenOf(root: string): string[] {
    return [...this.blocks.values()].filter((block) => block.parentRoot === root).map((block) => block.root);
  }

  filterBlockTree(root: string, blocks: Set<string>): boolean {
    const children = this.childrenOf(root);
    if (children.length > 0) {
      const results = children.map((child) => this.filterBlockTree(child, blocks));
      if (!results.includes(true)) return false;
      blocks.add(root);
      return true;
    }
    const currentEpoch = this.epochAt(this.slot);
    const source = this.getVotingSource(root);
    const correctJustified = this.justified.epoch === 0 || source.epoch === this.justified.epoch || source.epoch + 2 >= currentEpoch;
    const correctFinalized = this.finalized.epoch === 0 || this.finalized.root === this.getCheckpointBlock(root, this.finalized.epoch);
    if (correctJustified && correctFinalized) {
      blocks.add(root);
      return true;
    }
    return false;
  }

  getHead(): string {
    const blocks = new Set<string>();
    this.filterBlockTree(this.justified.root, blocks);
    let head = this.justified.root;
    for (;;) {
      const children = this.childrenOf(head).filter((child) => blocks.has(child));
      if (children.length === 0) return head;
      head = children.reduce((best, child) => {
        const [a, b] = [this.getWeight(best), this.getWeight(child)];
        return b > a || (b === a && child > best) ? child : best;
      });
    }
  }

  updateCheckpoints(justified: NaiveCheckpoint, finalized: NaiveCheckpoint): void {
    if (justified.epoch > this.justified.epoch) this.justified = justified;
    if (finalized.epoch > this.finalized.epoch) this.finalized = finalized;
  }

  computePulledUpTip(block: NaiveBlock): void {
    if (block.unrealizedJustified.epoch > this.unrealizedJustified.epoch) this.unrealizedJustified = block.unrealizedJustified;
    if (block.unrealizedFinalized.epoch > this.unrealizedFinalized.epoch) this.unrealizedFinalized = block.unrealizedFinalized;
    if (this.epochAt(block.slot) < this.epochAt(this.slot)) this.updateCheckpoints(block.unrealizedJustified, block.unrealizedFinalized);
  }

  onTick(slot: number): void {
    while (this.slot < slot) {
      this.slot++;
      this.boostRoot = "";
      if (this.slot % this.#slotsPerEpoch === 0) this.updateCheckpoints(this.unrealizedJustified, this.unrealizedFinalized);
    }
    const waiting = this.waiting;
    this.waiting = [];
    for (const attestation of waiting) this.updateLatestMessages(attestation);
  }

  dependentRoot(root: string): string {
    const epoch = this.epochAt(this.slot);
    const lookaheadStart = this.startSlot(Math.max(0, epoch - 1));
    return this.getAncestor(root, Math.max(0, lookaheadStart - 1));
  }

  onBlock(block: NaiveBlock, isTimely: boolean): void {
    check(!this.blocks.has(block.root), "known");
    check(this.blocks.has(block.parentRoot), "unknown parent");
    check(this.slot >= block.slot, "future");
    check(block.slot > this.startSlot(this.finalized.epoch), "before finalized");
    check(this.finalized.root === this.getCheckpointBlock(block.parentRoot, this.finalized.epoch), "off the final branch");
    const head = this.getHead();
    this.blocks.set(block.root, block);
    const timely = isTimely && this.slot === block.slot;
    this.timeliness.set(block.root, timely);
    if (timely && this.boostRoot === "" && this.dependentRoot(head) === this.dependentRoot(block.root)) this.boostRoot = block.root;
    this.updateCheckpoints(block.justified, block.finalized);
    this.computePulledUpTip(block);
  }

  onAttestation(attestation: NaiveAttestation): void {
    const { root, slot, target } = attestation;
    check(target.epoch === this.epochAt(slot), "epoch");
    check(this.blocks.has(target.root) && this.blocks.has(root), "unknown block");
    check(this.block(root).slot <= slot, "block of the future");
    check(target.root === this.getCheckpointBlock(root, target.epoch), "target");
    this.updateLatestMessages(attestation);
  }

  updateLatestMessages(attestation: NaiveAttestation): void {
    const { indices, root, slot, target } = attestation;
    if (this.slot < slot + 1) {
      this.waiting.push(attestation);
      return;
    }
    for (const i of indices) {
      if (this.equivocating.has(i)) continue;
      const message = this.latestMessages.get(i);
      if (message === undefined || target.epoch > message.epoch) this.latestMessages.set(i, { epoch: target.epoch, root });
    }
  }

  onAttesterSlashing(indices: readonly number[]): void {
    for (const i of indices) this.equivocating.add(i);
  }

  /** Not in the specification: the block and its descendants never were. Votes for them stay the latest, for nothing. */
  remove(root: string): void {
    for (const child of this.childrenOf(root)) this.remove(child);
    this.blocks.delete(root);
  }

  /** After `remove`: checkpoints as if the remaining blocks had come now. */
  revise(): void {
    this.justified = this.unrealizedJustified = this.unrealizedFinalized = this.finalized;
    for (const block of this.blocks.values()) {
      if (block.parentRoot === "" || this.getCheckpointBlock(block.root, this.finalized.epoch) !== this.finalized.root) continue;
      this.updateCheckpoints(block.justified, block.finalized);
      this.computePulledUpTip(block);
    }
  }

  /** @param isHere which blocks there are still; the specification has them all for ever */
  getProposerHead(head: string, slot: number, isHere: (root: string) => boolean): string {
    const block = this.block(head);
    const parent = this.blocks.get(block.parentRoot);
    if (parent === undefined || head === this.justified.root || this.boostRoot === head) return head;
    const singleSlot = parent.slot + 1 === block.slot;
    const currentTime = block.slot + 1 === slot;
    const balances = this.#balances(this.justified);
    let equivocated = 0;
    for (const i of this.equivocating) equivocated += balances[i] ?? 0;
    const headWeak = this.attestationScore(head) + equivocated < this.committeeFraction(20);
    const parentStrong = this.attestationScore(parent.root) > this.committeeFraction(160);
    const ffgCompetitive =
      block.unrealizedJustified.epoch === parent.unrealizedJustified.epoch &&
      block.unrealizedJustified.root === parent.unrealizedJustified.root;
    const finalizationOk = this.epochAt(slot) - this.finalized.epoch <= 2;
    const twins = [...this.blocks.values()].filter(
      (other) => other.slot === block.slot && other.proposerIndex === block.proposerIndex && isHere(other.root),
    );
    const late = this.timeliness.get(head) !== true;
    if (late && ffgCompetitive && finalizationOk && singleSlot && currentTime && headWeak && parentStrong) return parent.root;
    if (headWeak && currentTime && twins.length > 1) return parent.root;
    return head;
  }
}
