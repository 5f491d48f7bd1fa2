/** What the readers of the three formats throw, and the bounds that they share. A leaf, so that they need not import each other. */

/** A document nested deeper is a mistake or an attack on the stack. */
export const MAX_DOCUMENT_DEPTH = 64;
/** Values that YAML's aliases may repeat, all in all: ten short lines can otherwise become billions. */
export const MAX_ALIASED_VALUES = 10_000;

/** Thrown inside the readers, and turned into a CONFIG_SYNTAX problem by `parseDocument`. */
export class DocumentSyntaxError extends Error {
  constructor(
    message: string,
    /** From 1. */
    readonly line: number,
  ) {
    super(message);
  }
}
