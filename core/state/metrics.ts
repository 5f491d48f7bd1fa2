/** Metrics of the state. Hot paths count in plain fields; the totals are carried over at each root and flush. */
import type { Counter, Metrics } from "../ports/runtime.js";
import type { Disk } from "./disk.js";
import type { VersionTree } from "./version-tree.js";

export class StateMetrics {
  readonly flushes: Counter;
  readonly flushedValues: Counter;
  readonly flushedPages: Counter;
  readonly #totals: { readonly counter: Counter; readonly read: () => number; last: number }[] = [];

  constructor(
    metrics: Metrics,
    disk: Disk,
    tree: VersionTree,
    unflushed: { readonly unflushedBytes: number; readonly unflushedBlocks: number },
  ) {
    const counter = (name: string, help: string) => metrics.counter({ name, help });
    const gauge = (name: string, help: string, collect: () => number) => metrics.gauge({ name, help, collect });
    this.flushes = counter("state_flushes_total", "Flushes of the state to disk");
    this.flushedValues = counter("state_flushed_values_total", "Values written or deleted by flushes");
    this.flushedPages = counter("state_flushed_pages_total", "Trie pages written or deleted by flushes");
    const total = (name: string, help: string, read: () => number) => this.#totals.push({ counter: counter(name, help), read, last: 0 });
    total("state_updated_keys_total", "Keys that entered root updates", () => tree.updatedKeys);
    total("state_hashes_total", "Node hashes computed by root updates", () => tree.hashes);
    total("state_value_cache_hits_total", "Reads of the disk's version answered from the value cache", () => disk.valueHits);
    total("state_value_loads_total", "Values read from storage and checked against their leaf", () => disk.valueLoads);
    total("state_page_loads_total", "Trie pages read from storage and checked against their parent", () => disk.pageLoads);
    gauge("state_unflushed_bytes", "Memory of overlays that are not on disk", () => unflushed.unflushedBytes);
    gauge("state_unflushed_blocks", "Blocks whose overlays are not on disk", () => unflushed.unflushedBlocks);
    gauge("state_value_cache_bytes", "Memory of the value cache", () => disk.valueCacheBytes);
    gauge("state_page_cache_bytes", "Memory of the page cache", () => disk.pageCacheBytes);
  }

  /** Brings the counters up to date. */
  carryOver(): void {
    for (const total of this.#totals) {
      const now = total.read();
      if (now > total.last) total.counter.increment(now - total.last);
      total.last = now;
    }
  }
}
