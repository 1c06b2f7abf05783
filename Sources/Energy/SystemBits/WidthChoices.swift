/// A choice of options with its sums.
struct WidthChoices {
    let devices: [[WidthOption]]
    private(set) var places: [Int]
    private(set) var error: Double
    private(set) var energyJoules: Double

    init(_ devices: [[WidthOption]], places: [Int]) {
        (self.devices, self.places) = (devices, places)
        error = WidthChoices.sum(devices, places) { $0.error }
        energyJoules = WidthChoices.sum(devices, places) { $0.energyJoules }
    }

    /// The sum over the chosen options, in the devices' order whatever led here: equal choices have equal sums.
    static func sum(_ devices: [[WidthOption]], _ places: [Int], _ part: (WidthOption) -> Double) -> Double {
        zip(devices, places).reduce(0) { $0 + part($1.0[$1.1]) }
    }

    /// Takes, while there is one, the change of one device that saves the most energy and keeps the limit.
    mutating func improve(errorLimit: Double) {
        while let better = bestChange(errorLimit: errorLimit) { self = better }
    }

    private func bestChange(errorLimit: Double) -> WidthChoices? {
        var (device, place, saved) = (-1, 0, 0.0)
        for (index, options) in devices.enumerated() {
            let now = options[places[index]]
            for (other, option) in options.enumerated() where now.energyJoules - option.energyJoules > saved {
                guard error - now.error + option.error <= errorLimit else { continue }
                (device, place, saved) = (index, other, now.energyJoules - option.energyJoules)
            }
        }
        guard device >= 0 else { return nil }
        var changed = places
        changed[device] = place
        let better = WidthChoices(devices, places: changed)
        return better.error <= errorLimit && better.energyJoules < energyJoules ? better : nil
    }
}
