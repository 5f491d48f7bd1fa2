/**
 * Imports held blocks in order of height, many at a time: the chain overlaps their checks with the execution of those before
 * them. When one does not go in, the queue stands still until all that is under way has ended, and then says which was the first,
 * and why: verdicts on those above it mean nothing.
 */

import { messageOf } from "../../kernel/errors.js";
import type { ImportVerdict } from "../../ports/consensus.js";
import type { NetworkChain } from "../chain.js";
import type { SyncOptions } from "./options.js";
import type { Slot, SlotRow } from "./slots.js";

export type Trouble =
  /** The chain's verdict on the lowest block that did not go in. */
  | { readonly kind: "refused"; readonly slot: Slot; readonly verdict: Extract<ImportVerdict, { readonly code: string }> }
  /** Importing failed for a reason that says nothing of the block. */
  | { readonly kind: "fault"; readonly slot: Slot; readonly code: string; readonly reason: string };

export interface ImportQueueParts {
  readonly chain: Pick<NetworkChain, "import">;
  readonly options: SyncOptions;
  readonly row: SlotRow;
  readonly onImported: (slot: Slot) => void;
  readonly onTrouble: (trouble: Trouble) => void;
  /** Nothing is under way any more. */
  readonly onIdle: () => void;
}

export class ImportQueue {
  readonly #parts: ImportQueueParts;
  /** Under way, and those that ended in trouble, by height. */
  readonly #launched = new Map<number, Slot>();
  #next = 0;
  #running = 0;
  #runningBytes = 0;
  #troubles: Trouble[] = [];
  #stopped = false;

  constructor(parts: ImportQueueParts) {
    this.#parts = parts;
  }

  get running(): number {
    return this.#running;
  }

  /** Begins what can be begun. */
  pump(): void {
    const { row, options } = this.#parts;
    while (
      !this.#stopped &&
      this.#troubles.length === 0 &&
      this.#running < options.importBlocks &&
      this.#runningBytes < options.importBytes
    ) {
      const slot = row.at(Math.max(this.#next, row.lowest?.height ?? 0));
      if (slot === undefined) return;
      if (slot.stage === "done") {
        this.#next = slot.height + 1;
        continue;
      }
      if (slot.stage !== "held") return;
      this.#launch(slot);
    }
  }

  /** Begins nothing more. What is under way ends. */
  stop(): void {
    this.#stopped = true;
  }

  #launch(slot: Slot): void {
    const { body } = slot;
    if (body === undefined) return;
    slot.stage = "importing";
    this.#next = slot.height + 1;
    this.#launched.set(slot.height, slot);
    this.#running++;
    this.#runningBytes += body.sizeBytes;
    const ended = () => {
      this.#running--;
      this.#runningBytes -= body.sizeBytes;
      this.#settle();
    };
    this.#parts.chain
      .import(body.block, body.certificate)
      .then(
        (verdict) => this.#onVerdict(slot, verdict),
        (error: unknown) => {
          const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
          this.#troubles.push({ kind: "fault", slot, code, reason: messageOf(error) });
        },
      )
      .then(ended);
  }

  #onVerdict(slot: Slot, verdict: ImportVerdict): void {
    if (verdict.status === "invalid" || verdict.status === "not-yet") {
      this.#troubles.push({ kind: "refused", slot, verdict });
      return;
    }
    this.#launched.delete(slot.height);
    this.#parts.onImported(slot);
  }

  #settle(): void {
    if (this.#running > 0) {
      if (this.#troubles.length === 0) this.pump();
      return;
    }
    const troubles = this.#troubles;
    this.#troubles = [];
    let first: Trouble | undefined;
    for (const trouble of troubles) if (first === undefined || trouble.slot.height < first.slot.height) first = trouble;
    // What stands above the first that failed goes back to wait for it; a refused block stays out until somebody decides.
    const refused = first?.kind === "refused" ? first.slot : undefined;
    for (const slot of this.#launched.values()) if (slot.stage === "importing" && slot !== refused) slot.stage = "held";
    this.#launched.clear();
    if (first !== undefined) {
      this.#next = first.slot.height;
      this.#parts.onTrouble(first);
    } else {
      this.pump();
    }
    if (this.#running === 0) this.#parts.onIdle();
  }
}
