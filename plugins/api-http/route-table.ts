/**
 * Which methods a path takes, for 405 answers: fastify's router knows only that a path and method together have no route.
 * Consulted for unmatched requests only; its size is the number of routes.
 */
export class RouteTable {
  private readonly methodsByTemplate = new Map<string, Set<string>>();

  /** @param template fastify's: `/v1/blocks/:block`, `/docs/static/*` */
  add(template: string, methods: string | readonly string[]): void {
    const known = this.methodsByTemplate.get(template) ?? new Set();
    for (const method of typeof methods === "string" ? [methods] : methods) known.add(method);
    this.methodsByTemplate.set(template, known);
  }

  /** All templates, sorted. */
  templates(): readonly string[] {
    return [...this.methodsByTemplate.keys()].sort();
  }

  /** Methods that `url` takes, sorted; empty if there is nothing there. */
  methodsAt(url: string): readonly string[] {
    const path = url.split(/[?#]/, 1)[0] ?? "";
    const segments = path.split("/");
    const methods = new Set<string>();
    for (const [template, ofTemplate] of this.methodsByTemplate)
      if (matches(template.split("/"), segments)) for (const method of ofTemplate) methods.add(method);
    return [...methods].sort();
  }
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  for (let at = 0; at < template.length; at++) {
    const wanted = template[at] ?? "";
    if (wanted === "*") return segments.length > at;
    const found = segments[at];
    if (found === undefined) return false;
    if (wanted.startsWith(":") ? found === "" : wanted !== found) return false;
  }
  return template.length === segments.length;
}
