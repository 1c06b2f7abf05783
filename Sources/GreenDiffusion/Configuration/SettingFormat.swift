import Storage

/// How values of one type are written: the text of a flag or of a YAML file, read and written back.
struct SettingFormat<Value>: Sendable {
    let read: @Sendable (SettingValue) throws(ConfigurationError) -> Value
    /// nil where nothing is written.
    let text: @Sendable (Value) -> String?
    /// All texts, where they can be listed.
    var choices: [String] = []

    /// The same for a setting that may have no value.
    var optional: SettingFormat<Value?> {
        SettingFormat<Value?>(
            read: { (value) throws(ConfigurationError) in try read(value) }, text: { $0.flatMap(text) }, choices: choices)
    }
}

extension SettingFormat {
    static func integer(_ limits: ClosedRange<Int>) -> Self where Value == Int {
        Self { (value) throws(ConfigurationError) in
            try value.integer(in: limits)
        } text: {
            "\($0)"
        }
    }

    /// A number from 0 on. 0 is not written: runs from before there was the setting keep their file and their id.
    static func positive(upTo highest: Double) -> Self where Value == Double {
        let format = number(from: 0, upTo: highest)
        return Self(read: format.read, text: { $0 == 0 ? nil : format.text($0) })
    }

    /// The same of whole numbers.
    static func positive(upTo highest: Int) -> Self where Value == Int {
        let format = integer(0...highest)
        return Self(read: format.read, text: { $0 == 0 ? nil : format.text($0) })
    }

    static func number(above lowest: Double, upTo highest: Double) -> Self where Value == Double {
        Self { (value) throws(ConfigurationError) in
            try value.number(above: lowest, upTo: highest)
        } text: {
            "\($0)"
        }
    }

    static func number(from lowest: Double, upTo highest: Double) -> Self where Value == Double {
        Self { (value) throws(ConfigurationError) in
            try value.number(from: lowest, upTo: highest)
        } text: {
            "\($0)"
        }
    }

    /// One number, or `LOWEST:HIGHEST`.
    static func range(from lowest: Double, upTo highest: Double) -> Self where Value == ClosedRange<Double> {
        Self { (value) throws(ConfigurationError) in
            try value.range { (part) throws(ConfigurationError) in try part.number(from: lowest, upTo: highest) }
        } text: {
            $0.settingText
        }
    }

    /// One of the named values; errors suggest the one that is most like what was given, else the first.
    static func choice(of values: [(name: String, value: Value)]) -> Self where Value: Equatable & Sendable {
        let names = values.map(\.name)
        return Self(
            read: { (value) throws(ConfigurationError) in
                guard let match = values.first(where: { $0.name == value.text }) else {
                    throw value.failure(
                        "is not one of \(names.joined(separator: ", "))",
                        wayOut: "use \(nearestName(to: value.text, among: names) ?? names[0])")
                }
                return match.value
            }, text: { value in values.first { $0.value == value }?.name }, choices: names)
    }

    /// One of the raw values of an enumeration.
    static func choice() -> Self where Value: CaseIterable & RawRepresentable & Equatable & Sendable, Value.RawValue == String {
        choice(of: Value.allCases.map { ($0.rawValue, $0) })
    }
}

extension ClosedRange {
    /// `LOWEST:HIGHEST`, or the one number that both are.
    var settingText: String { lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound):\(upperBound)" }
}
