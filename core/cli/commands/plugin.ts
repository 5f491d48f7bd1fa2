import type { Context } from "../context.js";
export async function pluginNew(_k: string, _n: string, _o: unknown, _c: Context): Promise<number> {
  return 0;
}
