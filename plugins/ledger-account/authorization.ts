/**
 * Who may send from an address: the seam at which policies other than a single key come in.
 *
 * An address is a hash of its policy (see core/primitives/address.ts), so a transaction's authorizations must hash to
 * its sender. Today's only policy is one key; a multisignature policy will be looked up here by sender, from state or
 * from the transaction itself, and nothing else of the ledger will have to know.
 */
import { Address, type Authorization } from "../../core/sdk.js";

/** How many authorizations are decoded at all: the largest threshold that a policy may come to have. */
export const MAX_AUTHORIZATIONS = 16;

/** The address that these authorizations speak for, or undefined if they fit no policy. Their signatures are checked elsewhere. */
export function addressAuthorizedBy(authorizations: readonly Authorization[]): Address | undefined {
  const [only] = authorizations;
  return only !== undefined && authorizations.length === 1 ? Address.ofKey(only.publicKey) : undefined;
}
