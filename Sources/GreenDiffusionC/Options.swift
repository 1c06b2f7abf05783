import GreenDiffusion
import Kernels
import Storage

/// The options of a call, a JSON object with the names of the program's flags. `null` is as good as no value.
struct Options {
    private var fields: [String: JSONValue] = [:]
    private var known: [String] = []

    /// - Parameter text: empty for no option.
    init(json text: String) throws(ConfigurationError) {
        guard !text.isEmpty else { return }
        do throws(JSONReader.Failure) {
            guard case .object(let fields) = try JSONValue(parsing: Array(text.utf8)) else {
                throw JSONReader.Failure(position: 0, problem: "no object")
            }
            self.fields = fields
        } catch {
            throw ConfigurationError("options", "", "are no JSON object: \(error)", wayOut: "write {\"name\": value, ...}")
        }
    }

    /// Throws the first option that nobody has asked for.
    func end() throws(ConfigurationError) {
        guard let unknown = fields.keys.filter({ !known.contains($0) }).min() else { return }
        throw ConfigurationError(
            "option", unknown, "is none of this call", wayOut: "it has \(known.sorted().joined(separator: ", "))")
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int> = .min ... .max) throws(ConfigurationError) -> Int? {
        guard let value = take(name) else { return nil }
        guard let number = value.asInteger else { throw failure(name, value, "is no whole number") }
        guard range.contains(number) else { throw outside(name, value, "\(range.lowerBound)...\(range.upperBound)") }
        return number
    }

    /// Without a range any number, NaN too.
    mutating func number(_ name: String, in range: ClosedRange<Double>? = nil) throws(ConfigurationError) -> Double? {
        guard let value = take(name) else { return nil }
        guard let number = value.asDouble else { throw failure(name, value, "is no number") }
        if let range, !range.contains(number) { throw outside(name, value, "\(range.lowerBound)...\(range.upperBound)") }
        return number
    }

    mutating func flag(_ name: String) throws(ConfigurationError) -> Bool {
        guard let value = take(name) else { return false }
        guard case .boolean(let isSet) = value else { throw failure(name, value, "is neither true nor false") }
        return isSet
    }

    mutating func text(_ name: String) throws(ConfigurationError) -> String? {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value else { throw failure(name, value, "is no text") }
        return text
    }

    /// One of the raw values of an enumeration.
    mutating func choice<Choice: CaseIterable & RawRepresentable>(
        _ name: String
    ) throws(ConfigurationError) -> Choice? where Choice.RawValue == String {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
            throw failure(name, value, "is not one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// `threads`: all processors where it is not given.
    mutating func threads() throws(ConfigurationError) -> Int { try integer("threads", in: 1...1024) ?? Processors.available }

    /// `seed`: 0 where it is not given.
    mutating func seed() throws(ConfigurationError) -> UInt64 { UInt64(try integer("seed", in: 0 ... .max) ?? 0) }

    /// `max_unpacked`, in bytes.
    mutating func maxUnpacked() throws(ConfigurationError) -> Int {
        try integer("max_unpacked", in: 4...(1 << 46)) ?? defaultMaxUnpacked
    }

    /// The value of an option; nil where it is not given.
    mutating func take(_ name: String) -> JSONValue? {
        known.append(name)
        let value = fields[name]
        return value == .null ? nil : value
    }

    func failure(_ name: String, _ value: JSONValue, _ problem: String) -> ConfigurationError {
        ConfigurationError(name, value.description, problem, wayOut: "correct it, or leave it out")
    }

    private func outside(_ name: String, _ value: JSONValue, _ limits: String) -> ConfigurationError {
        failure(name, value, "is outside \(limits)")
    }
}
