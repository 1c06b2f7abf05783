import Storage

/// The fields of a diffusers configuration file, each read exactly once; whatever is left at the end is harmless or refused by name.
struct ConfigurationFields {
    private let path: String
    private var fields: [String: JSONValue]

    /// - Parameters:
    ///   - bytes: the file's text.
    ///   - path: for messages.
    init(parsing bytes: [UInt8], path: String) throws(CheckpointError) {
        guard case .object(let fields) = try parseJSON(bytes, path: path) else {
            throw .malformed(path: path, detail: "it is not a JSON object")
        }
        (self.path, self.fields) = (path, fields)
    }

    /// An integer of `range`.
    mutating func integer(
        _ name: String, default standard: Int, in range: ClosedRange<Int>
    ) throws(CheckpointError) -> Int {
        let value = fields.removeValue(forKey: name) ?? .integer(standard)
        guard let number = value.asInteger, range.contains(number) else {
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
            guard let number = item.asInteger, range.contains(number) else {
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

    /// Whether the field is there and has that value.
    func has(_ name: String, _ value: JSONValue) -> Bool { fields[name] == value }

    /// Drops a field that every file of its kind has and that has no effect under the values already required of the others.
    mutating func ignore(_ name: String) { fields[name] = nil }

    /// Deals with the fields that nobody read: those that change nothing here are named in one note, the first other one is refused.
    ///
    /// A field changes nothing where it is one of `harmless`, is off (null, false or empty), or diffusers has no such field, and so ignores
    /// it. Names that begin with an underscore are notes of the writing library and pass without a word.
    ///
    /// - Parameters:
    ///   - harmless: fields without effect on what this program computes, whatever their value.
    ///   - effective: fields of diffusers that change what it computes.
    func finish(harmless: Set<String>, effective: Set<String>, note: (String) -> Void) throws(CheckpointError) {
        let isNewer = isFromNewerDiffusers
        let names = fields.keys.filter { !$0.hasPrefix("_") }.sorted()
        for name in names where !harmless.contains(name) && (isNewer || effective.contains(name)) {
            guard let value = fields[name], !value.isOff else { continue }
            throw unsupported(name, value, "files without this field")
        }
        if !names.isEmpty { note("\(path): fields without effect here: \(names.joined(separator: ", "))") }
    }

    /// True where the file says that a diffusers later than the one that this program knows wrote it: it may have new fields.
    private var isFromNewerDiffusers: Bool {
        guard case .string(let text)? = fields["_diffusers_version"] else { return false }
        let version = text.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
        return Self.knownDiffusers.lexicographicallyPrecedes(version)
    }

    private static let knownDiffusers = [0, 42]

    /// The error for a value of `name` outside `supported`.
    func unsupported(_ name: String, _ value: JSONValue, _ supported: String) -> CheckpointError {
        .unsupportedField(path: path, field: name, value: value.description, supported: supported)
    }
}

extension JSONValue {
    /// Whether it is a value that turns a setting off.
    fileprivate var isOff: Bool {
        switch self {
        case .null, .boolean(false), .string(""): true
        case .array(let values): values.isEmpty
        case .object(let fields): fields.isEmpty
        default: false
        }
    }
}
