/// What a device does before it trains: it receives the global model. Nothing of it is left to a plan, but it takes time and energy.
public struct Reception: Sendable, Equatable {
    /// What is received, headers included.
    public let bits: Double
    /// Rate of the downlink.
    public let bitsPerSecond: Double
    /// What receiving draws.
    public let powerWatts: Double

    /// A round before which nothing is received, or that does not count it: the paper's.
    public static let none = Reception()

    private init() { (bits, bitsPerSecond, powerWatts) = (0, 1, 0) }

    /// - Throws: `downlink_bits` outside 0...1e18, `downlink_bits_per_s` outside 1...1e15 or `receiver_power_w` outside 0...1e6.
    public init(bits: Double, bitsPerSecond: Double, powerWatts: Double) throws(EnergyInputError) {
        self.bits = try Self.bitsRange.checked(bits)
        self.bitsPerSecond = try Self.rateRange.checked(bitsPerSecond)
        self.powerWatts = try Self.powerRange.checked(powerWatts)
    }

    /// How long receiving takes.
    public var seconds: Double { bits / bitsPerSecond }
    /// What it costs.
    public var energyJoules: Double { powerWatts * seconds }
}

extension Reception {
    package static let bitsRange = PhysicalRange(
        "downlink_bits", unit: "bit", 0...1e18, standard: 0, wayOut: "give the size of the global model in bits; 0 counts none")
    /// Median LTE downlink of Huang et al. 2012 (docs/devices.md).
    package static let rateRange = PhysicalRange(
        "downlink_bits_per_s", unit: "bit/s", 1...1e15, standard: 13e6, wayOut: "give the rate of the downlink, above 0")
    package static let powerRange = PhysicalRange(
        "receiver_power_w", unit: "W", 0...1e6, standard: 0, wayOut: "give the power in watts")
}
