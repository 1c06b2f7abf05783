import ArgumentParser
import GreenDiffusion

/// The flags of one group of settings, made from the library's table (docs/adr/0012-settings.md). Their text is read by the library,
/// as a YAML file's is.
///
/// `group` is the group's place in `SettingGroup.allCases`.
struct SettingOptions<let group: Int>: ParsableArguments, CustomReflectable {
    /// The settings that were given, in the table's order.
    private(set) var given: [(setting: Setting, text: String)] = []

    static var title: String { SettingGroup.allCases[group].title }
    private static var settings: [Setting] { SettingGroup.allCases[group].settings }

    /// What a property of a command is to the parser: its name.
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for setting in Self.settings {
            let option = try container.decode(Option<String?>.self, forKey: Key(stringValue: setting.name))
            if let text = option.wrappedValue { given.append((setting, text)) }
        }
    }

    /// The parser finds a command's flags by looking at its properties: here it sees one option for each setting.
    var customMirror: Mirror {
        Mirror(self, children: Self.settings.map { ("_\($0.name)", $0.option) }, displayStyle: .struct)
    }

    /// Reads every given flag once, so that a wrong value is wrong usage.
    func validate() throws {
        var configuration = RunConfiguration()
        do { try configuration.set(given) } catch { throw ValidationError("\(error)") }
    }
}

/// The flags of `greendiff train` that set one setting each.
struct TrainOptions: ParsableArguments {
    @OptionGroup(title: SettingOptions<0>.title) var imagesAndModel: SettingOptions<0>
    @OptionGroup(title: SettingOptions<1>.title) var devices: SettingOptions<1>
    @OptionGroup(title: SettingOptions<2>.title) var localTraining: SettingOptions<2>
    @OptionGroup(title: SettingOptions<3>.title) var learned: SettingOptions<3>
    @OptionGroup(title: SettingOptions<4>.title) var updates: SettingOptions<4>
    @OptionGroup(title: SettingOptions<5>.title) var energyAndChannels: SettingOptions<5>
    @OptionGroup(title: SettingOptions<6>.title) var server: SettingOptions<6>
    @OptionGroup(title: SettingOptions<7>.title) var recordsAndMachine: SettingOptions<7>

    /// The settings that were given, in the table's order.
    var given: [(setting: Setting, text: String)] {
        imagesAndModel.given + devices.given + localTraining.given + learned.given + updates.given + energyAndChannels.given
            + server.given + recordsAndMachine.given
    }
}

extension Setting {
    fileprivate var option: Option<String?> {
        Option(
            name: .customLong(name), parsing: .unconditional,
            help: ArgumentHelp("\(help) (default: \(defaultText)).", valueName: valueName),
            completion: choices.isEmpty ? nil : .list(choices))
    }
}

extension RunConfiguration {
    /// Sets what flags say; errors call a setting by its flag.
    mutating func set(_ flags: [(setting: Setting, text: String)]) throws(ConfigurationError) {
        for (setting, text) in flags { try set(setting, to: text, calling: "--\(setting.name)") }
    }
}
