import Storage

/// One setting of a federated run: how it is called, written, explained and read into a `RunConfiguration`.
///
/// Flags, the keys of YAML files, checks of single values, help and what a resumed run may change all come from here.
public struct Setting: Sendable {
    /// The key in a YAML file, and the flag without its dashes.
    public let name: String
    /// What a value is called where usage is shown, e.g. `n` or `seconds`.
    public let valueName: String
    /// What it decides, without a full stop.
    public let help: String
    /// The value where none is given, in words where it follows from others.
    public let defaultText: String
    /// The texts that it takes, where they can be listed.
    public let choices: [String]
    /// Whether a resumed run may change it: it does not decide the weights of a round.
    public let isChangeable: Bool
    let read: @Sendable (inout RunConfiguration, SettingValue) throws(ConfigurationError) -> Void
    let text: @Sendable (RunConfiguration) -> String?

    /// A setting that always has a value.
    ///
    /// - Parameters:
    ///   - name: unlike that of every other setting.
    ///   - property: where its value is kept.
    ///   - format: how values are read and written.
    ///   - standard: the default for people; nil writes the value of `RunConfiguration()`.
    init<Value>(
        _ name: String, _ property: any WritableKeyPath<RunConfiguration, Value> & Sendable, _ format: SettingFormat<Value>,
        _ valueName: String, _ help: String, default standard: String? = nil, changeable: Bool = false
    ) {
        (self.name, self.valueName, self.help, choices, isChangeable) = (name, valueName, help, format.choices, changeable)
        defaultText = standard ?? format.text(RunConfiguration()[keyPath: property]) ?? ""
        read = { (configuration, value) throws(ConfigurationError) in configuration[keyPath: property] = try format.read(value) }
        text = { format.text($0[keyPath: property]) }
    }

    /// A setting that may have no value.
    ///
    /// - Parameter standard: what no value means.
    init<Value>(
        _ name: String, _ property: any WritableKeyPath<RunConfiguration, Value?> & Sendable, _ format: SettingFormat<Value>,
        _ valueName: String, _ help: String, default standard: String, changeable: Bool = false
    ) {
        self.init(name, property, format.optional, valueName, help, default: standard, changeable: changeable)
    }
}

extension Setting: Hashable, CustomStringConvertible {
    /// Settings are equal where their names are.
    public static func == (left: Setting, right: Setting) -> Bool { left.name == right.name }
    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    /// The name.
    public var description: String { name }
}

extension Setting: CaseIterable {
    /// All settings, in the order of help and `config.yaml`.
    public static let allCases = SettingGroup.allCases.flatMap(\.settings)

    /// The setting of that name; nil where there is none.
    public static func named(_ name: String) -> Setting? { allCases.first { $0.name == name } }

    /// The setting whose name `name` most resembles, where it resembles one.
    static func nearest(to name: String) -> Setting? {
        nearestName(to: name, among: allCases.map(\.name)).flatMap(named)
    }
}

extension RunConfiguration {
    /// Sets one setting from its text.
    ///
    /// - Parameters:
    ///   - setting: the setting.
    ///   - text: its value, as a flag or YAML file has it.
    ///   - name: how an error calls the setting; nil for its name.
    /// - Throws: the setting, the value, its limit and the way out. The configuration is unchanged then.
    public mutating func set(_ setting: Setting, to text: String, calling name: String? = nil) throws(ConfigurationError) {
        try setting.read(&self, SettingValue(name: name ?? setting.name, text: text))
    }

    /// A setting's value as `set(_:to:)` reads it; nil where it has none.
    public func text(of setting: Setting) -> String? { setting.text(self) }

    /// Applies settings that the user names again for a resumed run.
    ///
    /// - Parameter places: settings that may name another place, whose content is compared afterwards.
    /// - Throws: `RunDirectoryError.settingChanged` for a new value that would make it another run.
    mutating func apply(_ changes: [(setting: Setting, text: String)], relocating places: Set<Setting>) throws {
        for (setting, text) in changes {
            var changed = self
            try changed.set(setting, to: text)
            guard setting.isChangeable || changed == self || places.contains(setting) else {
                throw RunDirectoryError.settingChanged(
                    setting: setting.name, saved: self.text(of: setting) ?? "unset", requested: text)
            }
            self = changed
        }
    }
}
