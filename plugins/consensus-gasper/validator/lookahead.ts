/**
 * Prepares the next epoch before it begins: in the last third of an epoch's last slot the head's state is moved over the border, which is
 * the most expensive step there is, so that the first proposal and its votes find it done. If the head changes until then, once more.
 */
import { Hash, type Logger, messageOf } from "../../../core/sdk.js";
import type { DutyChain } from "./dependencies.js";

export class EpochLookahead {
  readonly #chain: Pick<DutyChain, "clock" | "head" | "stateAt" | "shuffling"> & { readonly host: Pick<DutyChain["host"], "clock"> };
  readonly #logger: Logger;
  #prepared = "";
  #running: Promise<void> | undefined;

  constructor(chain: Pick<DutyChain, "clock" | "host" | "head" | "stateAt" | "shuffling">, logger: Logger) {
    this.#chain = chain;
    this.#logger = logger;
  }

  /** Call it at ticks and whenever the head changes: it does nothing most times, and one thing at a time. */
  look(): void {
    if (this.#running !== undefined) return;
    const epoch = this.#epochToPrepare();
    if (epoch === undefined) return;
    const { root } = this.#chain.head();
    const key = `${epoch} ${Hash.key(root)}`;
    if (key === this.#prepared) return;
    this.#prepared = key;
    this.#running = this.#prepare(epoch, root).finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** The next epoch, in the last third of this one's last slot. */
  #epochToPrepare(): number | undefined {
    const { clock, host } = this.#chain;
    const nowMs = host.clock.nowMs();
    const slot = clock.slotAt(nowMs);
    if (slot < 0 || 3 * (nowMs - clock.startOf(slot)) < 2 * clock.slotMs) return undefined;
    const epoch = clock.epochOf(slot);
    return slot + 1 === clock.firstSlotOf(epoch + 1) ? epoch + 1 : undefined;
  }

  async #prepare(epoch: number, root: Hash): Promise<void> {
    try {
      await this.#chain.stateAt(root, this.#chain.clock.firstSlotOf(epoch));
      await this.#chain.shuffling(epoch, root);
    } catch (error) {
      // Whoever needs it says why it can't be had.
      this.#logger.debug({ epoch, reason: messageOf(error) }, "the next epoch could not be prepared");
    }
  }
}
