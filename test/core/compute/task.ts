/** A worker task that does what its input says, good and bad. */

export type TaskInput =
  | { readonly do: "sum"; readonly values: Uint8Array }
  | { readonly do: "throw"; readonly message: string; readonly code?: string }
  | { readonly do: "exit" }
  | { readonly do: "spin" }
  | { readonly do: "gate"; readonly gate: Int32Array }
  | { readonly do: "function" };

export default function task(input: TaskInput): unknown {
  switch (input.do) {
    case "sum": {
      const sum = input.values.reduce((total, value) => total + value, 0);
      input.values.fill(0);
      return sum;
    }
    case "throw":
      throw Object.assign(new Error(input.message), input.code === undefined ? {} : { name: "ChainwrightError", code: input.code, toJSON });
    case "exit":
      return process.exit(3);
    case "spin":
      for (;;);
    case "gate":
      Atomics.store(input.gate, 1, 1);
      Atomics.wait(input.gate, 0, 0);
      return "through";
    case "function":
      return () => {};
  }
}

function toJSON(this: { code: string; message: string }) {
  return { code: this.code, kind: "input", message: this.message, data: { at: 7 } };
}
