/** All links of a devnet: they are cut into a partition and mended together. */
import type { Scheduler } from "../../ports/runtime.js";
import { DevnetPartitionError } from "../errors.js";
import { components, type Edge, edgeKey } from "../topology.js";
import { LinkProxy } from "./link-proxy.js";

export interface LinksOptions {
  readonly latencyMs: number;
  /** Where a node's transport listens. */
  readonly transportPort: (node: number) => number;
}

export class Links {
  readonly #proxies = new Map<string, { readonly edge: Edge; readonly proxy: LinkProxy }>();
  readonly #scheduler: Scheduler;
  readonly #options: LinksOptions;
  /** Group of each node; undefined while everything is in one. */
  #groups: ReadonlyMap<number, number> | undefined;

  constructor(options: LinksOptions, scheduler: Scheduler) {
    this.#options = options;
    this.#scheduler = scheduler;
  }

  /** Opens a link. @throws DevnetPortError */
  async open(edge: Edge & { readonly port: number }): Promise<void> {
    const { latencyMs, transportPort } = this.#options;
    const name = `link ${edgeKey(edge)}`;
    const proxy = new LinkProxy({ port: edge.port, targetPort: () => transportPort(edge.to), latencyMs, name }, this.#scheduler);
    await proxy.listen();
    this.#proxies.set(edgeKey(edge), { edge, proxy });
    this.#apply();
  }

  /**
   * Cuts every link between nodes of different groups and mends the others. Nodes that no group names form one of their own.
   *
   * @throws DevnetPartitionError
   */
  partition(groups: readonly (readonly number[])[], nodes: number): void {
    const groupOf = new Map<number, number>();
    for (const [index, group] of groups.entries()) {
      if (group.length === 0) throw new DevnetPartitionError({ reason: "a group is empty" });
      for (const node of group) {
        if (!Number.isInteger(node) || node < 1 || node > nodes)
          throw new DevnetPartitionError({ reason: `there is no node ${node}; there are 1 to ${nodes}` });
        if (groupOf.has(node)) throw new DevnetPartitionError({ reason: `node ${node} is named twice` });
        groupOf.set(node, index);
      }
    }
    if (groups.length === 0) throw new DevnetPartitionError({ reason: "it has no groups" });
    if (groups.length === 1 && groupOf.size === nodes) throw new DevnetPartitionError({ reason: "one group of all nodes splits nothing" });
    this.#groups = groupOf;
    this.#apply();
  }

  heal(): void {
    this.#groups = undefined;
    this.#apply();
  }

  get isWhole(): boolean {
    return this.#groups === undefined;
  }

  /** Nodes that reach each other over links that are up, whether those nodes run or not. */
  reachable(nodes: number): readonly (readonly number[])[] {
    const up = [...this.#proxies.values()].filter(({ proxy }) => proxy.isUp);
    return components(
      nodes,
      up.map(({ edge }) => edge),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map(({ proxy }) => proxy.close()));
    this.#proxies.clear();
  }

  #apply(): void {
    for (const { edge, proxy } of this.#proxies.values()) {
      if (this.#groups === undefined || this.#groups.get(edge.from) === this.#groups.get(edge.to)) proxy.mend();
      else proxy.cut();
    }
  }
}

/** Reads `1,2|3`. @throws DevnetPartitionError */
export function parseGroups(text: string): readonly (readonly number[])[] {
  return text.split("|").map((group) =>
    group.split(",").map((part) => {
      if (!/^\s*[0-9]{1,4}\s*$/.test(part)) throw new DevnetPartitionError({ reason: `"${part.trim()}" is no number of a node` });
      return Number(part);
    }),
  );
}
