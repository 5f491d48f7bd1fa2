// Generated from proto/*.proto by `npm run proto`. Do not edit.
/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const chainwright = $root.chainwright = (() => {

    /**
     * Namespace chainwright.
     * @exports chainwright
     * @namespace
     */
    const chainwright = {};

    chainwright.Transaction = (function() {

        /**
         * Properties of a Transaction.
         * @typedef {Object} chainwright.Transaction.$Properties
         * @property {Uint8Array|null} [body] Transaction body
         * @property {Array.<chainwright.Authorization.$Properties>|null} [authorizations] Transaction authorizations
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Transaction.
         * @memberof chainwright
         * @interface ITransaction
         * @augments chainwright.Transaction.$Properties
         * @deprecated Use chainwright.Transaction.$Properties instead.
         */

        /**
         * Shape of a Transaction.
         * @typedef {chainwright.Transaction.$Properties} chainwright.Transaction.$Shape
         */

        /**
         * Constructs a new Transaction.
         * @memberof chainwright
         * @classdesc Represents a Transaction.
         * @constructor
         * @param {chainwright.Transaction.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Transaction = function (properties) {
            this.authorizations = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Transaction body.
         * @member {Uint8Array} body
         * @memberof chainwright.Transaction
         * @instance
         */
        Transaction.prototype.body = $util.newBuffer([]);

        /**
         * Transaction authorizations.
         * @member {Array.<chainwright.Authorization.$Properties>} authorizations
         * @memberof chainwright.Transaction
         * @instance
         */
        Transaction.prototype.authorizations = $util.emptyArray;

        /**
         * Creates a new Transaction instance using the specified properties.
         * @function create
         * @memberof chainwright.Transaction
         * @static
         * @param {chainwright.Transaction.$Properties=} [properties] Properties to set
         * @returns {chainwright.Transaction} Transaction instance
         * @type {{
         *   (properties: chainwright.Transaction.$Shape): chainwright.Transaction & chainwright.Transaction.$Shape;
         *   (properties?: chainwright.Transaction.$Properties): chainwright.Transaction;
         * }}
         */
        Transaction.create = function(properties) {
            return new Transaction(properties);
        };

        /**
         * Encodes the specified Transaction message. Does not implicitly {@link chainwright.Transaction.verify|verify} messages.
         * @function encode
         * @memberof chainwright.Transaction
         * @static
         * @param {chainwright.Transaction.$Properties} message Transaction message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Transaction.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.body);
            if (message.authorizations != null && message.authorizations.length)
                for (let i = 0; i < message.authorizations.length; ++i)
                    $root.chainwright.Authorization.encode(message.authorizations[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Transaction message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.Transaction
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.Transaction & chainwright.Transaction.$Shape} Transaction
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Transaction.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.chainwright.Transaction();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.body = value;
                        else
                            delete message.body;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.authorizations && message.authorizations.length))
                            message.authorizations = [];
                        message.authorizations.push($root.chainwright.Authorization.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Transaction;
    })();

    chainwright.Authorization = (function() {

        /**
         * Properties of an Authorization.
         * @typedef {Object} chainwright.Authorization.$Properties
         * @property {Uint8Array|null} [publicKey] Authorization publicKey
         * @property {Uint8Array|null} [signature] Authorization signature
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Authorization.
         * @memberof chainwright
         * @interface IAuthorization
         * @augments chainwright.Authorization.$Properties
         * @deprecated Use chainwright.Authorization.$Properties instead.
         */

        /**
         * Shape of an Authorization.
         * @typedef {chainwright.Authorization.$Properties} chainwright.Authorization.$Shape
         */

        /**
         * Constructs a new Authorization.
         * @memberof chainwright
         * @classdesc Represents an Authorization.
         * @constructor
         * @param {chainwright.Authorization.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Authorization = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Authorization publicKey.
         * @member {Uint8Array} publicKey
         * @memberof chainwright.Authorization
         * @instance
         */
        Authorization.prototype.publicKey = $util.newBuffer([]);

        /**
         * Authorization signature.
         * @member {Uint8Array} signature
         * @memberof chainwright.Authorization
         * @instance
         */
        Authorization.prototype.signature = $util.newBuffer([]);

        /**
         * Creates a new Authorization instance using the specified properties.
         * @function create
         * @memberof chainwright.Authorization
         * @static
         * @param {chainwright.Authorization.$Properties=} [properties] Properties to set
         * @returns {chainwright.Authorization} Authorization instance
         * @type {{
         *   (properties: chainwright.Authorization.$Shape): chainwright.Authorization & chainwright.Authorization.$Shape;
         *   (properties?: chainwright.Authorization.$Properties): chainwright.Authorization;
         * }}
         */
        Authorization.create = function(properties) {
            return new Authorization(properties);
        };

        /**
         * Encodes the specified Authorization message. Does not implicitly {@link chainwright.Authorization.verify|verify} messages.
         * @function encode
         * @memberof chainwright.Authorization
         * @static
         * @param {chainwright.Authorization.$Properties} message Authorization message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Authorization.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.publicKey != null && $Object.hasOwnProperty.call(message, "publicKey") && message.publicKey.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.publicKey);
            if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.signature);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Authorization message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.Authorization
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.Authorization & chainwright.Authorization.$Shape} Authorization
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Authorization.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.chainwright.Authorization();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.publicKey = value;
                        else
                            delete message.publicKey;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.signature = value;
                        else
                            delete message.signature;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Authorization;
    })();

    chainwright.Header = (function() {

        /**
         * Properties of a Header.
         * @typedef {Object} chainwright.Header.$Properties
         * @property {string|null} [chainId] Header chainId
         * @property {Long|null} [height] Header height
         * @property {Uint8Array|null} [parent] Header parent
         * @property {Long|null} [timestampMs] Header timestampMs
         * @property {Uint8Array|null} [transactionsRoot] Header transactionsRoot
         * @property {Uint8Array|null} [receiptsRoot] Header receiptsRoot
         * @property {Uint8Array|null} [stateRoot] Header stateRoot
         * @property {Uint8Array|null} [payloadRoot] Header payloadRoot
         * @property {Uint8Array|null} [proposer] Header proposer
         * @property {Uint8Array|null} [extra] Header extra
         * @property {Uint8Array|null} [seal] Header seal
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Header.
         * @memberof chainwright
         * @interface IHeader
         * @augments chainwright.Header.$Properties
         * @deprecated Use chainwright.Header.$Properties instead.
         */

        /**
         * Shape of a Header.
         * @typedef {chainwright.Header.$Properties} chainwright.Header.$Shape
         */

        /**
         * Constructs a new Header.
         * @memberof chainwright
         * @classdesc Represents a Header.
         * @constructor
         * @param {chainwright.Header.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Header = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Header chainId.
         * @member {string} chainId
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.chainId = "";

        /**
         * Header height.
         * @member {Long} height
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.height = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Header parent.
         * @member {Uint8Array} parent
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.parent = $util.newBuffer([]);

        /**
         * Header timestampMs.
         * @member {Long} timestampMs
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.timestampMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Header transactionsRoot.
         * @member {Uint8Array} transactionsRoot
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.transactionsRoot = $util.newBuffer([]);

        /**
         * Header receiptsRoot.
         * @member {Uint8Array} receiptsRoot
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.receiptsRoot = $util.newBuffer([]);

        /**
         * Header stateRoot.
         * @member {Uint8Array} stateRoot
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.stateRoot = $util.newBuffer([]);

        /**
         * Header payloadRoot.
         * @member {Uint8Array} payloadRoot
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.payloadRoot = $util.newBuffer([]);

        /**
         * Header proposer.
         * @member {Uint8Array} proposer
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.proposer = $util.newBuffer([]);

        /**
         * Header extra.
         * @member {Uint8Array} extra
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.extra = $util.newBuffer([]);

        /**
         * Header seal.
         * @member {Uint8Array} seal
         * @memberof chainwright.Header
         * @instance
         */
        Header.prototype.seal = $util.newBuffer([]);

        /**
         * Creates a new Header instance using the specified properties.
         * @function create
         * @memberof chainwright.Header
         * @static
         * @param {chainwright.Header.$Properties=} [properties] Properties to set
         * @returns {chainwright.Header} Header instance
         * @type {{
         *   (properties: chainwright.Header.$Shape): chainwright.Header & chainwright.Header.$Shape;
         *   (properties?: chainwright.Header.$Properties): chainwright.Header;
         * }}
         */
        Header.create = function(properties) {
            return new Header(properties);
        };

        /**
         * Encodes the specified Header message. Does not implicitly {@link chainwright.Header.verify|verify} messages.
         * @function encode
         * @memberof chainwright.Header
         * @static
         * @param {chainwright.Header.$Properties} message Header message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Header.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.chainId != null && $Object.hasOwnProperty.call(message, "chainId") && message.chainId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.chainId);
            if (message.height != null && $Object.hasOwnProperty.call(message, "height") && (typeof message.height === "object" ? message.height.low || message.height.high : message.height !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.height);
            if (message.parent != null && $Object.hasOwnProperty.call(message, "parent") && message.parent.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.parent);
            if (message.timestampMs != null && $Object.hasOwnProperty.call(message, "timestampMs") && (typeof message.timestampMs === "object" ? message.timestampMs.low || message.timestampMs.high : message.timestampMs !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.timestampMs);
            if (message.transactionsRoot != null && $Object.hasOwnProperty.call(message, "transactionsRoot") && message.transactionsRoot.length)
                writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.transactionsRoot);
            if (message.receiptsRoot != null && $Object.hasOwnProperty.call(message, "receiptsRoot") && message.receiptsRoot.length)
                writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.receiptsRoot);
            if (message.stateRoot != null && $Object.hasOwnProperty.call(message, "stateRoot") && message.stateRoot.length)
                writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.stateRoot);
            if (message.payloadRoot != null && $Object.hasOwnProperty.call(message, "payloadRoot") && message.payloadRoot.length)
                writer.uint32(/* id 8, wireType 2 =*/66).bytes(message.payloadRoot);
            if (message.proposer != null && $Object.hasOwnProperty.call(message, "proposer") && message.proposer.length)
                writer.uint32(/* id 9, wireType 2 =*/74).bytes(message.proposer);
            if (message.extra != null && $Object.hasOwnProperty.call(message, "extra") && message.extra.length)
                writer.uint32(/* id 10, wireType 2 =*/82).bytes(message.extra);
            if (message.seal != null && $Object.hasOwnProperty.call(message, "seal") && message.seal.length)
                writer.uint32(/* id 11, wireType 2 =*/90).bytes(message.seal);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Header message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.Header
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.Header & chainwright.Header.$Shape} Header
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Header.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.chainwright.Header();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.chainId = value;
                        else
                            delete message.chainId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.height = value;
                        else
                            delete message.height;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.parent = value;
                        else
                            delete message.parent;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.timestampMs = value;
                        else
                            delete message.timestampMs;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.transactionsRoot = value;
                        else
                            delete message.transactionsRoot;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.receiptsRoot = value;
                        else
                            delete message.receiptsRoot;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.stateRoot = value;
                        else
                            delete message.stateRoot;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.payloadRoot = value;
                        else
                            delete message.payloadRoot;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.proposer = value;
                        else
                            delete message.proposer;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.extra = value;
                        else
                            delete message.extra;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.seal = value;
                        else
                            delete message.seal;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Header;
    })();

    chainwright.Block = (function() {

        /**
         * Properties of a Block.
         * @typedef {Object} chainwright.Block.$Properties
         * @property {chainwright.Header.$Properties|null} [header] Block header
         * @property {Array.<Uint8Array>|null} [transactions] Block transactions
         * @property {Uint8Array|null} [payload] Block payload
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Block.
         * @memberof chainwright
         * @interface IBlock
         * @augments chainwright.Block.$Properties
         * @deprecated Use chainwright.Block.$Properties instead.
         */

        /**
         * Shape of a Block.
         * @typedef {chainwright.Block.$Properties} chainwright.Block.$Shape
         */

        /**
         * Constructs a new Block.
         * @memberof chainwright
         * @classdesc Represents a Block.
         * @constructor
         * @param {chainwright.Block.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Block = function (properties) {
            this.transactions = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Block header.
         * @member {chainwright.Header.$Properties|null|undefined} header
         * @memberof chainwright.Block
         * @instance
         */
        Block.prototype.header = null;

        /**
         * Block transactions.
         * @member {Array.<Uint8Array>} transactions
         * @memberof chainwright.Block
         * @instance
         */
        Block.prototype.transactions = $util.emptyArray;

        /**
         * Block payload.
         * @member {Uint8Array} payload
         * @memberof chainwright.Block
         * @instance
         */
        Block.prototype.payload = $util.newBuffer([]);

        /**
         * Creates a new Block instance using the specified properties.
         * @function create
         * @memberof chainwright.Block
         * @static
         * @param {chainwright.Block.$Properties=} [properties] Properties to set
         * @returns {chainwright.Block} Block instance
         * @type {{
         *   (properties: chainwright.Block.$Shape): chainwright.Block & chainwright.Block.$Shape;
         *   (properties?: chainwright.Block.$Properties): chainwright.Block;
         * }}
         */
        Block.create = function(properties) {
            return new Block(properties);
        };

        /**
         * Encodes the specified Block message. Does not implicitly {@link chainwright.Block.verify|verify} messages.
         * @function encode
         * @memberof chainwright.Block
         * @static
         * @param {chainwright.Block.$Properties} message Block message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Block.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.chainwright.Header.encode(message.header, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.transactions != null && message.transactions.length)
                for (let i = 0; i < message.transactions.length; ++i)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.transactions[i]);
            if (message.payload != null && $Object.hasOwnProperty.call(message, "payload") && message.payload.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.payload);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Block message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.Block
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.Block & chainwright.Block.$Shape} Block
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Block.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.chainwright.Block();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.chainwright.Header.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.transactions && message.transactions.length))
                            message.transactions = [];
                        message.transactions.push(reader.bytes());
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.payload = value;
                        else
                            delete message.payload;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Block;
    })();

    chainwright.Receipt = (function() {

        /**
         * Properties of a Receipt.
         * @typedef {Object} chainwright.Receipt.$Properties
         * @property {Uint8Array|null} [transactionId] Receipt transactionId
         * @property {boolean|null} [ok] Receipt ok
         * @property {string|null} [code] Receipt code
         * @property {Long|null} [feePaid] Receipt feePaid
         * @property {Long|null} [weight] Receipt weight
         * @property {Array.<chainwright.LedgerEvent.$Properties>|null} [events] Receipt events
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Receipt.
         * @memberof chainwright
         * @interface IReceipt
         * @augments chainwright.Receipt.$Properties
         * @deprecated Use chainwright.Receipt.$Properties instead.
         */

        /**
         * Shape of a Receipt.
         * @typedef {chainwright.Receipt.$Properties} chainwright.Receipt.$Shape
         */

        /**
         * Constructs a new Receipt.
         * @memberof chainwright
         * @classdesc Represents a Receipt.
         * @constructor
         * @param {chainwright.Receipt.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Receipt = function (properties) {
            this.events = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Receipt transactionId.
         * @member {Uint8Array} transactionId
         * @memberof chainwright.Receipt
         * @instance
         */
        Receipt.prototype.transactionId = $util.newBuffer([]);

        /**
         * Receipt ok.
         * @member {boolean} ok
         * @memberof chainwright.Receipt
         * @instance
         */
        Receipt.prototype.ok = false;

        /**
         * Receipt code.
         * @member {string} code
         * @memberof chainwright.Receipt
         * @instance
         */
        Receipt.prototype.code = "";

        /**
         * Receipt feePaid.
         * @member {Long} feePaid
         * @memberof chainwright.Receipt
         * @instance
         */
        Receipt.prototype.feePaid = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Receipt weight.
         * @member {Long} weight
         * @memberof chainwright.Receipt
         * @instance
         */
        Receipt.prototype.weight = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Receipt events.
         * @member {Array.<chainwright.LedgerEvent.$Properties>} events
         * @memberof chainwright.Receipt
         * @instance
         */
        Receipt.prototype.events = $util.emptyArray;

        /**
         * Creates a new Receipt instance using the specified properties.
         * @function create
         * @memberof chainwright.Receipt
         * @static
         * @param {chainwright.Receipt.$Properties=} [properties] Properties to set
         * @returns {chainwright.Receipt} Receipt instance
         * @type {{
         *   (properties: chainwright.Receipt.$Shape): chainwright.Receipt & chainwright.Receipt.$Shape;
         *   (properties?: chainwright.Receipt.$Properties): chainwright.Receipt;
         * }}
         */
        Receipt.create = function(properties) {
            return new Receipt(properties);
        };

        /**
         * Encodes the specified Receipt message. Does not implicitly {@link chainwright.Receipt.verify|verify} messages.
         * @function encode
         * @memberof chainwright.Receipt
         * @static
         * @param {chainwright.Receipt.$Properties} message Receipt message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Receipt.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.transactionId != null && $Object.hasOwnProperty.call(message, "transactionId") && message.transactionId.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.transactionId);
            if (message.ok != null && $Object.hasOwnProperty.call(message, "ok") && message.ok !== false)
                writer.uint32(/* id 2, wireType 0 =*/16).bool(message.ok);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.code);
            if (message.feePaid != null && $Object.hasOwnProperty.call(message, "feePaid") && (typeof message.feePaid === "object" ? message.feePaid.low || message.feePaid.high : message.feePaid !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.feePaid);
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && (typeof message.weight === "object" ? message.weight.low || message.weight.high : message.weight !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.weight);
            if (message.events != null && message.events.length)
                for (let i = 0; i < message.events.length; ++i)
                    $root.chainwright.LedgerEvent.encode(message.events[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Receipt message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.Receipt
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.Receipt & chainwright.Receipt.$Shape} Receipt
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Receipt.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.chainwright.Receipt();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.transactionId = value;
                        else
                            delete message.transactionId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.ok = value;
                        else
                            delete message.ok;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.feePaid = value;
                        else
                            delete message.feePaid;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.weight = value;
                        else
                            delete message.weight;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.events && message.events.length))
                            message.events = [];
                        message.events.push($root.chainwright.LedgerEvent.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Receipt;
    })();

    chainwright.LedgerEvent = (function() {

        /**
         * Properties of a LedgerEvent.
         * @typedef {Object} chainwright.LedgerEvent.$Properties
         * @property {string|null} [type] LedgerEvent type
         * @property {Array.<chainwright.EventAttribute.$Properties>|null} [attributes] LedgerEvent attributes
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LedgerEvent.
         * @memberof chainwright
         * @interface ILedgerEvent
         * @augments chainwright.LedgerEvent.$Properties
         * @deprecated Use chainwright.LedgerEvent.$Properties instead.
         */

        /**
         * Shape of a LedgerEvent.
         * @typedef {chainwright.LedgerEvent.$Properties} chainwright.LedgerEvent.$Shape
         */

        /**
         * Constructs a new LedgerEvent.
         * @memberof chainwright
         * @classdesc Represents a LedgerEvent.
         * @constructor
         * @param {chainwright.LedgerEvent.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LedgerEvent = function (properties) {
            this.attributes = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LedgerEvent type.
         * @member {string} type
         * @memberof chainwright.LedgerEvent
         * @instance
         */
        LedgerEvent.prototype.type = "";

        /**
         * LedgerEvent attributes.
         * @member {Array.<chainwright.EventAttribute.$Properties>} attributes
         * @memberof chainwright.LedgerEvent
         * @instance
         */
        LedgerEvent.prototype.attributes = $util.emptyArray;

        /**
         * Creates a new LedgerEvent instance using the specified properties.
         * @function create
         * @memberof chainwright.LedgerEvent
         * @static
         * @param {chainwright.LedgerEvent.$Properties=} [properties] Properties to set
         * @returns {chainwright.LedgerEvent} LedgerEvent instance
         * @type {{
         *   (properties: chainwright.LedgerEvent.$Shape): chainwright.LedgerEvent & chainwright.LedgerEvent.$Shape;
         *   (properties?: chainwright.LedgerEvent.$Properties): chainwright.LedgerEvent;
         * }}
         */
        LedgerEvent.create = function(properties) {
            return new LedgerEvent(properties);
        };

        /**
         * Encodes the specified LedgerEvent message. Does not implicitly {@link chainwright.LedgerEvent.verify|verify} messages.
         * @function encode
         * @memberof chainwright.LedgerEvent
         * @static
         * @param {chainwright.LedgerEvent.$Properties} message LedgerEvent message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LedgerEvent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.type);
            if (message.attributes != null && message.attributes.length)
                for (let i = 0; i < message.attributes.length; ++i)
                    $root.chainwright.EventAttribute.encode(message.attributes[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LedgerEvent message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.LedgerEvent
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.LedgerEvent & chainwright.LedgerEvent.$Shape} LedgerEvent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LedgerEvent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.chainwright.LedgerEvent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.type = value;
                        else
                            delete message.type;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.attributes && message.attributes.length))
                            message.attributes = [];
                        message.attributes.push($root.chainwright.EventAttribute.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LedgerEvent;
    })();

    chainwright.EventAttribute = (function() {

        /**
         * Properties of an EventAttribute.
         * @typedef {Object} chainwright.EventAttribute.$Properties
         * @property {string|null} [key] EventAttribute key
         * @property {string|null} [value] EventAttribute value
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an EventAttribute.
         * @memberof chainwright
         * @interface IEventAttribute
         * @augments chainwright.EventAttribute.$Properties
         * @deprecated Use chainwright.EventAttribute.$Properties instead.
         */

        /**
         * Shape of an EventAttribute.
         * @typedef {chainwright.EventAttribute.$Properties} chainwright.EventAttribute.$Shape
         */

        /**
         * Constructs a new EventAttribute.
         * @memberof chainwright
         * @classdesc Represents an EventAttribute.
         * @constructor
         * @param {chainwright.EventAttribute.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const EventAttribute = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * EventAttribute key.
         * @member {string} key
         * @memberof chainwright.EventAttribute
         * @instance
         */
        EventAttribute.prototype.key = "";

        /**
         * EventAttribute value.
         * @member {string} value
         * @memberof chainwright.EventAttribute
         * @instance
         */
        EventAttribute.prototype.value = "";

        /**
         * Creates a new EventAttribute instance using the specified properties.
         * @function create
         * @memberof chainwright.EventAttribute
         * @static
         * @param {chainwright.EventAttribute.$Properties=} [properties] Properties to set
         * @returns {chainwright.EventAttribute} EventAttribute instance
         * @type {{
         *   (properties: chainwright.EventAttribute.$Shape): chainwright.EventAttribute & chainwright.EventAttribute.$Shape;
         *   (properties?: chainwright.EventAttribute.$Properties): chainwright.EventAttribute;
         * }}
         */
        EventAttribute.create = function(properties) {
            return new EventAttribute(properties);
        };

        /**
         * Encodes the specified EventAttribute message. Does not implicitly {@link chainwright.EventAttribute.verify|verify} messages.
         * @function encode
         * @memberof chainwright.EventAttribute
         * @static
         * @param {chainwright.EventAttribute.$Properties} message EventAttribute message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        EventAttribute.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.key);
            if (message.value != null && $Object.hasOwnProperty.call(message, "value") && message.value !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.value);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an EventAttribute message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.EventAttribute
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.EventAttribute & chainwright.EventAttribute.$Shape} EventAttribute
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        EventAttribute.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.chainwright.EventAttribute();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.value = value;
                        else
                            delete message.value;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return EventAttribute;
    })();

    chainwright.Receipts = (function() {

        /**
         * Properties of a Receipts.
         * @typedef {Object} chainwright.Receipts.$Properties
         * @property {Array.<chainwright.Receipt.$Properties>|null} [receipts] Receipts receipts
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Receipts.
         * @memberof chainwright
         * @interface IReceipts
         * @augments chainwright.Receipts.$Properties
         * @deprecated Use chainwright.Receipts.$Properties instead.
         */

        /**
         * Shape of a Receipts.
         * @typedef {chainwright.Receipts.$Properties} chainwright.Receipts.$Shape
         */

        /**
         * Constructs a new Receipts.
         * @memberof chainwright
         * @classdesc Represents a Receipts.
         * @constructor
         * @param {chainwright.Receipts.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Receipts = function (properties) {
            this.receipts = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Receipts receipts.
         * @member {Array.<chainwright.Receipt.$Properties>} receipts
         * @memberof chainwright.Receipts
         * @instance
         */
        Receipts.prototype.receipts = $util.emptyArray;

        /**
         * Creates a new Receipts instance using the specified properties.
         * @function create
         * @memberof chainwright.Receipts
         * @static
         * @param {chainwright.Receipts.$Properties=} [properties] Properties to set
         * @returns {chainwright.Receipts} Receipts instance
         * @type {{
         *   (properties: chainwright.Receipts.$Shape): chainwright.Receipts & chainwright.Receipts.$Shape;
         *   (properties?: chainwright.Receipts.$Properties): chainwright.Receipts;
         * }}
         */
        Receipts.create = function(properties) {
            return new Receipts(properties);
        };

        /**
         * Encodes the specified Receipts message. Does not implicitly {@link chainwright.Receipts.verify|verify} messages.
         * @function encode
         * @memberof chainwright.Receipts
         * @static
         * @param {chainwright.Receipts.$Properties} message Receipts message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Receipts.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.receipts != null && message.receipts.length)
                for (let i = 0; i < message.receipts.length; ++i)
                    $root.chainwright.Receipt.encode(message.receipts[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Receipts message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.Receipts
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.Receipts & chainwright.Receipts.$Shape} Receipts
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Receipts.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.chainwright.Receipts();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.receipts && message.receipts.length))
                            message.receipts = [];
                        message.receipts.push($root.chainwright.Receipt.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Receipts;
    })();

    chainwright.AccountTransaction = (function() {

        /**
         * Properties of an AccountTransaction.
         * @typedef {Object} chainwright.AccountTransaction.$Properties
         * @property {Uint8Array|null} [chainTag] AccountTransaction chainTag
         * @property {Uint8Array|null} [sender] AccountTransaction sender
         * @property {Long|null} [nonce] AccountTransaction nonce
         * @property {Long|null} [fee] AccountTransaction fee
         * @property {Long|null} [validFrom] AccountTransaction validFrom
         * @property {Long|null} [validUntil] AccountTransaction validUntil
         * @property {string|null} [memo] AccountTransaction memo
         * @property {number|null} [module] AccountTransaction module
         * @property {Uint8Array|null} [operation] AccountTransaction operation
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an AccountTransaction.
         * @memberof chainwright
         * @interface IAccountTransaction
         * @augments chainwright.AccountTransaction.$Properties
         * @deprecated Use chainwright.AccountTransaction.$Properties instead.
         */

        /**
         * Shape of an AccountTransaction.
         * @typedef {chainwright.AccountTransaction.$Properties} chainwright.AccountTransaction.$Shape
         */

        /**
         * Constructs a new AccountTransaction.
         * @memberof chainwright
         * @classdesc Represents an AccountTransaction.
         * @constructor
         * @param {chainwright.AccountTransaction.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const AccountTransaction = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * AccountTransaction chainTag.
         * @member {Uint8Array} chainTag
         * @memberof chainwright.AccountTransaction
         * @instance
         */
        AccountTransaction.prototype.chainTag = $util.newBuffer([]);

        /**
         * AccountTransaction sender.
         * @member {Uint8Array} sender
         * @memberof chainwright.AccountTransaction
         * @instance
         */
        AccountTransaction.prototype.sender = $util.newBuffer([]);

        /**
         * AccountTransaction nonce.
         * @member {Long} nonce
         * @memberof chainwright.AccountTransaction
         * @instance
         */
        AccountTransaction.prototype.nonce = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * AccountTransaction fee.
         * @member {Long} fee
         * @memberof chainwright.AccountTransaction
         * @instance
         */
        AccountTransaction.prototype.fee = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * AccountTransaction validFrom.
         * @member {Long} validFrom
         * @memberof chainwright.AccountTransaction
         * @instance
         */
        AccountTransaction.prototype.validFrom = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * AccountTransaction validUntil.
         * @member {Long} validUntil
         * @memberof chainwright.AccountTransaction
         * @instance
         */
        AccountTransaction.prototype.validUntil = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * AccountTransaction memo.
         * @member {string} memo
         * @memberof chainwright.AccountTransaction
         * @instance
         */
        AccountTransaction.prototype.memo = "";

        /**
         * AccountTransaction module.
         * @member {number} module
         * @memberof chainwright.AccountTransaction
         * @instance
         */
        AccountTransaction.prototype.module = 0;

        /**
         * AccountTransaction operation.
         * @member {Uint8Array} operation
         * @memberof chainwright.AccountTransaction
         * @instance
         */
        AccountTransaction.prototype.operation = $util.newBuffer([]);

        /**
         * Creates a new AccountTransaction instance using the specified properties.
         * @function create
         * @memberof chainwright.AccountTransaction
         * @static
         * @param {chainwright.AccountTransaction.$Properties=} [properties] Properties to set
         * @returns {chainwright.AccountTransaction} AccountTransaction instance
         * @type {{
         *   (properties: chainwright.AccountTransaction.$Shape): chainwright.AccountTransaction & chainwright.AccountTransaction.$Shape;
         *   (properties?: chainwright.AccountTransaction.$Properties): chainwright.AccountTransaction;
         * }}
         */
        AccountTransaction.create = function(properties) {
            return new AccountTransaction(properties);
        };

        /**
         * Encodes the specified AccountTransaction message. Does not implicitly {@link chainwright.AccountTransaction.verify|verify} messages.
         * @function encode
         * @memberof chainwright.AccountTransaction
         * @static
         * @param {chainwright.AccountTransaction.$Properties} message AccountTransaction message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        AccountTransaction.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.chainTag != null && $Object.hasOwnProperty.call(message, "chainTag") && message.chainTag.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.chainTag);
            if (message.sender != null && $Object.hasOwnProperty.call(message, "sender") && message.sender.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.sender);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && (typeof message.nonce === "object" ? message.nonce.low || message.nonce.high : message.nonce !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.nonce);
            if (message.fee != null && $Object.hasOwnProperty.call(message, "fee") && (typeof message.fee === "object" ? message.fee.low || message.fee.high : message.fee !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.fee);
            if (message.validFrom != null && $Object.hasOwnProperty.call(message, "validFrom") && (typeof message.validFrom === "object" ? message.validFrom.low || message.validFrom.high : message.validFrom !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.validFrom);
            if (message.validUntil != null && $Object.hasOwnProperty.call(message, "validUntil") && (typeof message.validUntil === "object" ? message.validUntil.low || message.validUntil.high : message.validUntil !== 0))
                writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.validUntil);
            if (message.memo != null && $Object.hasOwnProperty.call(message, "memo") && message.memo !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.memo);
            if (message.module != null && $Object.hasOwnProperty.call(message, "module") && message.module !== 0)
                writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.module);
            if (message.operation != null && $Object.hasOwnProperty.call(message, "operation") && message.operation.length)
                writer.uint32(/* id 9, wireType 2 =*/74).bytes(message.operation);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an AccountTransaction message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.AccountTransaction
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.AccountTransaction & chainwright.AccountTransaction.$Shape} AccountTransaction
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        AccountTransaction.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.chainwright.AccountTransaction();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.chainTag = value;
                        else
                            delete message.chainTag;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.sender = value;
                        else
                            delete message.sender;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.fee = value;
                        else
                            delete message.fee;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.validFrom = value;
                        else
                            delete message.validFrom;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.validUntil = value;
                        else
                            delete message.validUntil;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.memo = value;
                        else
                            delete message.memo;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.module = value;
                        else
                            delete message.module;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.operation = value;
                        else
                            delete message.operation;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return AccountTransaction;
    })();

    chainwright.BankTransfer = (function() {

        /**
         * Properties of a BankTransfer.
         * @typedef {Object} chainwright.BankTransfer.$Properties
         * @property {Uint8Array|null} [to] BankTransfer to
         * @property {Long|null} [amount] BankTransfer amount
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a BankTransfer.
         * @memberof chainwright
         * @interface IBankTransfer
         * @augments chainwright.BankTransfer.$Properties
         * @deprecated Use chainwright.BankTransfer.$Properties instead.
         */

        /**
         * Shape of a BankTransfer.
         * @typedef {chainwright.BankTransfer.$Properties} chainwright.BankTransfer.$Shape
         */

        /**
         * Constructs a new BankTransfer.
         * @memberof chainwright
         * @classdesc Represents a BankTransfer.
         * @constructor
         * @param {chainwright.BankTransfer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const BankTransfer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * BankTransfer to.
         * @member {Uint8Array} to
         * @memberof chainwright.BankTransfer
         * @instance
         */
        BankTransfer.prototype.to = $util.newBuffer([]);

        /**
         * BankTransfer amount.
         * @member {Long} amount
         * @memberof chainwright.BankTransfer
         * @instance
         */
        BankTransfer.prototype.amount = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new BankTransfer instance using the specified properties.
         * @function create
         * @memberof chainwright.BankTransfer
         * @static
         * @param {chainwright.BankTransfer.$Properties=} [properties] Properties to set
         * @returns {chainwright.BankTransfer} BankTransfer instance
         * @type {{
         *   (properties: chainwright.BankTransfer.$Shape): chainwright.BankTransfer & chainwright.BankTransfer.$Shape;
         *   (properties?: chainwright.BankTransfer.$Properties): chainwright.BankTransfer;
         * }}
         */
        BankTransfer.create = function(properties) {
            return new BankTransfer(properties);
        };

        /**
         * Encodes the specified BankTransfer message. Does not implicitly {@link chainwright.BankTransfer.verify|verify} messages.
         * @function encode
         * @memberof chainwright.BankTransfer
         * @static
         * @param {chainwright.BankTransfer.$Properties} message BankTransfer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        BankTransfer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.to != null && $Object.hasOwnProperty.call(message, "to") && message.to.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.to);
            if (message.amount != null && $Object.hasOwnProperty.call(message, "amount") && (typeof message.amount === "object" ? message.amount.low || message.amount.high : message.amount !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.amount);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a BankTransfer message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.BankTransfer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.BankTransfer & chainwright.BankTransfer.$Shape} BankTransfer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        BankTransfer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.chainwright.BankTransfer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.to = value;
                        else
                            delete message.to;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.amount = value;
                        else
                            delete message.amount;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return BankTransfer;
    })();

    return chainwright;
})();

export {
  $root as default
};
