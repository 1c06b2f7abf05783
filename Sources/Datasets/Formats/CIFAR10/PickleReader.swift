import Storage

/// Reads a Python pickle that holds dictionaries, lists, tuples, text, bytes, integers and numpy arrays of bytes, protocols 2 to 5.
///
/// A pickle is a program that may call any function. This reader runs none: the functions by which numpy and `bytes` are written are
/// known by name and done here, every other name and every other instruction is refused. Memory is bounded by the file's size.
struct PickleReader {
    /// Why a pickle was refused.
    struct Refusal: Error { let reason: String }

    private let bytes: [UInt8]
    private var position = 0
    private var stack: [PickleValue] = []
    /// Where the stack was when each mark was set.
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    /// Bytes that copies may still take.
    private var allowance: Int

    private init(_ bytes: [UInt8]) { (self.bytes, allowance) = (bytes, 4 * bytes.count + 4096) }

    /// The object that the pickle in `bytes` stands for.
    static func read(_ bytes: [UInt8]) throws(Refusal) -> PickleValue {
        var reader = PickleReader(bytes)
        while true {
            let code = try reader.next()
            if code == UInt8(ascii: ".") { return try reader.pop() }
            try reader.run(code)
        }
    }

    /// One instruction, by the names of Python's `pickletools`.
    private mutating func run(_ code: UInt8) throws(Refusal) {
        switch code {
        case 0x80: guard try (2...5).contains(next()) else { throw Refusal(reason: "a protocol other than 2 to 5") }
        case 0x95: _ = try take(8)  // FRAME
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "N"): push(.none)
        case 0x88: push(.integer(1))  // NEWTRUE
        case 0x89: push(.integer(0))  // NEWFALSE
        case UInt8(ascii: "J"): push(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
        case UInt8(ascii: "K"): push(.integer(try number(1)))
        case UInt8(ascii: "M"): push(.integer(try number(2)))
        case 0x8A: push(.integer(try longInteger()))
        case UInt8(ascii: "U"), UInt8(ascii: "C"): push(.bytes(Array(try take(number(1)))))
        case UInt8(ascii: "T"), UInt8(ascii: "B"): push(.bytes(Array(try take(number(4)))))
        case 0x8E, 0x96: push(.bytes(Array(try take(number(8)))))  // BINBYTES8, BYTEARRAY8
        case 0x8C: push(.text(try text(number(1))))
        case UInt8(ascii: "X"): push(.text(try text(number(4))))
        case 0x8D: push(.text(try text(number(8))))
        case UInt8(ascii: ")"): push(.tuple([]))
        case UInt8(ascii: "t"): push(.tuple(try popToMark()))
        case 0x85, 0x86, 0x87: push(.tuple(try pop(Int(code) - 0x84)))
        case UInt8(ascii: "]"): push(.list(.init([])))
        case UInt8(ascii: "a"): try append([pop()])
        case UInt8(ascii: "e"): try append(popToMark())
        case UInt8(ascii: "}"): push(.dictionary(.init([])))
        case UInt8(ascii: "s"): try setItems(pop(2))
        case UInt8(ascii: "u"): try setItems(popToMark())
        case UInt8(ascii: "q"): try note(number(1))
        case UInt8(ascii: "r"): try note(number(4))
        case 0x94: try note(memo.count)  // MEMOIZE
        case UInt8(ascii: "h"): try recall(number(1))
        case UInt8(ascii: "j"): try recall(number(4))
        case UInt8(ascii: "c"): push(.global("\(try line()) \(try line())"))
        case 0x93: try pushGlobal(pop(2))
        case UInt8(ascii: "R"): try call(pop(2))
        case UInt8(ascii: "b"): try build(pop(2))
        default: throw Refusal(reason: "instruction \(code) at byte \(position - 1), which such files do not have")
        }
    }

    private mutating func pushGlobal(_ parts: [PickleValue]) throws(Refusal) {
        guard case .text(let module) = parts[0], case .text(let name) = parts[1] else {
            throw Refusal(reason: "a name that is no text")
        }
        push(.global("\(module) \(name)"))
    }

    // MARK: The file

    private mutating func next() throws(Refusal) -> UInt8 {
        guard position < bytes.count else { throw Refusal(reason: "it ends early") }
        position += 1
        return bytes[position - 1]
    }

    private mutating func take(_ count: Int) throws(Refusal) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else { throw Refusal(reason: "it ends early") }
        position += count
        return bytes[position - count..<position]
    }

    /// An unsigned number, its lowest byte first.
    private mutating func number(_ count: Int) throws(Refusal) -> Int {
        let value = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard value <= UInt64(Int.max) else { throw Refusal(reason: "a number above 2^63") }
        return Int(value)
    }

    /// LONG1: a signed number of up to eight bytes.
    private mutating func longInteger() throws(Refusal) -> Int {
        let digits = try take(number(1))
        guard digits.count <= 8 else { throw Refusal(reason: "an integer of \(digits.count) bytes") }
        guard let highest = digits.last else { return 0 }
        return digits.dropLast().reversed().reduce(Int(Int8(bitPattern: highest))) { $0 << 8 | Int($1) }
    }

    private mutating func text(_ count: Int) throws(Refusal) -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw Refusal(reason: "text that is not UTF-8")
        }
        return text
    }

    private mutating func line() throws(Refusal) -> String {
        let start = position
        while try next() != UInt8(ascii: "\n") {
            guard position - start <= 256 else { throw Refusal(reason: "a name without end") }
        }
        return String(decoding: bytes[start..<position - 1], as: UTF8.self)
    }

    // MARK: The stack

    private mutating func push(_ value: PickleValue) { stack.append(value) }

    private mutating func pop() throws(Refusal) -> PickleValue { try pop(1)[0] }

    private mutating func pop(_ count: Int) throws(Refusal) -> [PickleValue] {
        guard stack.count - (marks.last ?? 0) >= count else { throw Refusal(reason: "an instruction without its values") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(Refusal) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw Refusal(reason: "an instruction without its mark") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func note(_ number: Int) throws(Refusal) {
        guard let top = stack.last else { throw Refusal(reason: "an instruction without its values") }
        memo[number] = top
    }

    private mutating func recall(_ number: Int) throws(Refusal) {
        guard let value = memo[number] else { throw Refusal(reason: "a value that was never noted") }
        push(value)
    }

    private mutating func append(_ values: [PickleValue]) throws(Refusal) {
        guard case .list(let list) = stack.last else { throw Refusal(reason: "elements for what is no list") }
        list.value += values
    }

    private mutating func setItems(_ values: [PickleValue]) throws(Refusal) {
        guard case .dictionary(let pairs) = stack.last, values.count % 2 == 0 else {
            throw Refusal(reason: "items for what is no dictionary")
        }
        for index in stride(from: 0, to: values.count, by: 2) { pairs.value.append((values[index], values[index + 1])) }
    }

    private mutating func spend(_ count: Int) throws(Refusal) {
        guard count >= 0, count <= allowance else { throw Refusal(reason: "it becomes much larger than its file") }
        allowance -= count
    }
}

// MARK: The functions that are known

extension PickleReader {
    private mutating func call(_ values: [PickleValue]) throws(Refusal) {
        guard case .global(let name) = values[0], case .tuple(let arguments) = values[1] else {
            throw Refusal(reason: "a call of what is no function")
        }
        switch name {
        case "_codecs encode": push(.bytes(try latin1(arguments)))
        case "numpy dtype": push(.elementType(try elementType(arguments)))
        case "numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct":
            push(.array(.init(PickleArray(shape: [0], bytes: []))))
        case "numpy.core.numeric _frombuffer", "numpy._core.numeric _frombuffer": push(.array(.init(try array(arguments))))
        case "__builtin__ bytearray", "builtins bytearray", "__builtin__ bytes", "builtins bytes":
            push(arguments.first ?? .bytes([]))
        default: throw Refusal(reason: "a call of \(name), which such files do not have")
        }
    }

    /// How Python 3 writes bytes for Python 2: text whose letters are the bytes, and the name of the code.
    private mutating func latin1(_ arguments: [PickleValue]) throws(Refusal) -> [UInt8] {
        guard arguments.count == 2, case .text(let text) = arguments[0], case .text("latin1") = arguments[1] else {
            throw Refusal(reason: "bytes in another code than latin1")
        }
        try spend(text.utf8.count)
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { throw Refusal(reason: "a letter that is no byte") }
            bytes.append(byte)
        }
        return bytes
    }

    private func elementType(_ arguments: [PickleValue]) throws(Refusal) -> String {
        switch arguments.first {
        case .text(let name): return name
        case .bytes(let name): return String(decoding: name, as: UTF8.self)
        default: throw Refusal(reason: "an array without a type")
        }
    }

    /// Bytes, type, shape and order.
    private mutating func array(_ values: [PickleValue]) throws(Refusal) -> PickleArray {
        guard values.count >= 4, case .bytes(let bytes) = values[0], case .elementType(let type) = values[1],
            case .tuple(let extents) = values[2]
        else { throw Refusal(reason: "an array without bytes, type or shape") }
        guard type == "u1" else { throw Refusal(reason: "an array of \(type), not of unsigned bytes (u1)") }
        if case .text("F") = values[3] { throw Refusal(reason: "an array in column order") }
        if case .bytes(let order) = values[3], order == Array("F".utf8) { throw Refusal(reason: "an array in column order") }
        var (shape, count): ([Int], Int) = ([], 1)
        for extent in extents {
            guard case .integer(let number) = extent, number >= 0, number <= bytes.count else {
                throw Refusal(reason: "an array whose shape does not fit its bytes")
            }
            shape.append(number)
            let (product, overflow) = count.multipliedReportingOverflow(by: number)
            guard !overflow else { throw Refusal(reason: "an array whose shape does not fit its bytes") }
            count = product
        }
        guard count == bytes.count else { throw Refusal(reason: "an array whose shape does not fit its bytes") }
        return PickleArray(shape: shape, bytes: bytes)
    }

    /// The state that numpy gives an array or a type after it was made.
    private mutating func build(_ values: [PickleValue]) throws(Refusal) {
        switch (values[0], values[1]) {
        case (.elementType, .tuple): push(values[0])
        case (.array(let box), .tuple(let state)) where state.count == 5:
            guard case .integer(let isColumnOrder) = state[3] else { throw Refusal(reason: "an array without an order") }
            box.value = try array([state[4], state[2], state[1], .text(isColumnOrder == 0 ? "C" : "F")])
            push(values[0])
        default: throw Refusal(reason: "a state for what is no array")
        }
    }
}
