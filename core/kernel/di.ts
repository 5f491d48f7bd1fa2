/**
 * Constructor injection: the only file that imports tsyringe, so that reflect-metadata is there first and the container
 * can be replaced in one place.
 *
 * Every plugin gets a container of its own in which nothing can be resolved but what its manifest declares. The tokens
 * that a constructor asks for are also noted on the class under a global symbol: a plugin that was built against another
 * copy of this package (and so of tsyringe) is constructed just as well.
 */
import "#bundled/reflect-metadata";
import { inject as containerInject, injectable as containerInjectable, container as rootContainer } from "#bundled/tsyringe";
import type { Plugin, PluginClass } from "../ports/plugin.js";

const TOKENS = Symbol.for("chainwright:injection-tokens");

type Constructor = abstract new (...parameters: never[]) => unknown;
type AnyClass = new (...parameters: unknown[]) => unknown;

/** Marks a constructor parameter with the token of the capability that goes there. */
export function inject(token: string): (target: object, propertyKey: string | symbol | undefined, parameterIndex: number) => void {
  const mark = containerInject(token);
  return (target, propertyKey, parameterIndex) => {
    const noted: (string | undefined)[] = [...(Object.hasOwn(target, TOKENS) ? tokensNotedOn(target) : [])];
    noted[parameterIndex] = token;
    Object.defineProperty(target, TOKENS, { value: noted, configurable: true });
    mark(target, propertyKey, parameterIndex);
  };
}

/** Marks a class whose constructor parameters are all marked with `@inject`. */
export function injectable(): (target: Constructor) => void {
  const mark = containerInjectable();
  return (target) => mark(target as unknown as AnyClass);
}

function tokensNotedOn(target: object): readonly (string | undefined)[] {
  const noted: unknown = Reflect.get(target, TOKENS);
  return Array.isArray(noted) ? noted : [];
}

/** What the constructor wants, by whichever notation: `static inject`, or decorators of any copy of this package. */
function tokensOf(pluginClass: PluginClass): readonly (string | undefined)[] {
  return Array.isArray(pluginClass.inject) ? pluginClass.inject : tokensNotedOn(pluginClass);
}

/**
 * Constructs `pluginClass` in a child container that knows only `available`.
 *
 * @param available the value for each declared token; `undefined` is a value (an optional capability that nobody provides)
 * @param refuse makes the error for a token that is not available
 * @throws what `refuse` made; or whatever the constructor throws
 */
export function constructIsolated(
  pluginClass: PluginClass,
  available: ReadonlyMap<string, unknown>,
  refuse: (token: string) => Error,
): Plugin {
  const tokens = tokensOf(pluginClass);
  const child = rootContainer.createChildContainer();
  for (const [token, value] of available) child.register(token, { useFactory: () => value });

  // The container is the guard, not a look at the class: it also sees what the plugin's own injected classes ask for,
  // and hides whatever somebody registered in tsyringe's global container.
  const guarded = { refused: undefined as Error | undefined };
  const guard = <Arguments extends [unknown, ...unknown[]], Result>(resolve: (...parameters: Arguments) => Result) => {
    return (...parameters: Arguments): Result => {
      const [token] = parameters;
      const open = typeof token === "function" || (typeof token === "string" && available.has(token));
      if (!open) {
        guarded.refused ??= refuse(typeof token === "string" ? token : String(token));
        throw guarded.refused;
      }
      return resolve(...parameters);
    };
  };
  child.resolve = guard(child.resolve.bind(child) as (...parameters: [unknown, ...unknown[]]) => unknown) as typeof child.resolve;
  child.resolveAll = guard(
    child.resolveAll.bind(child) as (...parameters: [unknown, ...unknown[]]) => unknown[],
  ) as typeof child.resolveAll;

  if (tokens.length > 0) {
    for (const [index, token] of tokens.entries()) {
      if (token !== undefined) containerInject(token)(pluginClass, undefined, index);
    }
    containerInjectable()(pluginClass as unknown as AnyClass);
  }
  try {
    return child.resolve(pluginClass as unknown as new () => Plugin);
  } catch (error) {
    // tsyringe wraps what its resolution throws into errors of its own and drops the cause.
    throw guarded.refused ?? error;
  }
}
