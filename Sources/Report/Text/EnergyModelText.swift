/// How the forms of a processor's power are called: `table`, `smooth` and `paper` of records and device files.
package enum EnergyModelText {
    /// `measured tables`.
    package static func name(_ model: String) -> String {
        switch model {
        case "table": "measured tables"
        case "smooth": "a + b f + tau f³"
        case "paper": "the paper's tau f³"
        default: model
        }
    }

    /// `measured tables, the paper's tau f³`.
    package static func names(_ models: [String]) -> String { models.map(name).joined(separator: ", ") }
}
