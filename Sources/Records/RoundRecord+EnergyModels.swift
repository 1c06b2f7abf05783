extension Collection<RoundRecord> {
    /// What devices' energies are modelled by, in any of the rounds, by first appearance; nil where none says.
    package var energyModels: [String]? {
        let named = compactMap(\.energyModels)
        return named.isEmpty ? nil : named.joined().uniqued()
    }
}
