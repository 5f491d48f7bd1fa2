/** The engine's producer: this node's validators, who come to life when the engine is attached. */
import type { Producer } from "../../core/sdk.js";
import type { GasperConfig } from "./config.js";
import type { ValidatorClient } from "./validator/index.js";

export function dutyProducer({ propose, validators }: GasperConfig, client: () => ValidatorClient, stopWaiting: () => void): Producer {
  return {
    automatic: propose && validators.length > 0,
    start: () => client().start(),
    stop: () => {
      const stopped = client().stop();
      stopWaiting();
      return stopped;
    },
    status: () => client().status(),
  };
}
