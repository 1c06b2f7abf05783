/// Devices of one round that share one band: bandwidth, CPU frequency and transmit power of all, chosen together for the least total
/// energy (beyond the paper, whose devices each have the whole band).
///
///     minimise sum E_k(theta_k, pi_k, B_k)   s.t. sum B_k <= B, and each device's own limits
///
/// The problem is convex. At its optimum one price of bandwidth holds for all; each device takes the bandwidth whose marginal saving is the
/// price, which leaves a monotone root for each device and one for the price. The devices' own `bandwidthHertz` is not used.
public struct SharedBand: Sendable {
    /// The devices; their own `bandwidthHertz` is not used.
    public let devices: [DeviceEnergyProblem]
    /// `B`: the band that they share.
    public let totalBandwidthHertz: Double

    /// The problem of `devices` that share `totalBandwidthHertz`.
    ///
    /// - Throws: `total_bandwidth_hz` outside 1...1e15.
    public init(_ devices: [DeviceEnergyProblem], totalBandwidthHertz: Double) throws(EnergyInputError) {
        self.devices = devices
        self.totalBandwidthHertz = try Self.bandwidthRange.checked(totalBandwidthHertz)
    }

    /// Device `index` on a channel of its own.
    func onBand(_ index: Int, _ hertz: Double) -> DeviceEnergyProblem { devices[index].with(bandwidthHertz: hertz) }

    private static let bandwidthRange = PhysicalRange(
        "total_bandwidth_hz", unit: "Hz", 1...1e15, wayOut: "give the band that all devices share; the paper's is 5e7 each")
}
