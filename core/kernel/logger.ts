/**
 * Structured logs through pino, behind the Logger port: levels by component, one line a message, written synchronously, so
 * that nothing is lost when the process ends and no worker thread is needed.
 */
import pino from "#bundled/pino";
import type { Clock, Logger, LogLevel } from "../ports/runtime.js";
import { logData } from "./log-data.js";
import { prettyLine } from "./log-line.js";
import type { LogConfig, LogFormat } from "./node-config-schema.js";

/** Where lines go. */
export interface LogDestination {
  /** One line with its end. */
  write(line: string): void;
  flush?(): void;
}

export interface LoggingOptions extends LogConfig {
  /** Time of each line. */
  readonly clock: Clock;
  /** Default: standard error, so that standard output stays for what a command answers. */
  readonly destination?: LogDestination;
  /** Whether the destination is a terminal; decides format `auto`. Default: whether standard error is one. */
  readonly terminal?: boolean;
  /** Default: on a terminal, unless the environment has NO_COLOR (https://no-color.org). */
  readonly colours?: boolean;
}

export interface Logging {
  /** The logger of a component; its level is that of the longest configured name that it begins with. */
  loggerFor(component: string): Logger;
  /** Writes what is buffered. Lines are written at once; this is for destinations that buffer by themselves. */
  flush(): void;
}

export function createLogging(options: LoggingOptions): Logging {
  const terminal = options.terminal ?? (options.destination === undefined && process.stderr.isTTY === true);
  const colours = options.colours ?? (terminal && (process.env.NO_COLOR ?? "") === "");
  const destination = options.destination ?? standardError();
  const stream = isPretty(options.format, terminal)
    ? { write: (line: string) => destination.write(prettyLine(line, colours)) }
    : destination;
  const root = pino(
    {
      base: null,
      level: options.level,
      timestamp: () => `,"time":${options.clock.nowMs()}`,
      formatters: { log: logData },
    },
    stream,
  );
  const loggers = new Map<string, Logger>();
  const loggerFor = (component: string): Logger => {
    const known = loggers.get(component);
    if (known !== undefined) return known;
    const level = levelOf(component, options);
    const logger = new ComponentLogger(root.child({ component }, { level }), component, loggerFor);
    // Components are named by code, but a plugin could make one a peer: then they are not kept.
    if (loggers.size < MAX_KEPT_LOGGERS) loggers.set(component, logger);
    return logger;
  };
  return { loggerFor, flush: () => destination.flush?.() };
}

const MAX_KEPT_LOGGERS = 1_000;
/** A terminal's last line may hold a progress bar: a log line takes its place, and the bar is drawn anew below. */
const CLEAR_LINE = "\r\u001b[2K";

function isPretty(format: LogFormat, terminal: boolean): boolean {
  return format === "pretty" || (format === "auto" && terminal);
}

function standardError(): LogDestination {
  const file = pino.destination({ fd: 2, sync: true });
  const start = process.stderr.isTTY === true ? CLEAR_LINE : "";
  return { write: (line) => file.write(`${start}${line}`), flush: () => file.flushSync() };
}

/** The level of the longest name that is `component` or begins it up to a dot. */
export function levelOf(component: string, { level, components }: Pick<LogConfig, "level" | "components">): LogLevel {
  for (let name = component; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    const own = Object.hasOwn(components, name) ? components[name] : undefined;
    if (own !== undefined) return own;
  }
  return level;
}

class ComponentLogger implements Logger {
  constructor(
    private readonly target: pino.Logger,
    private readonly component: string,
    private readonly loggerFor: (component: string) => Logger,
  ) {}

  trace(data: object, message: string): void {
    this.target.trace(data, message);
  }
  debug(data: object, message: string): void {
    this.target.debug(data, message);
  }
  info(data: object, message: string): void {
    this.target.info(data, message);
  }
  warn(data: object, message: string): void {
    this.target.warn(data, message);
  }
  error(data: object, message: string): void {
    this.target.error(data, message);
  }
  fatal(data: object, message: string): void {
    this.target.fatal(data, message);
  }
  isLevelEnabled(level: LogLevel): boolean {
    return this.target.isLevelEnabled(level);
  }
  child({ component }: { readonly component: string }): Logger {
    return this.loggerFor(`${this.component}.${component}`);
  }
}
