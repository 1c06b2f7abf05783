import Storage

/// The fields of a diffusers configuration file, each read exactly once; whatever is left at the end is refused by name.
struct ConfigurationFields {
    private let path: String
    private var fields: [String: JSONValue]

    /// - Parameters:
    ///   - bytes: the file's text.
    ///   - path: for messages.
    init(parsing bytes: [UInt8], path: String) throws(CheckpointError) {
        guard case .object(let fields)? = JSONValue(parsing: bytes) else {
            throw .malformed(path: path, detail: "it is not a JSON object")
        }
        (self.path, self.fields) = (path, fields)
    }

    /// An integer of `range`.
    mutating func integer(
        _ name: String, default standard: Int, in range: ClosedRange<Int>
    ) throws(CheckpointError) -> Int {
        let value = fields.removeValue(forKey: name) ?? .integer(standard)
        guard case .integer(let number) = value, range.contains(number) else {
            throw unsupported(name, value, "an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// An integer of `range`, or nil for `null`.
    mutating func optionalInteger(
        _ name: String, default standard: Int?, in range: ClosedRange<Int>
    ) throws(CheckpointError) -> Int? {
        if fields[name] == .null || (fields[name] == nil && standard == nil) {
            fields[name] = nil
            return nil
        }
        return try integer(name, default: standard ?? range.lowerBound, in: range)
    }

    /// A number of `range`.
    mutating func number(
        _ name: String, default standard: Double, in range: ClosedRange<Double>
    ) throws(CheckpointError) -> Double {
        let value = fields.removeValue(forKey: name) ?? .number(standard)
        guard let number = value.asDouble, range.contains(number) else {
            throw unsupported(name, value, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func boolean(_ name: String, default standard: Bool) throws(CheckpointError) -> Bool {
        let value = fields.removeValue(forKey: name) ?? .boolean(standard)
        guard case .boolean(let flag) = value else { throw unsupported(name, value, "true or false") }
        return flag
    }

    /// One of an enumeration's raw values.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default standard: Choice
    ) throws(CheckpointError) -> Choice where Choice.RawValue == String {
        let value = fields.removeValue(forKey: name) ?? .string(standard.rawValue)
        guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
            throw unsupported(name, value, Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    /// A list of an enumeration's raw values.
    mutating func choices<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default standard: [Choice]
    ) throws(CheckpointError) -> [Choice] where Choice.RawValue == String {
        let value = fields.removeValue(forKey: name) ?? .array(standard.map { .string($0.rawValue) })
        let supported = "a list of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")
        guard case .array(let items) = value else { throw unsupported(name, value, supported) }
        var choices: [Choice] = []
        for item in items {
            guard case .string(let text) = item, let choice = Choice(rawValue: text) else {
                throw unsupported(name, value, supported)
            }
            choices.append(choice)
        }
        return choices
    }

    /// One integer, or a list of integers, of `range`.
    mutating func integers(
        _ name: String, default standard: [Int]?, in range: ClosedRange<Int>
    ) throws(CheckpointError) -> [Int] {
        let value = fields.removeValue(forKey: name) ?? standard.map { .array($0.map(JSONValue.integer)) } ?? .null
        let items = if case .array(let items) = value { items } else { [value] }
        var numbers: [Int] = []
        for item in items {
            guard case .integer(let number) = item, range.contains(number) else {
                throw unsupported(name, value, "integers from \(range.lowerBound) to \(range.upperBound)")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// Refuses every value of a field but the listed ones; an absent field is the first of them.
    mutating func require(_ name: String, _ supported: JSONValue...) throws(CheckpointError) {
        guard let value = fields.removeValue(forKey: name), !supported.contains(where: { $0.isSame(as: value) }) else { return }
        throw unsupported(name, value, supported.map(\.description).joined(separator: " or "))
    }

    /// Drops a field that has no effect under the values already required of the others.
    mutating func ignore(_ name: String) { fields[name] = nil }

    /// Refuses the fields that nobody read; names that begin with an underscore are notes of the writing library.
    func refuseRemaining() throws(CheckpointError) {
        guard let name = fields.keys.filter({ !$0.hasPrefix("_") }).min() else { return }
        throw unsupported(name, fields[name] ?? .null, "files without this field")
    }

    /// The error for a value of `name` outside `supported`.
    func unsupported(_ name: String, _ value: JSONValue, _ supported: String) -> CheckpointError {
        .unsupportedField(path: path, field: name, value: value.description, supported: supported)
    }
}
