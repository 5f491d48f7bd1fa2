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

    /**
     * Properties of a ValidatorOperation.
     * @deprecated Use chainwright.ValidatorOperation.$Properties instead.
     */
    interface IValidatorOperation extends chainwright.ValidatorOperation.$Properties {
    }

    /** Represents a ValidatorOperation. */
    class ValidatorOperation {

        /**
         * Constructs a new ValidatorOperation.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.ValidatorOperation.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ValidatorOperation deposit. */
        deposit?: (chainwright.ValidatorDeposit.$Properties|null);

        /** ValidatorOperation topUp. */
        topUp?: (chainwright.ValidatorTopUp.$Properties|null);

        /** ValidatorOperation exit. */
        exit?: (chainwright.ValidatorExit.$Properties|null);

        /**
         * Creates a new ValidatorOperation instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ValidatorOperation instance
         */
        static create(properties: chainwright.ValidatorOperation.$Shape): chainwright.ValidatorOperation & chainwright.ValidatorOperation.$Shape;
        static create(properties?: chainwright.ValidatorOperation.$Properties): chainwright.ValidatorOperation;

        /**
         * Encodes the specified ValidatorOperation message. Does not implicitly {@link chainwright.ValidatorOperation.verify|verify} messages.
         * @param message ValidatorOperation message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.ValidatorOperation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ValidatorOperation message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.ValidatorOperation & chainwright.ValidatorOperation.$Shape} ValidatorOperation
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.ValidatorOperation & chainwright.ValidatorOperation.$Shape;
    }

    namespace ValidatorOperation {

        /** Properties of a ValidatorOperation. */
        interface $Properties {

            /** ValidatorOperation deposit */
            deposit?: (chainwright.ValidatorDeposit.$Properties|null);

            /** ValidatorOperation topUp */
            topUp?: (chainwright.ValidatorTopUp.$Properties|null);

            /** ValidatorOperation exit */
            exit?: (chainwright.ValidatorExit.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ValidatorOperation. */
        type $Shape = chainwright.ValidatorOperation.$Properties;
    }

    /**
     * Properties of a ValidatorDeposit.
     * @deprecated Use chainwright.ValidatorDeposit.$Properties instead.
     */
    interface IValidatorDeposit extends chainwright.ValidatorDeposit.$Properties {
    }

    /** Represents a ValidatorDeposit. */
    class ValidatorDeposit {

        /**
         * Constructs a new ValidatorDeposit.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.ValidatorDeposit.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ValidatorDeposit publicKey. */
        publicKey: Uint8Array;

        /** ValidatorDeposit proofOfPossession. */
        proofOfPossession: Uint8Array;

        /** ValidatorDeposit account. */
        account: Uint8Array;

        /** ValidatorDeposit amount. */
        amount: Long;

        /**
         * Creates a new ValidatorDeposit instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ValidatorDeposit instance
         */
        static create(properties: chainwright.ValidatorDeposit.$Shape): chainwright.ValidatorDeposit & chainwright.ValidatorDeposit.$Shape;
        static create(properties?: chainwright.ValidatorDeposit.$Properties): chainwright.ValidatorDeposit;

        /**
         * Encodes the specified ValidatorDeposit message. Does not implicitly {@link chainwright.ValidatorDeposit.verify|verify} messages.
         * @param message ValidatorDeposit message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.ValidatorDeposit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ValidatorDeposit message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.ValidatorDeposit & chainwright.ValidatorDeposit.$Shape} ValidatorDeposit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.ValidatorDeposit & chainwright.ValidatorDeposit.$Shape;
    }

    namespace ValidatorDeposit {

        /** Properties of a ValidatorDeposit. */
        interface $Properties {

            /** ValidatorDeposit publicKey */
            publicKey?: (Uint8Array|null);

            /** ValidatorDeposit proofOfPossession */
            proofOfPossession?: (Uint8Array|null);

            /** ValidatorDeposit account */
            account?: (Uint8Array|null);

            /** ValidatorDeposit amount */
            amount?: (Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ValidatorDeposit. */
        type $Shape = chainwright.ValidatorDeposit.$Properties;
    }

    /**
     * Properties of a ValidatorTopUp.
     * @deprecated Use chainwright.ValidatorTopUp.$Properties instead.
     */
    interface IValidatorTopUp extends chainwright.ValidatorTopUp.$Properties {
    }

    /** Represents a ValidatorTopUp. */
    class ValidatorTopUp {

        /**
         * Constructs a new ValidatorTopUp.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.ValidatorTopUp.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ValidatorTopUp publicKey. */
        publicKey: Uint8Array;

        /** ValidatorTopUp amount. */
        amount: Long;

        /**
         * Creates a new ValidatorTopUp instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ValidatorTopUp instance
         */
        static create(properties: chainwright.ValidatorTopUp.$Shape): chainwright.ValidatorTopUp & chainwright.ValidatorTopUp.$Shape;
        static create(properties?: chainwright.ValidatorTopUp.$Properties): chainwright.ValidatorTopUp;

        /**
         * Encodes the specified ValidatorTopUp message. Does not implicitly {@link chainwright.ValidatorTopUp.verify|verify} messages.
         * @param message ValidatorTopUp message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.ValidatorTopUp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ValidatorTopUp message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.ValidatorTopUp & chainwright.ValidatorTopUp.$Shape} ValidatorTopUp
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.ValidatorTopUp & chainwright.ValidatorTopUp.$Shape;
    }

    namespace ValidatorTopUp {

        /** Properties of a ValidatorTopUp. */
        interface $Properties {

            /** ValidatorTopUp publicKey */
            publicKey?: (Uint8Array|null);

            /** ValidatorTopUp amount */
            amount?: (Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ValidatorTopUp. */
        type $Shape = chainwright.ValidatorTopUp.$Properties;
    }

    /**
     * Properties of a ValidatorExit.
     * @deprecated Use chainwright.ValidatorExit.$Properties instead.
     */
    interface IValidatorExit extends chainwright.ValidatorExit.$Properties {
    }

    /** Represents a ValidatorExit. */
    class ValidatorExit {

        /**
         * Constructs a new ValidatorExit.
         * @param [properties] Properties to set
         */
        constructor(properties?: chainwright.ValidatorExit.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ValidatorExit publicKey. */
        publicKey: Uint8Array;

        /**
         * Creates a new ValidatorExit instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ValidatorExit instance
         */
        static create(properties: chainwright.ValidatorExit.$Shape): chainwright.ValidatorExit & chainwright.ValidatorExit.$Shape;
        static create(properties?: chainwright.ValidatorExit.$Properties): chainwright.ValidatorExit;

        /**
         * Encodes the specified ValidatorExit message. Does not implicitly {@link chainwright.ValidatorExit.verify|verify} messages.
         * @param message ValidatorExit message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: chainwright.ValidatorExit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ValidatorExit message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {chainwright.ValidatorExit & chainwright.ValidatorExit.$Shape} ValidatorExit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.ValidatorExit & chainwright.ValidatorExit.$Shape;
    }

    namespace ValidatorExit {

        /** Properties of a ValidatorExit. */
        interface $Properties {

            /** ValidatorExit publicKey */
            publicKey?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ValidatorExit. */
        type $Shape = chainwright.ValidatorExit.$Properties;
    }

    /** Namespace gasper. */
    namespace gasper {

        /**
         * Properties of a Checkpoint.
         * @deprecated Use chainwright.gasper.Checkpoint.$Properties instead.
         */
        interface ICheckpoint extends chainwright.gasper.Checkpoint.$Properties {
        }

        /** Represents a Checkpoint. */
        class Checkpoint {

            /**
             * Constructs a new Checkpoint.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.Checkpoint.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Checkpoint epoch. */
            epoch: Long;

            /** Checkpoint root. */
            root: Uint8Array;

            /**
             * Creates a new Checkpoint instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Checkpoint instance
             */
            static create(properties: chainwright.gasper.Checkpoint.$Shape): chainwright.gasper.Checkpoint & chainwright.gasper.Checkpoint.$Shape;
            static create(properties?: chainwright.gasper.Checkpoint.$Properties): chainwright.gasper.Checkpoint;

            /**
             * Encodes the specified Checkpoint message. Does not implicitly {@link chainwright.gasper.Checkpoint.verify|verify} messages.
             * @param message Checkpoint message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.Checkpoint.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Checkpoint message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.Checkpoint & chainwright.gasper.Checkpoint.$Shape} Checkpoint
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.Checkpoint & chainwright.gasper.Checkpoint.$Shape;
        }

        namespace Checkpoint {

            /** Properties of a Checkpoint. */
            interface $Properties {

                /** Checkpoint epoch */
                epoch?: (Long|null);

                /** Checkpoint root */
                root?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Checkpoint. */
            type $Shape = chainwright.gasper.Checkpoint.$Properties;
        }

        /**
         * Properties of an AttestationData.
         * @deprecated Use chainwright.gasper.AttestationData.$Properties instead.
         */
        interface IAttestationData extends chainwright.gasper.AttestationData.$Properties {
        }

        /** Represents an AttestationData. */
        class AttestationData {

            /**
             * Constructs a new AttestationData.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.AttestationData.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AttestationData slot. */
            slot: Long;

            /** AttestationData committeeIndex. */
            committeeIndex: number;

            /** AttestationData headRoot. */
            headRoot: Uint8Array;

            /** AttestationData source. */
            source?: (chainwright.gasper.Checkpoint.$Properties|null);

            /** AttestationData target. */
            target?: (chainwright.gasper.Checkpoint.$Properties|null);

            /**
             * Creates a new AttestationData instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AttestationData instance
             */
            static create(properties: chainwright.gasper.AttestationData.$Shape): chainwright.gasper.AttestationData & chainwright.gasper.AttestationData.$Shape;
            static create(properties?: chainwright.gasper.AttestationData.$Properties): chainwright.gasper.AttestationData;

            /**
             * Encodes the specified AttestationData message. Does not implicitly {@link chainwright.gasper.AttestationData.verify|verify} messages.
             * @param message AttestationData message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.AttestationData.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AttestationData message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.AttestationData & chainwright.gasper.AttestationData.$Shape} AttestationData
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.AttestationData & chainwright.gasper.AttestationData.$Shape;
        }

        namespace AttestationData {

            /** Properties of an AttestationData. */
            interface $Properties {

                /** AttestationData slot */
                slot?: (Long|null);

                /** AttestationData committeeIndex */
                committeeIndex?: (number|null);

                /** AttestationData headRoot */
                headRoot?: (Uint8Array|null);

                /** AttestationData source */
                source?: (chainwright.gasper.Checkpoint.$Properties|null);

                /** AttestationData target */
                target?: (chainwright.gasper.Checkpoint.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AttestationData. */
            type $Shape = chainwright.gasper.AttestationData.$Properties;
        }

        /**
         * Properties of an Attestation.
         * @deprecated Use chainwright.gasper.Attestation.$Properties instead.
         */
        interface IAttestation extends chainwright.gasper.Attestation.$Properties {
        }

        /** Represents an Attestation. */
        class Attestation {

            /**
             * Constructs a new Attestation.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.Attestation.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Attestation data. */
            data?: (chainwright.gasper.AttestationData.$Properties|null);

            /** Attestation bits. */
            bits: Uint8Array;

            /** Attestation signature. */
            signature: Uint8Array;

            /**
             * Creates a new Attestation instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Attestation instance
             */
            static create(properties: chainwright.gasper.Attestation.$Shape): chainwright.gasper.Attestation & chainwright.gasper.Attestation.$Shape;
            static create(properties?: chainwright.gasper.Attestation.$Properties): chainwright.gasper.Attestation;

            /**
             * Encodes the specified Attestation message. Does not implicitly {@link chainwright.gasper.Attestation.verify|verify} messages.
             * @param message Attestation message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.Attestation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Attestation message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.Attestation & chainwright.gasper.Attestation.$Shape} Attestation
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.Attestation & chainwright.gasper.Attestation.$Shape;
        }

        namespace Attestation {

            /** Properties of an Attestation. */
            interface $Properties {

                /** Attestation data */
                data?: (chainwright.gasper.AttestationData.$Properties|null);

                /** Attestation bits */
                bits?: (Uint8Array|null);

                /** Attestation signature */
                signature?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Attestation. */
            type $Shape = chainwright.gasper.Attestation.$Properties;
        }

        /**
         * Properties of an IndexedAttestation.
         * @deprecated Use chainwright.gasper.IndexedAttestation.$Properties instead.
         */
        interface IIndexedAttestation extends chainwright.gasper.IndexedAttestation.$Properties {
        }

        /** Represents an IndexedAttestation. */
        class IndexedAttestation {

            /**
             * Constructs a new IndexedAttestation.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.IndexedAttestation.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** IndexedAttestation data. */
            data?: (chainwright.gasper.AttestationData.$Properties|null);

            /** IndexedAttestation gaps. */
            gaps: number[];

            /** IndexedAttestation signature. */
            signature: Uint8Array;

            /**
             * Creates a new IndexedAttestation instance using the specified properties.
             * @param [properties] Properties to set
             * @returns IndexedAttestation instance
             */
            static create(properties: chainwright.gasper.IndexedAttestation.$Shape): chainwright.gasper.IndexedAttestation & chainwright.gasper.IndexedAttestation.$Shape;
            static create(properties?: chainwright.gasper.IndexedAttestation.$Properties): chainwright.gasper.IndexedAttestation;

            /**
             * Encodes the specified IndexedAttestation message. Does not implicitly {@link chainwright.gasper.IndexedAttestation.verify|verify} messages.
             * @param message IndexedAttestation message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.IndexedAttestation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an IndexedAttestation message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.IndexedAttestation & chainwright.gasper.IndexedAttestation.$Shape} IndexedAttestation
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.IndexedAttestation & chainwright.gasper.IndexedAttestation.$Shape;
        }

        namespace IndexedAttestation {

            /** Properties of an IndexedAttestation. */
            interface $Properties {

                /** IndexedAttestation data */
                data?: (chainwright.gasper.AttestationData.$Properties|null);

                /** IndexedAttestation gaps */
                gaps?: (number[]|null);

                /** IndexedAttestation signature */
                signature?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an IndexedAttestation. */
            type $Shape = chainwright.gasper.IndexedAttestation.$Properties;
        }

        /**
         * Properties of a ProposerSlashing.
         * @deprecated Use chainwright.gasper.ProposerSlashing.$Properties instead.
         */
        interface IProposerSlashing extends chainwright.gasper.ProposerSlashing.$Properties {
        }

        /** Represents a ProposerSlashing. */
        class ProposerSlashing {

            /**
             * Constructs a new ProposerSlashing.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.ProposerSlashing.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ProposerSlashing first. */
            first?: (chainwright.Header.$Properties|null);

            /** ProposerSlashing second. */
            second?: (chainwright.Header.$Properties|null);

            /**
             * Creates a new ProposerSlashing instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ProposerSlashing instance
             */
            static create(properties: chainwright.gasper.ProposerSlashing.$Shape): chainwright.gasper.ProposerSlashing & chainwright.gasper.ProposerSlashing.$Shape;
            static create(properties?: chainwright.gasper.ProposerSlashing.$Properties): chainwright.gasper.ProposerSlashing;

            /**
             * Encodes the specified ProposerSlashing message. Does not implicitly {@link chainwright.gasper.ProposerSlashing.verify|verify} messages.
             * @param message ProposerSlashing message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.ProposerSlashing.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ProposerSlashing message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.ProposerSlashing & chainwright.gasper.ProposerSlashing.$Shape} ProposerSlashing
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.ProposerSlashing & chainwright.gasper.ProposerSlashing.$Shape;
        }

        namespace ProposerSlashing {

            /** Properties of a ProposerSlashing. */
            interface $Properties {

                /** ProposerSlashing first */
                first?: (chainwright.Header.$Properties|null);

                /** ProposerSlashing second */
                second?: (chainwright.Header.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ProposerSlashing. */
            type $Shape = chainwright.gasper.ProposerSlashing.$Properties;
        }

        /**
         * Properties of an AttesterSlashing.
         * @deprecated Use chainwright.gasper.AttesterSlashing.$Properties instead.
         */
        interface IAttesterSlashing extends chainwright.gasper.AttesterSlashing.$Properties {
        }

        /** Represents an AttesterSlashing. */
        class AttesterSlashing {

            /**
             * Constructs a new AttesterSlashing.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.AttesterSlashing.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AttesterSlashing first. */
            first?: (chainwright.gasper.IndexedAttestation.$Properties|null);

            /** AttesterSlashing second. */
            second?: (chainwright.gasper.IndexedAttestation.$Properties|null);

            /**
             * Creates a new AttesterSlashing instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AttesterSlashing instance
             */
            static create(properties: chainwright.gasper.AttesterSlashing.$Shape): chainwright.gasper.AttesterSlashing & chainwright.gasper.AttesterSlashing.$Shape;
            static create(properties?: chainwright.gasper.AttesterSlashing.$Properties): chainwright.gasper.AttesterSlashing;

            /**
             * Encodes the specified AttesterSlashing message. Does not implicitly {@link chainwright.gasper.AttesterSlashing.verify|verify} messages.
             * @param message AttesterSlashing message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.AttesterSlashing.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AttesterSlashing message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.AttesterSlashing & chainwright.gasper.AttesterSlashing.$Shape} AttesterSlashing
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.AttesterSlashing & chainwright.gasper.AttesterSlashing.$Shape;
        }

        namespace AttesterSlashing {

            /** Properties of an AttesterSlashing. */
            interface $Properties {

                /** AttesterSlashing first */
                first?: (chainwright.gasper.IndexedAttestation.$Properties|null);

                /** AttesterSlashing second */
                second?: (chainwright.gasper.IndexedAttestation.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AttesterSlashing. */
            type $Shape = chainwright.gasper.AttesterSlashing.$Properties;
        }

        /**
         * Properties of a GasperPayload.
         * @deprecated Use chainwright.gasper.GasperPayload.$Properties instead.
         */
        interface IGasperPayload extends chainwright.gasper.GasperPayload.$Properties {
        }

        /** Represents a GasperPayload. */
        class GasperPayload {

            /**
             * Constructs a new GasperPayload.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.GasperPayload.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GasperPayload attestations. */
            attestations: chainwright.gasper.Attestation.$Properties[];

            /** GasperPayload proposerSlashings. */
            proposerSlashings: chainwright.gasper.ProposerSlashing.$Properties[];

            /** GasperPayload attesterSlashings. */
            attesterSlashings: chainwright.gasper.AttesterSlashing.$Properties[];

            /**
             * Creates a new GasperPayload instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GasperPayload instance
             */
            static create(properties: chainwright.gasper.GasperPayload.$Shape): chainwright.gasper.GasperPayload & chainwright.gasper.GasperPayload.$Shape;
            static create(properties?: chainwright.gasper.GasperPayload.$Properties): chainwright.gasper.GasperPayload;

            /**
             * Encodes the specified GasperPayload message. Does not implicitly {@link chainwright.gasper.GasperPayload.verify|verify} messages.
             * @param message GasperPayload message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.GasperPayload.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GasperPayload message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.GasperPayload & chainwright.gasper.GasperPayload.$Shape} GasperPayload
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.GasperPayload & chainwright.gasper.GasperPayload.$Shape;
        }

        namespace GasperPayload {

            /** Properties of a GasperPayload. */
            interface $Properties {

                /** GasperPayload attestations */
                attestations?: (chainwright.gasper.Attestation.$Properties[]|null);

                /** GasperPayload proposerSlashings */
                proposerSlashings?: (chainwright.gasper.ProposerSlashing.$Properties[]|null);

                /** GasperPayload attesterSlashings */
                attesterSlashings?: (chainwright.gasper.AttesterSlashing.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GasperPayload. */
            type $Shape = chainwright.gasper.GasperPayload.$Properties;
        }

        /**
         * Properties of an AggregateAndProof.
         * @deprecated Use chainwright.gasper.AggregateAndProof.$Properties instead.
         */
        interface IAggregateAndProof extends chainwright.gasper.AggregateAndProof.$Properties {
        }

        /** Represents an AggregateAndProof. */
        class AggregateAndProof {

            /**
             * Constructs a new AggregateAndProof.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.AggregateAndProof.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AggregateAndProof aggregatorIndex. */
            aggregatorIndex: number;

            /** AggregateAndProof aggregate. */
            aggregate?: (chainwright.gasper.Attestation.$Properties|null);

            /** AggregateAndProof selectionProof. */
            selectionProof: Uint8Array;

            /** AggregateAndProof signature. */
            signature: Uint8Array;

            /**
             * Creates a new AggregateAndProof instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AggregateAndProof instance
             */
            static create(properties: chainwright.gasper.AggregateAndProof.$Shape): chainwright.gasper.AggregateAndProof & chainwright.gasper.AggregateAndProof.$Shape;
            static create(properties?: chainwright.gasper.AggregateAndProof.$Properties): chainwright.gasper.AggregateAndProof;

            /**
             * Encodes the specified AggregateAndProof message. Does not implicitly {@link chainwright.gasper.AggregateAndProof.verify|verify} messages.
             * @param message AggregateAndProof message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.AggregateAndProof.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AggregateAndProof message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.AggregateAndProof & chainwright.gasper.AggregateAndProof.$Shape} AggregateAndProof
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.AggregateAndProof & chainwright.gasper.AggregateAndProof.$Shape;
        }

        namespace AggregateAndProof {

            /** Properties of an AggregateAndProof. */
            interface $Properties {

                /** AggregateAndProof aggregatorIndex */
                aggregatorIndex?: (number|null);

                /** AggregateAndProof aggregate */
                aggregate?: (chainwright.gasper.Attestation.$Properties|null);

                /** AggregateAndProof selectionProof */
                selectionProof?: (Uint8Array|null);

                /** AggregateAndProof signature */
                signature?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AggregateAndProof. */
            type $Shape = chainwright.gasper.AggregateAndProof.$Properties;
        }

        /**
         * Properties of a FinalityVotes.
         * @deprecated Use chainwright.gasper.FinalityVotes.$Properties instead.
         */
        interface IFinalityVotes extends chainwright.gasper.FinalityVotes.$Properties {
        }

        /** Represents a FinalityVotes. */
        class FinalityVotes {

            /**
             * Constructs a new FinalityVotes.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.FinalityVotes.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** FinalityVotes source. */
            source?: (chainwright.gasper.Checkpoint.$Properties|null);

            /** FinalityVotes target. */
            target?: (chainwright.gasper.Checkpoint.$Properties|null);

            /** FinalityVotes groups. */
            groups: chainwright.gasper.VoteGroup.$Properties[];

            /** FinalityVotes signature. */
            signature: Uint8Array;

            /**
             * Creates a new FinalityVotes instance using the specified properties.
             * @param [properties] Properties to set
             * @returns FinalityVotes instance
             */
            static create(properties: chainwright.gasper.FinalityVotes.$Shape): chainwright.gasper.FinalityVotes & chainwright.gasper.FinalityVotes.$Shape;
            static create(properties?: chainwright.gasper.FinalityVotes.$Properties): chainwright.gasper.FinalityVotes;

            /**
             * Encodes the specified FinalityVotes message. Does not implicitly {@link chainwright.gasper.FinalityVotes.verify|verify} messages.
             * @param message FinalityVotes message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.FinalityVotes.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a FinalityVotes message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.FinalityVotes & chainwright.gasper.FinalityVotes.$Shape} FinalityVotes
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.FinalityVotes & chainwright.gasper.FinalityVotes.$Shape;
        }

        namespace FinalityVotes {

            /** Properties of a FinalityVotes. */
            interface $Properties {

                /** FinalityVotes source */
                source?: (chainwright.gasper.Checkpoint.$Properties|null);

                /** FinalityVotes target */
                target?: (chainwright.gasper.Checkpoint.$Properties|null);

                /** FinalityVotes groups */
                groups?: (chainwright.gasper.VoteGroup.$Properties[]|null);

                /** FinalityVotes signature */
                signature?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a FinalityVotes. */
            type $Shape = chainwright.gasper.FinalityVotes.$Properties;
        }

        /**
         * Properties of a VoteGroup.
         * @deprecated Use chainwright.gasper.VoteGroup.$Properties instead.
         */
        interface IVoteGroup extends chainwright.gasper.VoteGroup.$Properties {
        }

        /** Represents a VoteGroup. */
        class VoteGroup {

            /**
             * Constructs a new VoteGroup.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.VoteGroup.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** VoteGroup slot. */
            slot: Long;

            /** VoteGroup committeeIndex. */
            committeeIndex: number;

            /** VoteGroup headRoot. */
            headRoot: Uint8Array;

            /** VoteGroup gaps. */
            gaps: number[];

            /**
             * Creates a new VoteGroup instance using the specified properties.
             * @param [properties] Properties to set
             * @returns VoteGroup instance
             */
            static create(properties: chainwright.gasper.VoteGroup.$Shape): chainwright.gasper.VoteGroup & chainwright.gasper.VoteGroup.$Shape;
            static create(properties?: chainwright.gasper.VoteGroup.$Properties): chainwright.gasper.VoteGroup;

            /**
             * Encodes the specified VoteGroup message. Does not implicitly {@link chainwright.gasper.VoteGroup.verify|verify} messages.
             * @param message VoteGroup message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.VoteGroup.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a VoteGroup message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.VoteGroup & chainwright.gasper.VoteGroup.$Shape} VoteGroup
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.VoteGroup & chainwright.gasper.VoteGroup.$Shape;
        }

        namespace VoteGroup {

            /** Properties of a VoteGroup. */
            interface $Properties {

                /** VoteGroup slot */
                slot?: (Long|null);

                /** VoteGroup committeeIndex */
                committeeIndex?: (number|null);

                /** VoteGroup headRoot */
                headRoot?: (Uint8Array|null);

                /** VoteGroup gaps */
                gaps?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a VoteGroup. */
            type $Shape = chainwright.gasper.VoteGroup.$Properties;
        }

        /**
         * Properties of a FinalityCertificate.
         * @deprecated Use chainwright.gasper.FinalityCertificate.$Properties instead.
         */
        interface IFinalityCertificate extends chainwright.gasper.FinalityCertificate.$Properties {
        }

        /** Represents a FinalityCertificate. */
        class FinalityCertificate {

            /**
             * Constructs a new FinalityCertificate.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.FinalityCertificate.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** FinalityCertificate header. */
            header?: (chainwright.Header.$Properties|null);

            /** FinalityCertificate votes. */
            votes?: (chainwright.gasper.FinalityVotes.$Properties|null);

            /** FinalityCertificate setProof. */
            setProof: Uint8Array;

            /**
             * Creates a new FinalityCertificate instance using the specified properties.
             * @param [properties] Properties to set
             * @returns FinalityCertificate instance
             */
            static create(properties: chainwright.gasper.FinalityCertificate.$Shape): chainwright.gasper.FinalityCertificate & chainwright.gasper.FinalityCertificate.$Shape;
            static create(properties?: chainwright.gasper.FinalityCertificate.$Properties): chainwright.gasper.FinalityCertificate;

            /**
             * Encodes the specified FinalityCertificate message. Does not implicitly {@link chainwright.gasper.FinalityCertificate.verify|verify} messages.
             * @param message FinalityCertificate message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.FinalityCertificate.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a FinalityCertificate message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.FinalityCertificate & chainwright.gasper.FinalityCertificate.$Shape} FinalityCertificate
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.FinalityCertificate & chainwright.gasper.FinalityCertificate.$Shape;
        }

        namespace FinalityCertificate {

            /** Properties of a FinalityCertificate. */
            interface $Properties {

                /** FinalityCertificate header */
                header?: (chainwright.Header.$Properties|null);

                /** FinalityCertificate votes */
                votes?: (chainwright.gasper.FinalityVotes.$Properties|null);

                /** FinalityCertificate setProof */
                setProof?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a FinalityCertificate. */
            type $Shape = chainwright.gasper.FinalityCertificate.$Properties;
        }

        /**
         * Properties of a SlotMessage.
         * @deprecated Use chainwright.gasper.SlotMessage.$Properties instead.
         */
        interface ISlotMessage extends chainwright.gasper.SlotMessage.$Properties {
        }

        /** Represents a SlotMessage. */
        class SlotMessage {

            /**
             * Constructs a new SlotMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.SlotMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SlotMessage slot. */
            slot: Long;

            /**
             * Creates a new SlotMessage instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SlotMessage instance
             */
            static create(properties: chainwright.gasper.SlotMessage.$Shape): chainwright.gasper.SlotMessage & chainwright.gasper.SlotMessage.$Shape;
            static create(properties?: chainwright.gasper.SlotMessage.$Properties): chainwright.gasper.SlotMessage;

            /**
             * Encodes the specified SlotMessage message. Does not implicitly {@link chainwright.gasper.SlotMessage.verify|verify} messages.
             * @param message SlotMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.SlotMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SlotMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.SlotMessage & chainwright.gasper.SlotMessage.$Shape} SlotMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.SlotMessage & chainwright.gasper.SlotMessage.$Shape;
        }

        namespace SlotMessage {

            /** Properties of a SlotMessage. */
            interface $Properties {

                /** SlotMessage slot */
                slot?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SlotMessage. */
            type $Shape = chainwright.gasper.SlotMessage.$Properties;
        }

        /**
         * Properties of an EpochMessage.
         * @deprecated Use chainwright.gasper.EpochMessage.$Properties instead.
         */
        interface IEpochMessage extends chainwright.gasper.EpochMessage.$Properties {
        }

        /** Represents an EpochMessage. */
        class EpochMessage {

            /**
             * Constructs a new EpochMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.gasper.EpochMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** EpochMessage epoch. */
            epoch: Long;

            /**
             * Creates a new EpochMessage instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EpochMessage instance
             */
            static create(properties: chainwright.gasper.EpochMessage.$Shape): chainwright.gasper.EpochMessage & chainwright.gasper.EpochMessage.$Shape;
            static create(properties?: chainwright.gasper.EpochMessage.$Properties): chainwright.gasper.EpochMessage;

            /**
             * Encodes the specified EpochMessage message. Does not implicitly {@link chainwright.gasper.EpochMessage.verify|verify} messages.
             * @param message EpochMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.gasper.EpochMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EpochMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.gasper.EpochMessage & chainwright.gasper.EpochMessage.$Shape} EpochMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.gasper.EpochMessage & chainwright.gasper.EpochMessage.$Shape;
        }

        namespace EpochMessage {

            /** Properties of an EpochMessage. */
            interface $Properties {

                /** EpochMessage epoch */
                epoch?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an EpochMessage. */
            type $Shape = chainwright.gasper.EpochMessage.$Properties;
        }
    }

    /** Namespace network. */
    namespace network {

        /**
         * Properties of a HandshakeEnvelope.
         * @deprecated Use chainwright.network.HandshakeEnvelope.$Properties instead.
         */
        interface IHandshakeEnvelope extends chainwright.network.HandshakeEnvelope.$Properties {
        }

        /** Represents a HandshakeEnvelope. */
        class HandshakeEnvelope {

            /**
             * Constructs a new HandshakeEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.HandshakeEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HandshakeEnvelope hello. */
            hello?: (chainwright.network.Hello.$Properties|null);

            /** HandshakeEnvelope message. */
            message?: "hello";

            /**
             * Creates a new HandshakeEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HandshakeEnvelope instance
             */
            static create(properties: chainwright.network.HandshakeEnvelope.$Shape): chainwright.network.HandshakeEnvelope & chainwright.network.HandshakeEnvelope.$Shape;
            static create(properties?: chainwright.network.HandshakeEnvelope.$Properties): chainwright.network.HandshakeEnvelope;

            /**
             * Encodes the specified HandshakeEnvelope message. Does not implicitly {@link chainwright.network.HandshakeEnvelope.verify|verify} messages.
             * @param message HandshakeEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.HandshakeEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HandshakeEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.HandshakeEnvelope & chainwright.network.HandshakeEnvelope.$Shape} HandshakeEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.HandshakeEnvelope & chainwright.network.HandshakeEnvelope.$Shape;
        }

        namespace HandshakeEnvelope {

            /** Properties of a HandshakeEnvelope. */
            interface $Properties {

                /** HandshakeEnvelope hello */
                hello?: (chainwright.network.Hello.$Properties|null);

                /** HandshakeEnvelope message */
                message?: "hello";

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a HandshakeEnvelope. */
            type $Shape = {
              hello?: chainwright.network.Hello.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; hello?: null }|{ message?: "hello"; hello: chainwright.network.Hello.$Shape })
            );
        }

        /**
         * Properties of a ControlEnvelope.
         * @deprecated Use chainwright.network.ControlEnvelope.$Properties instead.
         */
        interface IControlEnvelope extends chainwright.network.ControlEnvelope.$Properties {
        }

        /** Represents a ControlEnvelope. */
        class ControlEnvelope {

            /**
             * Constructs a new ControlEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.ControlEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ControlEnvelope ping. */
            ping?: (chainwright.network.Ping.$Properties|null);

            /** ControlEnvelope pong. */
            pong?: (chainwright.network.Pong.$Properties|null);

            /** ControlEnvelope status. */
            status?: (chainwright.network.Status.$Properties|null);

            /** ControlEnvelope peersRequest. */
            peersRequest?: (chainwright.network.PeersRequest.$Properties|null);

            /** ControlEnvelope peers. */
            peers?: (chainwright.network.Peers.$Properties|null);

            /** ControlEnvelope message. */
            message?: ("ping"|"pong"|"status"|"peersRequest"|"peers");

            /**
             * Creates a new ControlEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ControlEnvelope instance
             */
            static create(properties: chainwright.network.ControlEnvelope.$Shape): chainwright.network.ControlEnvelope & chainwright.network.ControlEnvelope.$Shape;
            static create(properties?: chainwright.network.ControlEnvelope.$Properties): chainwright.network.ControlEnvelope;

            /**
             * Encodes the specified ControlEnvelope message. Does not implicitly {@link chainwright.network.ControlEnvelope.verify|verify} messages.
             * @param message ControlEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.ControlEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ControlEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.ControlEnvelope & chainwright.network.ControlEnvelope.$Shape} ControlEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.ControlEnvelope & chainwright.network.ControlEnvelope.$Shape;
        }

        namespace ControlEnvelope {

            /** Properties of a ControlEnvelope. */
            interface $Properties {

                /** ControlEnvelope ping */
                ping?: (chainwright.network.Ping.$Properties|null);

                /** ControlEnvelope pong */
                pong?: (chainwright.network.Pong.$Properties|null);

                /** ControlEnvelope status */
                status?: (chainwright.network.Status.$Properties|null);

                /** ControlEnvelope peersRequest */
                peersRequest?: (chainwright.network.PeersRequest.$Properties|null);

                /** ControlEnvelope peers */
                peers?: (chainwright.network.Peers.$Properties|null);

                /** ControlEnvelope message */
                message?: ("ping"|"pong"|"status"|"peersRequest"|"peers");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a ControlEnvelope. */
            type $Shape = {
              ping?: chainwright.network.Ping.$Shape|null;
              pong?: chainwright.network.Pong.$Shape|null;
              status?: chainwright.network.Status.$Shape|null;
              peersRequest?: chainwright.network.PeersRequest.$Shape|null;
              peers?: chainwright.network.Peers.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; ping?: null; pong?: null; status?: null; peersRequest?: null; peers?: null }|{ message?: "ping"; ping: chainwright.network.Ping.$Shape; pong?: null; status?: null; peersRequest?: null; peers?: null }|{ message?: "pong"; ping?: null; pong: chainwright.network.Pong.$Shape; status?: null; peersRequest?: null; peers?: null }|{ message?: "status"; ping?: null; pong?: null; status: chainwright.network.Status.$Shape; peersRequest?: null; peers?: null }|{ message?: "peersRequest"; ping?: null; pong?: null; status?: null; peersRequest: chainwright.network.PeersRequest.$Shape; peers?: null }|{ message?: "peers"; ping?: null; pong?: null; status?: null; peersRequest?: null; peers: chainwright.network.Peers.$Shape })
            );
        }

        /**
         * Properties of an AnnouncementEnvelope.
         * @deprecated Use chainwright.network.AnnouncementEnvelope.$Properties instead.
         */
        interface IAnnouncementEnvelope extends chainwright.network.AnnouncementEnvelope.$Properties {
        }

        /** Represents an AnnouncementEnvelope. */
        class AnnouncementEnvelope {

            /**
             * Constructs a new AnnouncementEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.AnnouncementEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AnnouncementEnvelope blockAnnouncement. */
            blockAnnouncement?: (chainwright.network.BlockAnnouncement.$Properties|null);

            /** AnnouncementEnvelope certificate. */
            certificate?: (chainwright.network.Certificate.$Properties|null);

            /** AnnouncementEnvelope message. */
            message?: ("blockAnnouncement"|"certificate");

            /**
             * Creates a new AnnouncementEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AnnouncementEnvelope instance
             */
            static create(properties: chainwright.network.AnnouncementEnvelope.$Shape): chainwright.network.AnnouncementEnvelope & chainwright.network.AnnouncementEnvelope.$Shape;
            static create(properties?: chainwright.network.AnnouncementEnvelope.$Properties): chainwright.network.AnnouncementEnvelope;

            /**
             * Encodes the specified AnnouncementEnvelope message. Does not implicitly {@link chainwright.network.AnnouncementEnvelope.verify|verify} messages.
             * @param message AnnouncementEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.AnnouncementEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AnnouncementEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.AnnouncementEnvelope & chainwright.network.AnnouncementEnvelope.$Shape} AnnouncementEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.AnnouncementEnvelope & chainwright.network.AnnouncementEnvelope.$Shape;
        }

        namespace AnnouncementEnvelope {

            /** Properties of an AnnouncementEnvelope. */
            interface $Properties {

                /** AnnouncementEnvelope blockAnnouncement */
                blockAnnouncement?: (chainwright.network.BlockAnnouncement.$Properties|null);

                /** AnnouncementEnvelope certificate */
                certificate?: (chainwright.network.Certificate.$Properties|null);

                /** AnnouncementEnvelope message */
                message?: ("blockAnnouncement"|"certificate");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an AnnouncementEnvelope. */
            type $Shape = {
              blockAnnouncement?: chainwright.network.BlockAnnouncement.$Shape|null;
              certificate?: chainwright.network.Certificate.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; blockAnnouncement?: null; certificate?: null }|{ message?: "blockAnnouncement"; blockAnnouncement: chainwright.network.BlockAnnouncement.$Shape; certificate?: null }|{ message?: "certificate"; blockAnnouncement?: null; certificate: chainwright.network.Certificate.$Shape })
            );
        }

        /**
         * Properties of a RequestEnvelope.
         * @deprecated Use chainwright.network.RequestEnvelope.$Properties instead.
         */
        interface IRequestEnvelope extends chainwright.network.RequestEnvelope.$Properties {
        }

        /** Represents a RequestEnvelope. */
        class RequestEnvelope {

            /**
             * Constructs a new RequestEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.RequestEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RequestEnvelope headersRequest. */
            headersRequest?: (chainwright.network.HeadersRequest.$Properties|null);

            /** RequestEnvelope blocksRequest. */
            blocksRequest?: (chainwright.network.BlocksRequest.$Properties|null);

            /** RequestEnvelope transactionsRequest. */
            transactionsRequest?: (chainwright.network.TransactionsRequest.$Properties|null);

            /** RequestEnvelope headerRangeRequest. */
            headerRangeRequest?: (chainwright.network.HeaderRangeRequest.$Properties|null);

            /** RequestEnvelope snapshotsRequest. */
            snapshotsRequest?: (chainwright.network.SnapshotsRequest.$Properties|null);

            /** RequestEnvelope snapshotManifestRequest. */
            snapshotManifestRequest?: (chainwright.network.SnapshotManifestRequest.$Properties|null);

            /** RequestEnvelope snapshotChunkRequest. */
            snapshotChunkRequest?: (chainwright.network.SnapshotChunkRequest.$Properties|null);

            /** RequestEnvelope message. */
            message?: ("headersRequest"|"blocksRequest"|"transactionsRequest"|"headerRangeRequest"|"snapshotsRequest"|"snapshotManifestRequest"|"snapshotChunkRequest");

            /**
             * Creates a new RequestEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RequestEnvelope instance
             */
            static create(properties: chainwright.network.RequestEnvelope.$Shape): chainwright.network.RequestEnvelope & chainwright.network.RequestEnvelope.$Shape;
            static create(properties?: chainwright.network.RequestEnvelope.$Properties): chainwright.network.RequestEnvelope;

            /**
             * Encodes the specified RequestEnvelope message. Does not implicitly {@link chainwright.network.RequestEnvelope.verify|verify} messages.
             * @param message RequestEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.RequestEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RequestEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.RequestEnvelope & chainwright.network.RequestEnvelope.$Shape} RequestEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.RequestEnvelope & chainwright.network.RequestEnvelope.$Shape;
        }

        namespace RequestEnvelope {

            /** Properties of a RequestEnvelope. */
            interface $Properties {

                /** RequestEnvelope headersRequest */
                headersRequest?: (chainwright.network.HeadersRequest.$Properties|null);

                /** RequestEnvelope blocksRequest */
                blocksRequest?: (chainwright.network.BlocksRequest.$Properties|null);

                /** RequestEnvelope transactionsRequest */
                transactionsRequest?: (chainwright.network.TransactionsRequest.$Properties|null);

                /** RequestEnvelope headerRangeRequest */
                headerRangeRequest?: (chainwright.network.HeaderRangeRequest.$Properties|null);

                /** RequestEnvelope snapshotsRequest */
                snapshotsRequest?: (chainwright.network.SnapshotsRequest.$Properties|null);

                /** RequestEnvelope snapshotManifestRequest */
                snapshotManifestRequest?: (chainwright.network.SnapshotManifestRequest.$Properties|null);

                /** RequestEnvelope snapshotChunkRequest */
                snapshotChunkRequest?: (chainwright.network.SnapshotChunkRequest.$Properties|null);

                /** RequestEnvelope message */
                message?: ("headersRequest"|"blocksRequest"|"transactionsRequest"|"headerRangeRequest"|"snapshotsRequest"|"snapshotManifestRequest"|"snapshotChunkRequest");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a RequestEnvelope. */
            type $Shape = {
              headersRequest?: chainwright.network.HeadersRequest.$Shape|null;
              blocksRequest?: chainwright.network.BlocksRequest.$Shape|null;
              transactionsRequest?: chainwright.network.TransactionsRequest.$Shape|null;
              headerRangeRequest?: chainwright.network.HeaderRangeRequest.$Shape|null;
              snapshotsRequest?: chainwright.network.SnapshotsRequest.$Shape|null;
              snapshotManifestRequest?: chainwright.network.SnapshotManifestRequest.$Shape|null;
              snapshotChunkRequest?: chainwright.network.SnapshotChunkRequest.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; headersRequest?: null; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "headersRequest"; headersRequest: chainwright.network.HeadersRequest.$Shape; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "blocksRequest"; headersRequest?: null; blocksRequest: chainwright.network.BlocksRequest.$Shape; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "transactionsRequest"; headersRequest?: null; blocksRequest?: null; transactionsRequest: chainwright.network.TransactionsRequest.$Shape; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "headerRangeRequest"; headersRequest?: null; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest: chainwright.network.HeaderRangeRequest.$Shape; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "snapshotsRequest"; headersRequest?: null; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest: chainwright.network.SnapshotsRequest.$Shape; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "snapshotManifestRequest"; headersRequest?: null; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest: chainwright.network.SnapshotManifestRequest.$Shape; snapshotChunkRequest?: null }|{ message?: "snapshotChunkRequest"; headersRequest?: null; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest: chainwright.network.SnapshotChunkRequest.$Shape })
            );
        }

        /**
         * Properties of a HeadersEnvelope.
         * @deprecated Use chainwright.network.HeadersEnvelope.$Properties instead.
         */
        interface IHeadersEnvelope extends chainwright.network.HeadersEnvelope.$Properties {
        }

        /** Represents a HeadersEnvelope. */
        class HeadersEnvelope {

            /**
             * Constructs a new HeadersEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.HeadersEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HeadersEnvelope headers. */
            headers?: (chainwright.network.Headers.$Properties|null);

            /** HeadersEnvelope headerRange. */
            headerRange?: (chainwright.network.HeaderRange.$Properties|null);

            /** HeadersEnvelope message. */
            message?: ("headers"|"headerRange");

            /**
             * Creates a new HeadersEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HeadersEnvelope instance
             */
            static create(properties: chainwright.network.HeadersEnvelope.$Shape): chainwright.network.HeadersEnvelope & chainwright.network.HeadersEnvelope.$Shape;
            static create(properties?: chainwright.network.HeadersEnvelope.$Properties): chainwright.network.HeadersEnvelope;

            /**
             * Encodes the specified HeadersEnvelope message. Does not implicitly {@link chainwright.network.HeadersEnvelope.verify|verify} messages.
             * @param message HeadersEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.HeadersEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HeadersEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.HeadersEnvelope & chainwright.network.HeadersEnvelope.$Shape} HeadersEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.HeadersEnvelope & chainwright.network.HeadersEnvelope.$Shape;
        }

        namespace HeadersEnvelope {

            /** Properties of a HeadersEnvelope. */
            interface $Properties {

                /** HeadersEnvelope headers */
                headers?: (chainwright.network.Headers.$Properties|null);

                /** HeadersEnvelope headerRange */
                headerRange?: (chainwright.network.HeaderRange.$Properties|null);

                /** HeadersEnvelope message */
                message?: ("headers"|"headerRange");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a HeadersEnvelope. */
            type $Shape = {
              headers?: chainwright.network.Headers.$Shape|null;
              headerRange?: chainwright.network.HeaderRange.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; headers?: null; headerRange?: null }|{ message?: "headers"; headers: chainwright.network.Headers.$Shape; headerRange?: null }|{ message?: "headerRange"; headers?: null; headerRange: chainwright.network.HeaderRange.$Shape })
            );
        }

        /**
         * Properties of a BlocksEnvelope.
         * @deprecated Use chainwright.network.BlocksEnvelope.$Properties instead.
         */
        interface IBlocksEnvelope extends chainwright.network.BlocksEnvelope.$Properties {
        }

        /** Represents a BlocksEnvelope. */
        class BlocksEnvelope {

            /**
             * Constructs a new BlocksEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.BlocksEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BlocksEnvelope blockResponse. */
            blockResponse?: (chainwright.network.BlockResponse.$Properties|null);

            /** BlocksEnvelope message. */
            message?: "blockResponse";

            /**
             * Creates a new BlocksEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns BlocksEnvelope instance
             */
            static create(properties: chainwright.network.BlocksEnvelope.$Shape): chainwright.network.BlocksEnvelope & chainwright.network.BlocksEnvelope.$Shape;
            static create(properties?: chainwright.network.BlocksEnvelope.$Properties): chainwright.network.BlocksEnvelope;

            /**
             * Encodes the specified BlocksEnvelope message. Does not implicitly {@link chainwright.network.BlocksEnvelope.verify|verify} messages.
             * @param message BlocksEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.BlocksEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BlocksEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.BlocksEnvelope & chainwright.network.BlocksEnvelope.$Shape} BlocksEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.BlocksEnvelope & chainwright.network.BlocksEnvelope.$Shape;
        }

        namespace BlocksEnvelope {

            /** Properties of a BlocksEnvelope. */
            interface $Properties {

                /** BlocksEnvelope blockResponse */
                blockResponse?: (chainwright.network.BlockResponse.$Properties|null);

                /** BlocksEnvelope message */
                message?: "blockResponse";

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a BlocksEnvelope. */
            type $Shape = {
              blockResponse?: chainwright.network.BlockResponse.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; blockResponse?: null }|{ message?: "blockResponse"; blockResponse: chainwright.network.BlockResponse.$Shape })
            );
        }

        /**
         * Properties of a TransactionsEnvelope.
         * @deprecated Use chainwright.network.TransactionsEnvelope.$Properties instead.
         */
        interface ITransactionsEnvelope extends chainwright.network.TransactionsEnvelope.$Properties {
        }

        /** Represents a TransactionsEnvelope. */
        class TransactionsEnvelope {

            /**
             * Constructs a new TransactionsEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.TransactionsEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TransactionsEnvelope transactionAnnouncement. */
            transactionAnnouncement?: (chainwright.network.TransactionAnnouncement.$Properties|null);

            /** TransactionsEnvelope transactions. */
            transactions?: (chainwright.network.Transactions.$Properties|null);

            /** TransactionsEnvelope message. */
            message?: ("transactionAnnouncement"|"transactions");

            /**
             * Creates a new TransactionsEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns TransactionsEnvelope instance
             */
            static create(properties: chainwright.network.TransactionsEnvelope.$Shape): chainwright.network.TransactionsEnvelope & chainwright.network.TransactionsEnvelope.$Shape;
            static create(properties?: chainwright.network.TransactionsEnvelope.$Properties): chainwright.network.TransactionsEnvelope;

            /**
             * Encodes the specified TransactionsEnvelope message. Does not implicitly {@link chainwright.network.TransactionsEnvelope.verify|verify} messages.
             * @param message TransactionsEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.TransactionsEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TransactionsEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.TransactionsEnvelope & chainwright.network.TransactionsEnvelope.$Shape} TransactionsEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.TransactionsEnvelope & chainwright.network.TransactionsEnvelope.$Shape;
        }

        namespace TransactionsEnvelope {

            /** Properties of a TransactionsEnvelope. */
            interface $Properties {

                /** TransactionsEnvelope transactionAnnouncement */
                transactionAnnouncement?: (chainwright.network.TransactionAnnouncement.$Properties|null);

                /** TransactionsEnvelope transactions */
                transactions?: (chainwright.network.Transactions.$Properties|null);

                /** TransactionsEnvelope message */
                message?: ("transactionAnnouncement"|"transactions");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a TransactionsEnvelope. */
            type $Shape = {
              transactionAnnouncement?: chainwright.network.TransactionAnnouncement.$Shape|null;
              transactions?: chainwright.network.Transactions.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; transactionAnnouncement?: null; transactions?: null }|{ message?: "transactionAnnouncement"; transactionAnnouncement: chainwright.network.TransactionAnnouncement.$Shape; transactions?: null }|{ message?: "transactions"; transactionAnnouncement?: null; transactions: chainwright.network.Transactions.$Shape })
            );
        }

        /**
         * Properties of a SnapshotsEnvelope.
         * @deprecated Use chainwright.network.SnapshotsEnvelope.$Properties instead.
         */
        interface ISnapshotsEnvelope extends chainwright.network.SnapshotsEnvelope.$Properties {
        }

        /** Represents a SnapshotsEnvelope. */
        class SnapshotsEnvelope {

            /**
             * Constructs a new SnapshotsEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.SnapshotsEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotsEnvelope snapshots. */
            snapshots?: (chainwright.network.Snapshots.$Properties|null);

            /** SnapshotsEnvelope snapshotManifest. */
            snapshotManifest?: (chainwright.network.SnapshotManifest.$Properties|null);

            /** SnapshotsEnvelope snapshotChunk. */
            snapshotChunk?: (chainwright.network.SnapshotChunk.$Properties|null);

            /** SnapshotsEnvelope message. */
            message?: ("snapshots"|"snapshotManifest"|"snapshotChunk");

            /**
             * Creates a new SnapshotsEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotsEnvelope instance
             */
            static create(properties: chainwright.network.SnapshotsEnvelope.$Shape): chainwright.network.SnapshotsEnvelope & chainwright.network.SnapshotsEnvelope.$Shape;
            static create(properties?: chainwright.network.SnapshotsEnvelope.$Properties): chainwright.network.SnapshotsEnvelope;

            /**
             * Encodes the specified SnapshotsEnvelope message. Does not implicitly {@link chainwright.network.SnapshotsEnvelope.verify|verify} messages.
             * @param message SnapshotsEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.SnapshotsEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotsEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotsEnvelope & chainwright.network.SnapshotsEnvelope.$Shape} SnapshotsEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.SnapshotsEnvelope & chainwright.network.SnapshotsEnvelope.$Shape;
        }

        namespace SnapshotsEnvelope {

            /** Properties of a SnapshotsEnvelope. */
            interface $Properties {

                /** SnapshotsEnvelope snapshots */
                snapshots?: (chainwright.network.Snapshots.$Properties|null);

                /** SnapshotsEnvelope snapshotManifest */
                snapshotManifest?: (chainwright.network.SnapshotManifest.$Properties|null);

                /** SnapshotsEnvelope snapshotChunk */
                snapshotChunk?: (chainwright.network.SnapshotChunk.$Properties|null);

                /** SnapshotsEnvelope message */
                message?: ("snapshots"|"snapshotManifest"|"snapshotChunk");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a SnapshotsEnvelope. */
            type $Shape = {
              snapshots?: chainwright.network.Snapshots.$Shape|null;
              snapshotManifest?: chainwright.network.SnapshotManifest.$Shape|null;
              snapshotChunk?: chainwright.network.SnapshotChunk.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; snapshots?: null; snapshotManifest?: null; snapshotChunk?: null }|{ message?: "snapshots"; snapshots: chainwright.network.Snapshots.$Shape; snapshotManifest?: null; snapshotChunk?: null }|{ message?: "snapshotManifest"; snapshots?: null; snapshotManifest: chainwright.network.SnapshotManifest.$Shape; snapshotChunk?: null }|{ message?: "snapshotChunk"; snapshots?: null; snapshotManifest?: null; snapshotChunk: chainwright.network.SnapshotChunk.$Shape })
            );
        }

        /**
         * Properties of a HeadClaim.
         * @deprecated Use chainwright.network.HeadClaim.$Properties instead.
         */
        interface IHeadClaim extends chainwright.network.HeadClaim.$Properties {
        }

        /** Represents a HeadClaim. */
        class HeadClaim {

            /**
             * Constructs a new HeadClaim.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.HeadClaim.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HeadClaim id. */
            id: Uint8Array;

            /** HeadClaim height. */
            height: Long;

            /** HeadClaim weight. */
            weight: Uint8Array;

            /** HeadClaim finalizedHeight. */
            finalizedHeight: Long;

            /** HeadClaim bodiesFrom. */
            bodiesFrom: Long;

            /**
             * Creates a new HeadClaim instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HeadClaim instance
             */
            static create(properties: chainwright.network.HeadClaim.$Shape): chainwright.network.HeadClaim & chainwright.network.HeadClaim.$Shape;
            static create(properties?: chainwright.network.HeadClaim.$Properties): chainwright.network.HeadClaim;

            /**
             * Encodes the specified HeadClaim message. Does not implicitly {@link chainwright.network.HeadClaim.verify|verify} messages.
             * @param message HeadClaim message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.HeadClaim.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HeadClaim message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.HeadClaim & chainwright.network.HeadClaim.$Shape} HeadClaim
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.HeadClaim & chainwright.network.HeadClaim.$Shape;
        }

        namespace HeadClaim {

            /** Properties of a HeadClaim. */
            interface $Properties {

                /** HeadClaim id */
                id?: (Uint8Array|null);

                /** HeadClaim height */
                height?: (Long|null);

                /** HeadClaim weight */
                weight?: (Uint8Array|null);

                /** HeadClaim finalizedHeight */
                finalizedHeight?: (Long|null);

                /** HeadClaim bodiesFrom */
                bodiesFrom?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HeadClaim. */
            type $Shape = chainwright.network.HeadClaim.$Properties;
        }

        /** Role enum. */
        enum Role {

            /** ROLE_UNSPECIFIED value */
            ROLE_UNSPECIFIED = 0,

            /** ROLE_DIALER value */
            ROLE_DIALER = 1,

            /** ROLE_LISTENER value */
            ROLE_LISTENER = 2
        }

        /**
         * Properties of a Hello.
         * @deprecated Use chainwright.network.Hello.$Properties instead.
         */
        interface IHello extends chainwright.network.Hello.$Properties {
        }

        /** Represents a Hello. */
        class Hello {

            /**
             * Constructs a new Hello.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.Hello.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Hello minVersion. */
            minVersion: number;

            /** Hello maxVersion. */
            maxVersion: number;

            /** Hello chainId. */
            chainId: string;

            /** Hello genesisId. */
            genesisId: Uint8Array;

            /** Hello forkHash. */
            forkHash: Uint8Array;

            /** Hello nextUpgradeHeight. */
            nextUpgradeHeight: Long;

            /** Hello nodeId. */
            nodeId: Uint8Array;

            /** Hello role. */
            role: chainwright.network.Role;

            /** Hello head. */
            head?: (chainwright.network.HeadClaim.$Properties|null);

            /** Hello services. */
            services: number;

            /** Hello listenAddresses. */
            listenAddresses: string[];

            /** Hello agent. */
            agent: string;

            /** Hello signature. */
            signature: Uint8Array;

            /**
             * Creates a new Hello instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Hello instance
             */
            static create(properties: chainwright.network.Hello.$Shape): chainwright.network.Hello & chainwright.network.Hello.$Shape;
            static create(properties?: chainwright.network.Hello.$Properties): chainwright.network.Hello;

            /**
             * Encodes the specified Hello message. Does not implicitly {@link chainwright.network.Hello.verify|verify} messages.
             * @param message Hello message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.Hello & chainwright.network.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.Hello & chainwright.network.Hello.$Shape;
        }

        namespace Hello {

            /** Properties of a Hello. */
            interface $Properties {

                /** Hello minVersion */
                minVersion?: (number|null);

                /** Hello maxVersion */
                maxVersion?: (number|null);

                /** Hello chainId */
                chainId?: (string|null);

                /** Hello genesisId */
                genesisId?: (Uint8Array|null);

                /** Hello forkHash */
                forkHash?: (Uint8Array|null);

                /** Hello nextUpgradeHeight */
                nextUpgradeHeight?: (Long|null);

                /** Hello nodeId */
                nodeId?: (Uint8Array|null);

                /** Hello role */
                role?: (chainwright.network.Role|null);

                /** Hello head */
                head?: (chainwright.network.HeadClaim.$Properties|null);

                /** Hello services */
                services?: (number|null);

                /** Hello listenAddresses */
                listenAddresses?: (string[]|null);

                /** Hello agent */
                agent?: (string|null);

                /** Hello signature */
                signature?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Hello. */
            type $Shape = chainwright.network.Hello.$Properties;
        }

        /**
         * Properties of a Ping.
         * @deprecated Use chainwright.network.Ping.$Properties instead.
         */
        interface IPing extends chainwright.network.Ping.$Properties {
        }

        /** Represents a Ping. */
        class Ping {

            /**
             * Constructs a new Ping.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.Ping.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Ping nonce. */
            nonce: number;

            /**
             * Creates a new Ping instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Ping instance
             */
            static create(properties: chainwright.network.Ping.$Shape): chainwright.network.Ping & chainwright.network.Ping.$Shape;
            static create(properties?: chainwright.network.Ping.$Properties): chainwright.network.Ping;

            /**
             * Encodes the specified Ping message. Does not implicitly {@link chainwright.network.Ping.verify|verify} messages.
             * @param message Ping message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.Ping.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Ping message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.Ping & chainwright.network.Ping.$Shape} Ping
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.Ping & chainwright.network.Ping.$Shape;
        }

        namespace Ping {

            /** Properties of a Ping. */
            interface $Properties {

                /** Ping nonce */
                nonce?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Ping. */
            type $Shape = chainwright.network.Ping.$Properties;
        }

        /**
         * Properties of a Pong.
         * @deprecated Use chainwright.network.Pong.$Properties instead.
         */
        interface IPong extends chainwright.network.Pong.$Properties {
        }

        /** Represents a Pong. */
        class Pong {

            /**
             * Constructs a new Pong.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.Pong.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Pong nonce. */
            nonce: number;

            /**
             * Creates a new Pong instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Pong instance
             */
            static create(properties: chainwright.network.Pong.$Shape): chainwright.network.Pong & chainwright.network.Pong.$Shape;
            static create(properties?: chainwright.network.Pong.$Properties): chainwright.network.Pong;

            /**
             * Encodes the specified Pong message. Does not implicitly {@link chainwright.network.Pong.verify|verify} messages.
             * @param message Pong message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.Pong.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Pong message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.Pong & chainwright.network.Pong.$Shape} Pong
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.Pong & chainwright.network.Pong.$Shape;
        }

        namespace Pong {

            /** Properties of a Pong. */
            interface $Properties {

                /** Pong nonce */
                nonce?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Pong. */
            type $Shape = chainwright.network.Pong.$Properties;
        }

        /**
         * Properties of a Status.
         * @deprecated Use chainwright.network.Status.$Properties instead.
         */
        interface IStatus extends chainwright.network.Status.$Properties {
        }

        /** Represents a Status. */
        class Status {

            /**
             * Constructs a new Status.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.Status.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Status head. */
            head?: (chainwright.network.HeadClaim.$Properties|null);

            /**
             * Creates a new Status instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Status instance
             */
            static create(properties: chainwright.network.Status.$Shape): chainwright.network.Status & chainwright.network.Status.$Shape;
            static create(properties?: chainwright.network.Status.$Properties): chainwright.network.Status;

            /**
             * Encodes the specified Status message. Does not implicitly {@link chainwright.network.Status.verify|verify} messages.
             * @param message Status message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.Status.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Status message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.Status & chainwright.network.Status.$Shape} Status
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.Status & chainwright.network.Status.$Shape;
        }

        namespace Status {

            /** Properties of a Status. */
            interface $Properties {

                /** Status head */
                head?: (chainwright.network.HeadClaim.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Status. */
            type $Shape = chainwright.network.Status.$Properties;
        }

        /**
         * Properties of a PeersRequest.
         * @deprecated Use chainwright.network.PeersRequest.$Properties instead.
         */
        interface IPeersRequest extends chainwright.network.PeersRequest.$Properties {
        }

        /** Represents a PeersRequest. */
        class PeersRequest {

            /**
             * Constructs a new PeersRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.PeersRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Creates a new PeersRequest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PeersRequest instance
             */
            static create(properties: chainwright.network.PeersRequest.$Shape): chainwright.network.PeersRequest & chainwright.network.PeersRequest.$Shape;
            static create(properties?: chainwright.network.PeersRequest.$Properties): chainwright.network.PeersRequest;

            /**
             * Encodes the specified PeersRequest message. Does not implicitly {@link chainwright.network.PeersRequest.verify|verify} messages.
             * @param message PeersRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.PeersRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PeersRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.PeersRequest & chainwright.network.PeersRequest.$Shape} PeersRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.PeersRequest & chainwright.network.PeersRequest.$Shape;
        }

        namespace PeersRequest {

            /** Properties of a PeersRequest. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PeersRequest. */
            type $Shape = chainwright.network.PeersRequest.$Properties;
        }

        /**
         * Properties of a Peers.
         * @deprecated Use chainwright.network.Peers.$Properties instead.
         */
        interface IPeers extends chainwright.network.Peers.$Properties {
        }

        /** Represents a Peers. */
        class Peers {

            /**
             * Constructs a new Peers.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.Peers.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Peers addresses. */
            addresses: string[];

            /**
             * Creates a new Peers instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Peers instance
             */
            static create(properties: chainwright.network.Peers.$Shape): chainwright.network.Peers & chainwright.network.Peers.$Shape;
            static create(properties?: chainwright.network.Peers.$Properties): chainwright.network.Peers;

            /**
             * Encodes the specified Peers message. Does not implicitly {@link chainwright.network.Peers.verify|verify} messages.
             * @param message Peers message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.Peers.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Peers message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.Peers & chainwright.network.Peers.$Shape} Peers
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.Peers & chainwright.network.Peers.$Shape;
        }

        namespace Peers {

            /** Properties of a Peers. */
            interface $Properties {

                /** Peers addresses */
                addresses?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Peers. */
            type $Shape = chainwright.network.Peers.$Properties;
        }

        /**
         * Properties of a BlockAnnouncement.
         * @deprecated Use chainwright.network.BlockAnnouncement.$Properties instead.
         */
        interface IBlockAnnouncement extends chainwright.network.BlockAnnouncement.$Properties {
        }

        /** Represents a BlockAnnouncement. */
        class BlockAnnouncement {

            /**
             * Constructs a new BlockAnnouncement.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.BlockAnnouncement.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BlockAnnouncement blocks. */
            blocks: chainwright.network.AnnouncedBlock.$Properties[];

            /**
             * Creates a new BlockAnnouncement instance using the specified properties.
             * @param [properties] Properties to set
             * @returns BlockAnnouncement instance
             */
            static create(properties: chainwright.network.BlockAnnouncement.$Shape): chainwright.network.BlockAnnouncement & chainwright.network.BlockAnnouncement.$Shape;
            static create(properties?: chainwright.network.BlockAnnouncement.$Properties): chainwright.network.BlockAnnouncement;

            /**
             * Encodes the specified BlockAnnouncement message. Does not implicitly {@link chainwright.network.BlockAnnouncement.verify|verify} messages.
             * @param message BlockAnnouncement message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.BlockAnnouncement.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BlockAnnouncement message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.BlockAnnouncement & chainwright.network.BlockAnnouncement.$Shape} BlockAnnouncement
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.BlockAnnouncement & chainwright.network.BlockAnnouncement.$Shape;
        }

        namespace BlockAnnouncement {

            /** Properties of a BlockAnnouncement. */
            interface $Properties {

                /** BlockAnnouncement blocks */
                blocks?: (chainwright.network.AnnouncedBlock.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a BlockAnnouncement. */
            type $Shape = chainwright.network.BlockAnnouncement.$Properties;
        }

        /**
         * Properties of an AnnouncedBlock.
         * @deprecated Use chainwright.network.AnnouncedBlock.$Properties instead.
         */
        interface IAnnouncedBlock extends chainwright.network.AnnouncedBlock.$Properties {
        }

        /** Represents an AnnouncedBlock. */
        class AnnouncedBlock {

            /**
             * Constructs a new AnnouncedBlock.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.AnnouncedBlock.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AnnouncedBlock id. */
            id: Uint8Array;

            /** AnnouncedBlock height. */
            height: Long;

            /**
             * Creates a new AnnouncedBlock instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AnnouncedBlock instance
             */
            static create(properties: chainwright.network.AnnouncedBlock.$Shape): chainwright.network.AnnouncedBlock & chainwright.network.AnnouncedBlock.$Shape;
            static create(properties?: chainwright.network.AnnouncedBlock.$Properties): chainwright.network.AnnouncedBlock;

            /**
             * Encodes the specified AnnouncedBlock message. Does not implicitly {@link chainwright.network.AnnouncedBlock.verify|verify} messages.
             * @param message AnnouncedBlock message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.AnnouncedBlock.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AnnouncedBlock message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.AnnouncedBlock & chainwright.network.AnnouncedBlock.$Shape} AnnouncedBlock
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.AnnouncedBlock & chainwright.network.AnnouncedBlock.$Shape;
        }

        namespace AnnouncedBlock {

            /** Properties of an AnnouncedBlock. */
            interface $Properties {

                /** AnnouncedBlock id */
                id?: (Uint8Array|null);

                /** AnnouncedBlock height */
                height?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AnnouncedBlock. */
            type $Shape = chainwright.network.AnnouncedBlock.$Properties;
        }

        /**
         * Properties of a Certificate.
         * @deprecated Use chainwright.network.Certificate.$Properties instead.
         */
        interface ICertificate extends chainwright.network.Certificate.$Properties {
        }

        /** Represents a Certificate. */
        class Certificate {

            /**
             * Constructs a new Certificate.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.Certificate.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Certificate blockId. */
            blockId: Uint8Array;

            /** Certificate certificate. */
            certificate: Uint8Array;

            /**
             * Creates a new Certificate instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Certificate instance
             */
            static create(properties: chainwright.network.Certificate.$Shape): chainwright.network.Certificate & chainwright.network.Certificate.$Shape;
            static create(properties?: chainwright.network.Certificate.$Properties): chainwright.network.Certificate;

            /**
             * Encodes the specified Certificate message. Does not implicitly {@link chainwright.network.Certificate.verify|verify} messages.
             * @param message Certificate message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.Certificate.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Certificate message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.Certificate & chainwright.network.Certificate.$Shape} Certificate
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.Certificate & chainwright.network.Certificate.$Shape;
        }

        namespace Certificate {

            /** Properties of a Certificate. */
            interface $Properties {

                /** Certificate blockId */
                blockId?: (Uint8Array|null);

                /** Certificate certificate */
                certificate?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Certificate. */
            type $Shape = chainwright.network.Certificate.$Properties;
        }

        /**
         * Properties of a HeadersRequest.
         * @deprecated Use chainwright.network.HeadersRequest.$Properties instead.
         */
        interface IHeadersRequest extends chainwright.network.HeadersRequest.$Properties {
        }

        /** Represents a HeadersRequest. */
        class HeadersRequest {

            /**
             * Constructs a new HeadersRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.HeadersRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HeadersRequest requestId. */
            requestId: number;

            /** HeadersRequest locator. */
            locator: Uint8Array[];

            /** HeadersRequest stop. */
            stop: Uint8Array;

            /** HeadersRequest count. */
            count: number;

            /**
             * Creates a new HeadersRequest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HeadersRequest instance
             */
            static create(properties: chainwright.network.HeadersRequest.$Shape): chainwright.network.HeadersRequest & chainwright.network.HeadersRequest.$Shape;
            static create(properties?: chainwright.network.HeadersRequest.$Properties): chainwright.network.HeadersRequest;

            /**
             * Encodes the specified HeadersRequest message. Does not implicitly {@link chainwright.network.HeadersRequest.verify|verify} messages.
             * @param message HeadersRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.HeadersRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HeadersRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.HeadersRequest & chainwright.network.HeadersRequest.$Shape} HeadersRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.HeadersRequest & chainwright.network.HeadersRequest.$Shape;
        }

        namespace HeadersRequest {

            /** Properties of a HeadersRequest. */
            interface $Properties {

                /** HeadersRequest requestId */
                requestId?: (number|null);

                /** HeadersRequest locator */
                locator?: (Uint8Array[]|null);

                /** HeadersRequest stop */
                stop?: (Uint8Array|null);

                /** HeadersRequest count */
                count?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HeadersRequest. */
            type $Shape = chainwright.network.HeadersRequest.$Properties;
        }

        /**
         * Properties of a Headers.
         * @deprecated Use chainwright.network.Headers.$Properties instead.
         */
        interface IHeaders extends chainwright.network.Headers.$Properties {
        }

        /** Represents a Headers. */
        class Headers {

            /**
             * Constructs a new Headers.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.Headers.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Headers requestId. */
            requestId: number;

            /** Headers headers. */
            headers: Uint8Array[];

            /**
             * Creates a new Headers instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Headers instance
             */
            static create(properties: chainwright.network.Headers.$Shape): chainwright.network.Headers & chainwright.network.Headers.$Shape;
            static create(properties?: chainwright.network.Headers.$Properties): chainwright.network.Headers;

            /**
             * Encodes the specified Headers message. Does not implicitly {@link chainwright.network.Headers.verify|verify} messages.
             * @param message Headers message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.Headers.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Headers message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.Headers & chainwright.network.Headers.$Shape} Headers
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.Headers & chainwright.network.Headers.$Shape;
        }

        namespace Headers {

            /** Properties of a Headers. */
            interface $Properties {

                /** Headers requestId */
                requestId?: (number|null);

                /** Headers headers */
                headers?: (Uint8Array[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Headers. */
            type $Shape = chainwright.network.Headers.$Properties;
        }

        /**
         * Properties of a BlocksRequest.
         * @deprecated Use chainwright.network.BlocksRequest.$Properties instead.
         */
        interface IBlocksRequest extends chainwright.network.BlocksRequest.$Properties {
        }

        /** Represents a BlocksRequest. */
        class BlocksRequest {

            /**
             * Constructs a new BlocksRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.BlocksRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BlocksRequest requestId. */
            requestId: number;

            /** BlocksRequest ids. */
            ids: Uint8Array[];

            /**
             * Creates a new BlocksRequest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns BlocksRequest instance
             */
            static create(properties: chainwright.network.BlocksRequest.$Shape): chainwright.network.BlocksRequest & chainwright.network.BlocksRequest.$Shape;
            static create(properties?: chainwright.network.BlocksRequest.$Properties): chainwright.network.BlocksRequest;

            /**
             * Encodes the specified BlocksRequest message. Does not implicitly {@link chainwright.network.BlocksRequest.verify|verify} messages.
             * @param message BlocksRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.BlocksRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BlocksRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.BlocksRequest & chainwright.network.BlocksRequest.$Shape} BlocksRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.BlocksRequest & chainwright.network.BlocksRequest.$Shape;
        }

        namespace BlocksRequest {

            /** Properties of a BlocksRequest. */
            interface $Properties {

                /** BlocksRequest requestId */
                requestId?: (number|null);

                /** BlocksRequest ids */
                ids?: (Uint8Array[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a BlocksRequest. */
            type $Shape = chainwright.network.BlocksRequest.$Properties;
        }

        /**
         * Properties of a BlockResponse.
         * @deprecated Use chainwright.network.BlockResponse.$Properties instead.
         */
        interface IBlockResponse extends chainwright.network.BlockResponse.$Properties {
        }

        /** Represents a BlockResponse. */
        class BlockResponse {

            /**
             * Constructs a new BlockResponse.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.BlockResponse.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BlockResponse requestId. */
            requestId: number;

            /** BlockResponse id. */
            id: Uint8Array;

            /** BlockResponse block. */
            block: Uint8Array;

            /** BlockResponse certificate. */
            certificate: Uint8Array;

            /**
             * Creates a new BlockResponse instance using the specified properties.
             * @param [properties] Properties to set
             * @returns BlockResponse instance
             */
            static create(properties: chainwright.network.BlockResponse.$Shape): chainwright.network.BlockResponse & chainwright.network.BlockResponse.$Shape;
            static create(properties?: chainwright.network.BlockResponse.$Properties): chainwright.network.BlockResponse;

            /**
             * Encodes the specified BlockResponse message. Does not implicitly {@link chainwright.network.BlockResponse.verify|verify} messages.
             * @param message BlockResponse message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.BlockResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BlockResponse message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.BlockResponse & chainwright.network.BlockResponse.$Shape} BlockResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.BlockResponse & chainwright.network.BlockResponse.$Shape;
        }

        namespace BlockResponse {

            /** Properties of a BlockResponse. */
            interface $Properties {

                /** BlockResponse requestId */
                requestId?: (number|null);

                /** BlockResponse id */
                id?: (Uint8Array|null);

                /** BlockResponse block */
                block?: (Uint8Array|null);

                /** BlockResponse certificate */
                certificate?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a BlockResponse. */
            type $Shape = chainwright.network.BlockResponse.$Properties;
        }

        /**
         * Properties of a TransactionAnnouncement.
         * @deprecated Use chainwright.network.TransactionAnnouncement.$Properties instead.
         */
        interface ITransactionAnnouncement extends chainwright.network.TransactionAnnouncement.$Properties {
        }

        /** Represents a TransactionAnnouncement. */
        class TransactionAnnouncement {

            /**
             * Constructs a new TransactionAnnouncement.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.TransactionAnnouncement.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TransactionAnnouncement hashes. */
            hashes: Uint8Array[];

            /**
             * Creates a new TransactionAnnouncement instance using the specified properties.
             * @param [properties] Properties to set
             * @returns TransactionAnnouncement instance
             */
            static create(properties: chainwright.network.TransactionAnnouncement.$Shape): chainwright.network.TransactionAnnouncement & chainwright.network.TransactionAnnouncement.$Shape;
            static create(properties?: chainwright.network.TransactionAnnouncement.$Properties): chainwright.network.TransactionAnnouncement;

            /**
             * Encodes the specified TransactionAnnouncement message. Does not implicitly {@link chainwright.network.TransactionAnnouncement.verify|verify} messages.
             * @param message TransactionAnnouncement message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.TransactionAnnouncement.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TransactionAnnouncement message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.TransactionAnnouncement & chainwright.network.TransactionAnnouncement.$Shape} TransactionAnnouncement
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.TransactionAnnouncement & chainwright.network.TransactionAnnouncement.$Shape;
        }

        namespace TransactionAnnouncement {

            /** Properties of a TransactionAnnouncement. */
            interface $Properties {

                /** TransactionAnnouncement hashes */
                hashes?: (Uint8Array[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TransactionAnnouncement. */
            type $Shape = chainwright.network.TransactionAnnouncement.$Properties;
        }

        /**
         * Properties of a TransactionsRequest.
         * @deprecated Use chainwright.network.TransactionsRequest.$Properties instead.
         */
        interface ITransactionsRequest extends chainwright.network.TransactionsRequest.$Properties {
        }

        /** Represents a TransactionsRequest. */
        class TransactionsRequest {

            /**
             * Constructs a new TransactionsRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.TransactionsRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TransactionsRequest requestId. */
            requestId: number;

            /** TransactionsRequest hashes. */
            hashes: Uint8Array[];

            /**
             * Creates a new TransactionsRequest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns TransactionsRequest instance
             */
            static create(properties: chainwright.network.TransactionsRequest.$Shape): chainwright.network.TransactionsRequest & chainwright.network.TransactionsRequest.$Shape;
            static create(properties?: chainwright.network.TransactionsRequest.$Properties): chainwright.network.TransactionsRequest;

            /**
             * Encodes the specified TransactionsRequest message. Does not implicitly {@link chainwright.network.TransactionsRequest.verify|verify} messages.
             * @param message TransactionsRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.TransactionsRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TransactionsRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.TransactionsRequest & chainwright.network.TransactionsRequest.$Shape} TransactionsRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.TransactionsRequest & chainwright.network.TransactionsRequest.$Shape;
        }

        namespace TransactionsRequest {

            /** Properties of a TransactionsRequest. */
            interface $Properties {

                /** TransactionsRequest requestId */
                requestId?: (number|null);

                /** TransactionsRequest hashes */
                hashes?: (Uint8Array[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TransactionsRequest. */
            type $Shape = chainwright.network.TransactionsRequest.$Properties;
        }

        /**
         * Properties of a Transactions.
         * @deprecated Use chainwright.network.Transactions.$Properties instead.
         */
        interface ITransactions extends chainwright.network.Transactions.$Properties {
        }

        /** Represents a Transactions. */
        class Transactions {

            /**
             * Constructs a new Transactions.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.Transactions.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Transactions requestId. */
            requestId: number;

            /** Transactions transactions. */
            transactions: Uint8Array[];

            /** Transactions more. */
            more: boolean;

            /**
             * Creates a new Transactions instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Transactions instance
             */
            static create(properties: chainwright.network.Transactions.$Shape): chainwright.network.Transactions & chainwright.network.Transactions.$Shape;
            static create(properties?: chainwright.network.Transactions.$Properties): chainwright.network.Transactions;

            /**
             * Encodes the specified Transactions message. Does not implicitly {@link chainwright.network.Transactions.verify|verify} messages.
             * @param message Transactions message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.Transactions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Transactions message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.Transactions & chainwright.network.Transactions.$Shape} Transactions
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.Transactions & chainwright.network.Transactions.$Shape;
        }

        namespace Transactions {

            /** Properties of a Transactions. */
            interface $Properties {

                /** Transactions requestId */
                requestId?: (number|null);

                /** Transactions transactions */
                transactions?: (Uint8Array[]|null);

                /** Transactions more */
                more?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Transactions. */
            type $Shape = chainwright.network.Transactions.$Properties;
        }

        /**
         * Properties of a HeaderRangeRequest.
         * @deprecated Use chainwright.network.HeaderRangeRequest.$Properties instead.
         */
        interface IHeaderRangeRequest extends chainwright.network.HeaderRangeRequest.$Properties {
        }

        /** Represents a HeaderRangeRequest. */
        class HeaderRangeRequest {

            /**
             * Constructs a new HeaderRangeRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.HeaderRangeRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HeaderRangeRequest requestId. */
            requestId: number;

            /** HeaderRangeRequest anchor. */
            anchor: Uint8Array;

            /** HeaderRangeRequest from. */
            from: Long;

            /** HeaderRangeRequest count. */
            count: number;

            /**
             * Creates a new HeaderRangeRequest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HeaderRangeRequest instance
             */
            static create(properties: chainwright.network.HeaderRangeRequest.$Shape): chainwright.network.HeaderRangeRequest & chainwright.network.HeaderRangeRequest.$Shape;
            static create(properties?: chainwright.network.HeaderRangeRequest.$Properties): chainwright.network.HeaderRangeRequest;

            /**
             * Encodes the specified HeaderRangeRequest message. Does not implicitly {@link chainwright.network.HeaderRangeRequest.verify|verify} messages.
             * @param message HeaderRangeRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.HeaderRangeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HeaderRangeRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.HeaderRangeRequest & chainwright.network.HeaderRangeRequest.$Shape} HeaderRangeRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.HeaderRangeRequest & chainwright.network.HeaderRangeRequest.$Shape;
        }

        namespace HeaderRangeRequest {

            /** Properties of a HeaderRangeRequest. */
            interface $Properties {

                /** HeaderRangeRequest requestId */
                requestId?: (number|null);

                /** HeaderRangeRequest anchor */
                anchor?: (Uint8Array|null);

                /** HeaderRangeRequest from */
                from?: (Long|null);

                /** HeaderRangeRequest count */
                count?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HeaderRangeRequest. */
            type $Shape = chainwright.network.HeaderRangeRequest.$Properties;
        }

        /**
         * Properties of a HeaderRange.
         * @deprecated Use chainwright.network.HeaderRange.$Properties instead.
         */
        interface IHeaderRange extends chainwright.network.HeaderRange.$Properties {
        }

        /** Represents a HeaderRange. */
        class HeaderRange {

            /**
             * Constructs a new HeaderRange.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.HeaderRange.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HeaderRange requestId. */
            requestId: number;

            /** HeaderRange headers. */
            headers: Uint8Array[];

            /**
             * Creates a new HeaderRange instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HeaderRange instance
             */
            static create(properties: chainwright.network.HeaderRange.$Shape): chainwright.network.HeaderRange & chainwright.network.HeaderRange.$Shape;
            static create(properties?: chainwright.network.HeaderRange.$Properties): chainwright.network.HeaderRange;

            /**
             * Encodes the specified HeaderRange message. Does not implicitly {@link chainwright.network.HeaderRange.verify|verify} messages.
             * @param message HeaderRange message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.HeaderRange.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HeaderRange message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.HeaderRange & chainwright.network.HeaderRange.$Shape} HeaderRange
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.HeaderRange & chainwright.network.HeaderRange.$Shape;
        }

        namespace HeaderRange {

            /** Properties of a HeaderRange. */
            interface $Properties {

                /** HeaderRange requestId */
                requestId?: (number|null);

                /** HeaderRange headers */
                headers?: (Uint8Array[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HeaderRange. */
            type $Shape = chainwright.network.HeaderRange.$Properties;
        }

        /**
         * Properties of a SnapshotsRequest.
         * @deprecated Use chainwright.network.SnapshotsRequest.$Properties instead.
         */
        interface ISnapshotsRequest extends chainwright.network.SnapshotsRequest.$Properties {
        }

        /** Represents a SnapshotsRequest. */
        class SnapshotsRequest {

            /**
             * Constructs a new SnapshotsRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.SnapshotsRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotsRequest requestId. */
            requestId: number;

            /**
             * Creates a new SnapshotsRequest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotsRequest instance
             */
            static create(properties: chainwright.network.SnapshotsRequest.$Shape): chainwright.network.SnapshotsRequest & chainwright.network.SnapshotsRequest.$Shape;
            static create(properties?: chainwright.network.SnapshotsRequest.$Properties): chainwright.network.SnapshotsRequest;

            /**
             * Encodes the specified SnapshotsRequest message. Does not implicitly {@link chainwright.network.SnapshotsRequest.verify|verify} messages.
             * @param message SnapshotsRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.SnapshotsRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotsRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotsRequest & chainwright.network.SnapshotsRequest.$Shape} SnapshotsRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.SnapshotsRequest & chainwright.network.SnapshotsRequest.$Shape;
        }

        namespace SnapshotsRequest {

            /** Properties of a SnapshotsRequest. */
            interface $Properties {

                /** SnapshotsRequest requestId */
                requestId?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotsRequest. */
            type $Shape = chainwright.network.SnapshotsRequest.$Properties;
        }

        /**
         * Properties of a Snapshots.
         * @deprecated Use chainwright.network.Snapshots.$Properties instead.
         */
        interface ISnapshots extends chainwright.network.Snapshots.$Properties {
        }

        /** Represents a Snapshots. */
        class Snapshots {

            /**
             * Constructs a new Snapshots.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.Snapshots.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Snapshots requestId. */
            requestId: number;

            /** Snapshots offers. */
            offers: chainwright.network.SnapshotOffer.$Properties[];

            /**
             * Creates a new Snapshots instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Snapshots instance
             */
            static create(properties: chainwright.network.Snapshots.$Shape): chainwright.network.Snapshots & chainwright.network.Snapshots.$Shape;
            static create(properties?: chainwright.network.Snapshots.$Properties): chainwright.network.Snapshots;

            /**
             * Encodes the specified Snapshots message. Does not implicitly {@link chainwright.network.Snapshots.verify|verify} messages.
             * @param message Snapshots message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.Snapshots.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Snapshots message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.Snapshots & chainwright.network.Snapshots.$Shape} Snapshots
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.Snapshots & chainwright.network.Snapshots.$Shape;
        }

        namespace Snapshots {

            /** Properties of a Snapshots. */
            interface $Properties {

                /** Snapshots requestId */
                requestId?: (number|null);

                /** Snapshots offers */
                offers?: (chainwright.network.SnapshotOffer.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Snapshots. */
            type $Shape = chainwright.network.Snapshots.$Properties;
        }

        /**
         * Properties of a SnapshotOffer.
         * @deprecated Use chainwright.network.SnapshotOffer.$Properties instead.
         */
        interface ISnapshotOffer extends chainwright.network.SnapshotOffer.$Properties {
        }

        /** Represents a SnapshotOffer. */
        class SnapshotOffer {

            /**
             * Constructs a new SnapshotOffer.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.SnapshotOffer.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotOffer manifestHash. */
            manifestHash: Uint8Array;

            /** SnapshotOffer id. */
            id: Uint8Array;

            /** SnapshotOffer height. */
            height: Long;

            /** SnapshotOffer manifestBytes. */
            manifestBytes: number;

            /** SnapshotOffer chunks. */
            chunks: number;

            /** SnapshotOffer chunkBytes. */
            chunkBytes: Long;

            /**
             * Creates a new SnapshotOffer instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotOffer instance
             */
            static create(properties: chainwright.network.SnapshotOffer.$Shape): chainwright.network.SnapshotOffer & chainwright.network.SnapshotOffer.$Shape;
            static create(properties?: chainwright.network.SnapshotOffer.$Properties): chainwright.network.SnapshotOffer;

            /**
             * Encodes the specified SnapshotOffer message. Does not implicitly {@link chainwright.network.SnapshotOffer.verify|verify} messages.
             * @param message SnapshotOffer message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.SnapshotOffer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotOffer message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotOffer & chainwright.network.SnapshotOffer.$Shape} SnapshotOffer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.SnapshotOffer & chainwright.network.SnapshotOffer.$Shape;
        }

        namespace SnapshotOffer {

            /** Properties of a SnapshotOffer. */
            interface $Properties {

                /** SnapshotOffer manifestHash */
                manifestHash?: (Uint8Array|null);

                /** SnapshotOffer id */
                id?: (Uint8Array|null);

                /** SnapshotOffer height */
                height?: (Long|null);

                /** SnapshotOffer manifestBytes */
                manifestBytes?: (number|null);

                /** SnapshotOffer chunks */
                chunks?: (number|null);

                /** SnapshotOffer chunkBytes */
                chunkBytes?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotOffer. */
            type $Shape = chainwright.network.SnapshotOffer.$Properties;
        }

        /**
         * Properties of a SnapshotManifestRequest.
         * @deprecated Use chainwright.network.SnapshotManifestRequest.$Properties instead.
         */
        interface ISnapshotManifestRequest extends chainwright.network.SnapshotManifestRequest.$Properties {
        }

        /** Represents a SnapshotManifestRequest. */
        class SnapshotManifestRequest {

            /**
             * Constructs a new SnapshotManifestRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.SnapshotManifestRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotManifestRequest requestId. */
            requestId: number;

            /** SnapshotManifestRequest manifestHash. */
            manifestHash: Uint8Array;

            /** SnapshotManifestRequest offset. */
            offset: number;

            /**
             * Creates a new SnapshotManifestRequest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotManifestRequest instance
             */
            static create(properties: chainwright.network.SnapshotManifestRequest.$Shape): chainwright.network.SnapshotManifestRequest & chainwright.network.SnapshotManifestRequest.$Shape;
            static create(properties?: chainwright.network.SnapshotManifestRequest.$Properties): chainwright.network.SnapshotManifestRequest;

            /**
             * Encodes the specified SnapshotManifestRequest message. Does not implicitly {@link chainwright.network.SnapshotManifestRequest.verify|verify} messages.
             * @param message SnapshotManifestRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.SnapshotManifestRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotManifestRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotManifestRequest & chainwright.network.SnapshotManifestRequest.$Shape} SnapshotManifestRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.SnapshotManifestRequest & chainwright.network.SnapshotManifestRequest.$Shape;
        }

        namespace SnapshotManifestRequest {

            /** Properties of a SnapshotManifestRequest. */
            interface $Properties {

                /** SnapshotManifestRequest requestId */
                requestId?: (number|null);

                /** SnapshotManifestRequest manifestHash */
                manifestHash?: (Uint8Array|null);

                /** SnapshotManifestRequest offset */
                offset?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotManifestRequest. */
            type $Shape = chainwright.network.SnapshotManifestRequest.$Properties;
        }

        /**
         * Properties of a SnapshotManifest.
         * @deprecated Use chainwright.network.SnapshotManifest.$Properties instead.
         */
        interface ISnapshotManifest extends chainwright.network.SnapshotManifest.$Properties {
        }

        /** Represents a SnapshotManifest. */
        class SnapshotManifest {

            /**
             * Constructs a new SnapshotManifest.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.SnapshotManifest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotManifest requestId. */
            requestId: number;

            /** SnapshotManifest part. */
            part: Uint8Array;

            /**
             * Creates a new SnapshotManifest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotManifest instance
             */
            static create(properties: chainwright.network.SnapshotManifest.$Shape): chainwright.network.SnapshotManifest & chainwright.network.SnapshotManifest.$Shape;
            static create(properties?: chainwright.network.SnapshotManifest.$Properties): chainwright.network.SnapshotManifest;

            /**
             * Encodes the specified SnapshotManifest message. Does not implicitly {@link chainwright.network.SnapshotManifest.verify|verify} messages.
             * @param message SnapshotManifest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.SnapshotManifest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotManifest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotManifest & chainwright.network.SnapshotManifest.$Shape} SnapshotManifest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.SnapshotManifest & chainwright.network.SnapshotManifest.$Shape;
        }

        namespace SnapshotManifest {

            /** Properties of a SnapshotManifest. */
            interface $Properties {

                /** SnapshotManifest requestId */
                requestId?: (number|null);

                /** SnapshotManifest part */
                part?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotManifest. */
            type $Shape = chainwright.network.SnapshotManifest.$Properties;
        }

        /**
         * Properties of a SnapshotChunkRequest.
         * @deprecated Use chainwright.network.SnapshotChunkRequest.$Properties instead.
         */
        interface ISnapshotChunkRequest extends chainwright.network.SnapshotChunkRequest.$Properties {
        }

        /** Represents a SnapshotChunkRequest. */
        class SnapshotChunkRequest {

            /**
             * Constructs a new SnapshotChunkRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.SnapshotChunkRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotChunkRequest requestId. */
            requestId: number;

            /** SnapshotChunkRequest manifestHash. */
            manifestHash: Uint8Array;

            /** SnapshotChunkRequest index. */
            index: number;

            /**
             * Creates a new SnapshotChunkRequest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotChunkRequest instance
             */
            static create(properties: chainwright.network.SnapshotChunkRequest.$Shape): chainwright.network.SnapshotChunkRequest & chainwright.network.SnapshotChunkRequest.$Shape;
            static create(properties?: chainwright.network.SnapshotChunkRequest.$Properties): chainwright.network.SnapshotChunkRequest;

            /**
             * Encodes the specified SnapshotChunkRequest message. Does not implicitly {@link chainwright.network.SnapshotChunkRequest.verify|verify} messages.
             * @param message SnapshotChunkRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.SnapshotChunkRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotChunkRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotChunkRequest & chainwright.network.SnapshotChunkRequest.$Shape} SnapshotChunkRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.SnapshotChunkRequest & chainwright.network.SnapshotChunkRequest.$Shape;
        }

        namespace SnapshotChunkRequest {

            /** Properties of a SnapshotChunkRequest. */
            interface $Properties {

                /** SnapshotChunkRequest requestId */
                requestId?: (number|null);

                /** SnapshotChunkRequest manifestHash */
                manifestHash?: (Uint8Array|null);

                /** SnapshotChunkRequest index */
                index?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotChunkRequest. */
            type $Shape = chainwright.network.SnapshotChunkRequest.$Properties;
        }

        /**
         * Properties of a SnapshotChunk.
         * @deprecated Use chainwright.network.SnapshotChunk.$Properties instead.
         */
        interface ISnapshotChunk extends chainwright.network.SnapshotChunk.$Properties {
        }

        /** Represents a SnapshotChunk. */
        class SnapshotChunk {

            /**
             * Constructs a new SnapshotChunk.
             * @param [properties] Properties to set
             */
            constructor(properties?: chainwright.network.SnapshotChunk.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotChunk requestId. */
            requestId: number;

            /** SnapshotChunk proof. */
            proof: Uint8Array;

            /**
             * Creates a new SnapshotChunk instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotChunk instance
             */
            static create(properties: chainwright.network.SnapshotChunk.$Shape): chainwright.network.SnapshotChunk & chainwright.network.SnapshotChunk.$Shape;
            static create(properties?: chainwright.network.SnapshotChunk.$Properties): chainwright.network.SnapshotChunk;

            /**
             * Encodes the specified SnapshotChunk message. Does not implicitly {@link chainwright.network.SnapshotChunk.verify|verify} messages.
             * @param message SnapshotChunk message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: chainwright.network.SnapshotChunk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotChunk message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotChunk & chainwright.network.SnapshotChunk.$Shape} SnapshotChunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): chainwright.network.SnapshotChunk & chainwright.network.SnapshotChunk.$Shape;
        }

        namespace SnapshotChunk {

            /** Properties of a SnapshotChunk. */
            interface $Properties {

                /** SnapshotChunk requestId */
                requestId?: (number|null);

                /** SnapshotChunk proof */
                proof?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotChunk. */
            type $Shape = chainwright.network.SnapshotChunk.$Properties;
        }
    }
}
