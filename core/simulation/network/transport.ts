/**
 * The Transport port over the simulated network. Addresses are `sim://<machine>`.
 *
 * A dial takes a round trip, as a TCP connection does. What binds the two ends of a connection is a hash over a random number of each.
 */
import {
  assert,
  type Bytes,
  type ChannelSpec,
  type Connection,
  definePlugin,
  domainTag,
  ENTROPY,
  type Entropy,
  inject,
  injectable,
  PLUGIN_CONFIG,
  type Plugin,
  PORTS_VERSION,
  type Static,
  sha256Of,
  TRANSPORT,
  type Transport,
  Type,
} from "../../sdk.js";
import { type MachineParts, SIMULATED_MACHINE } from "../capability.js";
import { SimulationDialAbortedError, SimulationTransportClosedError, SimulationTransportError } from "../errors.js";
import type { Machine } from "../machine/machine.js";
import { CloseCode, type ConnectionParts, SimulatedConnection } from "./connection.js";
import type { Listener, Offer, SimulatedNetwork } from "./network.js";

export const SCHEME = "sim";
const ADDRESS = /^sim:\/\/([a-z0-9][a-z0-9.-]{0,63})$/;
const NONCE_BYTES = 32;
const BINDING_TAG = domainTag("cw/simulated/1");
const MEBIBYTE = 1_048_576;

export function addressOf(name: string): string {
  return `${SCHEME}://${name}`;
}

const Config = Type.Object(
  {
    queueBytes: Type.Integer({ default: MEBIBYTE, minimum: 1_024, description: "Bytes under way beyond which a sender is told to wait" }),
    maxQueueBytes: Type.Integer({
      default: 64 * MEBIBYTE,
      minimum: 1_024,
      description: "Bytes under way beyond which a sender that did not wait loses the connection",
    }),
    copies: Type.Boolean({
      default: false,
      description:
        "Each receiver gets bytes of its own, as on a wire. Otherwise what goes to many is in memory once, and a node that changes what it received changes it for all",
    }),
    maxInbound: Type.Integer({ default: 1_024, minimum: 0, description: "Inbound connections" }),
  },
  { additionalProperties: false },
);

@injectable()
class SimulatedTransport implements Transport, Plugin, Listener {
  readonly scheme = SCHEME;
  readonly machine: Machine;
  readonly #network: SimulatedNetwork;
  readonly #options: Static<typeof Config>;
  readonly #entropy: Entropy;
  readonly #connections = new Set<SimulatedConnection>();
  #inbound = 0;
  /** By number. */
  #channels: (ChannelSpec | undefined)[] | undefined;
  #onConnection: ((connection: Connection) => void) | undefined;
  readonly #dials = new Set<() => void>();
  #isClosed = false;

  constructor(
    @inject(PLUGIN_CONFIG) options: Static<typeof Config>,
    @inject(SIMULATED_MACHINE) { machine, network }: MachineParts,
    @inject(ENTROPY) entropy: Entropy,
  ) {
    this.machine = machine;
    this.#network = network;
    this.#options = options;
    this.#entropy = entropy;
  }

  configure(channels: readonly ChannelSpec[]): void {
    this.#channels = [];
    for (const channel of channels) this.#channels[channel.number] = channel;
  }

  async listen(onConnection: (connection: Connection) => void): Promise<readonly string[]> {
    if (this.#isClosed) throw new SimulationTransportClosedError({});
    this.#onConnection = onConnection;
    const isFree = this.#network.listen(this.machine.name, this);
    assert(isFree, "one node listens on a machine");
    return [addressOf(this.machine.name)];
  }

  dial(address: string, signal: AbortSignal): Promise<Connection> {
    if (this.#isClosed) return Promise.reject(new SimulationTransportClosedError({}));
    if (signal.aborted) return Promise.reject(new SimulationDialAbortedError({ address }));
    const [, name] = ADDRESS.exec(address) ?? [];
    if (name === undefined) return Promise.reject(new SimulationTransportError({ address, reason: "it is not of the form sim://name" }));
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        if (!this.#dials.delete(giveUp)) return;
        signal.removeEventListener("abort", giveUp);
        outcome();
      };
      const giveUp = (): void => settle(() => reject(new SimulationDialAbortedError({ address })));
      this.#dials.add(giveUp);
      signal.addEventListener("abort", giveUp, { once: true });
      this.#knock(name, address, {
        made: (connection) => {
          if (this.#dials.has(giveUp)) settle(() => resolve(connection));
          else void connection.close(CloseCode.stopping, "the dial was given up");
        },
        failed: (reason) => settle(() => reject(new SimulationTransportError({ address, reason }))),
      });
    });
  }

  /** Of the network, in an event of this machine: somebody dials it. */
  accept({ from, machine, nonce }: Offer): ReturnType<Listener["accept"]> {
    if (this.#isClosed || this.#inbound >= this.#options.maxInbound) return undefined;
    const connection = new SimulatedConnection("inbound", from, this.#parts());
    const own = this.#entropy.bytes(NONCE_BYTES);
    assert(machine !== this.machine || from === addressOf(this.machine.name), "an offer names its sender");
    this.#connections.add(connection);
    this.#inbound++;
    return {
      end: connection,
      nonce: own,
      open: (out) => {
        connection.connect(out, sha256Of(BINDING_TAG, nonce, own));
        this.#onConnection?.(connection);
      },
    };
  }

  stop(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#network.unlisten(this.machine.name, this);
    this.#onConnection = undefined;
    for (const giveUp of [...this.#dials]) giveUp();
    await Promise.all([...this.#connections].map((connection) => connection.close(CloseCode.stopping, "the node is stopping")));
  }

  #knock(
    name: string,
    address: string,
    outcome: { readonly made: (connection: SimulatedConnection) => void; readonly failed: (reason: string) => void },
  ): void {
    const { machine } = this;
    const network = this.#network;
    const target = network.machineNamed(name);
    if (target === undefined) {
      network.knock(machine, undefined, () => outcome.failed("there is no such machine"));
      return;
    }
    const nonce: Bytes = this.#entropy.bytes(NONCE_BYTES);
    const { life } = machine;
    network.knock(machine, target, () => {
      // The dialer is gone: nobody is there to hear the answer.
      if (machine.life !== life) return;
      const answer = network.listenerOf(name)?.accept({ from: addressOf(machine.name), machine, nonce });
      if (answer === undefined) {
        network.knock(target, machine, () => outcome.failed("nobody listens there, or takes no more connections"));
        return;
      }
      const near = new SimulatedConnection("outbound", address, this.#parts());
      const [out, back] = network.join(near, answer.end);
      near.connect(out, sha256Of(BINDING_TAG, nonce, answer.nonce));
      answer.open(back);
      network.knock(target, machine, () => {
        if (machine.life !== life) return;
        this.#connections.add(near);
        outcome.made(near);
      });
    });
  }

  #parts(): ConnectionParts {
    assert(this.#channels !== undefined, "channels are configured before connections are made");
    return {
      network: this.#network,
      machine: this.machine,
      channels: this.#channels,
      options: this.#options,
      onEnded: (connection) => {
        if (this.#connections.delete(connection) && connection.direction === "inbound") this.#inbound--;
      },
    };
  }
}

export const simulatedTransport = definePlugin({
  id: "transport-simulated",
  version: PORTS_VERSION,
  ports: `^${PORTS_VERSION}`,
  description: "Connections over the simulated network",
  provides: [TRANSPORT],
  requires: [SIMULATED_MACHINE, ENTROPY],
  config: Config,
  plugin: SimulatedTransport,
});
