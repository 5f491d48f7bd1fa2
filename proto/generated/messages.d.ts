// Generated from proto/*.proto by `npm run proto`. Do not edit.
import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace chainwright. */
export namespace chainwright {

    /**
     * Properties of a Transaction.
     * @deprecated Use chainwright.Transaction.$Properties instead.
     */
    interface ITransaction extends chainwright.Transaction.$Properties {
    }

    /** Represents a Transaction. */
    class Transaction {

        /**
         * Constructs a new Transaction.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.Transaction.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Transaction body. */
        body: Uint8Array;

        /** Transaction authorizations. */
        authorizations: chainwright.Authorization.$Properties[];

        /**
         * Creates a new Transaction instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Transaction instance
         */
        static create(properties: chainwright.Transaction.$Shape): chainwright.Transaction & chainwright.Transaction.$Shape;
        static create(properties?: chainwright.Transaction.$Properties): chainwright.Transaction;

        /**
         * Encodes the specified Transaction message. Does not implicitly {@link chainwright.Transaction.verify|verify} messages.
         * @param message Transaction message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.Transaction.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Transaction message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.Transaction & chainwright.Transaction.$Shape} Transaction
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.Transaction & chainwright.Transaction.$Shape;
    }

    namespace Transaction {

        /** Properties of a Transaction. */
        interface $Properties {

            /** Transaction body */
            body?: (Uint8Array|null);

            /** Transaction authorizations */
            authorizations?: (chainwright.Authorization.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Transaction. */
        type $Shape = chainwright.Transaction.$Properties;
    }

    /**
     * Properties of an Authorization.
     * @deprecated Use chainwright.Authorization.$Properties instead.
     */
    interface IAuthorization extends chainwright.Authorization.$Properties {
    }

    /** Represents an Authorization. */
    class Authorization {

        /**
         * Constructs a new Authorization.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.Authorization.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Authorization publicKey. */
        publicKey: Uint8Array;

        /** Authorization signature. */
        signature: Uint8Array;

        /**
         * Creates a new Authorization instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Authorization instance
         */
        static create(properties: chainwright.Authorization.$Shape): chainwright.Authorization & chainwright.Authorization.$Shape;
        static create(properties?: chainwright.Authorization.$Properties): chainwright.Authorization;

        /**
         * Encodes the specified Authorization message. Does not implicitly {@link chainwright.Authorization.verify|verify} messages.
         * @param message Authorization message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.Authorization.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Authorization message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.Authorization & chainwright.Authorization.$Shape} Authorization
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.Authorization & chainwright.Authorization.$Shape;
    }

    namespace Authorization {

        /** Properties of an Authorization. */
        interface $Properties {

            /** Authorization publicKey */
            publicKey?: (Uint8Array|null);

            /** Authorization signature */
            signature?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Authorization. */
        type $Shape = chainwright.Authorization.$Properties;
    }

    /**
     * Properties of a Header.
     * @deprecated Use chainwright.Header.$Properties instead.
     */
    interface IHeader extends chainwright.Header.$Properties {
    }

    /** Represents a Header. */
    class Header {

        /**
         * Constructs a new Header.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.Header.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Header chainId. */
        chainId: string;

        /** Header height. */
        height: Long;

        /** Header parent. */
        parent: Uint8Array;

        /** Header timestampMs. */
        timestampMs: Long;

        /** Header transactionsRoot. */
        transactionsRoot: Uint8Array;

        /** Header receiptsRoot. */
        receiptsRoot: Uint8Array;

        /** Header stateRoot. */
        stateRoot: Uint8Array;

        /** Header payloadRoot. */
        payloadRoot: Uint8Array;

        /** Header proposer. */
        proposer: Uint8Array;

        /** Header extra. */
        extra: Uint8Array;

        /** Header seal. */
        seal: Uint8Array;

        /**
         * Creates a new Header instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Header instance
         */
        static create(properties: chainwright.Header.$Shape): chainwright.Header & chainwright.Header.$Shape;
        static create(properties?: chainwright.Header.$Properties): chainwright.Header;

        /**
         * Encodes the specified Header message. Does not implicitly {@link chainwright.Header.verify|verify} messages.
         * @param message Header message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.Header.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Header message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.Header & chainwright.Header.$Shape} Header
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.Header & chainwright.Header.$Shape;
    }

    namespace Header {

        /** Properties of a Header. */
        interface $Properties {

            /** Header chainId */
            chainId?: (string|null);

            /** Header height */
            height?: (Long|null);

            /** Header parent */
            parent?: (Uint8Array|null);

            /** Header timestampMs */
            timestampMs?: (Long|null);

            /** Header transactionsRoot */
            transactionsRoot?: (Uint8Array|null);

            /** Header receiptsRoot */
            receiptsRoot?: (Uint8Array|null);

            /** Header stateRoot */
            stateRoot?: (Uint8Array|null);

            /** Header payloadRoot */
            payloadRoot?: (Uint8Array|null);

            /** Header proposer */
            proposer?: (Uint8Array|null);

            /** Header extra */
            extra?: (Uint8Array|null);

            /** Header seal */
            seal?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Header. */
        type $Shape = chainwright.Header.$Properties;
    }

    /**
     * Properties of a Block.
     * @deprecated Use chainwright.Block.$Properties instead.
     */
    interface IBlock extends chainwright.Block.$Properties {
    }

    /** Represents a Block. */
    class Block {

        /**
         * Constructs a new Block.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.Block.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Block header. */
        header?: (chainwright.Header.$Properties|null);

        /** Block transactions. */
        transactions: Uint8Array[];

        /** Block payload. */
        payload: Uint8Array;

        /**
         * Creates a new Block instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Block instance
         */
        static create(properties: chainwright.Block.$Shape): chainwright.Block & chainwright.Block.$Shape;
        static create(properties?: chainwright.Block.$Properties): chainwright.Block;

        /**
         * Encodes the specified Block message. Does not implicitly {@link chainwright.Block.verify|verify} messages.
         * @param message Block message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.Block.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Block message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.Block & chainwright.Block.$Shape} Block
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.Block & chainwright.Block.$Shape;
    }

    namespace Block {

        /** Properties of a Block. */
        interface $Properties {

            /** Block header */
            header?: (chainwright.Header.$Properties|null);

            /** Block transactions */
            transactions?: (Uint8Array[]|null);

            /** Block payload */
            payload?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Block. */
        type $Shape = chainwright.Block.$Properties;
    }

    /**
     * Properties of a Receipt.
     * @deprecated Use chainwright.Receipt.$Properties instead.
     */
    interface IReceipt extends chainwright.Receipt.$Properties {
    }

    /** Represents a Receipt. */
    class Receipt {

        /**
         * Constructs a new Receipt.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.Receipt.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Receipt transactionId. */
        transactionId: Uint8Array;

        /** Receipt ok. */
        ok: boolean;

        /** Receipt code. */
        code: string;

        /** Receipt feePaid. */
        feePaid: Long;

        /** Receipt weight. */
        weight: Long;

        /** Receipt events. */
        events: chainwright.LedgerEvent.$Properties[];

        /**
         * Creates a new Receipt instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Receipt instance
         */
        static create(properties: chainwright.Receipt.$Shape): chainwright.Receipt & chainwright.Receipt.$Shape;
        static create(properties?: chainwright.Receipt.$Properties): chainwright.Receipt;

        /**
         * Encodes the specified Receipt message. Does not implicitly {@link chainwright.Receipt.verify|verify} messages.
         * @param message Receipt message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.Receipt.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Receipt message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.Receipt & chainwright.Receipt.$Shape} Receipt
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.Receipt & chainwright.Receipt.$Shape;
    }

    namespace Receipt {

        /** Properties of a Receipt. */
        interface $Properties {

            /** Receipt transactionId */
            transactionId?: (Uint8Array|null);

            /** Receipt ok */
            ok?: (boolean|null);

            /** Receipt code */
            code?: (string|null);

            /** Receipt feePaid */
            feePaid?: (Long|null);

            /** Receipt weight */
            weight?: (Long|null);

            /** Receipt events */
            events?: (chainwright.LedgerEvent.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Receipt. */
        type $Shape = chainwright.Receipt.$Properties;
    }

    /**
     * Properties of a LedgerEvent.
     * @deprecated Use chainwright.LedgerEvent.$Properties instead.
     */
    interface ILedgerEvent extends chainwright.LedgerEvent.$Properties {
    }

    /** Represents a LedgerEvent. */
    class LedgerEvent {

        /**
         * Constructs a new LedgerEvent.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.LedgerEvent.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LedgerEvent type. */
        type: string;

        /** LedgerEvent attributes. */
        attributes: chainwright.EventAttribute.$Properties[];

        /**
         * Creates a new LedgerEvent instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LedgerEvent instance
         */
        static create(properties: chainwright.LedgerEvent.$Shape): chainwright.LedgerEvent & chainwright.LedgerEvent.$Shape;
        static create(properties?: chainwright.LedgerEvent.$Properties): chainwright.LedgerEvent;

        /**
         * Encodes the specified LedgerEvent message. Does not implicitly {@link chainwright.LedgerEvent.verify|verify} messages.
         * @param message LedgerEvent message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.LedgerEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LedgerEvent message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.LedgerEvent & chainwright.LedgerEvent.$Shape} LedgerEvent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.LedgerEvent & chainwright.LedgerEvent.$Shape;
    }

    namespace LedgerEvent {

        /** Properties of a LedgerEvent. */
        interface $Properties {

            /** LedgerEvent type */
            type?: (string|null);

            /** LedgerEvent attributes */
            attributes?: (chainwright.EventAttribute.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LedgerEvent. */
        type $Shape = chainwright.LedgerEvent.$Properties;
    }

    /**
     * Properties of an EventAttribute.
     * @deprecated Use chainwright.EventAttribute.$Properties instead.
     */
    interface IEventAttribute extends chainwright.EventAttribute.$Properties {
    }

    /** Represents an EventAttribute. */
    class EventAttribute {

        /**
         * Constructs a new EventAttribute.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.EventAttribute.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** EventAttribute key. */
        key: string;

        /** EventAttribute value. */
        value: string;

        /**
         * Creates a new EventAttribute instance using the specified properties.
         * @param [properties] Properties to set
         * @returns EventAttribute instance
         */
        static create(properties: chainwright.EventAttribute.$Shape): chainwright.EventAttribute & chainwright.EventAttribute.$Shape;
        static create(properties?: chainwright.EventAttribute.$Properties): chainwright.EventAttribute;

        /**
         * Encodes the specified EventAttribute message. Does not implicitly {@link chainwright.EventAttribute.verify|verify} messages.
         * @param message EventAttribute message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.EventAttribute.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an EventAttribute message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.EventAttribute & chainwright.EventAttribute.$Shape} EventAttribute
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.EventAttribute & chainwright.EventAttribute.$Shape;
    }

    namespace EventAttribute {

        /** Properties of an EventAttribute. */
        interface $Properties {

            /** EventAttribute key */
            key?: (string|null);

            /** EventAttribute value */
            value?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an EventAttribute. */
        type $Shape = chainwright.EventAttribute.$Properties;
    }

    /**
     * Properties of a Receipts.
     * @deprecated Use chainwright.Receipts.$Properties instead.
     */
    interface IReceipts extends chainwright.Receipts.$Properties {
    }

    /** Represents a Receipts. */
    class Receipts {

        /**
         * Constructs a new Receipts.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.Receipts.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Receipts receipts. */
        receipts: chainwright.Receipt.$Properties[];

        /**
         * Creates a new Receipts instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Receipts instance
         */
        static create(properties: chainwright.Receipts.$Shape): chainwright.Receipts & chainwright.Receipts.$Shape;
        static create(properties?: chainwright.Receipts.$Properties): chainwright.Receipts;

        /**
         * Encodes the specified Receipts message. Does not implicitly {@link chainwright.Receipts.verify|verify} messages.
         * @param message Receipts message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.Receipts.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Receipts message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.Receipts & chainwright.Receipts.$Shape} Receipts
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.Receipts & chainwright.Receipts.$Shape;
    }

    namespace Receipts {

        /** Properties of a Receipts. */
        interface $Properties {

            /** Receipts receipts */
            receipts?: (chainwright.Receipt.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Receipts. */
        type $Shape = chainwright.Receipts.$Properties;
    }

    /**
     * Properties of an AccountTransaction.
     * @deprecated Use chainwright.AccountTransaction.$Properties instead.
     */
    interface IAccountTransaction extends chainwright.AccountTransaction.$Properties {
    }

    /** Represents an AccountTransaction. */
    class AccountTransaction {

        /**
         * Constructs a new AccountTransaction.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.AccountTransaction.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AccountTransaction chainTag. */
        chainTag: Uint8Array;

        /** AccountTransaction sender. */
        sender: Uint8Array;

        /** AccountTransaction nonce. */
        nonce: Long;

        /** AccountTransaction fee. */
        fee: Long;

        /** AccountTransaction validFrom. */
        validFrom: Long;

        /** AccountTransaction validUntil. */
        validUntil: Long;

        /** AccountTransaction memo. */
        memo: string;

        /** AccountTransaction module. */
        module: number;

        /** AccountTransaction operation. */
        operation: Uint8Array;

        /**
         * Creates a new AccountTransaction instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AccountTransaction instance
         */
        static create(properties: chainwright.AccountTransaction.$Shape): chainwright.AccountTransaction & chainwright.AccountTransaction.$Shape;
        static create(properties?: chainwright.AccountTransaction.$Properties): chainwright.AccountTransaction;

        /**
         * Encodes the specified AccountTransaction message. Does not implicitly {@link chainwright.AccountTransaction.verify|verify} messages.
         * @param message AccountTransaction message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.AccountTransaction.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AccountTransaction message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.AccountTransaction & chainwright.AccountTransaction.$Shape} AccountTransaction
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.AccountTransaction & chainwright.AccountTransaction.$Shape;
    }

    namespace AccountTransaction {

        /** Properties of an AccountTransaction. */
        interface $Properties {

            /** AccountTransaction chainTag */
            chainTag?: (Uint8Array|null);

            /** AccountTransaction sender */
            sender?: (Uint8Array|null);

            /** AccountTransaction nonce */
            nonce?: (Long|null);

            /** AccountTransaction fee */
            fee?: (Long|null);

            /** AccountTransaction validFrom */
            validFrom?: (Long|null);

            /** AccountTransaction validUntil */
            validUntil?: (Long|null);

            /** AccountTransaction memo */
            memo?: (string|null);

            /** AccountTransaction module */
            module?: (number|null);

            /** AccountTransaction operation */
            operation?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AccountTransaction. */
        type $Shape = chainwright.AccountTransaction.$Properties;
    }

    /**
     * Properties of a BankTransfer.
     * @deprecated Use chainwright.BankTransfer.$Properties instead.
     */
    interface IBankTransfer extends chainwright.BankTransfer.$Properties {
    }

    /** Represents a BankTransfer. */
    class BankTransfer {

        /**
         * Constructs a new BankTransfer.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.BankTransfer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** BankTransfer to. */
        to: Uint8Array;

        /** BankTransfer amount. */
        amount: Long;

        /**
         * Creates a new BankTransfer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns BankTransfer instance
         */
        static create(properties: chainwright.BankTransfer.$Shape): chainwright.BankTransfer & chainwright.BankTransfer.$Shape;
        static create(properties?: chainwright.BankTransfer.$Properties): chainwright.BankTransfer;

        /**
         * Encodes the specified BankTransfer message. Does not implicitly {@link chainwright.BankTransfer.verify|verify} messages.
         * @param message BankTransfer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.BankTransfer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a BankTransfer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.BankTransfer & chainwright.BankTransfer.$Shape} BankTransfer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.BankTransfer & chainwright.BankTransfer.$Shape;
    }

    namespace BankTransfer {

        /** Properties of a BankTransfer. */
        interface $Properties {

            /** BankTransfer to */
            to?: (Uint8Array|null);

            /** BankTransfer amount */
            amount?: (Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a BankTransfer. */
        type $Shape = chainwright.BankTransfer.$Properties;
    }
}
