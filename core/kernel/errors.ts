/**
 * The one error type of the house: a stable code, typed data, and a message that says what to do.
 *
 * A leaf file without imports, so that every layer, the primitives included, throws the same kind of error.
 * Input errors are thrown as these; broken invariants are assertions (see assert.ts).
 */

/**
 * What kind of trouble it is. The API turns it into an HTTP status, the CLI into an exit code.
 *
 * - `input`: the caller sent something wrong; sending it again won't help.
 * - `conflict`: right in itself, but it clashes with what is there (a stale nonce, a taken port).
 * - `missing`: what was asked for is not here.
 * - `denied`: the caller may not do this.
 * - `limit`: a bound was reached; later it may work.
 * - `unavailable`: not now (starting, stopping, syncing).
 * - `damaged`: stored data failed a check.
 * - `internal`: a fault of ours or of a plugin.
 */
export type ErrorKind = "input" | "conflict" | "missing" | "denied" | "limit" | "unavailable" | "damaged" | "internal";

/** What crosses a thread or process border in place of the error object. */
export interface SerializedError {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Base of all errors that Chainwright and its plugins throw on purpose. `code` is API: it never changes meaning. */
export class ChainwrightError<Data extends object = object> extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  /** Plain values only (numbers, strings, bigint, arrays of them): it is logged and sent to clients, so never a secret. */
  readonly data: Data;

  constructor(code: string, kind: ErrorKind, message: string, data: Data, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ChainwrightError";
    this.code = code;
    this.kind = kind;
    this.data = data;
  }

  toJSON(): SerializedError {
    return { code: this.code, kind: this.kind, message: this.message, data: { ...(this.data as Record<string, unknown>) } };
  }

  static is(value: unknown): value is ChainwrightError {
    return (
      value instanceof ChainwrightError ||
      // Another copy of this package (a plugin's own dependency) has another class, but the same shape.
      (value instanceof Error && value.name === "ChainwrightError" && typeof (value as ChainwrightError).code === "string")
    );
  }

  /** Rebuilds an error that crossed a thread border. */
  static from(serialized: SerializedError): ChainwrightError {
    return new ChainwrightError(serialized.code, serialized.kind, serialized.message, serialized.data);
  }
}

/** The class that `defineError` makes. */
export interface ErrorClass<Data extends object> {
  new (data: Data, cause?: unknown): ChainwrightError<Data>;
  readonly code: string;
  /** Whether `value` is this very error, from whichever copy of the package. */
  matches(value: unknown): value is ChainwrightError<Data>;
}

/**
 * Declares one error of a folder's `errors.ts`.
 *
 * @param code stable, UPPER_SNAKE, prefixed by its area: `CONFIG_UNKNOWN_KEY`
 * @param message what is wrong, where, and what to do about it; one line
 */
export function defineError<Data extends object = Record<string, never>>(
  code: string,
  kind: ErrorKind,
  message: (data: Data) => string,
): ErrorClass<Data> {
  return class extends ChainwrightError<Data> {
    static readonly code = code;

    constructor(data: Data, cause?: unknown) {
      super(code, kind, message(data), data, cause);
    }

    static matches(value: unknown): value is ChainwrightError<Data> {
      return ChainwrightError.is(value) && value.code === code;
    }
  };
}

/** The message of whatever was thrown, for logs and wrapped errors. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

// The kernel's own errors follow. They stand here because a folder has one errors.ts; the leaf stays a leaf.

/**
 * Everything that is wrong with a node config or a chain spec, at once. `problems` has one entry a line of the message;
 * their codes are API too and are listed in core/kernel/README.md.
 */
export const ConfigInvalidError = defineError<{ readonly subject: string; readonly problems: readonly { readonly text: string }[] }>(
  "CONFIG_INVALID",
  "input",
  ({ subject, problems }) =>
    [`${subject}: ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}`, ...problems.map(({ text }) => `  ${text}`)].join(
      "\n",
    ),
);

/** A constructor asks for a token that its manifest does not list. */
export const UndeclaredCapabilityError = defineError<{ plugin: string; capability: string }>(
  "KERNEL_UNDECLARED_CAPABILITY",
  "internal",
  ({ plugin, capability }) => `plugin ${plugin} injects ${capability}, which its manifest does not declare; add it to requires or optional`,
);

/** The host of the kernel asks for a capability that no plugin of this node provides. */
export const NoCapabilityError = defineError<{ capability: string }>(
  "KERNEL_NO_CAPABILITY",
  "missing",
  ({ capability }) => `no plugin of this node provides ${capability}; add one that does to the config`,
);

/** `start` twice, or `get` before everything is constructed. */
export const KernelStateError = defineError<{ operation: string; state: string }>(
  "KERNEL_WRONG_STATE",
  "conflict",
  ({ operation, state }) => `cannot ${operation} a kernel that is ${state}; make a new one`,
);

/** `stop` was called while `start` was under way. */
export const StartAbortedError = defineError<{ during: string }>(
  "KERNEL_START_ABORTED",
  "unavailable",
  ({ during }) => `the node was stopped while ${during} was starting`,
);

/** All plugins were stopped, but some not cleanly. */
export const StopIncompleteError = defineError<{ failures: readonly { plugin: string; code: string; message: string }[] }>(
  "KERNEL_STOP_INCOMPLETE",
  "internal",
  ({ failures }) => `stopped, but not cleanly: ${failures.map(({ message }) => message).join("; ")}`,
);

export const PluginConstructionError = defineError<{ plugin: string; reason: string }>(
  "PLUGIN_CONSTRUCTION_FAILED",
  "internal",
  ({ plugin, reason }) => `plugin ${plugin} could not be constructed: ${reason}`,
);

/** A plugin handed out something that is not what it promised to provide. */
export const BadCapabilityError = defineError<{ plugin: string; capability: string; reason: string }>(
  "PLUGIN_BAD_CAPABILITY",
  "internal",
  ({ plugin, capability, reason }) => `plugin ${plugin} provides ${capability} wrongly: ${reason}`,
);

export const PluginStartError = defineError<{ plugin: string; reason: string; causeCode?: string }>(
  "PLUGIN_START_FAILED",
  "internal",
  ({ plugin, reason }) => `plugin ${plugin} failed to start: ${reason}`,
);

export const PluginStartTimeoutError = defineError<{ plugin: string; timeoutMs: number }>(
  "PLUGIN_START_TIMEOUT",
  "internal",
  ({ plugin, timeoutMs }) => `plugin ${plugin} did not start within ${timeoutMs} ms; see its log for what it waits for`,
);

export const PluginStopError = defineError<{ plugin: string; reason: string; causeCode?: string }>(
  "PLUGIN_STOP_FAILED",
  "internal",
  ({ plugin, reason }) => `plugin ${plugin} failed to stop: ${reason}`,
);

export const PluginStopTimeoutError = defineError<{ plugin: string; timeoutMs: number }>(
  "PLUGIN_STOP_TIMEOUT",
  "internal",
  ({ plugin, timeoutMs }) => `plugin ${plugin} did not stop within ${timeoutMs} ms; the others were stopped without it`,
);

/** One metric name, two meanings. */
export const MetricConflictError = defineError<{ metric: string; owner: string; other: string }>(
  "METRIC_CONFLICT",
  "internal",
  ({ metric, owner, other }) => `${owner} registers metric ${metric} otherwise than ${other} did; give it a name of its own`,
);

export const MetricNameError = defineError<{ metric: string; owner: string; reason: string }>(
  "METRIC_INVALID",
  "internal",
  ({ metric, owner, reason }) => `${owner} registers metric "${metric}": ${reason}`,
);
