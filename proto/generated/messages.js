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

    chainwright.ValidatorOperation = (function() {

        /**
         * Properties of a ValidatorOperation.
         * @typedef {Object} chainwright.ValidatorOperation.$Properties
         * @property {chainwright.ValidatorDeposit.$Properties|null} [deposit] ValidatorOperation deposit
         * @property {chainwright.ValidatorTopUp.$Properties|null} [topUp] ValidatorOperation topUp
         * @property {chainwright.ValidatorExit.$Properties|null} [exit] ValidatorOperation exit
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ValidatorOperation.
         * @memberof chainwright
         * @interface IValidatorOperation
         * @augments chainwright.ValidatorOperation.$Properties
         * @deprecated Use chainwright.ValidatorOperation.$Properties instead.
         */

        /**
         * Shape of a ValidatorOperation.
         * @typedef {chainwright.ValidatorOperation.$Properties} chainwright.ValidatorOperation.$Shape
         */

        /**
         * Constructs a new ValidatorOperation.
         * @memberof chainwright
         * @classdesc Represents a ValidatorOperation.
         * @constructor
         * @param {chainwright.ValidatorOperation.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ValidatorOperation = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ValidatorOperation deposit.
         * @member {chainwright.ValidatorDeposit.$Properties|null|undefined} deposit
         * @memberof chainwright.ValidatorOperation
         * @instance
         */
        ValidatorOperation.prototype.deposit = null;

        /**
         * ValidatorOperation topUp.
         * @member {chainwright.ValidatorTopUp.$Properties|null|undefined} topUp
         * @memberof chainwright.ValidatorOperation
         * @instance
         */
        ValidatorOperation.prototype.topUp = null;

        /**
         * ValidatorOperation exit.
         * @member {chainwright.ValidatorExit.$Properties|null|undefined} exit
         * @memberof chainwright.ValidatorOperation
         * @instance
         */
        ValidatorOperation.prototype.exit = null;

        /**
         * Creates a new ValidatorOperation instance using the specified properties.
         * @function create
         * @memberof chainwright.ValidatorOperation
         * @static
         * @param {chainwright.ValidatorOperation.$Properties=} [properties] Properties to set
         * @returns {chainwright.ValidatorOperation} ValidatorOperation instance
         * @type {{
         *   (properties: chainwright.ValidatorOperation.$Shape): chainwright.ValidatorOperation & chainwright.ValidatorOperation.$Shape;
         *   (properties?: chainwright.ValidatorOperation.$Properties): chainwright.ValidatorOperation;
         * }}
         */
        ValidatorOperation.create = function(properties) {
            return new ValidatorOperation(properties);
        };

        /**
         * Encodes the specified ValidatorOperation message. Does not implicitly {@link chainwright.ValidatorOperation.verify|verify} messages.
         * @function encode
         * @memberof chainwright.ValidatorOperation
         * @static
         * @param {chainwright.ValidatorOperation.$Properties} message ValidatorOperation message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ValidatorOperation.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.deposit != null && $Object.hasOwnProperty.call(message, "deposit"))
                $root.chainwright.ValidatorDeposit.encode(message.deposit, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.topUp != null && $Object.hasOwnProperty.call(message, "topUp"))
                $root.chainwright.ValidatorTopUp.encode(message.topUp, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.exit != null && $Object.hasOwnProperty.call(message, "exit"))
                $root.chainwright.ValidatorExit.encode(message.exit, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ValidatorOperation message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.ValidatorOperation
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.ValidatorOperation & chainwright.ValidatorOperation.$Shape} ValidatorOperation
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ValidatorOperation.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.chainwright.ValidatorOperation();
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
                        message.deposit = $root.chainwright.ValidatorDeposit.decode(reader, reader.size(), $undefined, _depth + 1, message.deposit);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.topUp = $root.chainwright.ValidatorTopUp.decode(reader, reader.size(), $undefined, _depth + 1, message.topUp);
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.exit = $root.chainwright.ValidatorExit.decode(reader, reader.size(), $undefined, _depth + 1, message.exit);
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

        return ValidatorOperation;
    })();

    chainwright.ValidatorDeposit = (function() {

        /**
         * Properties of a ValidatorDeposit.
         * @typedef {Object} chainwright.ValidatorDeposit.$Properties
         * @property {Uint8Array|null} [publicKey] ValidatorDeposit publicKey
         * @property {Uint8Array|null} [proofOfPossession] ValidatorDeposit proofOfPossession
         * @property {Uint8Array|null} [account] ValidatorDeposit account
         * @property {Long|null} [amount] ValidatorDeposit amount
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ValidatorDeposit.
         * @memberof chainwright
         * @interface IValidatorDeposit
         * @augments chainwright.ValidatorDeposit.$Properties
         * @deprecated Use chainwright.ValidatorDeposit.$Properties instead.
         */

        /**
         * Shape of a ValidatorDeposit.
         * @typedef {chainwright.ValidatorDeposit.$Properties} chainwright.ValidatorDeposit.$Shape
         */

        /**
         * Constructs a new ValidatorDeposit.
         * @memberof chainwright
         * @classdesc Represents a ValidatorDeposit.
         * @constructor
         * @param {chainwright.ValidatorDeposit.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ValidatorDeposit = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ValidatorDeposit publicKey.
         * @member {Uint8Array} publicKey
         * @memberof chainwright.ValidatorDeposit
         * @instance
         */
        ValidatorDeposit.prototype.publicKey = $util.newBuffer([]);

        /**
         * ValidatorDeposit proofOfPossession.
         * @member {Uint8Array} proofOfPossession
         * @memberof chainwright.ValidatorDeposit
         * @instance
         */
        ValidatorDeposit.prototype.proofOfPossession = $util.newBuffer([]);

        /**
         * ValidatorDeposit account.
         * @member {Uint8Array} account
         * @memberof chainwright.ValidatorDeposit
         * @instance
         */
        ValidatorDeposit.prototype.account = $util.newBuffer([]);

        /**
         * ValidatorDeposit amount.
         * @member {Long} amount
         * @memberof chainwright.ValidatorDeposit
         * @instance
         */
        ValidatorDeposit.prototype.amount = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new ValidatorDeposit instance using the specified properties.
         * @function create
         * @memberof chainwright.ValidatorDeposit
         * @static
         * @param {chainwright.ValidatorDeposit.$Properties=} [properties] Properties to set
         * @returns {chainwright.ValidatorDeposit} ValidatorDeposit instance
         * @type {{
         *   (properties: chainwright.ValidatorDeposit.$Shape): chainwright.ValidatorDeposit & chainwright.ValidatorDeposit.$Shape;
         *   (properties?: chainwright.ValidatorDeposit.$Properties): chainwright.ValidatorDeposit;
         * }}
         */
        ValidatorDeposit.create = function(properties) {
            return new ValidatorDeposit(properties);
        };

        /**
         * Encodes the specified ValidatorDeposit message. Does not implicitly {@link chainwright.ValidatorDeposit.verify|verify} messages.
         * @function encode
         * @memberof chainwright.ValidatorDeposit
         * @static
         * @param {chainwright.ValidatorDeposit.$Properties} message ValidatorDeposit message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ValidatorDeposit.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.publicKey != null && $Object.hasOwnProperty.call(message, "publicKey") && message.publicKey.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.publicKey);
            if (message.proofOfPossession != null && $Object.hasOwnProperty.call(message, "proofOfPossession") && message.proofOfPossession.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.proofOfPossession);
            if (message.account != null && $Object.hasOwnProperty.call(message, "account") && message.account.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.account);
            if (message.amount != null && $Object.hasOwnProperty.call(message, "amount") && (typeof message.amount === "object" ? message.amount.low || message.amount.high : message.amount !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.amount);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ValidatorDeposit message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.ValidatorDeposit
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.ValidatorDeposit & chainwright.ValidatorDeposit.$Shape} ValidatorDeposit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ValidatorDeposit.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.chainwright.ValidatorDeposit();
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
                            message.proofOfPossession = value;
                        else
                            delete message.proofOfPossession;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.account = value;
                        else
                            delete message.account;
                        continue;
                    }
                case 4: {
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

        return ValidatorDeposit;
    })();

    chainwright.ValidatorTopUp = (function() {

        /**
         * Properties of a ValidatorTopUp.
         * @typedef {Object} chainwright.ValidatorTopUp.$Properties
         * @property {Uint8Array|null} [publicKey] ValidatorTopUp publicKey
         * @property {Long|null} [amount] ValidatorTopUp amount
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ValidatorTopUp.
         * @memberof chainwright
         * @interface IValidatorTopUp
         * @augments chainwright.ValidatorTopUp.$Properties
         * @deprecated Use chainwright.ValidatorTopUp.$Properties instead.
         */

        /**
         * Shape of a ValidatorTopUp.
         * @typedef {chainwright.ValidatorTopUp.$Properties} chainwright.ValidatorTopUp.$Shape
         */

        /**
         * Constructs a new ValidatorTopUp.
         * @memberof chainwright
         * @classdesc Represents a ValidatorTopUp.
         * @constructor
         * @param {chainwright.ValidatorTopUp.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ValidatorTopUp = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ValidatorTopUp publicKey.
         * @member {Uint8Array} publicKey
         * @memberof chainwright.ValidatorTopUp
         * @instance
         */
        ValidatorTopUp.prototype.publicKey = $util.newBuffer([]);

        /**
         * ValidatorTopUp amount.
         * @member {Long} amount
         * @memberof chainwright.ValidatorTopUp
         * @instance
         */
        ValidatorTopUp.prototype.amount = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new ValidatorTopUp instance using the specified properties.
         * @function create
         * @memberof chainwright.ValidatorTopUp
         * @static
         * @param {chainwright.ValidatorTopUp.$Properties=} [properties] Properties to set
         * @returns {chainwright.ValidatorTopUp} ValidatorTopUp instance
         * @type {{
         *   (properties: chainwright.ValidatorTopUp.$Shape): chainwright.ValidatorTopUp & chainwright.ValidatorTopUp.$Shape;
         *   (properties?: chainwright.ValidatorTopUp.$Properties): chainwright.ValidatorTopUp;
         * }}
         */
        ValidatorTopUp.create = function(properties) {
            return new ValidatorTopUp(properties);
        };

        /**
         * Encodes the specified ValidatorTopUp message. Does not implicitly {@link chainwright.ValidatorTopUp.verify|verify} messages.
         * @function encode
         * @memberof chainwright.ValidatorTopUp
         * @static
         * @param {chainwright.ValidatorTopUp.$Properties} message ValidatorTopUp message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ValidatorTopUp.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.publicKey != null && $Object.hasOwnProperty.call(message, "publicKey") && message.publicKey.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.publicKey);
            if (message.amount != null && $Object.hasOwnProperty.call(message, "amount") && (typeof message.amount === "object" ? message.amount.low || message.amount.high : message.amount !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.amount);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ValidatorTopUp message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.ValidatorTopUp
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.ValidatorTopUp & chainwright.ValidatorTopUp.$Shape} ValidatorTopUp
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ValidatorTopUp.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.chainwright.ValidatorTopUp();
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

        return ValidatorTopUp;
    })();

    chainwright.ValidatorExit = (function() {

        /**
         * Properties of a ValidatorExit.
         * @typedef {Object} chainwright.ValidatorExit.$Properties
         * @property {Uint8Array|null} [publicKey] ValidatorExit publicKey
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ValidatorExit.
         * @memberof chainwright
         * @interface IValidatorExit
         * @augments chainwright.ValidatorExit.$Properties
         * @deprecated Use chainwright.ValidatorExit.$Properties instead.
         */

        /**
         * Shape of a ValidatorExit.
         * @typedef {chainwright.ValidatorExit.$Properties} chainwright.ValidatorExit.$Shape
         */

        /**
         * Constructs a new ValidatorExit.
         * @memberof chainwright
         * @classdesc Represents a ValidatorExit.
         * @constructor
         * @param {chainwright.ValidatorExit.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ValidatorExit = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ValidatorExit publicKey.
         * @member {Uint8Array} publicKey
         * @memberof chainwright.ValidatorExit
         * @instance
         */
        ValidatorExit.prototype.publicKey = $util.newBuffer([]);

        /**
         * Creates a new ValidatorExit instance using the specified properties.
         * @function create
         * @memberof chainwright.ValidatorExit
         * @static
         * @param {chainwright.ValidatorExit.$Properties=} [properties] Properties to set
         * @returns {chainwright.ValidatorExit} ValidatorExit instance
         * @type {{
         *   (properties: chainwright.ValidatorExit.$Shape): chainwright.ValidatorExit & chainwright.ValidatorExit.$Shape;
         *   (properties?: chainwright.ValidatorExit.$Properties): chainwright.ValidatorExit;
         * }}
         */
        ValidatorExit.create = function(properties) {
            return new ValidatorExit(properties);
        };

        /**
         * Encodes the specified ValidatorExit message. Does not implicitly {@link chainwright.ValidatorExit.verify|verify} messages.
         * @function encode
         * @memberof chainwright.ValidatorExit
         * @static
         * @param {chainwright.ValidatorExit.$Properties} message ValidatorExit message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ValidatorExit.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.publicKey != null && $Object.hasOwnProperty.call(message, "publicKey") && message.publicKey.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.publicKey);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ValidatorExit message from the specified reader or buffer.
         * @function decode
         * @memberof chainwright.ValidatorExit
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {chainwright.ValidatorExit & chainwright.ValidatorExit.$Shape} ValidatorExit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ValidatorExit.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.chainwright.ValidatorExit();
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

        return ValidatorExit;
    })();

    chainwright.gasper = (function() {

        /**
         * Namespace gasper.
         * @memberof chainwright
         * @namespace
         */
        const gasper = {};

        gasper.Checkpoint = (function() {

            /**
             * Properties of a Checkpoint.
             * @typedef {Object} chainwright.gasper.Checkpoint.$Properties
             * @property {Long|null} [epoch] Checkpoint epoch
             * @property {Uint8Array|null} [root] Checkpoint root
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Checkpoint.
             * @memberof chainwright.gasper
             * @interface ICheckpoint
             * @augments chainwright.gasper.Checkpoint.$Properties
             * @deprecated Use chainwright.gasper.Checkpoint.$Properties instead.
             */

            /**
             * Shape of a Checkpoint.
             * @typedef {chainwright.gasper.Checkpoint.$Properties} chainwright.gasper.Checkpoint.$Shape
             */

            /**
             * Constructs a new Checkpoint.
             * @memberof chainwright.gasper
             * @classdesc Represents a Checkpoint.
             * @constructor
             * @param {chainwright.gasper.Checkpoint.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Checkpoint = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Checkpoint epoch.
             * @member {Long} epoch
             * @memberof chainwright.gasper.Checkpoint
             * @instance
             */
            Checkpoint.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Checkpoint root.
             * @member {Uint8Array} root
             * @memberof chainwright.gasper.Checkpoint
             * @instance
             */
            Checkpoint.prototype.root = $util.newBuffer([]);

            /**
             * Creates a new Checkpoint instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.Checkpoint
             * @static
             * @param {chainwright.gasper.Checkpoint.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.Checkpoint} Checkpoint instance
             * @type {{
             *   (properties: chainwright.gasper.Checkpoint.$Shape): chainwright.gasper.Checkpoint & chainwright.gasper.Checkpoint.$Shape;
             *   (properties?: chainwright.gasper.Checkpoint.$Properties): chainwright.gasper.Checkpoint;
             * }}
             */
            Checkpoint.create = function(properties) {
                return new Checkpoint(properties);
            };

            /**
             * Encodes the specified Checkpoint message. Does not implicitly {@link chainwright.gasper.Checkpoint.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.Checkpoint
             * @static
             * @param {chainwright.gasper.Checkpoint.$Properties} message Checkpoint message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Checkpoint.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.epoch);
                if (message.root != null && $Object.hasOwnProperty.call(message, "root") && message.root.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.root);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Checkpoint message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.Checkpoint
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.Checkpoint & chainwright.gasper.Checkpoint.$Shape} Checkpoint
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Checkpoint.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.Checkpoint();
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
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.root = value;
                            else
                                delete message.root;
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

            return Checkpoint;
        })();

        gasper.AttestationData = (function() {

            /**
             * Properties of an AttestationData.
             * @typedef {Object} chainwright.gasper.AttestationData.$Properties
             * @property {Long|null} [slot] AttestationData slot
             * @property {number|null} [committeeIndex] AttestationData committeeIndex
             * @property {Uint8Array|null} [headRoot] AttestationData headRoot
             * @property {chainwright.gasper.Checkpoint.$Properties|null} [source] AttestationData source
             * @property {chainwright.gasper.Checkpoint.$Properties|null} [target] AttestationData target
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AttestationData.
             * @memberof chainwright.gasper
             * @interface IAttestationData
             * @augments chainwright.gasper.AttestationData.$Properties
             * @deprecated Use chainwright.gasper.AttestationData.$Properties instead.
             */

            /**
             * Shape of an AttestationData.
             * @typedef {chainwright.gasper.AttestationData.$Properties} chainwright.gasper.AttestationData.$Shape
             */

            /**
             * Constructs a new AttestationData.
             * @memberof chainwright.gasper
             * @classdesc Represents an AttestationData.
             * @constructor
             * @param {chainwright.gasper.AttestationData.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AttestationData = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AttestationData slot.
             * @member {Long} slot
             * @memberof chainwright.gasper.AttestationData
             * @instance
             */
            AttestationData.prototype.slot = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AttestationData committeeIndex.
             * @member {number} committeeIndex
             * @memberof chainwright.gasper.AttestationData
             * @instance
             */
            AttestationData.prototype.committeeIndex = 0;

            /**
             * AttestationData headRoot.
             * @member {Uint8Array} headRoot
             * @memberof chainwright.gasper.AttestationData
             * @instance
             */
            AttestationData.prototype.headRoot = $util.newBuffer([]);

            /**
             * AttestationData source.
             * @member {chainwright.gasper.Checkpoint.$Properties|null|undefined} source
             * @memberof chainwright.gasper.AttestationData
             * @instance
             */
            AttestationData.prototype.source = null;

            /**
             * AttestationData target.
             * @member {chainwright.gasper.Checkpoint.$Properties|null|undefined} target
             * @memberof chainwright.gasper.AttestationData
             * @instance
             */
            AttestationData.prototype.target = null;

            /**
             * Creates a new AttestationData instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.AttestationData
             * @static
             * @param {chainwright.gasper.AttestationData.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.AttestationData} AttestationData instance
             * @type {{
             *   (properties: chainwright.gasper.AttestationData.$Shape): chainwright.gasper.AttestationData & chainwright.gasper.AttestationData.$Shape;
             *   (properties?: chainwright.gasper.AttestationData.$Properties): chainwright.gasper.AttestationData;
             * }}
             */
            AttestationData.create = function(properties) {
                return new AttestationData(properties);
            };

            /**
             * Encodes the specified AttestationData message. Does not implicitly {@link chainwright.gasper.AttestationData.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.AttestationData
             * @static
             * @param {chainwright.gasper.AttestationData.$Properties} message AttestationData message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AttestationData.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.slot != null && $Object.hasOwnProperty.call(message, "slot") && (typeof message.slot === "object" ? message.slot.low || message.slot.high : message.slot !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.slot);
                if (message.committeeIndex != null && $Object.hasOwnProperty.call(message, "committeeIndex") && message.committeeIndex !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.committeeIndex);
                if (message.headRoot != null && $Object.hasOwnProperty.call(message, "headRoot") && message.headRoot.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.headRoot);
                if (message.source != null && $Object.hasOwnProperty.call(message, "source"))
                    $root.chainwright.gasper.Checkpoint.encode(message.source, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.target != null && $Object.hasOwnProperty.call(message, "target"))
                    $root.chainwright.gasper.Checkpoint.encode(message.target, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AttestationData message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.AttestationData
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.AttestationData & chainwright.gasper.AttestationData.$Shape} AttestationData
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AttestationData.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.AttestationData();
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
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.slot = value;
                            else
                                delete message.slot;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.committeeIndex = value;
                            else
                                delete message.committeeIndex;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.headRoot = value;
                            else
                                delete message.headRoot;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.source = $root.chainwright.gasper.Checkpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.source);
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.target = $root.chainwright.gasper.Checkpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.target);
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

            return AttestationData;
        })();

        gasper.Attestation = (function() {

            /**
             * Properties of an Attestation.
             * @typedef {Object} chainwright.gasper.Attestation.$Properties
             * @property {chainwright.gasper.AttestationData.$Properties|null} [data] Attestation data
             * @property {Uint8Array|null} [bits] Attestation bits
             * @property {Uint8Array|null} [signature] Attestation signature
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Attestation.
             * @memberof chainwright.gasper
             * @interface IAttestation
             * @augments chainwright.gasper.Attestation.$Properties
             * @deprecated Use chainwright.gasper.Attestation.$Properties instead.
             */

            /**
             * Shape of an Attestation.
             * @typedef {chainwright.gasper.Attestation.$Properties} chainwright.gasper.Attestation.$Shape
             */

            /**
             * Constructs a new Attestation.
             * @memberof chainwright.gasper
             * @classdesc Represents an Attestation.
             * @constructor
             * @param {chainwright.gasper.Attestation.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Attestation = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Attestation data.
             * @member {chainwright.gasper.AttestationData.$Properties|null|undefined} data
             * @memberof chainwright.gasper.Attestation
             * @instance
             */
            Attestation.prototype.data = null;

            /**
             * Attestation bits.
             * @member {Uint8Array} bits
             * @memberof chainwright.gasper.Attestation
             * @instance
             */
            Attestation.prototype.bits = $util.newBuffer([]);

            /**
             * Attestation signature.
             * @member {Uint8Array} signature
             * @memberof chainwright.gasper.Attestation
             * @instance
             */
            Attestation.prototype.signature = $util.newBuffer([]);

            /**
             * Creates a new Attestation instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.Attestation
             * @static
             * @param {chainwright.gasper.Attestation.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.Attestation} Attestation instance
             * @type {{
             *   (properties: chainwright.gasper.Attestation.$Shape): chainwright.gasper.Attestation & chainwright.gasper.Attestation.$Shape;
             *   (properties?: chainwright.gasper.Attestation.$Properties): chainwright.gasper.Attestation;
             * }}
             */
            Attestation.create = function(properties) {
                return new Attestation(properties);
            };

            /**
             * Encodes the specified Attestation message. Does not implicitly {@link chainwright.gasper.Attestation.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.Attestation
             * @static
             * @param {chainwright.gasper.Attestation.$Properties} message Attestation message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Attestation.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    $root.chainwright.gasper.AttestationData.encode(message.data, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.bits != null && $Object.hasOwnProperty.call(message, "bits") && message.bits.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.bits);
                if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.signature);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Attestation message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.Attestation
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.Attestation & chainwright.gasper.Attestation.$Shape} Attestation
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Attestation.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.Attestation();
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
                            message.data = $root.chainwright.gasper.AttestationData.decode(reader, reader.size(), $undefined, _depth + 1, message.data);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.bits = value;
                            else
                                delete message.bits;
                            continue;
                        }
                    case 3: {
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

            return Attestation;
        })();

        gasper.IndexedAttestation = (function() {

            /**
             * Properties of an IndexedAttestation.
             * @typedef {Object} chainwright.gasper.IndexedAttestation.$Properties
             * @property {chainwright.gasper.AttestationData.$Properties|null} [data] IndexedAttestation data
             * @property {Array.<number>|null} [gaps] IndexedAttestation gaps
             * @property {Uint8Array|null} [signature] IndexedAttestation signature
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an IndexedAttestation.
             * @memberof chainwright.gasper
             * @interface IIndexedAttestation
             * @augments chainwright.gasper.IndexedAttestation.$Properties
             * @deprecated Use chainwright.gasper.IndexedAttestation.$Properties instead.
             */

            /**
             * Shape of an IndexedAttestation.
             * @typedef {chainwright.gasper.IndexedAttestation.$Properties} chainwright.gasper.IndexedAttestation.$Shape
             */

            /**
             * Constructs a new IndexedAttestation.
             * @memberof chainwright.gasper
             * @classdesc Represents an IndexedAttestation.
             * @constructor
             * @param {chainwright.gasper.IndexedAttestation.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const IndexedAttestation = function (properties) {
                this.gaps = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * IndexedAttestation data.
             * @member {chainwright.gasper.AttestationData.$Properties|null|undefined} data
             * @memberof chainwright.gasper.IndexedAttestation
             * @instance
             */
            IndexedAttestation.prototype.data = null;

            /**
             * IndexedAttestation gaps.
             * @member {Array.<number>} gaps
             * @memberof chainwright.gasper.IndexedAttestation
             * @instance
             */
            IndexedAttestation.prototype.gaps = $util.emptyArray;

            /**
             * IndexedAttestation signature.
             * @member {Uint8Array} signature
             * @memberof chainwright.gasper.IndexedAttestation
             * @instance
             */
            IndexedAttestation.prototype.signature = $util.newBuffer([]);

            /**
             * Creates a new IndexedAttestation instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.IndexedAttestation
             * @static
             * @param {chainwright.gasper.IndexedAttestation.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.IndexedAttestation} IndexedAttestation instance
             * @type {{
             *   (properties: chainwright.gasper.IndexedAttestation.$Shape): chainwright.gasper.IndexedAttestation & chainwright.gasper.IndexedAttestation.$Shape;
             *   (properties?: chainwright.gasper.IndexedAttestation.$Properties): chainwright.gasper.IndexedAttestation;
             * }}
             */
            IndexedAttestation.create = function(properties) {
                return new IndexedAttestation(properties);
            };

            /**
             * Encodes the specified IndexedAttestation message. Does not implicitly {@link chainwright.gasper.IndexedAttestation.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.IndexedAttestation
             * @static
             * @param {chainwright.gasper.IndexedAttestation.$Properties} message IndexedAttestation message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            IndexedAttestation.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    $root.chainwright.gasper.AttestationData.encode(message.data, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.gaps != null && message.gaps.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).uint32s(message.gaps);
                if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.signature);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an IndexedAttestation message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.IndexedAttestation
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.IndexedAttestation & chainwright.gasper.IndexedAttestation.$Shape} IndexedAttestation
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            IndexedAttestation.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.IndexedAttestation();
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
                            message.data = $root.chainwright.gasper.AttestationData.decode(reader, reader.size(), $undefined, _depth + 1, message.data);
                            continue;
                        }
                    case 2: {
                            if (wireType === 2) {
                                if (!(message.gaps && message.gaps.length))
                                    message.gaps = [];
                                reader.uint32s(message.gaps);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.gaps && message.gaps.length))
                                message.gaps = [];
                            message.gaps.push(reader.uint32());
                            continue;
                        }
                    case 3: {
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

            return IndexedAttestation;
        })();

        gasper.ProposerSlashing = (function() {

            /**
             * Properties of a ProposerSlashing.
             * @typedef {Object} chainwright.gasper.ProposerSlashing.$Properties
             * @property {chainwright.Header.$Properties|null} [first] ProposerSlashing first
             * @property {chainwright.Header.$Properties|null} [second] ProposerSlashing second
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ProposerSlashing.
             * @memberof chainwright.gasper
             * @interface IProposerSlashing
             * @augments chainwright.gasper.ProposerSlashing.$Properties
             * @deprecated Use chainwright.gasper.ProposerSlashing.$Properties instead.
             */

            /**
             * Shape of a ProposerSlashing.
             * @typedef {chainwright.gasper.ProposerSlashing.$Properties} chainwright.gasper.ProposerSlashing.$Shape
             */

            /**
             * Constructs a new ProposerSlashing.
             * @memberof chainwright.gasper
             * @classdesc Represents a ProposerSlashing.
             * @constructor
             * @param {chainwright.gasper.ProposerSlashing.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ProposerSlashing = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ProposerSlashing first.
             * @member {chainwright.Header.$Properties|null|undefined} first
             * @memberof chainwright.gasper.ProposerSlashing
             * @instance
             */
            ProposerSlashing.prototype.first = null;

            /**
             * ProposerSlashing second.
             * @member {chainwright.Header.$Properties|null|undefined} second
             * @memberof chainwright.gasper.ProposerSlashing
             * @instance
             */
            ProposerSlashing.prototype.second = null;

            /**
             * Creates a new ProposerSlashing instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.ProposerSlashing
             * @static
             * @param {chainwright.gasper.ProposerSlashing.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.ProposerSlashing} ProposerSlashing instance
             * @type {{
             *   (properties: chainwright.gasper.ProposerSlashing.$Shape): chainwright.gasper.ProposerSlashing & chainwright.gasper.ProposerSlashing.$Shape;
             *   (properties?: chainwright.gasper.ProposerSlashing.$Properties): chainwright.gasper.ProposerSlashing;
             * }}
             */
            ProposerSlashing.create = function(properties) {
                return new ProposerSlashing(properties);
            };

            /**
             * Encodes the specified ProposerSlashing message. Does not implicitly {@link chainwright.gasper.ProposerSlashing.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.ProposerSlashing
             * @static
             * @param {chainwright.gasper.ProposerSlashing.$Properties} message ProposerSlashing message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ProposerSlashing.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.first != null && $Object.hasOwnProperty.call(message, "first"))
                    $root.chainwright.Header.encode(message.first, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.second != null && $Object.hasOwnProperty.call(message, "second"))
                    $root.chainwright.Header.encode(message.second, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ProposerSlashing message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.ProposerSlashing
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.ProposerSlashing & chainwright.gasper.ProposerSlashing.$Shape} ProposerSlashing
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ProposerSlashing.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.ProposerSlashing();
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
                            message.first = $root.chainwright.Header.decode(reader, reader.size(), $undefined, _depth + 1, message.first);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.second = $root.chainwright.Header.decode(reader, reader.size(), $undefined, _depth + 1, message.second);
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

            return ProposerSlashing;
        })();

        gasper.AttesterSlashing = (function() {

            /**
             * Properties of an AttesterSlashing.
             * @typedef {Object} chainwright.gasper.AttesterSlashing.$Properties
             * @property {chainwright.gasper.IndexedAttestation.$Properties|null} [first] AttesterSlashing first
             * @property {chainwright.gasper.IndexedAttestation.$Properties|null} [second] AttesterSlashing second
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AttesterSlashing.
             * @memberof chainwright.gasper
             * @interface IAttesterSlashing
             * @augments chainwright.gasper.AttesterSlashing.$Properties
             * @deprecated Use chainwright.gasper.AttesterSlashing.$Properties instead.
             */

            /**
             * Shape of an AttesterSlashing.
             * @typedef {chainwright.gasper.AttesterSlashing.$Properties} chainwright.gasper.AttesterSlashing.$Shape
             */

            /**
             * Constructs a new AttesterSlashing.
             * @memberof chainwright.gasper
             * @classdesc Represents an AttesterSlashing.
             * @constructor
             * @param {chainwright.gasper.AttesterSlashing.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AttesterSlashing = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AttesterSlashing first.
             * @member {chainwright.gasper.IndexedAttestation.$Properties|null|undefined} first
             * @memberof chainwright.gasper.AttesterSlashing
             * @instance
             */
            AttesterSlashing.prototype.first = null;

            /**
             * AttesterSlashing second.
             * @member {chainwright.gasper.IndexedAttestation.$Properties|null|undefined} second
             * @memberof chainwright.gasper.AttesterSlashing
             * @instance
             */
            AttesterSlashing.prototype.second = null;

            /**
             * Creates a new AttesterSlashing instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.AttesterSlashing
             * @static
             * @param {chainwright.gasper.AttesterSlashing.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.AttesterSlashing} AttesterSlashing instance
             * @type {{
             *   (properties: chainwright.gasper.AttesterSlashing.$Shape): chainwright.gasper.AttesterSlashing & chainwright.gasper.AttesterSlashing.$Shape;
             *   (properties?: chainwright.gasper.AttesterSlashing.$Properties): chainwright.gasper.AttesterSlashing;
             * }}
             */
            AttesterSlashing.create = function(properties) {
                return new AttesterSlashing(properties);
            };

            /**
             * Encodes the specified AttesterSlashing message. Does not implicitly {@link chainwright.gasper.AttesterSlashing.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.AttesterSlashing
             * @static
             * @param {chainwright.gasper.AttesterSlashing.$Properties} message AttesterSlashing message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AttesterSlashing.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.first != null && $Object.hasOwnProperty.call(message, "first"))
                    $root.chainwright.gasper.IndexedAttestation.encode(message.first, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.second != null && $Object.hasOwnProperty.call(message, "second"))
                    $root.chainwright.gasper.IndexedAttestation.encode(message.second, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AttesterSlashing message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.AttesterSlashing
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.AttesterSlashing & chainwright.gasper.AttesterSlashing.$Shape} AttesterSlashing
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AttesterSlashing.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.AttesterSlashing();
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
                            message.first = $root.chainwright.gasper.IndexedAttestation.decode(reader, reader.size(), $undefined, _depth + 1, message.first);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.second = $root.chainwright.gasper.IndexedAttestation.decode(reader, reader.size(), $undefined, _depth + 1, message.second);
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

            return AttesterSlashing;
        })();

        gasper.GasperPayload = (function() {

            /**
             * Properties of a GasperPayload.
             * @typedef {Object} chainwright.gasper.GasperPayload.$Properties
             * @property {Array.<chainwright.gasper.Attestation.$Properties>|null} [attestations] GasperPayload attestations
             * @property {Array.<chainwright.gasper.ProposerSlashing.$Properties>|null} [proposerSlashings] GasperPayload proposerSlashings
             * @property {Array.<chainwright.gasper.AttesterSlashing.$Properties>|null} [attesterSlashings] GasperPayload attesterSlashings
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GasperPayload.
             * @memberof chainwright.gasper
             * @interface IGasperPayload
             * @augments chainwright.gasper.GasperPayload.$Properties
             * @deprecated Use chainwright.gasper.GasperPayload.$Properties instead.
             */

            /**
             * Shape of a GasperPayload.
             * @typedef {chainwright.gasper.GasperPayload.$Properties} chainwright.gasper.GasperPayload.$Shape
             */

            /**
             * Constructs a new GasperPayload.
             * @memberof chainwright.gasper
             * @classdesc Represents a GasperPayload.
             * @constructor
             * @param {chainwright.gasper.GasperPayload.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const GasperPayload = function (properties) {
                this.attestations = [];
                this.proposerSlashings = [];
                this.attesterSlashings = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GasperPayload attestations.
             * @member {Array.<chainwright.gasper.Attestation.$Properties>} attestations
             * @memberof chainwright.gasper.GasperPayload
             * @instance
             */
            GasperPayload.prototype.attestations = $util.emptyArray;

            /**
             * GasperPayload proposerSlashings.
             * @member {Array.<chainwright.gasper.ProposerSlashing.$Properties>} proposerSlashings
             * @memberof chainwright.gasper.GasperPayload
             * @instance
             */
            GasperPayload.prototype.proposerSlashings = $util.emptyArray;

            /**
             * GasperPayload attesterSlashings.
             * @member {Array.<chainwright.gasper.AttesterSlashing.$Properties>} attesterSlashings
             * @memberof chainwright.gasper.GasperPayload
             * @instance
             */
            GasperPayload.prototype.attesterSlashings = $util.emptyArray;

            /**
             * Creates a new GasperPayload instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.GasperPayload
             * @static
             * @param {chainwright.gasper.GasperPayload.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.GasperPayload} GasperPayload instance
             * @type {{
             *   (properties: chainwright.gasper.GasperPayload.$Shape): chainwright.gasper.GasperPayload & chainwright.gasper.GasperPayload.$Shape;
             *   (properties?: chainwright.gasper.GasperPayload.$Properties): chainwright.gasper.GasperPayload;
             * }}
             */
            GasperPayload.create = function(properties) {
                return new GasperPayload(properties);
            };

            /**
             * Encodes the specified GasperPayload message. Does not implicitly {@link chainwright.gasper.GasperPayload.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.GasperPayload
             * @static
             * @param {chainwright.gasper.GasperPayload.$Properties} message GasperPayload message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GasperPayload.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.attestations != null && message.attestations.length)
                    for (let i = 0; i < message.attestations.length; ++i)
                        $root.chainwright.gasper.Attestation.encode(message.attestations[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.proposerSlashings != null && message.proposerSlashings.length)
                    for (let i = 0; i < message.proposerSlashings.length; ++i)
                        $root.chainwright.gasper.ProposerSlashing.encode(message.proposerSlashings[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.attesterSlashings != null && message.attesterSlashings.length)
                    for (let i = 0; i < message.attesterSlashings.length; ++i)
                        $root.chainwright.gasper.AttesterSlashing.encode(message.attesterSlashings[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GasperPayload message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.GasperPayload
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.GasperPayload & chainwright.gasper.GasperPayload.$Shape} GasperPayload
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GasperPayload.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.GasperPayload();
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
                            if (!(message.attestations && message.attestations.length))
                                message.attestations = [];
                            message.attestations.push($root.chainwright.gasper.Attestation.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.proposerSlashings && message.proposerSlashings.length))
                                message.proposerSlashings = [];
                            message.proposerSlashings.push($root.chainwright.gasper.ProposerSlashing.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.attesterSlashings && message.attesterSlashings.length))
                                message.attesterSlashings = [];
                            message.attesterSlashings.push($root.chainwright.gasper.AttesterSlashing.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return GasperPayload;
        })();

        gasper.AggregateAndProof = (function() {

            /**
             * Properties of an AggregateAndProof.
             * @typedef {Object} chainwright.gasper.AggregateAndProof.$Properties
             * @property {number|null} [aggregatorIndex] AggregateAndProof aggregatorIndex
             * @property {chainwright.gasper.Attestation.$Properties|null} [aggregate] AggregateAndProof aggregate
             * @property {Uint8Array|null} [selectionProof] AggregateAndProof selectionProof
             * @property {Uint8Array|null} [signature] AggregateAndProof signature
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AggregateAndProof.
             * @memberof chainwright.gasper
             * @interface IAggregateAndProof
             * @augments chainwright.gasper.AggregateAndProof.$Properties
             * @deprecated Use chainwright.gasper.AggregateAndProof.$Properties instead.
             */

            /**
             * Shape of an AggregateAndProof.
             * @typedef {chainwright.gasper.AggregateAndProof.$Properties} chainwright.gasper.AggregateAndProof.$Shape
             */

            /**
             * Constructs a new AggregateAndProof.
             * @memberof chainwright.gasper
             * @classdesc Represents an AggregateAndProof.
             * @constructor
             * @param {chainwright.gasper.AggregateAndProof.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AggregateAndProof = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AggregateAndProof aggregatorIndex.
             * @member {number} aggregatorIndex
             * @memberof chainwright.gasper.AggregateAndProof
             * @instance
             */
            AggregateAndProof.prototype.aggregatorIndex = 0;

            /**
             * AggregateAndProof aggregate.
             * @member {chainwright.gasper.Attestation.$Properties|null|undefined} aggregate
             * @memberof chainwright.gasper.AggregateAndProof
             * @instance
             */
            AggregateAndProof.prototype.aggregate = null;

            /**
             * AggregateAndProof selectionProof.
             * @member {Uint8Array} selectionProof
             * @memberof chainwright.gasper.AggregateAndProof
             * @instance
             */
            AggregateAndProof.prototype.selectionProof = $util.newBuffer([]);

            /**
             * AggregateAndProof signature.
             * @member {Uint8Array} signature
             * @memberof chainwright.gasper.AggregateAndProof
             * @instance
             */
            AggregateAndProof.prototype.signature = $util.newBuffer([]);

            /**
             * Creates a new AggregateAndProof instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.AggregateAndProof
             * @static
             * @param {chainwright.gasper.AggregateAndProof.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.AggregateAndProof} AggregateAndProof instance
             * @type {{
             *   (properties: chainwright.gasper.AggregateAndProof.$Shape): chainwright.gasper.AggregateAndProof & chainwright.gasper.AggregateAndProof.$Shape;
             *   (properties?: chainwright.gasper.AggregateAndProof.$Properties): chainwright.gasper.AggregateAndProof;
             * }}
             */
            AggregateAndProof.create = function(properties) {
                return new AggregateAndProof(properties);
            };

            /**
             * Encodes the specified AggregateAndProof message. Does not implicitly {@link chainwright.gasper.AggregateAndProof.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.AggregateAndProof
             * @static
             * @param {chainwright.gasper.AggregateAndProof.$Properties} message AggregateAndProof message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AggregateAndProof.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.aggregatorIndex != null && $Object.hasOwnProperty.call(message, "aggregatorIndex") && message.aggregatorIndex !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.aggregatorIndex);
                if (message.aggregate != null && $Object.hasOwnProperty.call(message, "aggregate"))
                    $root.chainwright.gasper.Attestation.encode(message.aggregate, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.selectionProof != null && $Object.hasOwnProperty.call(message, "selectionProof") && message.selectionProof.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.selectionProof);
                if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.signature);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AggregateAndProof message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.AggregateAndProof
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.AggregateAndProof & chainwright.gasper.AggregateAndProof.$Shape} AggregateAndProof
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AggregateAndProof.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.AggregateAndProof();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.aggregatorIndex = value;
                            else
                                delete message.aggregatorIndex;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.aggregate = $root.chainwright.gasper.Attestation.decode(reader, reader.size(), $undefined, _depth + 1, message.aggregate);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.selectionProof = value;
                            else
                                delete message.selectionProof;
                            continue;
                        }
                    case 4: {
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

            return AggregateAndProof;
        })();

        gasper.FinalityVotes = (function() {

            /**
             * Properties of a FinalityVotes.
             * @typedef {Object} chainwright.gasper.FinalityVotes.$Properties
             * @property {chainwright.gasper.Checkpoint.$Properties|null} [source] FinalityVotes source
             * @property {chainwright.gasper.Checkpoint.$Properties|null} [target] FinalityVotes target
             * @property {Array.<chainwright.gasper.VoteGroup.$Properties>|null} [groups] FinalityVotes groups
             * @property {Uint8Array|null} [signature] FinalityVotes signature
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a FinalityVotes.
             * @memberof chainwright.gasper
             * @interface IFinalityVotes
             * @augments chainwright.gasper.FinalityVotes.$Properties
             * @deprecated Use chainwright.gasper.FinalityVotes.$Properties instead.
             */

            /**
             * Shape of a FinalityVotes.
             * @typedef {chainwright.gasper.FinalityVotes.$Properties} chainwright.gasper.FinalityVotes.$Shape
             */

            /**
             * Constructs a new FinalityVotes.
             * @memberof chainwright.gasper
             * @classdesc Represents a FinalityVotes.
             * @constructor
             * @param {chainwright.gasper.FinalityVotes.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const FinalityVotes = function (properties) {
                this.groups = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * FinalityVotes source.
             * @member {chainwright.gasper.Checkpoint.$Properties|null|undefined} source
             * @memberof chainwright.gasper.FinalityVotes
             * @instance
             */
            FinalityVotes.prototype.source = null;

            /**
             * FinalityVotes target.
             * @member {chainwright.gasper.Checkpoint.$Properties|null|undefined} target
             * @memberof chainwright.gasper.FinalityVotes
             * @instance
             */
            FinalityVotes.prototype.target = null;

            /**
             * FinalityVotes groups.
             * @member {Array.<chainwright.gasper.VoteGroup.$Properties>} groups
             * @memberof chainwright.gasper.FinalityVotes
             * @instance
             */
            FinalityVotes.prototype.groups = $util.emptyArray;

            /**
             * FinalityVotes signature.
             * @member {Uint8Array} signature
             * @memberof chainwright.gasper.FinalityVotes
             * @instance
             */
            FinalityVotes.prototype.signature = $util.newBuffer([]);

            /**
             * Creates a new FinalityVotes instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.FinalityVotes
             * @static
             * @param {chainwright.gasper.FinalityVotes.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.FinalityVotes} FinalityVotes instance
             * @type {{
             *   (properties: chainwright.gasper.FinalityVotes.$Shape): chainwright.gasper.FinalityVotes & chainwright.gasper.FinalityVotes.$Shape;
             *   (properties?: chainwright.gasper.FinalityVotes.$Properties): chainwright.gasper.FinalityVotes;
             * }}
             */
            FinalityVotes.create = function(properties) {
                return new FinalityVotes(properties);
            };

            /**
             * Encodes the specified FinalityVotes message. Does not implicitly {@link chainwright.gasper.FinalityVotes.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.FinalityVotes
             * @static
             * @param {chainwright.gasper.FinalityVotes.$Properties} message FinalityVotes message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            FinalityVotes.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.source != null && $Object.hasOwnProperty.call(message, "source"))
                    $root.chainwright.gasper.Checkpoint.encode(message.source, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.target != null && $Object.hasOwnProperty.call(message, "target"))
                    $root.chainwright.gasper.Checkpoint.encode(message.target, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.groups != null && message.groups.length)
                    for (let i = 0; i < message.groups.length; ++i)
                        $root.chainwright.gasper.VoteGroup.encode(message.groups[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.signature);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a FinalityVotes message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.FinalityVotes
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.FinalityVotes & chainwright.gasper.FinalityVotes.$Shape} FinalityVotes
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            FinalityVotes.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.FinalityVotes();
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
                            message.source = $root.chainwright.gasper.Checkpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.source);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.target = $root.chainwright.gasper.Checkpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.target);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.groups && message.groups.length))
                                message.groups = [];
                            message.groups.push($root.chainwright.gasper.VoteGroup.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
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

            return FinalityVotes;
        })();

        gasper.VoteGroup = (function() {

            /**
             * Properties of a VoteGroup.
             * @typedef {Object} chainwright.gasper.VoteGroup.$Properties
             * @property {Long|null} [slot] VoteGroup slot
             * @property {number|null} [committeeIndex] VoteGroup committeeIndex
             * @property {Uint8Array|null} [headRoot] VoteGroup headRoot
             * @property {Array.<number>|null} [gaps] VoteGroup gaps
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a VoteGroup.
             * @memberof chainwright.gasper
             * @interface IVoteGroup
             * @augments chainwright.gasper.VoteGroup.$Properties
             * @deprecated Use chainwright.gasper.VoteGroup.$Properties instead.
             */

            /**
             * Shape of a VoteGroup.
             * @typedef {chainwright.gasper.VoteGroup.$Properties} chainwright.gasper.VoteGroup.$Shape
             */

            /**
             * Constructs a new VoteGroup.
             * @memberof chainwright.gasper
             * @classdesc Represents a VoteGroup.
             * @constructor
             * @param {chainwright.gasper.VoteGroup.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const VoteGroup = function (properties) {
                this.gaps = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * VoteGroup slot.
             * @member {Long} slot
             * @memberof chainwright.gasper.VoteGroup
             * @instance
             */
            VoteGroup.prototype.slot = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * VoteGroup committeeIndex.
             * @member {number} committeeIndex
             * @memberof chainwright.gasper.VoteGroup
             * @instance
             */
            VoteGroup.prototype.committeeIndex = 0;

            /**
             * VoteGroup headRoot.
             * @member {Uint8Array} headRoot
             * @memberof chainwright.gasper.VoteGroup
             * @instance
             */
            VoteGroup.prototype.headRoot = $util.newBuffer([]);

            /**
             * VoteGroup gaps.
             * @member {Array.<number>} gaps
             * @memberof chainwright.gasper.VoteGroup
             * @instance
             */
            VoteGroup.prototype.gaps = $util.emptyArray;

            /**
             * Creates a new VoteGroup instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.VoteGroup
             * @static
             * @param {chainwright.gasper.VoteGroup.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.VoteGroup} VoteGroup instance
             * @type {{
             *   (properties: chainwright.gasper.VoteGroup.$Shape): chainwright.gasper.VoteGroup & chainwright.gasper.VoteGroup.$Shape;
             *   (properties?: chainwright.gasper.VoteGroup.$Properties): chainwright.gasper.VoteGroup;
             * }}
             */
            VoteGroup.create = function(properties) {
                return new VoteGroup(properties);
            };

            /**
             * Encodes the specified VoteGroup message. Does not implicitly {@link chainwright.gasper.VoteGroup.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.VoteGroup
             * @static
             * @param {chainwright.gasper.VoteGroup.$Properties} message VoteGroup message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            VoteGroup.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.slot != null && $Object.hasOwnProperty.call(message, "slot") && (typeof message.slot === "object" ? message.slot.low || message.slot.high : message.slot !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.slot);
                if (message.committeeIndex != null && $Object.hasOwnProperty.call(message, "committeeIndex") && message.committeeIndex !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.committeeIndex);
                if (message.headRoot != null && $Object.hasOwnProperty.call(message, "headRoot") && message.headRoot.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.headRoot);
                if (message.gaps != null && message.gaps.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).uint32s(message.gaps);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a VoteGroup message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.VoteGroup
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.VoteGroup & chainwright.gasper.VoteGroup.$Shape} VoteGroup
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            VoteGroup.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.VoteGroup();
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
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.slot = value;
                            else
                                delete message.slot;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.committeeIndex = value;
                            else
                                delete message.committeeIndex;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.headRoot = value;
                            else
                                delete message.headRoot;
                            continue;
                        }
                    case 4: {
                            if (wireType === 2) {
                                if (!(message.gaps && message.gaps.length))
                                    message.gaps = [];
                                reader.uint32s(message.gaps);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.gaps && message.gaps.length))
                                message.gaps = [];
                            message.gaps.push(reader.uint32());
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

            return VoteGroup;
        })();

        gasper.FinalityCertificate = (function() {

            /**
             * Properties of a FinalityCertificate.
             * @typedef {Object} chainwright.gasper.FinalityCertificate.$Properties
             * @property {chainwright.Header.$Properties|null} [header] FinalityCertificate header
             * @property {chainwright.gasper.FinalityVotes.$Properties|null} [votes] FinalityCertificate votes
             * @property {Uint8Array|null} [setProof] FinalityCertificate setProof
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a FinalityCertificate.
             * @memberof chainwright.gasper
             * @interface IFinalityCertificate
             * @augments chainwright.gasper.FinalityCertificate.$Properties
             * @deprecated Use chainwright.gasper.FinalityCertificate.$Properties instead.
             */

            /**
             * Shape of a FinalityCertificate.
             * @typedef {chainwright.gasper.FinalityCertificate.$Properties} chainwright.gasper.FinalityCertificate.$Shape
             */

            /**
             * Constructs a new FinalityCertificate.
             * @memberof chainwright.gasper
             * @classdesc Represents a FinalityCertificate.
             * @constructor
             * @param {chainwright.gasper.FinalityCertificate.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const FinalityCertificate = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * FinalityCertificate header.
             * @member {chainwright.Header.$Properties|null|undefined} header
             * @memberof chainwright.gasper.FinalityCertificate
             * @instance
             */
            FinalityCertificate.prototype.header = null;

            /**
             * FinalityCertificate votes.
             * @member {chainwright.gasper.FinalityVotes.$Properties|null|undefined} votes
             * @memberof chainwright.gasper.FinalityCertificate
             * @instance
             */
            FinalityCertificate.prototype.votes = null;

            /**
             * FinalityCertificate setProof.
             * @member {Uint8Array} setProof
             * @memberof chainwright.gasper.FinalityCertificate
             * @instance
             */
            FinalityCertificate.prototype.setProof = $util.newBuffer([]);

            /**
             * Creates a new FinalityCertificate instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.FinalityCertificate
             * @static
             * @param {chainwright.gasper.FinalityCertificate.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.FinalityCertificate} FinalityCertificate instance
             * @type {{
             *   (properties: chainwright.gasper.FinalityCertificate.$Shape): chainwright.gasper.FinalityCertificate & chainwright.gasper.FinalityCertificate.$Shape;
             *   (properties?: chainwright.gasper.FinalityCertificate.$Properties): chainwright.gasper.FinalityCertificate;
             * }}
             */
            FinalityCertificate.create = function(properties) {
                return new FinalityCertificate(properties);
            };

            /**
             * Encodes the specified FinalityCertificate message. Does not implicitly {@link chainwright.gasper.FinalityCertificate.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.FinalityCertificate
             * @static
             * @param {chainwright.gasper.FinalityCertificate.$Properties} message FinalityCertificate message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            FinalityCertificate.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                    $root.chainwright.Header.encode(message.header, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.votes != null && $Object.hasOwnProperty.call(message, "votes"))
                    $root.chainwright.gasper.FinalityVotes.encode(message.votes, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.setProof != null && $Object.hasOwnProperty.call(message, "setProof") && message.setProof.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.setProof);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a FinalityCertificate message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.FinalityCertificate
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.FinalityCertificate & chainwright.gasper.FinalityCertificate.$Shape} FinalityCertificate
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            FinalityCertificate.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.FinalityCertificate();
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
                            message.votes = $root.chainwright.gasper.FinalityVotes.decode(reader, reader.size(), $undefined, _depth + 1, message.votes);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.setProof = value;
                            else
                                delete message.setProof;
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

            return FinalityCertificate;
        })();

        gasper.SlotMessage = (function() {

            /**
             * Properties of a SlotMessage.
             * @typedef {Object} chainwright.gasper.SlotMessage.$Properties
             * @property {Long|null} [slot] SlotMessage slot
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SlotMessage.
             * @memberof chainwright.gasper
             * @interface ISlotMessage
             * @augments chainwright.gasper.SlotMessage.$Properties
             * @deprecated Use chainwright.gasper.SlotMessage.$Properties instead.
             */

            /**
             * Shape of a SlotMessage.
             * @typedef {chainwright.gasper.SlotMessage.$Properties} chainwright.gasper.SlotMessage.$Shape
             */

            /**
             * Constructs a new SlotMessage.
             * @memberof chainwright.gasper
             * @classdesc Represents a SlotMessage.
             * @constructor
             * @param {chainwright.gasper.SlotMessage.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SlotMessage = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SlotMessage slot.
             * @member {Long} slot
             * @memberof chainwright.gasper.SlotMessage
             * @instance
             */
            SlotMessage.prototype.slot = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new SlotMessage instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.SlotMessage
             * @static
             * @param {chainwright.gasper.SlotMessage.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.SlotMessage} SlotMessage instance
             * @type {{
             *   (properties: chainwright.gasper.SlotMessage.$Shape): chainwright.gasper.SlotMessage & chainwright.gasper.SlotMessage.$Shape;
             *   (properties?: chainwright.gasper.SlotMessage.$Properties): chainwright.gasper.SlotMessage;
             * }}
             */
            SlotMessage.create = function(properties) {
                return new SlotMessage(properties);
            };

            /**
             * Encodes the specified SlotMessage message. Does not implicitly {@link chainwright.gasper.SlotMessage.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.SlotMessage
             * @static
             * @param {chainwright.gasper.SlotMessage.$Properties} message SlotMessage message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SlotMessage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.slot != null && $Object.hasOwnProperty.call(message, "slot") && (typeof message.slot === "object" ? message.slot.low || message.slot.high : message.slot !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.slot);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SlotMessage message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.SlotMessage
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.SlotMessage & chainwright.gasper.SlotMessage.$Shape} SlotMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SlotMessage.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.SlotMessage();
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
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.slot = value;
                            else
                                delete message.slot;
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

            return SlotMessage;
        })();

        gasper.EpochMessage = (function() {

            /**
             * Properties of an EpochMessage.
             * @typedef {Object} chainwright.gasper.EpochMessage.$Properties
             * @property {Long|null} [epoch] EpochMessage epoch
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an EpochMessage.
             * @memberof chainwright.gasper
             * @interface IEpochMessage
             * @augments chainwright.gasper.EpochMessage.$Properties
             * @deprecated Use chainwright.gasper.EpochMessage.$Properties instead.
             */

            /**
             * Shape of an EpochMessage.
             * @typedef {chainwright.gasper.EpochMessage.$Properties} chainwright.gasper.EpochMessage.$Shape
             */

            /**
             * Constructs a new EpochMessage.
             * @memberof chainwright.gasper
             * @classdesc Represents an EpochMessage.
             * @constructor
             * @param {chainwright.gasper.EpochMessage.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const EpochMessage = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * EpochMessage epoch.
             * @member {Long} epoch
             * @memberof chainwright.gasper.EpochMessage
             * @instance
             */
            EpochMessage.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new EpochMessage instance using the specified properties.
             * @function create
             * @memberof chainwright.gasper.EpochMessage
             * @static
             * @param {chainwright.gasper.EpochMessage.$Properties=} [properties] Properties to set
             * @returns {chainwright.gasper.EpochMessage} EpochMessage instance
             * @type {{
             *   (properties: chainwright.gasper.EpochMessage.$Shape): chainwright.gasper.EpochMessage & chainwright.gasper.EpochMessage.$Shape;
             *   (properties?: chainwright.gasper.EpochMessage.$Properties): chainwright.gasper.EpochMessage;
             * }}
             */
            EpochMessage.create = function(properties) {
                return new EpochMessage(properties);
            };

            /**
             * Encodes the specified EpochMessage message. Does not implicitly {@link chainwright.gasper.EpochMessage.verify|verify} messages.
             * @function encode
             * @memberof chainwright.gasper.EpochMessage
             * @static
             * @param {chainwright.gasper.EpochMessage.$Properties} message EpochMessage message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            EpochMessage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.epoch);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an EpochMessage message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.gasper.EpochMessage
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.gasper.EpochMessage & chainwright.gasper.EpochMessage.$Shape} EpochMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            EpochMessage.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.gasper.EpochMessage();
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
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.epoch = value;
                            else
                                delete message.epoch;
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

            return EpochMessage;
        })();

        return gasper;
    })();

    chainwright.network = (function() {

        /**
         * Namespace network.
         * @memberof chainwright
         * @namespace
         */
        const network = {};

        network.HandshakeEnvelope = (function() {

            /**
             * Properties of a HandshakeEnvelope.
             * @typedef {Object} chainwright.network.HandshakeEnvelope.$Properties
             * @property {chainwright.network.Hello.$Properties|null} [hello] HandshakeEnvelope hello
             * @property {"hello"} [message] HandshakeEnvelope message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a HandshakeEnvelope.
             * @memberof chainwright.network
             * @interface IHandshakeEnvelope
             * @augments chainwright.network.HandshakeEnvelope.$Properties
             * @deprecated Use chainwright.network.HandshakeEnvelope.$Properties instead.
             */

            /**
             * Narrowed shape of a HandshakeEnvelope.
             * @typedef {{
             *   hello?: chainwright.network.Hello.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ message?: undefined; hello?: null }|{ message?: "hello"; hello: chainwright.network.Hello.$Shape })
             * )} chainwright.network.HandshakeEnvelope.$Shape
             */

            /**
             * Constructs a new HandshakeEnvelope.
             * @memberof chainwright.network
             * @classdesc Represents a HandshakeEnvelope.
             * @constructor
             * @param {chainwright.network.HandshakeEnvelope.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const HandshakeEnvelope = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * HandshakeEnvelope hello.
             * @member {chainwright.network.Hello.$Properties|null|undefined} hello
             * @memberof chainwright.network.HandshakeEnvelope
             * @instance
             */
            HandshakeEnvelope.prototype.hello = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * HandshakeEnvelope message.
             * @member {"hello"|undefined} message
             * @memberof chainwright.network.HandshakeEnvelope
             * @instance
             */
            $Object.defineProperty(HandshakeEnvelope.prototype, "message", {
                get: $util.oneOfGetter($oneOfFields = ["hello"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new HandshakeEnvelope instance using the specified properties.
             * @function create
             * @memberof chainwright.network.HandshakeEnvelope
             * @static
             * @param {chainwright.network.HandshakeEnvelope.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.HandshakeEnvelope} HandshakeEnvelope instance
             * @type {{
             *   (properties: chainwright.network.HandshakeEnvelope.$Shape): chainwright.network.HandshakeEnvelope & chainwright.network.HandshakeEnvelope.$Shape;
             *   (properties?: chainwright.network.HandshakeEnvelope.$Properties): chainwright.network.HandshakeEnvelope;
             * }}
             */
            HandshakeEnvelope.create = function(properties) {
                return new HandshakeEnvelope(properties);
            };

            /**
             * Encodes the specified HandshakeEnvelope message. Does not implicitly {@link chainwright.network.HandshakeEnvelope.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.HandshakeEnvelope
             * @static
             * @param {chainwright.network.HandshakeEnvelope.$Properties} message HandshakeEnvelope message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            HandshakeEnvelope.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.hello != null && $Object.hasOwnProperty.call(message, "hello"))
                    $root.chainwright.network.Hello.encode(message.hello, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a HandshakeEnvelope message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.HandshakeEnvelope
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.HandshakeEnvelope & chainwright.network.HandshakeEnvelope.$Shape} HandshakeEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            HandshakeEnvelope.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.HandshakeEnvelope();
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
                            message.hello = $root.chainwright.network.Hello.decode(reader, reader.size(), $undefined, _depth + 1, message.hello);
                            message.message = "hello";
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

            return HandshakeEnvelope;
        })();

        network.ControlEnvelope = (function() {

            /**
             * Properties of a ControlEnvelope.
             * @typedef {Object} chainwright.network.ControlEnvelope.$Properties
             * @property {chainwright.network.Ping.$Properties|null} [ping] ControlEnvelope ping
             * @property {chainwright.network.Pong.$Properties|null} [pong] ControlEnvelope pong
             * @property {chainwright.network.Status.$Properties|null} [status] ControlEnvelope status
             * @property {chainwright.network.PeersRequest.$Properties|null} [peersRequest] ControlEnvelope peersRequest
             * @property {chainwright.network.Peers.$Properties|null} [peers] ControlEnvelope peers
             * @property {"ping"|"pong"|"status"|"peersRequest"|"peers"} [message] ControlEnvelope message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ControlEnvelope.
             * @memberof chainwright.network
             * @interface IControlEnvelope
             * @augments chainwright.network.ControlEnvelope.$Properties
             * @deprecated Use chainwright.network.ControlEnvelope.$Properties instead.
             */

            /**
             * Narrowed shape of a ControlEnvelope.
             * @typedef {{
             *   ping?: chainwright.network.Ping.$Shape|null;
             *   pong?: chainwright.network.Pong.$Shape|null;
             *   status?: chainwright.network.Status.$Shape|null;
             *   peersRequest?: chainwright.network.PeersRequest.$Shape|null;
             *   peers?: chainwright.network.Peers.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ message?: undefined; ping?: null; pong?: null; status?: null; peersRequest?: null; peers?: null }|{ message?: "ping"; ping: chainwright.network.Ping.$Shape; pong?: null; status?: null; peersRequest?: null; peers?: null }|{ message?: "pong"; ping?: null; pong: chainwright.network.Pong.$Shape; status?: null; peersRequest?: null; peers?: null }|{ message?: "status"; ping?: null; pong?: null; status: chainwright.network.Status.$Shape; peersRequest?: null; peers?: null }|{ message?: "peersRequest"; ping?: null; pong?: null; status?: null; peersRequest: chainwright.network.PeersRequest.$Shape; peers?: null }|{ message?: "peers"; ping?: null; pong?: null; status?: null; peersRequest?: null; peers: chainwright.network.Peers.$Shape })
             * )} chainwright.network.ControlEnvelope.$Shape
             */

            /**
             * Constructs a new ControlEnvelope.
             * @memberof chainwright.network
             * @classdesc Represents a ControlEnvelope.
             * @constructor
             * @param {chainwright.network.ControlEnvelope.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ControlEnvelope = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ControlEnvelope ping.
             * @member {chainwright.network.Ping.$Properties|null|undefined} ping
             * @memberof chainwright.network.ControlEnvelope
             * @instance
             */
            ControlEnvelope.prototype.ping = null;

            /**
             * ControlEnvelope pong.
             * @member {chainwright.network.Pong.$Properties|null|undefined} pong
             * @memberof chainwright.network.ControlEnvelope
             * @instance
             */
            ControlEnvelope.prototype.pong = null;

            /**
             * ControlEnvelope status.
             * @member {chainwright.network.Status.$Properties|null|undefined} status
             * @memberof chainwright.network.ControlEnvelope
             * @instance
             */
            ControlEnvelope.prototype.status = null;

            /**
             * ControlEnvelope peersRequest.
             * @member {chainwright.network.PeersRequest.$Properties|null|undefined} peersRequest
             * @memberof chainwright.network.ControlEnvelope
             * @instance
             */
            ControlEnvelope.prototype.peersRequest = null;

            /**
             * ControlEnvelope peers.
             * @member {chainwright.network.Peers.$Properties|null|undefined} peers
             * @memberof chainwright.network.ControlEnvelope
             * @instance
             */
            ControlEnvelope.prototype.peers = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * ControlEnvelope message.
             * @member {"ping"|"pong"|"status"|"peersRequest"|"peers"|undefined} message
             * @memberof chainwright.network.ControlEnvelope
             * @instance
             */
            $Object.defineProperty(ControlEnvelope.prototype, "message", {
                get: $util.oneOfGetter($oneOfFields = ["ping", "pong", "status", "peersRequest", "peers"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new ControlEnvelope instance using the specified properties.
             * @function create
             * @memberof chainwright.network.ControlEnvelope
             * @static
             * @param {chainwright.network.ControlEnvelope.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.ControlEnvelope} ControlEnvelope instance
             * @type {{
             *   (properties: chainwright.network.ControlEnvelope.$Shape): chainwright.network.ControlEnvelope & chainwright.network.ControlEnvelope.$Shape;
             *   (properties?: chainwright.network.ControlEnvelope.$Properties): chainwright.network.ControlEnvelope;
             * }}
             */
            ControlEnvelope.create = function(properties) {
                return new ControlEnvelope(properties);
            };

            /**
             * Encodes the specified ControlEnvelope message. Does not implicitly {@link chainwright.network.ControlEnvelope.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.ControlEnvelope
             * @static
             * @param {chainwright.network.ControlEnvelope.$Properties} message ControlEnvelope message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ControlEnvelope.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ping != null && $Object.hasOwnProperty.call(message, "ping"))
                    $root.chainwright.network.Ping.encode(message.ping, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.pong != null && $Object.hasOwnProperty.call(message, "pong"))
                    $root.chainwright.network.Pong.encode(message.pong, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    $root.chainwright.network.Status.encode(message.status, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.peersRequest != null && $Object.hasOwnProperty.call(message, "peersRequest"))
                    $root.chainwright.network.PeersRequest.encode(message.peersRequest, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.peers != null && $Object.hasOwnProperty.call(message, "peers"))
                    $root.chainwright.network.Peers.encode(message.peers, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ControlEnvelope message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.ControlEnvelope
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.ControlEnvelope & chainwright.network.ControlEnvelope.$Shape} ControlEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ControlEnvelope.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.ControlEnvelope();
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
                            message.ping = $root.chainwright.network.Ping.decode(reader, reader.size(), $undefined, _depth + 1, message.ping);
                            message.message = "ping";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.pong = $root.chainwright.network.Pong.decode(reader, reader.size(), $undefined, _depth + 1, message.pong);
                            message.message = "pong";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.status = $root.chainwright.network.Status.decode(reader, reader.size(), $undefined, _depth + 1, message.status);
                            message.message = "status";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.peersRequest = $root.chainwright.network.PeersRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.peersRequest);
                            message.message = "peersRequest";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.peers = $root.chainwright.network.Peers.decode(reader, reader.size(), $undefined, _depth + 1, message.peers);
                            message.message = "peers";
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

            return ControlEnvelope;
        })();

        network.AnnouncementEnvelope = (function() {

            /**
             * Properties of an AnnouncementEnvelope.
             * @typedef {Object} chainwright.network.AnnouncementEnvelope.$Properties
             * @property {chainwright.network.BlockAnnouncement.$Properties|null} [blockAnnouncement] AnnouncementEnvelope blockAnnouncement
             * @property {chainwright.network.Certificate.$Properties|null} [certificate] AnnouncementEnvelope certificate
             * @property {"blockAnnouncement"|"certificate"} [message] AnnouncementEnvelope message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AnnouncementEnvelope.
             * @memberof chainwright.network
             * @interface IAnnouncementEnvelope
             * @augments chainwright.network.AnnouncementEnvelope.$Properties
             * @deprecated Use chainwright.network.AnnouncementEnvelope.$Properties instead.
             */

            /**
             * Narrowed shape of an AnnouncementEnvelope.
             * @typedef {{
             *   blockAnnouncement?: chainwright.network.BlockAnnouncement.$Shape|null;
             *   certificate?: chainwright.network.Certificate.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ message?: undefined; blockAnnouncement?: null; certificate?: null }|{ message?: "blockAnnouncement"; blockAnnouncement: chainwright.network.BlockAnnouncement.$Shape; certificate?: null }|{ message?: "certificate"; blockAnnouncement?: null; certificate: chainwright.network.Certificate.$Shape })
             * )} chainwright.network.AnnouncementEnvelope.$Shape
             */

            /**
             * Constructs a new AnnouncementEnvelope.
             * @memberof chainwright.network
             * @classdesc Represents an AnnouncementEnvelope.
             * @constructor
             * @param {chainwright.network.AnnouncementEnvelope.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AnnouncementEnvelope = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AnnouncementEnvelope blockAnnouncement.
             * @member {chainwright.network.BlockAnnouncement.$Properties|null|undefined} blockAnnouncement
             * @memberof chainwright.network.AnnouncementEnvelope
             * @instance
             */
            AnnouncementEnvelope.prototype.blockAnnouncement = null;

            /**
             * AnnouncementEnvelope certificate.
             * @member {chainwright.network.Certificate.$Properties|null|undefined} certificate
             * @memberof chainwright.network.AnnouncementEnvelope
             * @instance
             */
            AnnouncementEnvelope.prototype.certificate = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * AnnouncementEnvelope message.
             * @member {"blockAnnouncement"|"certificate"|undefined} message
             * @memberof chainwright.network.AnnouncementEnvelope
             * @instance
             */
            $Object.defineProperty(AnnouncementEnvelope.prototype, "message", {
                get: $util.oneOfGetter($oneOfFields = ["blockAnnouncement", "certificate"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new AnnouncementEnvelope instance using the specified properties.
             * @function create
             * @memberof chainwright.network.AnnouncementEnvelope
             * @static
             * @param {chainwright.network.AnnouncementEnvelope.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.AnnouncementEnvelope} AnnouncementEnvelope instance
             * @type {{
             *   (properties: chainwright.network.AnnouncementEnvelope.$Shape): chainwright.network.AnnouncementEnvelope & chainwright.network.AnnouncementEnvelope.$Shape;
             *   (properties?: chainwright.network.AnnouncementEnvelope.$Properties): chainwright.network.AnnouncementEnvelope;
             * }}
             */
            AnnouncementEnvelope.create = function(properties) {
                return new AnnouncementEnvelope(properties);
            };

            /**
             * Encodes the specified AnnouncementEnvelope message. Does not implicitly {@link chainwright.network.AnnouncementEnvelope.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.AnnouncementEnvelope
             * @static
             * @param {chainwright.network.AnnouncementEnvelope.$Properties} message AnnouncementEnvelope message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AnnouncementEnvelope.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.blockAnnouncement != null && $Object.hasOwnProperty.call(message, "blockAnnouncement"))
                    $root.chainwright.network.BlockAnnouncement.encode(message.blockAnnouncement, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.certificate != null && $Object.hasOwnProperty.call(message, "certificate"))
                    $root.chainwright.network.Certificate.encode(message.certificate, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AnnouncementEnvelope message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.AnnouncementEnvelope
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.AnnouncementEnvelope & chainwright.network.AnnouncementEnvelope.$Shape} AnnouncementEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AnnouncementEnvelope.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.AnnouncementEnvelope();
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
                            message.blockAnnouncement = $root.chainwright.network.BlockAnnouncement.decode(reader, reader.size(), $undefined, _depth + 1, message.blockAnnouncement);
                            message.message = "blockAnnouncement";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.certificate = $root.chainwright.network.Certificate.decode(reader, reader.size(), $undefined, _depth + 1, message.certificate);
                            message.message = "certificate";
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

            return AnnouncementEnvelope;
        })();

        network.RequestEnvelope = (function() {

            /**
             * Properties of a RequestEnvelope.
             * @typedef {Object} chainwright.network.RequestEnvelope.$Properties
             * @property {chainwright.network.HeadersRequest.$Properties|null} [headersRequest] RequestEnvelope headersRequest
             * @property {chainwright.network.BlocksRequest.$Properties|null} [blocksRequest] RequestEnvelope blocksRequest
             * @property {chainwright.network.TransactionsRequest.$Properties|null} [transactionsRequest] RequestEnvelope transactionsRequest
             * @property {chainwright.network.HeaderRangeRequest.$Properties|null} [headerRangeRequest] RequestEnvelope headerRangeRequest
             * @property {chainwright.network.SnapshotsRequest.$Properties|null} [snapshotsRequest] RequestEnvelope snapshotsRequest
             * @property {chainwright.network.SnapshotManifestRequest.$Properties|null} [snapshotManifestRequest] RequestEnvelope snapshotManifestRequest
             * @property {chainwright.network.SnapshotChunkRequest.$Properties|null} [snapshotChunkRequest] RequestEnvelope snapshotChunkRequest
             * @property {"headersRequest"|"blocksRequest"|"transactionsRequest"|"headerRangeRequest"|"snapshotsRequest"|"snapshotManifestRequest"|"snapshotChunkRequest"} [message] RequestEnvelope message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RequestEnvelope.
             * @memberof chainwright.network
             * @interface IRequestEnvelope
             * @augments chainwright.network.RequestEnvelope.$Properties
             * @deprecated Use chainwright.network.RequestEnvelope.$Properties instead.
             */

            /**
             * Narrowed shape of a RequestEnvelope.
             * @typedef {{
             *   headersRequest?: chainwright.network.HeadersRequest.$Shape|null;
             *   blocksRequest?: chainwright.network.BlocksRequest.$Shape|null;
             *   transactionsRequest?: chainwright.network.TransactionsRequest.$Shape|null;
             *   headerRangeRequest?: chainwright.network.HeaderRangeRequest.$Shape|null;
             *   snapshotsRequest?: chainwright.network.SnapshotsRequest.$Shape|null;
             *   snapshotManifestRequest?: chainwright.network.SnapshotManifestRequest.$Shape|null;
             *   snapshotChunkRequest?: chainwright.network.SnapshotChunkRequest.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ message?: undefined; headersRequest?: null; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "headersRequest"; headersRequest: chainwright.network.HeadersRequest.$Shape; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "blocksRequest"; headersRequest?: null; blocksRequest: chainwright.network.BlocksRequest.$Shape; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "transactionsRequest"; headersRequest?: null; blocksRequest?: null; transactionsRequest: chainwright.network.TransactionsRequest.$Shape; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "headerRangeRequest"; headersRequest?: null; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest: chainwright.network.HeaderRangeRequest.$Shape; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "snapshotsRequest"; headersRequest?: null; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest: chainwright.network.SnapshotsRequest.$Shape; snapshotManifestRequest?: null; snapshotChunkRequest?: null }|{ message?: "snapshotManifestRequest"; headersRequest?: null; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest: chainwright.network.SnapshotManifestRequest.$Shape; snapshotChunkRequest?: null }|{ message?: "snapshotChunkRequest"; headersRequest?: null; blocksRequest?: null; transactionsRequest?: null; headerRangeRequest?: null; snapshotsRequest?: null; snapshotManifestRequest?: null; snapshotChunkRequest: chainwright.network.SnapshotChunkRequest.$Shape })
             * )} chainwright.network.RequestEnvelope.$Shape
             */

            /**
             * Constructs a new RequestEnvelope.
             * @memberof chainwright.network
             * @classdesc Represents a RequestEnvelope.
             * @constructor
             * @param {chainwright.network.RequestEnvelope.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RequestEnvelope = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RequestEnvelope headersRequest.
             * @member {chainwright.network.HeadersRequest.$Properties|null|undefined} headersRequest
             * @memberof chainwright.network.RequestEnvelope
             * @instance
             */
            RequestEnvelope.prototype.headersRequest = null;

            /**
             * RequestEnvelope blocksRequest.
             * @member {chainwright.network.BlocksRequest.$Properties|null|undefined} blocksRequest
             * @memberof chainwright.network.RequestEnvelope
             * @instance
             */
            RequestEnvelope.prototype.blocksRequest = null;

            /**
             * RequestEnvelope transactionsRequest.
             * @member {chainwright.network.TransactionsRequest.$Properties|null|undefined} transactionsRequest
             * @memberof chainwright.network.RequestEnvelope
             * @instance
             */
            RequestEnvelope.prototype.transactionsRequest = null;

            /**
             * RequestEnvelope headerRangeRequest.
             * @member {chainwright.network.HeaderRangeRequest.$Properties|null|undefined} headerRangeRequest
             * @memberof chainwright.network.RequestEnvelope
             * @instance
             */
            RequestEnvelope.prototype.headerRangeRequest = null;

            /**
             * RequestEnvelope snapshotsRequest.
             * @member {chainwright.network.SnapshotsRequest.$Properties|null|undefined} snapshotsRequest
             * @memberof chainwright.network.RequestEnvelope
             * @instance
             */
            RequestEnvelope.prototype.snapshotsRequest = null;

            /**
             * RequestEnvelope snapshotManifestRequest.
             * @member {chainwright.network.SnapshotManifestRequest.$Properties|null|undefined} snapshotManifestRequest
             * @memberof chainwright.network.RequestEnvelope
             * @instance
             */
            RequestEnvelope.prototype.snapshotManifestRequest = null;

            /**
             * RequestEnvelope snapshotChunkRequest.
             * @member {chainwright.network.SnapshotChunkRequest.$Properties|null|undefined} snapshotChunkRequest
             * @memberof chainwright.network.RequestEnvelope
             * @instance
             */
            RequestEnvelope.prototype.snapshotChunkRequest = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * RequestEnvelope message.
             * @member {"headersRequest"|"blocksRequest"|"transactionsRequest"|"headerRangeRequest"|"snapshotsRequest"|"snapshotManifestRequest"|"snapshotChunkRequest"|undefined} message
             * @memberof chainwright.network.RequestEnvelope
             * @instance
             */
            $Object.defineProperty(RequestEnvelope.prototype, "message", {
                get: $util.oneOfGetter($oneOfFields = ["headersRequest", "blocksRequest", "transactionsRequest", "headerRangeRequest", "snapshotsRequest", "snapshotManifestRequest", "snapshotChunkRequest"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new RequestEnvelope instance using the specified properties.
             * @function create
             * @memberof chainwright.network.RequestEnvelope
             * @static
             * @param {chainwright.network.RequestEnvelope.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.RequestEnvelope} RequestEnvelope instance
             * @type {{
             *   (properties: chainwright.network.RequestEnvelope.$Shape): chainwright.network.RequestEnvelope & chainwright.network.RequestEnvelope.$Shape;
             *   (properties?: chainwright.network.RequestEnvelope.$Properties): chainwright.network.RequestEnvelope;
             * }}
             */
            RequestEnvelope.create = function(properties) {
                return new RequestEnvelope(properties);
            };

            /**
             * Encodes the specified RequestEnvelope message. Does not implicitly {@link chainwright.network.RequestEnvelope.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.RequestEnvelope
             * @static
             * @param {chainwright.network.RequestEnvelope.$Properties} message RequestEnvelope message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RequestEnvelope.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.headersRequest != null && $Object.hasOwnProperty.call(message, "headersRequest"))
                    $root.chainwright.network.HeadersRequest.encode(message.headersRequest, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.blocksRequest != null && $Object.hasOwnProperty.call(message, "blocksRequest"))
                    $root.chainwright.network.BlocksRequest.encode(message.blocksRequest, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.transactionsRequest != null && $Object.hasOwnProperty.call(message, "transactionsRequest"))
                    $root.chainwright.network.TransactionsRequest.encode(message.transactionsRequest, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.headerRangeRequest != null && $Object.hasOwnProperty.call(message, "headerRangeRequest"))
                    $root.chainwright.network.HeaderRangeRequest.encode(message.headerRangeRequest, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.snapshotsRequest != null && $Object.hasOwnProperty.call(message, "snapshotsRequest"))
                    $root.chainwright.network.SnapshotsRequest.encode(message.snapshotsRequest, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.snapshotManifestRequest != null && $Object.hasOwnProperty.call(message, "snapshotManifestRequest"))
                    $root.chainwright.network.SnapshotManifestRequest.encode(message.snapshotManifestRequest, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.snapshotChunkRequest != null && $Object.hasOwnProperty.call(message, "snapshotChunkRequest"))
                    $root.chainwright.network.SnapshotChunkRequest.encode(message.snapshotChunkRequest, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RequestEnvelope message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.RequestEnvelope
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.RequestEnvelope & chainwright.network.RequestEnvelope.$Shape} RequestEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RequestEnvelope.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.RequestEnvelope();
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
                            message.headersRequest = $root.chainwright.network.HeadersRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.headersRequest);
                            message.message = "headersRequest";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.blocksRequest = $root.chainwright.network.BlocksRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.blocksRequest);
                            message.message = "blocksRequest";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.transactionsRequest = $root.chainwright.network.TransactionsRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.transactionsRequest);
                            message.message = "transactionsRequest";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.headerRangeRequest = $root.chainwright.network.HeaderRangeRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.headerRangeRequest);
                            message.message = "headerRangeRequest";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.snapshotsRequest = $root.chainwright.network.SnapshotsRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.snapshotsRequest);
                            message.message = "snapshotsRequest";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.snapshotManifestRequest = $root.chainwright.network.SnapshotManifestRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.snapshotManifestRequest);
                            message.message = "snapshotManifestRequest";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.snapshotChunkRequest = $root.chainwright.network.SnapshotChunkRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.snapshotChunkRequest);
                            message.message = "snapshotChunkRequest";
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

            return RequestEnvelope;
        })();

        network.HeadersEnvelope = (function() {

            /**
             * Properties of a HeadersEnvelope.
             * @typedef {Object} chainwright.network.HeadersEnvelope.$Properties
             * @property {chainwright.network.Headers.$Properties|null} [headers] HeadersEnvelope headers
             * @property {chainwright.network.HeaderRange.$Properties|null} [headerRange] HeadersEnvelope headerRange
             * @property {"headers"|"headerRange"} [message] HeadersEnvelope message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a HeadersEnvelope.
             * @memberof chainwright.network
             * @interface IHeadersEnvelope
             * @augments chainwright.network.HeadersEnvelope.$Properties
             * @deprecated Use chainwright.network.HeadersEnvelope.$Properties instead.
             */

            /**
             * Narrowed shape of a HeadersEnvelope.
             * @typedef {{
             *   headers?: chainwright.network.Headers.$Shape|null;
             *   headerRange?: chainwright.network.HeaderRange.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ message?: undefined; headers?: null; headerRange?: null }|{ message?: "headers"; headers: chainwright.network.Headers.$Shape; headerRange?: null }|{ message?: "headerRange"; headers?: null; headerRange: chainwright.network.HeaderRange.$Shape })
             * )} chainwright.network.HeadersEnvelope.$Shape
             */

            /**
             * Constructs a new HeadersEnvelope.
             * @memberof chainwright.network
             * @classdesc Represents a HeadersEnvelope.
             * @constructor
             * @param {chainwright.network.HeadersEnvelope.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const HeadersEnvelope = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * HeadersEnvelope headers.
             * @member {chainwright.network.Headers.$Properties|null|undefined} headers
             * @memberof chainwright.network.HeadersEnvelope
             * @instance
             */
            HeadersEnvelope.prototype.headers = null;

            /**
             * HeadersEnvelope headerRange.
             * @member {chainwright.network.HeaderRange.$Properties|null|undefined} headerRange
             * @memberof chainwright.network.HeadersEnvelope
             * @instance
             */
            HeadersEnvelope.prototype.headerRange = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * HeadersEnvelope message.
             * @member {"headers"|"headerRange"|undefined} message
             * @memberof chainwright.network.HeadersEnvelope
             * @instance
             */
            $Object.defineProperty(HeadersEnvelope.prototype, "message", {
                get: $util.oneOfGetter($oneOfFields = ["headers", "headerRange"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new HeadersEnvelope instance using the specified properties.
             * @function create
             * @memberof chainwright.network.HeadersEnvelope
             * @static
             * @param {chainwright.network.HeadersEnvelope.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.HeadersEnvelope} HeadersEnvelope instance
             * @type {{
             *   (properties: chainwright.network.HeadersEnvelope.$Shape): chainwright.network.HeadersEnvelope & chainwright.network.HeadersEnvelope.$Shape;
             *   (properties?: chainwright.network.HeadersEnvelope.$Properties): chainwright.network.HeadersEnvelope;
             * }}
             */
            HeadersEnvelope.create = function(properties) {
                return new HeadersEnvelope(properties);
            };

            /**
             * Encodes the specified HeadersEnvelope message. Does not implicitly {@link chainwright.network.HeadersEnvelope.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.HeadersEnvelope
             * @static
             * @param {chainwright.network.HeadersEnvelope.$Properties} message HeadersEnvelope message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            HeadersEnvelope.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.headers != null && $Object.hasOwnProperty.call(message, "headers"))
                    $root.chainwright.network.Headers.encode(message.headers, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.headerRange != null && $Object.hasOwnProperty.call(message, "headerRange"))
                    $root.chainwright.network.HeaderRange.encode(message.headerRange, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a HeadersEnvelope message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.HeadersEnvelope
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.HeadersEnvelope & chainwright.network.HeadersEnvelope.$Shape} HeadersEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            HeadersEnvelope.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.HeadersEnvelope();
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
                            message.headers = $root.chainwright.network.Headers.decode(reader, reader.size(), $undefined, _depth + 1, message.headers);
                            message.message = "headers";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.headerRange = $root.chainwright.network.HeaderRange.decode(reader, reader.size(), $undefined, _depth + 1, message.headerRange);
                            message.message = "headerRange";
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

            return HeadersEnvelope;
        })();

        network.BlocksEnvelope = (function() {

            /**
             * Properties of a BlocksEnvelope.
             * @typedef {Object} chainwright.network.BlocksEnvelope.$Properties
             * @property {chainwright.network.BlockResponse.$Properties|null} [blockResponse] BlocksEnvelope blockResponse
             * @property {"blockResponse"} [message] BlocksEnvelope message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a BlocksEnvelope.
             * @memberof chainwright.network
             * @interface IBlocksEnvelope
             * @augments chainwright.network.BlocksEnvelope.$Properties
             * @deprecated Use chainwright.network.BlocksEnvelope.$Properties instead.
             */

            /**
             * Narrowed shape of a BlocksEnvelope.
             * @typedef {{
             *   blockResponse?: chainwright.network.BlockResponse.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ message?: undefined; blockResponse?: null }|{ message?: "blockResponse"; blockResponse: chainwright.network.BlockResponse.$Shape })
             * )} chainwright.network.BlocksEnvelope.$Shape
             */

            /**
             * Constructs a new BlocksEnvelope.
             * @memberof chainwright.network
             * @classdesc Represents a BlocksEnvelope.
             * @constructor
             * @param {chainwright.network.BlocksEnvelope.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const BlocksEnvelope = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * BlocksEnvelope blockResponse.
             * @member {chainwright.network.BlockResponse.$Properties|null|undefined} blockResponse
             * @memberof chainwright.network.BlocksEnvelope
             * @instance
             */
            BlocksEnvelope.prototype.blockResponse = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * BlocksEnvelope message.
             * @member {"blockResponse"|undefined} message
             * @memberof chainwright.network.BlocksEnvelope
             * @instance
             */
            $Object.defineProperty(BlocksEnvelope.prototype, "message", {
                get: $util.oneOfGetter($oneOfFields = ["blockResponse"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new BlocksEnvelope instance using the specified properties.
             * @function create
             * @memberof chainwright.network.BlocksEnvelope
             * @static
             * @param {chainwright.network.BlocksEnvelope.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.BlocksEnvelope} BlocksEnvelope instance
             * @type {{
             *   (properties: chainwright.network.BlocksEnvelope.$Shape): chainwright.network.BlocksEnvelope & chainwright.network.BlocksEnvelope.$Shape;
             *   (properties?: chainwright.network.BlocksEnvelope.$Properties): chainwright.network.BlocksEnvelope;
             * }}
             */
            BlocksEnvelope.create = function(properties) {
                return new BlocksEnvelope(properties);
            };

            /**
             * Encodes the specified BlocksEnvelope message. Does not implicitly {@link chainwright.network.BlocksEnvelope.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.BlocksEnvelope
             * @static
             * @param {chainwright.network.BlocksEnvelope.$Properties} message BlocksEnvelope message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            BlocksEnvelope.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.blockResponse != null && $Object.hasOwnProperty.call(message, "blockResponse"))
                    $root.chainwright.network.BlockResponse.encode(message.blockResponse, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a BlocksEnvelope message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.BlocksEnvelope
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.BlocksEnvelope & chainwright.network.BlocksEnvelope.$Shape} BlocksEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            BlocksEnvelope.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.BlocksEnvelope();
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
                            message.blockResponse = $root.chainwright.network.BlockResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.blockResponse);
                            message.message = "blockResponse";
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

            return BlocksEnvelope;
        })();

        network.TransactionsEnvelope = (function() {

            /**
             * Properties of a TransactionsEnvelope.
             * @typedef {Object} chainwright.network.TransactionsEnvelope.$Properties
             * @property {chainwright.network.TransactionAnnouncement.$Properties|null} [transactionAnnouncement] TransactionsEnvelope transactionAnnouncement
             * @property {chainwright.network.Transactions.$Properties|null} [transactions] TransactionsEnvelope transactions
             * @property {"transactionAnnouncement"|"transactions"} [message] TransactionsEnvelope message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a TransactionsEnvelope.
             * @memberof chainwright.network
             * @interface ITransactionsEnvelope
             * @augments chainwright.network.TransactionsEnvelope.$Properties
             * @deprecated Use chainwright.network.TransactionsEnvelope.$Properties instead.
             */

            /**
             * Narrowed shape of a TransactionsEnvelope.
             * @typedef {{
             *   transactionAnnouncement?: chainwright.network.TransactionAnnouncement.$Shape|null;
             *   transactions?: chainwright.network.Transactions.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ message?: undefined; transactionAnnouncement?: null; transactions?: null }|{ message?: "transactionAnnouncement"; transactionAnnouncement: chainwright.network.TransactionAnnouncement.$Shape; transactions?: null }|{ message?: "transactions"; transactionAnnouncement?: null; transactions: chainwright.network.Transactions.$Shape })
             * )} chainwright.network.TransactionsEnvelope.$Shape
             */

            /**
             * Constructs a new TransactionsEnvelope.
             * @memberof chainwright.network
             * @classdesc Represents a TransactionsEnvelope.
             * @constructor
             * @param {chainwright.network.TransactionsEnvelope.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const TransactionsEnvelope = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * TransactionsEnvelope transactionAnnouncement.
             * @member {chainwright.network.TransactionAnnouncement.$Properties|null|undefined} transactionAnnouncement
             * @memberof chainwright.network.TransactionsEnvelope
             * @instance
             */
            TransactionsEnvelope.prototype.transactionAnnouncement = null;

            /**
             * TransactionsEnvelope transactions.
             * @member {chainwright.network.Transactions.$Properties|null|undefined} transactions
             * @memberof chainwright.network.TransactionsEnvelope
             * @instance
             */
            TransactionsEnvelope.prototype.transactions = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * TransactionsEnvelope message.
             * @member {"transactionAnnouncement"|"transactions"|undefined} message
             * @memberof chainwright.network.TransactionsEnvelope
             * @instance
             */
            $Object.defineProperty(TransactionsEnvelope.prototype, "message", {
                get: $util.oneOfGetter($oneOfFields = ["transactionAnnouncement", "transactions"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new TransactionsEnvelope instance using the specified properties.
             * @function create
             * @memberof chainwright.network.TransactionsEnvelope
             * @static
             * @param {chainwright.network.TransactionsEnvelope.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.TransactionsEnvelope} TransactionsEnvelope instance
             * @type {{
             *   (properties: chainwright.network.TransactionsEnvelope.$Shape): chainwright.network.TransactionsEnvelope & chainwright.network.TransactionsEnvelope.$Shape;
             *   (properties?: chainwright.network.TransactionsEnvelope.$Properties): chainwright.network.TransactionsEnvelope;
             * }}
             */
            TransactionsEnvelope.create = function(properties) {
                return new TransactionsEnvelope(properties);
            };

            /**
             * Encodes the specified TransactionsEnvelope message. Does not implicitly {@link chainwright.network.TransactionsEnvelope.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.TransactionsEnvelope
             * @static
             * @param {chainwright.network.TransactionsEnvelope.$Properties} message TransactionsEnvelope message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            TransactionsEnvelope.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.transactionAnnouncement != null && $Object.hasOwnProperty.call(message, "transactionAnnouncement"))
                    $root.chainwright.network.TransactionAnnouncement.encode(message.transactionAnnouncement, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.transactions != null && $Object.hasOwnProperty.call(message, "transactions"))
                    $root.chainwright.network.Transactions.encode(message.transactions, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a TransactionsEnvelope message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.TransactionsEnvelope
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.TransactionsEnvelope & chainwright.network.TransactionsEnvelope.$Shape} TransactionsEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            TransactionsEnvelope.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.TransactionsEnvelope();
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
                            message.transactionAnnouncement = $root.chainwright.network.TransactionAnnouncement.decode(reader, reader.size(), $undefined, _depth + 1, message.transactionAnnouncement);
                            message.message = "transactionAnnouncement";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.transactions = $root.chainwright.network.Transactions.decode(reader, reader.size(), $undefined, _depth + 1, message.transactions);
                            message.message = "transactions";
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

            return TransactionsEnvelope;
        })();

        network.SnapshotsEnvelope = (function() {

            /**
             * Properties of a SnapshotsEnvelope.
             * @typedef {Object} chainwright.network.SnapshotsEnvelope.$Properties
             * @property {chainwright.network.Snapshots.$Properties|null} [snapshots] SnapshotsEnvelope snapshots
             * @property {chainwright.network.SnapshotManifest.$Properties|null} [snapshotManifest] SnapshotsEnvelope snapshotManifest
             * @property {chainwright.network.SnapshotChunk.$Properties|null} [snapshotChunk] SnapshotsEnvelope snapshotChunk
             * @property {"snapshots"|"snapshotManifest"|"snapshotChunk"} [message] SnapshotsEnvelope message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SnapshotsEnvelope.
             * @memberof chainwright.network
             * @interface ISnapshotsEnvelope
             * @augments chainwright.network.SnapshotsEnvelope.$Properties
             * @deprecated Use chainwright.network.SnapshotsEnvelope.$Properties instead.
             */

            /**
             * Narrowed shape of a SnapshotsEnvelope.
             * @typedef {{
             *   snapshots?: chainwright.network.Snapshots.$Shape|null;
             *   snapshotManifest?: chainwright.network.SnapshotManifest.$Shape|null;
             *   snapshotChunk?: chainwright.network.SnapshotChunk.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ message?: undefined; snapshots?: null; snapshotManifest?: null; snapshotChunk?: null }|{ message?: "snapshots"; snapshots: chainwright.network.Snapshots.$Shape; snapshotManifest?: null; snapshotChunk?: null }|{ message?: "snapshotManifest"; snapshots?: null; snapshotManifest: chainwright.network.SnapshotManifest.$Shape; snapshotChunk?: null }|{ message?: "snapshotChunk"; snapshots?: null; snapshotManifest?: null; snapshotChunk: chainwright.network.SnapshotChunk.$Shape })
             * )} chainwright.network.SnapshotsEnvelope.$Shape
             */

            /**
             * Constructs a new SnapshotsEnvelope.
             * @memberof chainwright.network
             * @classdesc Represents a SnapshotsEnvelope.
             * @constructor
             * @param {chainwright.network.SnapshotsEnvelope.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SnapshotsEnvelope = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SnapshotsEnvelope snapshots.
             * @member {chainwright.network.Snapshots.$Properties|null|undefined} snapshots
             * @memberof chainwright.network.SnapshotsEnvelope
             * @instance
             */
            SnapshotsEnvelope.prototype.snapshots = null;

            /**
             * SnapshotsEnvelope snapshotManifest.
             * @member {chainwright.network.SnapshotManifest.$Properties|null|undefined} snapshotManifest
             * @memberof chainwright.network.SnapshotsEnvelope
             * @instance
             */
            SnapshotsEnvelope.prototype.snapshotManifest = null;

            /**
             * SnapshotsEnvelope snapshotChunk.
             * @member {chainwright.network.SnapshotChunk.$Properties|null|undefined} snapshotChunk
             * @memberof chainwright.network.SnapshotsEnvelope
             * @instance
             */
            SnapshotsEnvelope.prototype.snapshotChunk = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * SnapshotsEnvelope message.
             * @member {"snapshots"|"snapshotManifest"|"snapshotChunk"|undefined} message
             * @memberof chainwright.network.SnapshotsEnvelope
             * @instance
             */
            $Object.defineProperty(SnapshotsEnvelope.prototype, "message", {
                get: $util.oneOfGetter($oneOfFields = ["snapshots", "snapshotManifest", "snapshotChunk"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new SnapshotsEnvelope instance using the specified properties.
             * @function create
             * @memberof chainwright.network.SnapshotsEnvelope
             * @static
             * @param {chainwright.network.SnapshotsEnvelope.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.SnapshotsEnvelope} SnapshotsEnvelope instance
             * @type {{
             *   (properties: chainwright.network.SnapshotsEnvelope.$Shape): chainwright.network.SnapshotsEnvelope & chainwright.network.SnapshotsEnvelope.$Shape;
             *   (properties?: chainwright.network.SnapshotsEnvelope.$Properties): chainwright.network.SnapshotsEnvelope;
             * }}
             */
            SnapshotsEnvelope.create = function(properties) {
                return new SnapshotsEnvelope(properties);
            };

            /**
             * Encodes the specified SnapshotsEnvelope message. Does not implicitly {@link chainwright.network.SnapshotsEnvelope.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.SnapshotsEnvelope
             * @static
             * @param {chainwright.network.SnapshotsEnvelope.$Properties} message SnapshotsEnvelope message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SnapshotsEnvelope.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.snapshots != null && $Object.hasOwnProperty.call(message, "snapshots"))
                    $root.chainwright.network.Snapshots.encode(message.snapshots, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.snapshotManifest != null && $Object.hasOwnProperty.call(message, "snapshotManifest"))
                    $root.chainwright.network.SnapshotManifest.encode(message.snapshotManifest, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.snapshotChunk != null && $Object.hasOwnProperty.call(message, "snapshotChunk"))
                    $root.chainwright.network.SnapshotChunk.encode(message.snapshotChunk, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SnapshotsEnvelope message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.SnapshotsEnvelope
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotsEnvelope & chainwright.network.SnapshotsEnvelope.$Shape} SnapshotsEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SnapshotsEnvelope.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.SnapshotsEnvelope();
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
                            message.snapshots = $root.chainwright.network.Snapshots.decode(reader, reader.size(), $undefined, _depth + 1, message.snapshots);
                            message.message = "snapshots";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.snapshotManifest = $root.chainwright.network.SnapshotManifest.decode(reader, reader.size(), $undefined, _depth + 1, message.snapshotManifest);
                            message.message = "snapshotManifest";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.snapshotChunk = $root.chainwright.network.SnapshotChunk.decode(reader, reader.size(), $undefined, _depth + 1, message.snapshotChunk);
                            message.message = "snapshotChunk";
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

            return SnapshotsEnvelope;
        })();

        network.HeadClaim = (function() {

            /**
             * Properties of a HeadClaim.
             * @typedef {Object} chainwright.network.HeadClaim.$Properties
             * @property {Uint8Array|null} [id] HeadClaim id
             * @property {Long|null} [height] HeadClaim height
             * @property {Uint8Array|null} [weight] HeadClaim weight
             * @property {Long|null} [finalizedHeight] HeadClaim finalizedHeight
             * @property {Long|null} [bodiesFrom] HeadClaim bodiesFrom
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a HeadClaim.
             * @memberof chainwright.network
             * @interface IHeadClaim
             * @augments chainwright.network.HeadClaim.$Properties
             * @deprecated Use chainwright.network.HeadClaim.$Properties instead.
             */

            /**
             * Shape of a HeadClaim.
             * @typedef {chainwright.network.HeadClaim.$Properties} chainwright.network.HeadClaim.$Shape
             */

            /**
             * Constructs a new HeadClaim.
             * @memberof chainwright.network
             * @classdesc Represents a HeadClaim.
             * @constructor
             * @param {chainwright.network.HeadClaim.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const HeadClaim = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * HeadClaim id.
             * @member {Uint8Array} id
             * @memberof chainwright.network.HeadClaim
             * @instance
             */
            HeadClaim.prototype.id = $util.newBuffer([]);

            /**
             * HeadClaim height.
             * @member {Long} height
             * @memberof chainwright.network.HeadClaim
             * @instance
             */
            HeadClaim.prototype.height = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * HeadClaim weight.
             * @member {Uint8Array} weight
             * @memberof chainwright.network.HeadClaim
             * @instance
             */
            HeadClaim.prototype.weight = $util.newBuffer([]);

            /**
             * HeadClaim finalizedHeight.
             * @member {Long} finalizedHeight
             * @memberof chainwright.network.HeadClaim
             * @instance
             */
            HeadClaim.prototype.finalizedHeight = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * HeadClaim bodiesFrom.
             * @member {Long} bodiesFrom
             * @memberof chainwright.network.HeadClaim
             * @instance
             */
            HeadClaim.prototype.bodiesFrom = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new HeadClaim instance using the specified properties.
             * @function create
             * @memberof chainwright.network.HeadClaim
             * @static
             * @param {chainwright.network.HeadClaim.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.HeadClaim} HeadClaim instance
             * @type {{
             *   (properties: chainwright.network.HeadClaim.$Shape): chainwright.network.HeadClaim & chainwright.network.HeadClaim.$Shape;
             *   (properties?: chainwright.network.HeadClaim.$Properties): chainwright.network.HeadClaim;
             * }}
             */
            HeadClaim.create = function(properties) {
                return new HeadClaim(properties);
            };

            /**
             * Encodes the specified HeadClaim message. Does not implicitly {@link chainwright.network.HeadClaim.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.HeadClaim
             * @static
             * @param {chainwright.network.HeadClaim.$Properties} message HeadClaim message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            HeadClaim.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.id);
                if (message.height != null && $Object.hasOwnProperty.call(message, "height") && (typeof message.height === "object" ? message.height.low || message.height.high : message.height !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.height);
                if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && message.weight.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.weight);
                if (message.finalizedHeight != null && $Object.hasOwnProperty.call(message, "finalizedHeight") && (typeof message.finalizedHeight === "object" ? message.finalizedHeight.low || message.finalizedHeight.high : message.finalizedHeight !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.finalizedHeight);
                if (message.bodiesFrom != null && $Object.hasOwnProperty.call(message, "bodiesFrom") && (typeof message.bodiesFrom === "object" ? message.bodiesFrom.low || message.bodiesFrom.high : message.bodiesFrom !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.bodiesFrom);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a HeadClaim message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.HeadClaim
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.HeadClaim & chainwright.network.HeadClaim.$Shape} HeadClaim
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            HeadClaim.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.HeadClaim();
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
                                message.id = value;
                            else
                                delete message.id;
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
                                message.weight = value;
                            else
                                delete message.weight;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.finalizedHeight = value;
                            else
                                delete message.finalizedHeight;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.bodiesFrom = value;
                            else
                                delete message.bodiesFrom;
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

            return HeadClaim;
        })();

        /**
         * Role enum.
         * @name chainwright.network.Role
         * @enum {number}
         * @property {number} ROLE_UNSPECIFIED=0 ROLE_UNSPECIFIED value
         * @property {number} ROLE_DIALER=1 ROLE_DIALER value
         * @property {number} ROLE_LISTENER=2 ROLE_LISTENER value
         */
        network.Role = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "ROLE_UNSPECIFIED"] = 0;
            values[valuesById[1] = "ROLE_DIALER"] = 1;
            values[valuesById[2] = "ROLE_LISTENER"] = 2;
            return values;
        })();

        network.Hello = (function() {

            /**
             * Properties of a Hello.
             * @typedef {Object} chainwright.network.Hello.$Properties
             * @property {number|null} [minVersion] Hello minVersion
             * @property {number|null} [maxVersion] Hello maxVersion
             * @property {string|null} [chainId] Hello chainId
             * @property {Uint8Array|null} [genesisId] Hello genesisId
             * @property {Uint8Array|null} [forkHash] Hello forkHash
             * @property {Long|null} [nextUpgradeHeight] Hello nextUpgradeHeight
             * @property {Uint8Array|null} [nodeId] Hello nodeId
             * @property {chainwright.network.Role|null} [role] Hello role
             * @property {chainwright.network.HeadClaim.$Properties|null} [head] Hello head
             * @property {number|null} [services] Hello services
             * @property {Array.<string>|null} [listenAddresses] Hello listenAddresses
             * @property {string|null} [agent] Hello agent
             * @property {Uint8Array|null} [signature] Hello signature
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Hello.
             * @memberof chainwright.network
             * @interface IHello
             * @augments chainwright.network.Hello.$Properties
             * @deprecated Use chainwright.network.Hello.$Properties instead.
             */

            /**
             * Shape of a Hello.
             * @typedef {chainwright.network.Hello.$Properties} chainwright.network.Hello.$Shape
             */

            /**
             * Constructs a new Hello.
             * @memberof chainwright.network
             * @classdesc Represents a Hello.
             * @constructor
             * @param {chainwright.network.Hello.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Hello = function (properties) {
                this.listenAddresses = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Hello minVersion.
             * @member {number} minVersion
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.minVersion = 0;

            /**
             * Hello maxVersion.
             * @member {number} maxVersion
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.maxVersion = 0;

            /**
             * Hello chainId.
             * @member {string} chainId
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.chainId = "";

            /**
             * Hello genesisId.
             * @member {Uint8Array} genesisId
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.genesisId = $util.newBuffer([]);

            /**
             * Hello forkHash.
             * @member {Uint8Array} forkHash
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.forkHash = $util.newBuffer([]);

            /**
             * Hello nextUpgradeHeight.
             * @member {Long} nextUpgradeHeight
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.nextUpgradeHeight = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Hello nodeId.
             * @member {Uint8Array} nodeId
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.nodeId = $util.newBuffer([]);

            /**
             * Hello role.
             * @member {chainwright.network.Role} role
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.role = 0;

            /**
             * Hello head.
             * @member {chainwright.network.HeadClaim.$Properties|null|undefined} head
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.head = null;

            /**
             * Hello services.
             * @member {number} services
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.services = 0;

            /**
             * Hello listenAddresses.
             * @member {Array.<string>} listenAddresses
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.listenAddresses = $util.emptyArray;

            /**
             * Hello agent.
             * @member {string} agent
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.agent = "";

            /**
             * Hello signature.
             * @member {Uint8Array} signature
             * @memberof chainwright.network.Hello
             * @instance
             */
            Hello.prototype.signature = $util.newBuffer([]);

            /**
             * Creates a new Hello instance using the specified properties.
             * @function create
             * @memberof chainwright.network.Hello
             * @static
             * @param {chainwright.network.Hello.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.Hello} Hello instance
             * @type {{
             *   (properties: chainwright.network.Hello.$Shape): chainwright.network.Hello & chainwright.network.Hello.$Shape;
             *   (properties?: chainwright.network.Hello.$Properties): chainwright.network.Hello;
             * }}
             */
            Hello.create = function(properties) {
                return new Hello(properties);
            };

            /**
             * Encodes the specified Hello message. Does not implicitly {@link chainwright.network.Hello.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.Hello
             * @static
             * @param {chainwright.network.Hello.$Properties} message Hello message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Hello.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.minVersion != null && $Object.hasOwnProperty.call(message, "minVersion") && message.minVersion !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.minVersion);
                if (message.maxVersion != null && $Object.hasOwnProperty.call(message, "maxVersion") && message.maxVersion !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.maxVersion);
                if (message.chainId != null && $Object.hasOwnProperty.call(message, "chainId") && message.chainId !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.chainId);
                if (message.genesisId != null && $Object.hasOwnProperty.call(message, "genesisId") && message.genesisId.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.genesisId);
                if (message.forkHash != null && $Object.hasOwnProperty.call(message, "forkHash") && message.forkHash.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.forkHash);
                if (message.nextUpgradeHeight != null && $Object.hasOwnProperty.call(message, "nextUpgradeHeight") && (typeof message.nextUpgradeHeight === "object" ? message.nextUpgradeHeight.low || message.nextUpgradeHeight.high : message.nextUpgradeHeight !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.nextUpgradeHeight);
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId") && message.nodeId.length)
                    writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.nodeId);
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== 0)
                    writer.uint32(/* id 8, wireType 0 =*/64).int32(message.role);
                if (message.head != null && $Object.hasOwnProperty.call(message, "head"))
                    $root.chainwright.network.HeadClaim.encode(message.head, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
                if (message.services != null && $Object.hasOwnProperty.call(message, "services") && message.services !== 0)
                    writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.services);
                if (message.listenAddresses != null && message.listenAddresses.length)
                    for (let i = 0; i < message.listenAddresses.length; ++i)
                        writer.uint32(/* id 11, wireType 2 =*/90).string(message.listenAddresses[i]);
                if (message.agent != null && $Object.hasOwnProperty.call(message, "agent") && message.agent !== "")
                    writer.uint32(/* id 12, wireType 2 =*/98).string(message.agent);
                if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                    writer.uint32(/* id 13, wireType 2 =*/106).bytes(message.signature);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.Hello
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.Hello & chainwright.network.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Hello.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.Hello();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.minVersion = value;
                            else
                                delete message.minVersion;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.maxVersion = value;
                            else
                                delete message.maxVersion;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.chainId = value;
                            else
                                delete message.chainId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.genesisId = value;
                            else
                                delete message.genesisId;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.forkHash = value;
                            else
                                delete message.forkHash;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.nextUpgradeHeight = value;
                            else
                                delete message.nextUpgradeHeight;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.nodeId = value;
                            else
                                delete message.nodeId;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.head = $root.chainwright.network.HeadClaim.decode(reader, reader.size(), $undefined, _depth + 1, message.head);
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.services = value;
                            else
                                delete message.services;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if (!(message.listenAddresses && message.listenAddresses.length))
                                message.listenAddresses = [];
                            message.listenAddresses.push(reader.stringVerify());
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.agent = value;
                            else
                                delete message.agent;
                            continue;
                        }
                    case 13: {
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

            return Hello;
        })();

        network.Ping = (function() {

            /**
             * Properties of a Ping.
             * @typedef {Object} chainwright.network.Ping.$Properties
             * @property {number|null} [nonce] Ping nonce
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Ping.
             * @memberof chainwright.network
             * @interface IPing
             * @augments chainwright.network.Ping.$Properties
             * @deprecated Use chainwright.network.Ping.$Properties instead.
             */

            /**
             * Shape of a Ping.
             * @typedef {chainwright.network.Ping.$Properties} chainwright.network.Ping.$Shape
             */

            /**
             * Constructs a new Ping.
             * @memberof chainwright.network
             * @classdesc Represents a Ping.
             * @constructor
             * @param {chainwright.network.Ping.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Ping = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Ping nonce.
             * @member {number} nonce
             * @memberof chainwright.network.Ping
             * @instance
             */
            Ping.prototype.nonce = 0;

            /**
             * Creates a new Ping instance using the specified properties.
             * @function create
             * @memberof chainwright.network.Ping
             * @static
             * @param {chainwright.network.Ping.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.Ping} Ping instance
             * @type {{
             *   (properties: chainwright.network.Ping.$Shape): chainwright.network.Ping & chainwright.network.Ping.$Shape;
             *   (properties?: chainwright.network.Ping.$Properties): chainwright.network.Ping;
             * }}
             */
            Ping.create = function(properties) {
                return new Ping(properties);
            };

            /**
             * Encodes the specified Ping message. Does not implicitly {@link chainwright.network.Ping.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.Ping
             * @static
             * @param {chainwright.network.Ping.$Properties} message Ping message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Ping.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.nonce);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Ping message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.Ping
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.Ping & chainwright.network.Ping.$Shape} Ping
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Ping.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.Ping();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.nonce = value;
                            else
                                delete message.nonce;
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

            return Ping;
        })();

        network.Pong = (function() {

            /**
             * Properties of a Pong.
             * @typedef {Object} chainwright.network.Pong.$Properties
             * @property {number|null} [nonce] Pong nonce
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Pong.
             * @memberof chainwright.network
             * @interface IPong
             * @augments chainwright.network.Pong.$Properties
             * @deprecated Use chainwright.network.Pong.$Properties instead.
             */

            /**
             * Shape of a Pong.
             * @typedef {chainwright.network.Pong.$Properties} chainwright.network.Pong.$Shape
             */

            /**
             * Constructs a new Pong.
             * @memberof chainwright.network
             * @classdesc Represents a Pong.
             * @constructor
             * @param {chainwright.network.Pong.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Pong = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Pong nonce.
             * @member {number} nonce
             * @memberof chainwright.network.Pong
             * @instance
             */
            Pong.prototype.nonce = 0;

            /**
             * Creates a new Pong instance using the specified properties.
             * @function create
             * @memberof chainwright.network.Pong
             * @static
             * @param {chainwright.network.Pong.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.Pong} Pong instance
             * @type {{
             *   (properties: chainwright.network.Pong.$Shape): chainwright.network.Pong & chainwright.network.Pong.$Shape;
             *   (properties?: chainwright.network.Pong.$Properties): chainwright.network.Pong;
             * }}
             */
            Pong.create = function(properties) {
                return new Pong(properties);
            };

            /**
             * Encodes the specified Pong message. Does not implicitly {@link chainwright.network.Pong.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.Pong
             * @static
             * @param {chainwright.network.Pong.$Properties} message Pong message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Pong.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.nonce);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Pong message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.Pong
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.Pong & chainwright.network.Pong.$Shape} Pong
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Pong.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.Pong();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.nonce = value;
                            else
                                delete message.nonce;
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

            return Pong;
        })();

        network.Status = (function() {

            /**
             * Properties of a Status.
             * @typedef {Object} chainwright.network.Status.$Properties
             * @property {chainwright.network.HeadClaim.$Properties|null} [head] Status head
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Status.
             * @memberof chainwright.network
             * @interface IStatus
             * @augments chainwright.network.Status.$Properties
             * @deprecated Use chainwright.network.Status.$Properties instead.
             */

            /**
             * Shape of a Status.
             * @typedef {chainwright.network.Status.$Properties} chainwright.network.Status.$Shape
             */

            /**
             * Constructs a new Status.
             * @memberof chainwright.network
             * @classdesc Represents a Status.
             * @constructor
             * @param {chainwright.network.Status.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Status = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Status head.
             * @member {chainwright.network.HeadClaim.$Properties|null|undefined} head
             * @memberof chainwright.network.Status
             * @instance
             */
            Status.prototype.head = null;

            /**
             * Creates a new Status instance using the specified properties.
             * @function create
             * @memberof chainwright.network.Status
             * @static
             * @param {chainwright.network.Status.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.Status} Status instance
             * @type {{
             *   (properties: chainwright.network.Status.$Shape): chainwright.network.Status & chainwright.network.Status.$Shape;
             *   (properties?: chainwright.network.Status.$Properties): chainwright.network.Status;
             * }}
             */
            Status.create = function(properties) {
                return new Status(properties);
            };

            /**
             * Encodes the specified Status message. Does not implicitly {@link chainwright.network.Status.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.Status
             * @static
             * @param {chainwright.network.Status.$Properties} message Status message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Status.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.head != null && $Object.hasOwnProperty.call(message, "head"))
                    $root.chainwright.network.HeadClaim.encode(message.head, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Status message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.Status
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.Status & chainwright.network.Status.$Shape} Status
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Status.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.Status();
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
                            message.head = $root.chainwright.network.HeadClaim.decode(reader, reader.size(), $undefined, _depth + 1, message.head);
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

            return Status;
        })();

        network.PeersRequest = (function() {

            /**
             * Properties of a PeersRequest.
             * @typedef {Object} chainwright.network.PeersRequest.$Properties
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a PeersRequest.
             * @memberof chainwright.network
             * @interface IPeersRequest
             * @augments chainwright.network.PeersRequest.$Properties
             * @deprecated Use chainwright.network.PeersRequest.$Properties instead.
             */

            /**
             * Shape of a PeersRequest.
             * @typedef {chainwright.network.PeersRequest.$Properties} chainwright.network.PeersRequest.$Shape
             */

            /**
             * Constructs a new PeersRequest.
             * @memberof chainwright.network
             * @classdesc Represents a PeersRequest.
             * @constructor
             * @param {chainwright.network.PeersRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const PeersRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Creates a new PeersRequest instance using the specified properties.
             * @function create
             * @memberof chainwright.network.PeersRequest
             * @static
             * @param {chainwright.network.PeersRequest.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.PeersRequest} PeersRequest instance
             * @type {{
             *   (properties: chainwright.network.PeersRequest.$Shape): chainwright.network.PeersRequest & chainwright.network.PeersRequest.$Shape;
             *   (properties?: chainwright.network.PeersRequest.$Properties): chainwright.network.PeersRequest;
             * }}
             */
            PeersRequest.create = function(properties) {
                return new PeersRequest(properties);
            };

            /**
             * Encodes the specified PeersRequest message. Does not implicitly {@link chainwright.network.PeersRequest.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.PeersRequest
             * @static
             * @param {chainwright.network.PeersRequest.$Properties} message PeersRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            PeersRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a PeersRequest message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.PeersRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.PeersRequest & chainwright.network.PeersRequest.$Shape} PeersRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            PeersRequest.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.PeersRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    reader.skipType(tag & 7, _depth, tag);
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

            return PeersRequest;
        })();

        network.Peers = (function() {

            /**
             * Properties of a Peers.
             * @typedef {Object} chainwright.network.Peers.$Properties
             * @property {Array.<string>|null} [addresses] Peers addresses
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Peers.
             * @memberof chainwright.network
             * @interface IPeers
             * @augments chainwright.network.Peers.$Properties
             * @deprecated Use chainwright.network.Peers.$Properties instead.
             */

            /**
             * Shape of a Peers.
             * @typedef {chainwright.network.Peers.$Properties} chainwright.network.Peers.$Shape
             */

            /**
             * Constructs a new Peers.
             * @memberof chainwright.network
             * @classdesc Represents a Peers.
             * @constructor
             * @param {chainwright.network.Peers.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Peers = function (properties) {
                this.addresses = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Peers addresses.
             * @member {Array.<string>} addresses
             * @memberof chainwright.network.Peers
             * @instance
             */
            Peers.prototype.addresses = $util.emptyArray;

            /**
             * Creates a new Peers instance using the specified properties.
             * @function create
             * @memberof chainwright.network.Peers
             * @static
             * @param {chainwright.network.Peers.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.Peers} Peers instance
             * @type {{
             *   (properties: chainwright.network.Peers.$Shape): chainwright.network.Peers & chainwright.network.Peers.$Shape;
             *   (properties?: chainwright.network.Peers.$Properties): chainwright.network.Peers;
             * }}
             */
            Peers.create = function(properties) {
                return new Peers(properties);
            };

            /**
             * Encodes the specified Peers message. Does not implicitly {@link chainwright.network.Peers.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.Peers
             * @static
             * @param {chainwright.network.Peers.$Properties} message Peers message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Peers.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.addresses != null && message.addresses.length)
                    for (let i = 0; i < message.addresses.length; ++i)
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.addresses[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Peers message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.Peers
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.Peers & chainwright.network.Peers.$Shape} Peers
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Peers.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.Peers();
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
                            if (!(message.addresses && message.addresses.length))
                                message.addresses = [];
                            message.addresses.push(reader.stringVerify());
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

            return Peers;
        })();

        network.BlockAnnouncement = (function() {

            /**
             * Properties of a BlockAnnouncement.
             * @typedef {Object} chainwright.network.BlockAnnouncement.$Properties
             * @property {Array.<chainwright.network.AnnouncedBlock.$Properties>|null} [blocks] BlockAnnouncement blocks
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a BlockAnnouncement.
             * @memberof chainwright.network
             * @interface IBlockAnnouncement
             * @augments chainwright.network.BlockAnnouncement.$Properties
             * @deprecated Use chainwright.network.BlockAnnouncement.$Properties instead.
             */

            /**
             * Shape of a BlockAnnouncement.
             * @typedef {chainwright.network.BlockAnnouncement.$Properties} chainwright.network.BlockAnnouncement.$Shape
             */

            /**
             * Constructs a new BlockAnnouncement.
             * @memberof chainwright.network
             * @classdesc Represents a BlockAnnouncement.
             * @constructor
             * @param {chainwright.network.BlockAnnouncement.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const BlockAnnouncement = function (properties) {
                this.blocks = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * BlockAnnouncement blocks.
             * @member {Array.<chainwright.network.AnnouncedBlock.$Properties>} blocks
             * @memberof chainwright.network.BlockAnnouncement
             * @instance
             */
            BlockAnnouncement.prototype.blocks = $util.emptyArray;

            /**
             * Creates a new BlockAnnouncement instance using the specified properties.
             * @function create
             * @memberof chainwright.network.BlockAnnouncement
             * @static
             * @param {chainwright.network.BlockAnnouncement.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.BlockAnnouncement} BlockAnnouncement instance
             * @type {{
             *   (properties: chainwright.network.BlockAnnouncement.$Shape): chainwright.network.BlockAnnouncement & chainwright.network.BlockAnnouncement.$Shape;
             *   (properties?: chainwright.network.BlockAnnouncement.$Properties): chainwright.network.BlockAnnouncement;
             * }}
             */
            BlockAnnouncement.create = function(properties) {
                return new BlockAnnouncement(properties);
            };

            /**
             * Encodes the specified BlockAnnouncement message. Does not implicitly {@link chainwright.network.BlockAnnouncement.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.BlockAnnouncement
             * @static
             * @param {chainwright.network.BlockAnnouncement.$Properties} message BlockAnnouncement message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            BlockAnnouncement.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.blocks != null && message.blocks.length)
                    for (let i = 0; i < message.blocks.length; ++i)
                        $root.chainwright.network.AnnouncedBlock.encode(message.blocks[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a BlockAnnouncement message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.BlockAnnouncement
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.BlockAnnouncement & chainwright.network.BlockAnnouncement.$Shape} BlockAnnouncement
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            BlockAnnouncement.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.BlockAnnouncement();
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
                            if (!(message.blocks && message.blocks.length))
                                message.blocks = [];
                            message.blocks.push($root.chainwright.network.AnnouncedBlock.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return BlockAnnouncement;
        })();

        network.AnnouncedBlock = (function() {

            /**
             * Properties of an AnnouncedBlock.
             * @typedef {Object} chainwright.network.AnnouncedBlock.$Properties
             * @property {Uint8Array|null} [id] AnnouncedBlock id
             * @property {Long|null} [height] AnnouncedBlock height
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AnnouncedBlock.
             * @memberof chainwright.network
             * @interface IAnnouncedBlock
             * @augments chainwright.network.AnnouncedBlock.$Properties
             * @deprecated Use chainwright.network.AnnouncedBlock.$Properties instead.
             */

            /**
             * Shape of an AnnouncedBlock.
             * @typedef {chainwright.network.AnnouncedBlock.$Properties} chainwright.network.AnnouncedBlock.$Shape
             */

            /**
             * Constructs a new AnnouncedBlock.
             * @memberof chainwright.network
             * @classdesc Represents an AnnouncedBlock.
             * @constructor
             * @param {chainwright.network.AnnouncedBlock.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AnnouncedBlock = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AnnouncedBlock id.
             * @member {Uint8Array} id
             * @memberof chainwright.network.AnnouncedBlock
             * @instance
             */
            AnnouncedBlock.prototype.id = $util.newBuffer([]);

            /**
             * AnnouncedBlock height.
             * @member {Long} height
             * @memberof chainwright.network.AnnouncedBlock
             * @instance
             */
            AnnouncedBlock.prototype.height = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new AnnouncedBlock instance using the specified properties.
             * @function create
             * @memberof chainwright.network.AnnouncedBlock
             * @static
             * @param {chainwright.network.AnnouncedBlock.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.AnnouncedBlock} AnnouncedBlock instance
             * @type {{
             *   (properties: chainwright.network.AnnouncedBlock.$Shape): chainwright.network.AnnouncedBlock & chainwright.network.AnnouncedBlock.$Shape;
             *   (properties?: chainwright.network.AnnouncedBlock.$Properties): chainwright.network.AnnouncedBlock;
             * }}
             */
            AnnouncedBlock.create = function(properties) {
                return new AnnouncedBlock(properties);
            };

            /**
             * Encodes the specified AnnouncedBlock message. Does not implicitly {@link chainwright.network.AnnouncedBlock.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.AnnouncedBlock
             * @static
             * @param {chainwright.network.AnnouncedBlock.$Properties} message AnnouncedBlock message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AnnouncedBlock.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.id);
                if (message.height != null && $Object.hasOwnProperty.call(message, "height") && (typeof message.height === "object" ? message.height.low || message.height.high : message.height !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.height);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AnnouncedBlock message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.AnnouncedBlock
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.AnnouncedBlock & chainwright.network.AnnouncedBlock.$Shape} AnnouncedBlock
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AnnouncedBlock.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.AnnouncedBlock();
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
                                message.id = value;
                            else
                                delete message.id;
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

            return AnnouncedBlock;
        })();

        network.Certificate = (function() {

            /**
             * Properties of a Certificate.
             * @typedef {Object} chainwright.network.Certificate.$Properties
             * @property {Uint8Array|null} [blockId] Certificate blockId
             * @property {Uint8Array|null} [certificate] Certificate certificate
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Certificate.
             * @memberof chainwright.network
             * @interface ICertificate
             * @augments chainwright.network.Certificate.$Properties
             * @deprecated Use chainwright.network.Certificate.$Properties instead.
             */

            /**
             * Shape of a Certificate.
             * @typedef {chainwright.network.Certificate.$Properties} chainwright.network.Certificate.$Shape
             */

            /**
             * Constructs a new Certificate.
             * @memberof chainwright.network
             * @classdesc Represents a Certificate.
             * @constructor
             * @param {chainwright.network.Certificate.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Certificate = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Certificate blockId.
             * @member {Uint8Array} blockId
             * @memberof chainwright.network.Certificate
             * @instance
             */
            Certificate.prototype.blockId = $util.newBuffer([]);

            /**
             * Certificate certificate.
             * @member {Uint8Array} certificate
             * @memberof chainwright.network.Certificate
             * @instance
             */
            Certificate.prototype.certificate = $util.newBuffer([]);

            /**
             * Creates a new Certificate instance using the specified properties.
             * @function create
             * @memberof chainwright.network.Certificate
             * @static
             * @param {chainwright.network.Certificate.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.Certificate} Certificate instance
             * @type {{
             *   (properties: chainwright.network.Certificate.$Shape): chainwright.network.Certificate & chainwright.network.Certificate.$Shape;
             *   (properties?: chainwright.network.Certificate.$Properties): chainwright.network.Certificate;
             * }}
             */
            Certificate.create = function(properties) {
                return new Certificate(properties);
            };

            /**
             * Encodes the specified Certificate message. Does not implicitly {@link chainwright.network.Certificate.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.Certificate
             * @static
             * @param {chainwright.network.Certificate.$Properties} message Certificate message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Certificate.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.blockId != null && $Object.hasOwnProperty.call(message, "blockId") && message.blockId.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.blockId);
                if (message.certificate != null && $Object.hasOwnProperty.call(message, "certificate") && message.certificate.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.certificate);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Certificate message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.Certificate
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.Certificate & chainwright.network.Certificate.$Shape} Certificate
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Certificate.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.Certificate();
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
                                message.blockId = value;
                            else
                                delete message.blockId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.certificate = value;
                            else
                                delete message.certificate;
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

            return Certificate;
        })();

        network.HeadersRequest = (function() {

            /**
             * Properties of a HeadersRequest.
             * @typedef {Object} chainwright.network.HeadersRequest.$Properties
             * @property {number|null} [requestId] HeadersRequest requestId
             * @property {Array.<Uint8Array>|null} [locator] HeadersRequest locator
             * @property {Uint8Array|null} [stop] HeadersRequest stop
             * @property {number|null} [count] HeadersRequest count
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a HeadersRequest.
             * @memberof chainwright.network
             * @interface IHeadersRequest
             * @augments chainwright.network.HeadersRequest.$Properties
             * @deprecated Use chainwright.network.HeadersRequest.$Properties instead.
             */

            /**
             * Shape of a HeadersRequest.
             * @typedef {chainwright.network.HeadersRequest.$Properties} chainwright.network.HeadersRequest.$Shape
             */

            /**
             * Constructs a new HeadersRequest.
             * @memberof chainwright.network
             * @classdesc Represents a HeadersRequest.
             * @constructor
             * @param {chainwright.network.HeadersRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const HeadersRequest = function (properties) {
                this.locator = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * HeadersRequest requestId.
             * @member {number} requestId
             * @memberof chainwright.network.HeadersRequest
             * @instance
             */
            HeadersRequest.prototype.requestId = 0;

            /**
             * HeadersRequest locator.
             * @member {Array.<Uint8Array>} locator
             * @memberof chainwright.network.HeadersRequest
             * @instance
             */
            HeadersRequest.prototype.locator = $util.emptyArray;

            /**
             * HeadersRequest stop.
             * @member {Uint8Array} stop
             * @memberof chainwright.network.HeadersRequest
             * @instance
             */
            HeadersRequest.prototype.stop = $util.newBuffer([]);

            /**
             * HeadersRequest count.
             * @member {number} count
             * @memberof chainwright.network.HeadersRequest
             * @instance
             */
            HeadersRequest.prototype.count = 0;

            /**
             * Creates a new HeadersRequest instance using the specified properties.
             * @function create
             * @memberof chainwright.network.HeadersRequest
             * @static
             * @param {chainwright.network.HeadersRequest.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.HeadersRequest} HeadersRequest instance
             * @type {{
             *   (properties: chainwright.network.HeadersRequest.$Shape): chainwright.network.HeadersRequest & chainwright.network.HeadersRequest.$Shape;
             *   (properties?: chainwright.network.HeadersRequest.$Properties): chainwright.network.HeadersRequest;
             * }}
             */
            HeadersRequest.create = function(properties) {
                return new HeadersRequest(properties);
            };

            /**
             * Encodes the specified HeadersRequest message. Does not implicitly {@link chainwright.network.HeadersRequest.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.HeadersRequest
             * @static
             * @param {chainwright.network.HeadersRequest.$Properties} message HeadersRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            HeadersRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.locator != null && message.locator.length)
                    for (let i = 0; i < message.locator.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.locator[i]);
                if (message.stop != null && $Object.hasOwnProperty.call(message, "stop") && message.stop.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.stop);
                if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.count);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a HeadersRequest message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.HeadersRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.HeadersRequest & chainwright.network.HeadersRequest.$Shape} HeadersRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            HeadersRequest.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.HeadersRequest();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.locator && message.locator.length))
                                message.locator = [];
                            message.locator.push(reader.bytes());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.stop = value;
                            else
                                delete message.stop;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.count = value;
                            else
                                delete message.count;
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

            return HeadersRequest;
        })();

        network.Headers = (function() {

            /**
             * Properties of a Headers.
             * @typedef {Object} chainwright.network.Headers.$Properties
             * @property {number|null} [requestId] Headers requestId
             * @property {Array.<Uint8Array>|null} [headers] Headers headers
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Headers.
             * @memberof chainwright.network
             * @interface IHeaders
             * @augments chainwright.network.Headers.$Properties
             * @deprecated Use chainwright.network.Headers.$Properties instead.
             */

            /**
             * Shape of a Headers.
             * @typedef {chainwright.network.Headers.$Properties} chainwright.network.Headers.$Shape
             */

            /**
             * Constructs a new Headers.
             * @memberof chainwright.network
             * @classdesc Represents a Headers.
             * @constructor
             * @param {chainwright.network.Headers.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Headers = function (properties) {
                this.headers = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Headers requestId.
             * @member {number} requestId
             * @memberof chainwright.network.Headers
             * @instance
             */
            Headers.prototype.requestId = 0;

            /**
             * Headers headers.
             * @member {Array.<Uint8Array>} headers
             * @memberof chainwright.network.Headers
             * @instance
             */
            Headers.prototype.headers = $util.emptyArray;

            /**
             * Creates a new Headers instance using the specified properties.
             * @function create
             * @memberof chainwright.network.Headers
             * @static
             * @param {chainwright.network.Headers.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.Headers} Headers instance
             * @type {{
             *   (properties: chainwright.network.Headers.$Shape): chainwright.network.Headers & chainwright.network.Headers.$Shape;
             *   (properties?: chainwright.network.Headers.$Properties): chainwright.network.Headers;
             * }}
             */
            Headers.create = function(properties) {
                return new Headers(properties);
            };

            /**
             * Encodes the specified Headers message. Does not implicitly {@link chainwright.network.Headers.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.Headers
             * @static
             * @param {chainwright.network.Headers.$Properties} message Headers message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Headers.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.headers != null && message.headers.length)
                    for (let i = 0; i < message.headers.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.headers[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Headers message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.Headers
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.Headers & chainwright.network.Headers.$Shape} Headers
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Headers.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.Headers();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.headers && message.headers.length))
                                message.headers = [];
                            message.headers.push(reader.bytes());
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

            return Headers;
        })();

        network.BlocksRequest = (function() {

            /**
             * Properties of a BlocksRequest.
             * @typedef {Object} chainwright.network.BlocksRequest.$Properties
             * @property {number|null} [requestId] BlocksRequest requestId
             * @property {Array.<Uint8Array>|null} [ids] BlocksRequest ids
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a BlocksRequest.
             * @memberof chainwright.network
             * @interface IBlocksRequest
             * @augments chainwright.network.BlocksRequest.$Properties
             * @deprecated Use chainwright.network.BlocksRequest.$Properties instead.
             */

            /**
             * Shape of a BlocksRequest.
             * @typedef {chainwright.network.BlocksRequest.$Properties} chainwright.network.BlocksRequest.$Shape
             */

            /**
             * Constructs a new BlocksRequest.
             * @memberof chainwright.network
             * @classdesc Represents a BlocksRequest.
             * @constructor
             * @param {chainwright.network.BlocksRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const BlocksRequest = function (properties) {
                this.ids = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * BlocksRequest requestId.
             * @member {number} requestId
             * @memberof chainwright.network.BlocksRequest
             * @instance
             */
            BlocksRequest.prototype.requestId = 0;

            /**
             * BlocksRequest ids.
             * @member {Array.<Uint8Array>} ids
             * @memberof chainwright.network.BlocksRequest
             * @instance
             */
            BlocksRequest.prototype.ids = $util.emptyArray;

            /**
             * Creates a new BlocksRequest instance using the specified properties.
             * @function create
             * @memberof chainwright.network.BlocksRequest
             * @static
             * @param {chainwright.network.BlocksRequest.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.BlocksRequest} BlocksRequest instance
             * @type {{
             *   (properties: chainwright.network.BlocksRequest.$Shape): chainwright.network.BlocksRequest & chainwright.network.BlocksRequest.$Shape;
             *   (properties?: chainwright.network.BlocksRequest.$Properties): chainwright.network.BlocksRequest;
             * }}
             */
            BlocksRequest.create = function(properties) {
                return new BlocksRequest(properties);
            };

            /**
             * Encodes the specified BlocksRequest message. Does not implicitly {@link chainwright.network.BlocksRequest.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.BlocksRequest
             * @static
             * @param {chainwright.network.BlocksRequest.$Properties} message BlocksRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            BlocksRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.ids != null && message.ids.length)
                    for (let i = 0; i < message.ids.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.ids[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a BlocksRequest message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.BlocksRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.BlocksRequest & chainwright.network.BlocksRequest.$Shape} BlocksRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            BlocksRequest.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.BlocksRequest();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.ids && message.ids.length))
                                message.ids = [];
                            message.ids.push(reader.bytes());
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

            return BlocksRequest;
        })();

        network.BlockResponse = (function() {

            /**
             * Properties of a BlockResponse.
             * @typedef {Object} chainwright.network.BlockResponse.$Properties
             * @property {number|null} [requestId] BlockResponse requestId
             * @property {Uint8Array|null} [id] BlockResponse id
             * @property {Uint8Array|null} [block] BlockResponse block
             * @property {Uint8Array|null} [certificate] BlockResponse certificate
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a BlockResponse.
             * @memberof chainwright.network
             * @interface IBlockResponse
             * @augments chainwright.network.BlockResponse.$Properties
             * @deprecated Use chainwright.network.BlockResponse.$Properties instead.
             */

            /**
             * Shape of a BlockResponse.
             * @typedef {chainwright.network.BlockResponse.$Properties} chainwright.network.BlockResponse.$Shape
             */

            /**
             * Constructs a new BlockResponse.
             * @memberof chainwright.network
             * @classdesc Represents a BlockResponse.
             * @constructor
             * @param {chainwright.network.BlockResponse.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const BlockResponse = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * BlockResponse requestId.
             * @member {number} requestId
             * @memberof chainwright.network.BlockResponse
             * @instance
             */
            BlockResponse.prototype.requestId = 0;

            /**
             * BlockResponse id.
             * @member {Uint8Array} id
             * @memberof chainwright.network.BlockResponse
             * @instance
             */
            BlockResponse.prototype.id = $util.newBuffer([]);

            /**
             * BlockResponse block.
             * @member {Uint8Array} block
             * @memberof chainwright.network.BlockResponse
             * @instance
             */
            BlockResponse.prototype.block = $util.newBuffer([]);

            /**
             * BlockResponse certificate.
             * @member {Uint8Array} certificate
             * @memberof chainwright.network.BlockResponse
             * @instance
             */
            BlockResponse.prototype.certificate = $util.newBuffer([]);

            /**
             * Creates a new BlockResponse instance using the specified properties.
             * @function create
             * @memberof chainwright.network.BlockResponse
             * @static
             * @param {chainwright.network.BlockResponse.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.BlockResponse} BlockResponse instance
             * @type {{
             *   (properties: chainwright.network.BlockResponse.$Shape): chainwright.network.BlockResponse & chainwright.network.BlockResponse.$Shape;
             *   (properties?: chainwright.network.BlockResponse.$Properties): chainwright.network.BlockResponse;
             * }}
             */
            BlockResponse.create = function(properties) {
                return new BlockResponse(properties);
            };

            /**
             * Encodes the specified BlockResponse message. Does not implicitly {@link chainwright.network.BlockResponse.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.BlockResponse
             * @static
             * @param {chainwright.network.BlockResponse.$Properties} message BlockResponse message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            BlockResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.id);
                if (message.block != null && $Object.hasOwnProperty.call(message, "block") && message.block.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.block);
                if (message.certificate != null && $Object.hasOwnProperty.call(message, "certificate") && message.certificate.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.certificate);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a BlockResponse message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.BlockResponse
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.BlockResponse & chainwright.network.BlockResponse.$Shape} BlockResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            BlockResponse.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.BlockResponse();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.block = value;
                            else
                                delete message.block;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.certificate = value;
                            else
                                delete message.certificate;
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

            return BlockResponse;
        })();

        network.TransactionAnnouncement = (function() {

            /**
             * Properties of a TransactionAnnouncement.
             * @typedef {Object} chainwright.network.TransactionAnnouncement.$Properties
             * @property {Array.<Uint8Array>|null} [hashes] TransactionAnnouncement hashes
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a TransactionAnnouncement.
             * @memberof chainwright.network
             * @interface ITransactionAnnouncement
             * @augments chainwright.network.TransactionAnnouncement.$Properties
             * @deprecated Use chainwright.network.TransactionAnnouncement.$Properties instead.
             */

            /**
             * Shape of a TransactionAnnouncement.
             * @typedef {chainwright.network.TransactionAnnouncement.$Properties} chainwright.network.TransactionAnnouncement.$Shape
             */

            /**
             * Constructs a new TransactionAnnouncement.
             * @memberof chainwright.network
             * @classdesc Represents a TransactionAnnouncement.
             * @constructor
             * @param {chainwright.network.TransactionAnnouncement.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const TransactionAnnouncement = function (properties) {
                this.hashes = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * TransactionAnnouncement hashes.
             * @member {Array.<Uint8Array>} hashes
             * @memberof chainwright.network.TransactionAnnouncement
             * @instance
             */
            TransactionAnnouncement.prototype.hashes = $util.emptyArray;

            /**
             * Creates a new TransactionAnnouncement instance using the specified properties.
             * @function create
             * @memberof chainwright.network.TransactionAnnouncement
             * @static
             * @param {chainwright.network.TransactionAnnouncement.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.TransactionAnnouncement} TransactionAnnouncement instance
             * @type {{
             *   (properties: chainwright.network.TransactionAnnouncement.$Shape): chainwright.network.TransactionAnnouncement & chainwright.network.TransactionAnnouncement.$Shape;
             *   (properties?: chainwright.network.TransactionAnnouncement.$Properties): chainwright.network.TransactionAnnouncement;
             * }}
             */
            TransactionAnnouncement.create = function(properties) {
                return new TransactionAnnouncement(properties);
            };

            /**
             * Encodes the specified TransactionAnnouncement message. Does not implicitly {@link chainwright.network.TransactionAnnouncement.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.TransactionAnnouncement
             * @static
             * @param {chainwright.network.TransactionAnnouncement.$Properties} message TransactionAnnouncement message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            TransactionAnnouncement.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.hashes != null && message.hashes.length)
                    for (let i = 0; i < message.hashes.length; ++i)
                        writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.hashes[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a TransactionAnnouncement message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.TransactionAnnouncement
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.TransactionAnnouncement & chainwright.network.TransactionAnnouncement.$Shape} TransactionAnnouncement
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            TransactionAnnouncement.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.TransactionAnnouncement();
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
                            if (!(message.hashes && message.hashes.length))
                                message.hashes = [];
                            message.hashes.push(reader.bytes());
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

            return TransactionAnnouncement;
        })();

        network.TransactionsRequest = (function() {

            /**
             * Properties of a TransactionsRequest.
             * @typedef {Object} chainwright.network.TransactionsRequest.$Properties
             * @property {number|null} [requestId] TransactionsRequest requestId
             * @property {Array.<Uint8Array>|null} [hashes] TransactionsRequest hashes
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a TransactionsRequest.
             * @memberof chainwright.network
             * @interface ITransactionsRequest
             * @augments chainwright.network.TransactionsRequest.$Properties
             * @deprecated Use chainwright.network.TransactionsRequest.$Properties instead.
             */

            /**
             * Shape of a TransactionsRequest.
             * @typedef {chainwright.network.TransactionsRequest.$Properties} chainwright.network.TransactionsRequest.$Shape
             */

            /**
             * Constructs a new TransactionsRequest.
             * @memberof chainwright.network
             * @classdesc Represents a TransactionsRequest.
             * @constructor
             * @param {chainwright.network.TransactionsRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const TransactionsRequest = function (properties) {
                this.hashes = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * TransactionsRequest requestId.
             * @member {number} requestId
             * @memberof chainwright.network.TransactionsRequest
             * @instance
             */
            TransactionsRequest.prototype.requestId = 0;

            /**
             * TransactionsRequest hashes.
             * @member {Array.<Uint8Array>} hashes
             * @memberof chainwright.network.TransactionsRequest
             * @instance
             */
            TransactionsRequest.prototype.hashes = $util.emptyArray;

            /**
             * Creates a new TransactionsRequest instance using the specified properties.
             * @function create
             * @memberof chainwright.network.TransactionsRequest
             * @static
             * @param {chainwright.network.TransactionsRequest.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.TransactionsRequest} TransactionsRequest instance
             * @type {{
             *   (properties: chainwright.network.TransactionsRequest.$Shape): chainwright.network.TransactionsRequest & chainwright.network.TransactionsRequest.$Shape;
             *   (properties?: chainwright.network.TransactionsRequest.$Properties): chainwright.network.TransactionsRequest;
             * }}
             */
            TransactionsRequest.create = function(properties) {
                return new TransactionsRequest(properties);
            };

            /**
             * Encodes the specified TransactionsRequest message. Does not implicitly {@link chainwright.network.TransactionsRequest.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.TransactionsRequest
             * @static
             * @param {chainwright.network.TransactionsRequest.$Properties} message TransactionsRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            TransactionsRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.hashes != null && message.hashes.length)
                    for (let i = 0; i < message.hashes.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.hashes[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a TransactionsRequest message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.TransactionsRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.TransactionsRequest & chainwright.network.TransactionsRequest.$Shape} TransactionsRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            TransactionsRequest.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.TransactionsRequest();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.hashes && message.hashes.length))
                                message.hashes = [];
                            message.hashes.push(reader.bytes());
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

            return TransactionsRequest;
        })();

        network.Transactions = (function() {

            /**
             * Properties of a Transactions.
             * @typedef {Object} chainwright.network.Transactions.$Properties
             * @property {number|null} [requestId] Transactions requestId
             * @property {Array.<Uint8Array>|null} [transactions] Transactions transactions
             * @property {boolean|null} [more] Transactions more
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Transactions.
             * @memberof chainwright.network
             * @interface ITransactions
             * @augments chainwright.network.Transactions.$Properties
             * @deprecated Use chainwright.network.Transactions.$Properties instead.
             */

            /**
             * Shape of a Transactions.
             * @typedef {chainwright.network.Transactions.$Properties} chainwright.network.Transactions.$Shape
             */

            /**
             * Constructs a new Transactions.
             * @memberof chainwright.network
             * @classdesc Represents a Transactions.
             * @constructor
             * @param {chainwright.network.Transactions.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Transactions = function (properties) {
                this.transactions = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Transactions requestId.
             * @member {number} requestId
             * @memberof chainwright.network.Transactions
             * @instance
             */
            Transactions.prototype.requestId = 0;

            /**
             * Transactions transactions.
             * @member {Array.<Uint8Array>} transactions
             * @memberof chainwright.network.Transactions
             * @instance
             */
            Transactions.prototype.transactions = $util.emptyArray;

            /**
             * Transactions more.
             * @member {boolean} more
             * @memberof chainwright.network.Transactions
             * @instance
             */
            Transactions.prototype.more = false;

            /**
             * Creates a new Transactions instance using the specified properties.
             * @function create
             * @memberof chainwright.network.Transactions
             * @static
             * @param {chainwright.network.Transactions.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.Transactions} Transactions instance
             * @type {{
             *   (properties: chainwright.network.Transactions.$Shape): chainwright.network.Transactions & chainwright.network.Transactions.$Shape;
             *   (properties?: chainwright.network.Transactions.$Properties): chainwright.network.Transactions;
             * }}
             */
            Transactions.create = function(properties) {
                return new Transactions(properties);
            };

            /**
             * Encodes the specified Transactions message. Does not implicitly {@link chainwright.network.Transactions.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.Transactions
             * @static
             * @param {chainwright.network.Transactions.$Properties} message Transactions message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Transactions.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.transactions != null && message.transactions.length)
                    for (let i = 0; i < message.transactions.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.transactions[i]);
                if (message.more != null && $Object.hasOwnProperty.call(message, "more") && message.more !== false)
                    writer.uint32(/* id 3, wireType 0 =*/24).bool(message.more);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Transactions message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.Transactions
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.Transactions & chainwright.network.Transactions.$Shape} Transactions
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Transactions.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.Transactions();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.more = value;
                            else
                                delete message.more;
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

            return Transactions;
        })();

        network.HeaderRangeRequest = (function() {

            /**
             * Properties of a HeaderRangeRequest.
             * @typedef {Object} chainwright.network.HeaderRangeRequest.$Properties
             * @property {number|null} [requestId] HeaderRangeRequest requestId
             * @property {Uint8Array|null} [anchor] HeaderRangeRequest anchor
             * @property {Long|null} [from] HeaderRangeRequest from
             * @property {number|null} [count] HeaderRangeRequest count
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a HeaderRangeRequest.
             * @memberof chainwright.network
             * @interface IHeaderRangeRequest
             * @augments chainwright.network.HeaderRangeRequest.$Properties
             * @deprecated Use chainwright.network.HeaderRangeRequest.$Properties instead.
             */

            /**
             * Shape of a HeaderRangeRequest.
             * @typedef {chainwright.network.HeaderRangeRequest.$Properties} chainwright.network.HeaderRangeRequest.$Shape
             */

            /**
             * Constructs a new HeaderRangeRequest.
             * @memberof chainwright.network
             * @classdesc Represents a HeaderRangeRequest.
             * @constructor
             * @param {chainwright.network.HeaderRangeRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const HeaderRangeRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * HeaderRangeRequest requestId.
             * @member {number} requestId
             * @memberof chainwright.network.HeaderRangeRequest
             * @instance
             */
            HeaderRangeRequest.prototype.requestId = 0;

            /**
             * HeaderRangeRequest anchor.
             * @member {Uint8Array} anchor
             * @memberof chainwright.network.HeaderRangeRequest
             * @instance
             */
            HeaderRangeRequest.prototype.anchor = $util.newBuffer([]);

            /**
             * HeaderRangeRequest from.
             * @member {Long} from
             * @memberof chainwright.network.HeaderRangeRequest
             * @instance
             */
            HeaderRangeRequest.prototype.from = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * HeaderRangeRequest count.
             * @member {number} count
             * @memberof chainwright.network.HeaderRangeRequest
             * @instance
             */
            HeaderRangeRequest.prototype.count = 0;

            /**
             * Creates a new HeaderRangeRequest instance using the specified properties.
             * @function create
             * @memberof chainwright.network.HeaderRangeRequest
             * @static
             * @param {chainwright.network.HeaderRangeRequest.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.HeaderRangeRequest} HeaderRangeRequest instance
             * @type {{
             *   (properties: chainwright.network.HeaderRangeRequest.$Shape): chainwright.network.HeaderRangeRequest & chainwright.network.HeaderRangeRequest.$Shape;
             *   (properties?: chainwright.network.HeaderRangeRequest.$Properties): chainwright.network.HeaderRangeRequest;
             * }}
             */
            HeaderRangeRequest.create = function(properties) {
                return new HeaderRangeRequest(properties);
            };

            /**
             * Encodes the specified HeaderRangeRequest message. Does not implicitly {@link chainwright.network.HeaderRangeRequest.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.HeaderRangeRequest
             * @static
             * @param {chainwright.network.HeaderRangeRequest.$Properties} message HeaderRangeRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            HeaderRangeRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.anchor != null && $Object.hasOwnProperty.call(message, "anchor") && message.anchor.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.anchor);
                if (message.from != null && $Object.hasOwnProperty.call(message, "from") && (typeof message.from === "object" ? message.from.low || message.from.high : message.from !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.from);
                if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.count);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a HeaderRangeRequest message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.HeaderRangeRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.HeaderRangeRequest & chainwright.network.HeaderRangeRequest.$Shape} HeaderRangeRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            HeaderRangeRequest.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.HeaderRangeRequest();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.anchor = value;
                            else
                                delete message.anchor;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.from = value;
                            else
                                delete message.from;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.count = value;
                            else
                                delete message.count;
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

            return HeaderRangeRequest;
        })();

        network.HeaderRange = (function() {

            /**
             * Properties of a HeaderRange.
             * @typedef {Object} chainwright.network.HeaderRange.$Properties
             * @property {number|null} [requestId] HeaderRange requestId
             * @property {Array.<Uint8Array>|null} [headers] HeaderRange headers
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a HeaderRange.
             * @memberof chainwright.network
             * @interface IHeaderRange
             * @augments chainwright.network.HeaderRange.$Properties
             * @deprecated Use chainwright.network.HeaderRange.$Properties instead.
             */

            /**
             * Shape of a HeaderRange.
             * @typedef {chainwright.network.HeaderRange.$Properties} chainwright.network.HeaderRange.$Shape
             */

            /**
             * Constructs a new HeaderRange.
             * @memberof chainwright.network
             * @classdesc Represents a HeaderRange.
             * @constructor
             * @param {chainwright.network.HeaderRange.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const HeaderRange = function (properties) {
                this.headers = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * HeaderRange requestId.
             * @member {number} requestId
             * @memberof chainwright.network.HeaderRange
             * @instance
             */
            HeaderRange.prototype.requestId = 0;

            /**
             * HeaderRange headers.
             * @member {Array.<Uint8Array>} headers
             * @memberof chainwright.network.HeaderRange
             * @instance
             */
            HeaderRange.prototype.headers = $util.emptyArray;

            /**
             * Creates a new HeaderRange instance using the specified properties.
             * @function create
             * @memberof chainwright.network.HeaderRange
             * @static
             * @param {chainwright.network.HeaderRange.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.HeaderRange} HeaderRange instance
             * @type {{
             *   (properties: chainwright.network.HeaderRange.$Shape): chainwright.network.HeaderRange & chainwright.network.HeaderRange.$Shape;
             *   (properties?: chainwright.network.HeaderRange.$Properties): chainwright.network.HeaderRange;
             * }}
             */
            HeaderRange.create = function(properties) {
                return new HeaderRange(properties);
            };

            /**
             * Encodes the specified HeaderRange message. Does not implicitly {@link chainwright.network.HeaderRange.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.HeaderRange
             * @static
             * @param {chainwright.network.HeaderRange.$Properties} message HeaderRange message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            HeaderRange.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.headers != null && message.headers.length)
                    for (let i = 0; i < message.headers.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.headers[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a HeaderRange message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.HeaderRange
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.HeaderRange & chainwright.network.HeaderRange.$Shape} HeaderRange
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            HeaderRange.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.HeaderRange();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.headers && message.headers.length))
                                message.headers = [];
                            message.headers.push(reader.bytes());
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

            return HeaderRange;
        })();

        network.SnapshotsRequest = (function() {

            /**
             * Properties of a SnapshotsRequest.
             * @typedef {Object} chainwright.network.SnapshotsRequest.$Properties
             * @property {number|null} [requestId] SnapshotsRequest requestId
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SnapshotsRequest.
             * @memberof chainwright.network
             * @interface ISnapshotsRequest
             * @augments chainwright.network.SnapshotsRequest.$Properties
             * @deprecated Use chainwright.network.SnapshotsRequest.$Properties instead.
             */

            /**
             * Shape of a SnapshotsRequest.
             * @typedef {chainwright.network.SnapshotsRequest.$Properties} chainwright.network.SnapshotsRequest.$Shape
             */

            /**
             * Constructs a new SnapshotsRequest.
             * @memberof chainwright.network
             * @classdesc Represents a SnapshotsRequest.
             * @constructor
             * @param {chainwright.network.SnapshotsRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SnapshotsRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SnapshotsRequest requestId.
             * @member {number} requestId
             * @memberof chainwright.network.SnapshotsRequest
             * @instance
             */
            SnapshotsRequest.prototype.requestId = 0;

            /**
             * Creates a new SnapshotsRequest instance using the specified properties.
             * @function create
             * @memberof chainwright.network.SnapshotsRequest
             * @static
             * @param {chainwright.network.SnapshotsRequest.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.SnapshotsRequest} SnapshotsRequest instance
             * @type {{
             *   (properties: chainwright.network.SnapshotsRequest.$Shape): chainwright.network.SnapshotsRequest & chainwright.network.SnapshotsRequest.$Shape;
             *   (properties?: chainwright.network.SnapshotsRequest.$Properties): chainwright.network.SnapshotsRequest;
             * }}
             */
            SnapshotsRequest.create = function(properties) {
                return new SnapshotsRequest(properties);
            };

            /**
             * Encodes the specified SnapshotsRequest message. Does not implicitly {@link chainwright.network.SnapshotsRequest.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.SnapshotsRequest
             * @static
             * @param {chainwright.network.SnapshotsRequest.$Properties} message SnapshotsRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SnapshotsRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SnapshotsRequest message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.SnapshotsRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotsRequest & chainwright.network.SnapshotsRequest.$Shape} SnapshotsRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SnapshotsRequest.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.SnapshotsRequest();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
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

            return SnapshotsRequest;
        })();

        network.Snapshots = (function() {

            /**
             * Properties of a Snapshots.
             * @typedef {Object} chainwright.network.Snapshots.$Properties
             * @property {number|null} [requestId] Snapshots requestId
             * @property {Array.<chainwright.network.SnapshotOffer.$Properties>|null} [offers] Snapshots offers
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Snapshots.
             * @memberof chainwright.network
             * @interface ISnapshots
             * @augments chainwright.network.Snapshots.$Properties
             * @deprecated Use chainwright.network.Snapshots.$Properties instead.
             */

            /**
             * Shape of a Snapshots.
             * @typedef {chainwright.network.Snapshots.$Properties} chainwright.network.Snapshots.$Shape
             */

            /**
             * Constructs a new Snapshots.
             * @memberof chainwright.network
             * @classdesc Represents a Snapshots.
             * @constructor
             * @param {chainwright.network.Snapshots.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Snapshots = function (properties) {
                this.offers = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Snapshots requestId.
             * @member {number} requestId
             * @memberof chainwright.network.Snapshots
             * @instance
             */
            Snapshots.prototype.requestId = 0;

            /**
             * Snapshots offers.
             * @member {Array.<chainwright.network.SnapshotOffer.$Properties>} offers
             * @memberof chainwright.network.Snapshots
             * @instance
             */
            Snapshots.prototype.offers = $util.emptyArray;

            /**
             * Creates a new Snapshots instance using the specified properties.
             * @function create
             * @memberof chainwright.network.Snapshots
             * @static
             * @param {chainwright.network.Snapshots.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.Snapshots} Snapshots instance
             * @type {{
             *   (properties: chainwright.network.Snapshots.$Shape): chainwright.network.Snapshots & chainwright.network.Snapshots.$Shape;
             *   (properties?: chainwright.network.Snapshots.$Properties): chainwright.network.Snapshots;
             * }}
             */
            Snapshots.create = function(properties) {
                return new Snapshots(properties);
            };

            /**
             * Encodes the specified Snapshots message. Does not implicitly {@link chainwright.network.Snapshots.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.Snapshots
             * @static
             * @param {chainwright.network.Snapshots.$Properties} message Snapshots message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Snapshots.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.offers != null && message.offers.length)
                    for (let i = 0; i < message.offers.length; ++i)
                        $root.chainwright.network.SnapshotOffer.encode(message.offers[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Snapshots message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.Snapshots
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.Snapshots & chainwright.network.Snapshots.$Shape} Snapshots
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Snapshots.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.Snapshots();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.offers && message.offers.length))
                                message.offers = [];
                            message.offers.push($root.chainwright.network.SnapshotOffer.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return Snapshots;
        })();

        network.SnapshotOffer = (function() {

            /**
             * Properties of a SnapshotOffer.
             * @typedef {Object} chainwright.network.SnapshotOffer.$Properties
             * @property {Uint8Array|null} [manifestHash] SnapshotOffer manifestHash
             * @property {Uint8Array|null} [id] SnapshotOffer id
             * @property {Long|null} [height] SnapshotOffer height
             * @property {number|null} [manifestBytes] SnapshotOffer manifestBytes
             * @property {number|null} [chunks] SnapshotOffer chunks
             * @property {Long|null} [chunkBytes] SnapshotOffer chunkBytes
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SnapshotOffer.
             * @memberof chainwright.network
             * @interface ISnapshotOffer
             * @augments chainwright.network.SnapshotOffer.$Properties
             * @deprecated Use chainwright.network.SnapshotOffer.$Properties instead.
             */

            /**
             * Shape of a SnapshotOffer.
             * @typedef {chainwright.network.SnapshotOffer.$Properties} chainwright.network.SnapshotOffer.$Shape
             */

            /**
             * Constructs a new SnapshotOffer.
             * @memberof chainwright.network
             * @classdesc Represents a SnapshotOffer.
             * @constructor
             * @param {chainwright.network.SnapshotOffer.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SnapshotOffer = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SnapshotOffer manifestHash.
             * @member {Uint8Array} manifestHash
             * @memberof chainwright.network.SnapshotOffer
             * @instance
             */
            SnapshotOffer.prototype.manifestHash = $util.newBuffer([]);

            /**
             * SnapshotOffer id.
             * @member {Uint8Array} id
             * @memberof chainwright.network.SnapshotOffer
             * @instance
             */
            SnapshotOffer.prototype.id = $util.newBuffer([]);

            /**
             * SnapshotOffer height.
             * @member {Long} height
             * @memberof chainwright.network.SnapshotOffer
             * @instance
             */
            SnapshotOffer.prototype.height = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * SnapshotOffer manifestBytes.
             * @member {number} manifestBytes
             * @memberof chainwright.network.SnapshotOffer
             * @instance
             */
            SnapshotOffer.prototype.manifestBytes = 0;

            /**
             * SnapshotOffer chunks.
             * @member {number} chunks
             * @memberof chainwright.network.SnapshotOffer
             * @instance
             */
            SnapshotOffer.prototype.chunks = 0;

            /**
             * SnapshotOffer chunkBytes.
             * @member {Long} chunkBytes
             * @memberof chainwright.network.SnapshotOffer
             * @instance
             */
            SnapshotOffer.prototype.chunkBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new SnapshotOffer instance using the specified properties.
             * @function create
             * @memberof chainwright.network.SnapshotOffer
             * @static
             * @param {chainwright.network.SnapshotOffer.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.SnapshotOffer} SnapshotOffer instance
             * @type {{
             *   (properties: chainwright.network.SnapshotOffer.$Shape): chainwright.network.SnapshotOffer & chainwright.network.SnapshotOffer.$Shape;
             *   (properties?: chainwright.network.SnapshotOffer.$Properties): chainwright.network.SnapshotOffer;
             * }}
             */
            SnapshotOffer.create = function(properties) {
                return new SnapshotOffer(properties);
            };

            /**
             * Encodes the specified SnapshotOffer message. Does not implicitly {@link chainwright.network.SnapshotOffer.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.SnapshotOffer
             * @static
             * @param {chainwright.network.SnapshotOffer.$Properties} message SnapshotOffer message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SnapshotOffer.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.manifestHash != null && $Object.hasOwnProperty.call(message, "manifestHash") && message.manifestHash.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.manifestHash);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.id);
                if (message.height != null && $Object.hasOwnProperty.call(message, "height") && (typeof message.height === "object" ? message.height.low || message.height.high : message.height !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.height);
                if (message.manifestBytes != null && $Object.hasOwnProperty.call(message, "manifestBytes") && message.manifestBytes !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.manifestBytes);
                if (message.chunks != null && $Object.hasOwnProperty.call(message, "chunks") && message.chunks !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.chunks);
                if (message.chunkBytes != null && $Object.hasOwnProperty.call(message, "chunkBytes") && (typeof message.chunkBytes === "object" ? message.chunkBytes.low || message.chunkBytes.high : message.chunkBytes !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.chunkBytes);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SnapshotOffer message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.SnapshotOffer
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotOffer & chainwright.network.SnapshotOffer.$Shape} SnapshotOffer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SnapshotOffer.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.SnapshotOffer();
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
                                message.manifestHash = value;
                            else
                                delete message.manifestHash;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.height = value;
                            else
                                delete message.height;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.manifestBytes = value;
                            else
                                delete message.manifestBytes;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.chunks = value;
                            else
                                delete message.chunks;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.chunkBytes = value;
                            else
                                delete message.chunkBytes;
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

            return SnapshotOffer;
        })();

        network.SnapshotManifestRequest = (function() {

            /**
             * Properties of a SnapshotManifestRequest.
             * @typedef {Object} chainwright.network.SnapshotManifestRequest.$Properties
             * @property {number|null} [requestId] SnapshotManifestRequest requestId
             * @property {Uint8Array|null} [manifestHash] SnapshotManifestRequest manifestHash
             * @property {number|null} [offset] SnapshotManifestRequest offset
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SnapshotManifestRequest.
             * @memberof chainwright.network
             * @interface ISnapshotManifestRequest
             * @augments chainwright.network.SnapshotManifestRequest.$Properties
             * @deprecated Use chainwright.network.SnapshotManifestRequest.$Properties instead.
             */

            /**
             * Shape of a SnapshotManifestRequest.
             * @typedef {chainwright.network.SnapshotManifestRequest.$Properties} chainwright.network.SnapshotManifestRequest.$Shape
             */

            /**
             * Constructs a new SnapshotManifestRequest.
             * @memberof chainwright.network
             * @classdesc Represents a SnapshotManifestRequest.
             * @constructor
             * @param {chainwright.network.SnapshotManifestRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SnapshotManifestRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SnapshotManifestRequest requestId.
             * @member {number} requestId
             * @memberof chainwright.network.SnapshotManifestRequest
             * @instance
             */
            SnapshotManifestRequest.prototype.requestId = 0;

            /**
             * SnapshotManifestRequest manifestHash.
             * @member {Uint8Array} manifestHash
             * @memberof chainwright.network.SnapshotManifestRequest
             * @instance
             */
            SnapshotManifestRequest.prototype.manifestHash = $util.newBuffer([]);

            /**
             * SnapshotManifestRequest offset.
             * @member {number} offset
             * @memberof chainwright.network.SnapshotManifestRequest
             * @instance
             */
            SnapshotManifestRequest.prototype.offset = 0;

            /**
             * Creates a new SnapshotManifestRequest instance using the specified properties.
             * @function create
             * @memberof chainwright.network.SnapshotManifestRequest
             * @static
             * @param {chainwright.network.SnapshotManifestRequest.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.SnapshotManifestRequest} SnapshotManifestRequest instance
             * @type {{
             *   (properties: chainwright.network.SnapshotManifestRequest.$Shape): chainwright.network.SnapshotManifestRequest & chainwright.network.SnapshotManifestRequest.$Shape;
             *   (properties?: chainwright.network.SnapshotManifestRequest.$Properties): chainwright.network.SnapshotManifestRequest;
             * }}
             */
            SnapshotManifestRequest.create = function(properties) {
                return new SnapshotManifestRequest(properties);
            };

            /**
             * Encodes the specified SnapshotManifestRequest message. Does not implicitly {@link chainwright.network.SnapshotManifestRequest.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.SnapshotManifestRequest
             * @static
             * @param {chainwright.network.SnapshotManifestRequest.$Properties} message SnapshotManifestRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SnapshotManifestRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.manifestHash != null && $Object.hasOwnProperty.call(message, "manifestHash") && message.manifestHash.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.manifestHash);
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && message.offset !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.offset);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SnapshotManifestRequest message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.SnapshotManifestRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotManifestRequest & chainwright.network.SnapshotManifestRequest.$Shape} SnapshotManifestRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SnapshotManifestRequest.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.SnapshotManifestRequest();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.manifestHash = value;
                            else
                                delete message.manifestHash;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.offset = value;
                            else
                                delete message.offset;
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

            return SnapshotManifestRequest;
        })();

        network.SnapshotManifest = (function() {

            /**
             * Properties of a SnapshotManifest.
             * @typedef {Object} chainwright.network.SnapshotManifest.$Properties
             * @property {number|null} [requestId] SnapshotManifest requestId
             * @property {Uint8Array|null} [part] SnapshotManifest part
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SnapshotManifest.
             * @memberof chainwright.network
             * @interface ISnapshotManifest
             * @augments chainwright.network.SnapshotManifest.$Properties
             * @deprecated Use chainwright.network.SnapshotManifest.$Properties instead.
             */

            /**
             * Shape of a SnapshotManifest.
             * @typedef {chainwright.network.SnapshotManifest.$Properties} chainwright.network.SnapshotManifest.$Shape
             */

            /**
             * Constructs a new SnapshotManifest.
             * @memberof chainwright.network
             * @classdesc Represents a SnapshotManifest.
             * @constructor
             * @param {chainwright.network.SnapshotManifest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SnapshotManifest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SnapshotManifest requestId.
             * @member {number} requestId
             * @memberof chainwright.network.SnapshotManifest
             * @instance
             */
            SnapshotManifest.prototype.requestId = 0;

            /**
             * SnapshotManifest part.
             * @member {Uint8Array} part
             * @memberof chainwright.network.SnapshotManifest
             * @instance
             */
            SnapshotManifest.prototype.part = $util.newBuffer([]);

            /**
             * Creates a new SnapshotManifest instance using the specified properties.
             * @function create
             * @memberof chainwright.network.SnapshotManifest
             * @static
             * @param {chainwright.network.SnapshotManifest.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.SnapshotManifest} SnapshotManifest instance
             * @type {{
             *   (properties: chainwright.network.SnapshotManifest.$Shape): chainwright.network.SnapshotManifest & chainwright.network.SnapshotManifest.$Shape;
             *   (properties?: chainwright.network.SnapshotManifest.$Properties): chainwright.network.SnapshotManifest;
             * }}
             */
            SnapshotManifest.create = function(properties) {
                return new SnapshotManifest(properties);
            };

            /**
             * Encodes the specified SnapshotManifest message. Does not implicitly {@link chainwright.network.SnapshotManifest.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.SnapshotManifest
             * @static
             * @param {chainwright.network.SnapshotManifest.$Properties} message SnapshotManifest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SnapshotManifest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.part != null && $Object.hasOwnProperty.call(message, "part") && message.part.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.part);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SnapshotManifest message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.SnapshotManifest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotManifest & chainwright.network.SnapshotManifest.$Shape} SnapshotManifest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SnapshotManifest.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.SnapshotManifest();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.part = value;
                            else
                                delete message.part;
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

            return SnapshotManifest;
        })();

        network.SnapshotChunkRequest = (function() {

            /**
             * Properties of a SnapshotChunkRequest.
             * @typedef {Object} chainwright.network.SnapshotChunkRequest.$Properties
             * @property {number|null} [requestId] SnapshotChunkRequest requestId
             * @property {Uint8Array|null} [manifestHash] SnapshotChunkRequest manifestHash
             * @property {number|null} [index] SnapshotChunkRequest index
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SnapshotChunkRequest.
             * @memberof chainwright.network
             * @interface ISnapshotChunkRequest
             * @augments chainwright.network.SnapshotChunkRequest.$Properties
             * @deprecated Use chainwright.network.SnapshotChunkRequest.$Properties instead.
             */

            /**
             * Shape of a SnapshotChunkRequest.
             * @typedef {chainwright.network.SnapshotChunkRequest.$Properties} chainwright.network.SnapshotChunkRequest.$Shape
             */

            /**
             * Constructs a new SnapshotChunkRequest.
             * @memberof chainwright.network
             * @classdesc Represents a SnapshotChunkRequest.
             * @constructor
             * @param {chainwright.network.SnapshotChunkRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SnapshotChunkRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SnapshotChunkRequest requestId.
             * @member {number} requestId
             * @memberof chainwright.network.SnapshotChunkRequest
             * @instance
             */
            SnapshotChunkRequest.prototype.requestId = 0;

            /**
             * SnapshotChunkRequest manifestHash.
             * @member {Uint8Array} manifestHash
             * @memberof chainwright.network.SnapshotChunkRequest
             * @instance
             */
            SnapshotChunkRequest.prototype.manifestHash = $util.newBuffer([]);

            /**
             * SnapshotChunkRequest index.
             * @member {number} index
             * @memberof chainwright.network.SnapshotChunkRequest
             * @instance
             */
            SnapshotChunkRequest.prototype.index = 0;

            /**
             * Creates a new SnapshotChunkRequest instance using the specified properties.
             * @function create
             * @memberof chainwright.network.SnapshotChunkRequest
             * @static
             * @param {chainwright.network.SnapshotChunkRequest.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.SnapshotChunkRequest} SnapshotChunkRequest instance
             * @type {{
             *   (properties: chainwright.network.SnapshotChunkRequest.$Shape): chainwright.network.SnapshotChunkRequest & chainwright.network.SnapshotChunkRequest.$Shape;
             *   (properties?: chainwright.network.SnapshotChunkRequest.$Properties): chainwright.network.SnapshotChunkRequest;
             * }}
             */
            SnapshotChunkRequest.create = function(properties) {
                return new SnapshotChunkRequest(properties);
            };

            /**
             * Encodes the specified SnapshotChunkRequest message. Does not implicitly {@link chainwright.network.SnapshotChunkRequest.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.SnapshotChunkRequest
             * @static
             * @param {chainwright.network.SnapshotChunkRequest.$Properties} message SnapshotChunkRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SnapshotChunkRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.manifestHash != null && $Object.hasOwnProperty.call(message, "manifestHash") && message.manifestHash.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.manifestHash);
                if (message.index != null && $Object.hasOwnProperty.call(message, "index") && message.index !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.index);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SnapshotChunkRequest message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.SnapshotChunkRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotChunkRequest & chainwright.network.SnapshotChunkRequest.$Shape} SnapshotChunkRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SnapshotChunkRequest.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.SnapshotChunkRequest();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.manifestHash = value;
                            else
                                delete message.manifestHash;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.index = value;
                            else
                                delete message.index;
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

            return SnapshotChunkRequest;
        })();

        network.SnapshotChunk = (function() {

            /**
             * Properties of a SnapshotChunk.
             * @typedef {Object} chainwright.network.SnapshotChunk.$Properties
             * @property {number|null} [requestId] SnapshotChunk requestId
             * @property {Uint8Array|null} [proof] SnapshotChunk proof
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SnapshotChunk.
             * @memberof chainwright.network
             * @interface ISnapshotChunk
             * @augments chainwright.network.SnapshotChunk.$Properties
             * @deprecated Use chainwright.network.SnapshotChunk.$Properties instead.
             */

            /**
             * Shape of a SnapshotChunk.
             * @typedef {chainwright.network.SnapshotChunk.$Properties} chainwright.network.SnapshotChunk.$Shape
             */

            /**
             * Constructs a new SnapshotChunk.
             * @memberof chainwright.network
             * @classdesc Represents a SnapshotChunk.
             * @constructor
             * @param {chainwright.network.SnapshotChunk.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SnapshotChunk = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SnapshotChunk requestId.
             * @member {number} requestId
             * @memberof chainwright.network.SnapshotChunk
             * @instance
             */
            SnapshotChunk.prototype.requestId = 0;

            /**
             * SnapshotChunk proof.
             * @member {Uint8Array} proof
             * @memberof chainwright.network.SnapshotChunk
             * @instance
             */
            SnapshotChunk.prototype.proof = $util.newBuffer([]);

            /**
             * Creates a new SnapshotChunk instance using the specified properties.
             * @function create
             * @memberof chainwright.network.SnapshotChunk
             * @static
             * @param {chainwright.network.SnapshotChunk.$Properties=} [properties] Properties to set
             * @returns {chainwright.network.SnapshotChunk} SnapshotChunk instance
             * @type {{
             *   (properties: chainwright.network.SnapshotChunk.$Shape): chainwright.network.SnapshotChunk & chainwright.network.SnapshotChunk.$Shape;
             *   (properties?: chainwright.network.SnapshotChunk.$Properties): chainwright.network.SnapshotChunk;
             * }}
             */
            SnapshotChunk.create = function(properties) {
                return new SnapshotChunk(properties);
            };

            /**
             * Encodes the specified SnapshotChunk message. Does not implicitly {@link chainwright.network.SnapshotChunk.verify|verify} messages.
             * @function encode
             * @memberof chainwright.network.SnapshotChunk
             * @static
             * @param {chainwright.network.SnapshotChunk.$Properties} message SnapshotChunk message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SnapshotChunk.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requestId);
                if (message.proof != null && $Object.hasOwnProperty.call(message, "proof") && message.proof.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.proof);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SnapshotChunk message from the specified reader or buffer.
             * @function decode
             * @memberof chainwright.network.SnapshotChunk
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {chainwright.network.SnapshotChunk & chainwright.network.SnapshotChunk.$Shape} SnapshotChunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SnapshotChunk.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.chainwright.network.SnapshotChunk();
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
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.proof = value;
                            else
                                delete message.proof;
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

            return SnapshotChunk;
        })();

        return network;
    })();

    return chainwright;
})();

export {
  $root as default
};
