/** One log line for people: time, level, component, message, then the data as key=value. */

const LEVELS: ReadonlyMap<number, { readonly label: string; readonly colour: number }> = new Map([
  [10, { label: "TRACE", colour: 90 }],
  [20, { label: "DEBUG", colour: 36 }],
  [30, { label: "INFO ", colour: 32 }],
  [40, { label: "WARN ", colour: 33 }],
  [50, { label: "ERROR", colour: 31 }],
  [60, { label: "FATAL", colour: 35 }],
]);

const SIMPLE = /^[^\s"=]+$/;

/** @param json a line of pino's; what is not JSON is answered as it is */
export function prettyLine(json: string, colours: boolean): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(json) as Record<string, unknown>;
  } catch {
    return json;
  }
  const { level, time, component, msg, ...data } = entry;
  const paint = (text: string, colour: number): string => (colours ? `\u001b[${colour}m${text}\u001b[0m` : text);
  const { label, colour } = LEVELS.get(Number(level)) ?? { label: String(level), colour: 0 };
  const fields = Object.entries(data).map(([key, value]) => `${paint(`${key}=`, 90)}${fieldText(value)}`);
  const at = typeof time === "number" ? new Date(time).toISOString().slice(11, 23) : "";
  const head = [paint(at, 90), paint(label, colour), paint(visible(String(component ?? "")).padEnd(10), 34), visible(String(msg ?? ""))];
  return `${[...head, ...fields].join(" ").trimEnd()}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value === "string") return SIMPLE.test(value) ? visible(value) : JSON.stringify(value);
  return JSON.stringify(value);
}

/** Control characters in what an outsider sent must not steer the operator's terminal. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to escape
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
