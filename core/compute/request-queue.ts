/**
 * Requests that wait for a turn, most urgent first, in order of arrival within a priority.
 *
 * Pieces, not requests, are handed out: between two pieces of a large background batch, block work goes ahead.
 */
import type { ComputePriority } from "../ports/compute.js";
import type { Request } from "./request.js";

// biome-ignore lint/suspicious/noExplicitAny: the queue never touches results
export type AnyRequest = Request<any>;

const ORDER: readonly ComputePriority[] = ["block", "mempool", "background"];

export class RequestQueue {
  readonly #lists: Readonly<Record<ComputePriority, Set<AnyRequest>>> = { block: new Set(), mempool: new Set(), background: new Set() };

  add(request: AnyRequest): void {
    this.#lists[request.priority].add(request);
  }

  remove(request: AnyRequest): void {
    this.#lists[request.priority].delete(request);
  }

  /** Takes one piece of the most urgent request, if it may go: nothing less urgent goes before it. */
  take(mayGo: (request: AnyRequest) => boolean = () => true): { readonly request: AnyRequest; readonly piece: number } | undefined {
    for (const priority of ORDER) {
      for (const request of this.#lists[priority]) {
        if (!request.hasPieces) {
          this.remove(request);
          continue;
        }
        if (!mayGo(request)) return undefined;
        const piece = request.takePiece();
        if (!request.hasPieces) this.remove(request);
        return { request, piece };
      }
    }
    return undefined;
  }

  /** All that wait. */
  waiting(): AnyRequest[] {
    return ORDER.flatMap((priority) => [...this.#lists[priority]]);
  }
}
