/** The chain-spec section after its checks: addresses parsed, amounts exact, sums within range. */
import { Address, Amount, messageOf } from "../../core/sdk.js";
import type { AccountLedgerSpec } from "./config.js";
import { SpecInvalidError } from "./errors.js";
import { IssuanceSchedule } from "./issuance.js";
import type { NamedModule } from "./modules.js";

export interface Allocation {
  readonly address: Address;
  readonly amount: bigint;
}

export interface LedgerParameters {
  readonly allocations: readonly Allocation[];
  /** Sum of the allocations. */
  readonly initialSupply: bigint;
  readonly issuance: IssuanceSchedule;
  /** What plugins contribute, on every node of the chain. */
  readonly modules: readonly NamedModule[];
}

/** @throws SpecInvalidError with the path of the wrong part */
export function ledgerParameters(spec: AccountLedgerSpec, addressPrefix: string): LedgerParameters {
  const maxSupply = spec.issuance.maxSupply === undefined ? Amount.max : amountAt("issuance.maxSupply", spec.issuance.maxSupply);
  const seen = new Map<string, number>();
  const allocations: Allocation[] = [];
  let initialSupply = 0n;
  for (const [index, each] of spec.allocations.entries()) {
    const path = `allocations[${index}]`;
    const address = checked(`${path}.address`, () => Address.parse(each.address, addressPrefix));
    const earlier = seen.get(Address.key(address));
    if (earlier !== undefined)
      throw new SpecInvalidError({
        path: `${path}.address`,
        reason: `it stands in allocations[${earlier}] already; add the amounts up there`,
      });
    seen.set(Address.key(address), index);
    const amount = amountAt(`${path}.amount`, each.amount);
    initialSupply += amount;
    if (initialSupply > maxSupply)
      throw new SpecInvalidError({ path: `${path}.amount`, reason: `with it the allocations exceed the maximal supply of ${maxSupply}` });
    allocations.push({ address, amount });
  }
  const initialPerBlock = amountAt("issuance.initialPerBlock", spec.issuance.initialPerBlock);
  return {
    allocations,
    initialSupply,
    issuance: new IssuanceSchedule({ initialPerBlock, halvingIntervalBlocks: spec.issuance.halvingIntervalBlocks, maxSupply }),
    modules: modulesOf(spec),
  };
}

/** @throws SpecInvalidError if two have one name or one number */
function modulesOf({ modules }: AccountLedgerSpec): readonly NamedModule[] {
  for (const [index, { name, namespace }] of modules.entries()) {
    const earlier = modules.findIndex((other) => other.name === name || other.namespace === namespace);
    if (earlier < index)
      throw new SpecInvalidError({ path: `modules[${index}]`, reason: `modules[${earlier}] has its name or its number already` });
  }
  return modules;
}

function amountAt(path: string, value: string | number): bigint {
  return checked(path, () => (typeof value === "number" ? Amount.from(BigInt(value)) : Amount.parse(value)));
}

function checked<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new SpecInvalidError({ path, reason: messageOf(error) }, error);
  }
}
