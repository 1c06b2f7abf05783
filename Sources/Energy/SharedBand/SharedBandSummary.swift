/// An allocation of a shared band in numbers, with the certificate of its optimality.
public struct SharedBandSummary: Sendable, Equatable {
    /// Of all devices that are served, training and sending.
    public let energyTotalJoules: Double
    /// Of all devices that are served, training alone.
    public let energyComputeJoules: Double
    /// Sum of the devices' bandwidths: the whole band, up to 1e-12 of it.
    public let bandwidthUsedHertz: Double
    /// What one more hertz would save: the multiplier of `sum B_k <= B`, J/Hz.
    public let bandwidthPriceJoulesPerHertz: Double
    /// Total energy less a proven lower bound of the optimum, J.
    ///
    /// With `g_k = -dE_k/dB_k` at the allocation (see `BandCertificate`) convexity gives, for every other feasible allocation,
    /// `sum E_k' >= sum E_k - sum gap_k - sum g_k*(B_k' - B_k) >= sum E_k - sum gap_k - (max g_k*B - sum g_k*B_k)`: the Lagrangian dual at
    /// the price `max g_k`. The solver does not enter: this holds for any allocation.
    public let dualityGapJoules: Double
    /// The same, relative to the total energy.
    public let dualityGapRelative: Double
    /// Violation of the optimality conditions: the largest of the devices' own (`PlanCertificate.kktResidual`), of
    /// `|g_k - price|/price`, of the used band's excess over the band and of its unused part, both relative to the band.
    public let kktResidual: Double
    /// Total energy with the band in equal parts; nil where some device cannot be served that way.
    public let energyEqualBandsJoules: Double?
}

extension SharedBandSummary {
    /// - Parameter bandwidths: of the devices `served`, in that order.
    init(_ problem: SharedBand, served: [Int], bandwidths: [Double], price: Double, threads: Int) {
        let reports = parallelMap(served.count, threads: threads) { place in
            DeviceReport(problem.onBand(served[place], bandwidths[place]), price: price)
        }
        func sum(_ value: @escaping (DeviceReport) -> Double) -> Double { ReproducibleSum.of(reports.lazy.map(value)) }
        let band = problem.totalBandwidthHertz
        energyComputeJoules = sum { $0.energyCompute }
        energyTotalJoules = energyComputeJoules + sum { $0.energyCommunication }
        bandwidthUsedHertz = sum { $0.bandwidth }
        bandwidthPriceJoulesPerHertz = price
        let highest = reports.reduce(0) { max($0, $1.shadowPrice) }
        let bandGap = max(0, highest * band - sum { $0.shadowPrice * $0.bandwidth })
        dualityGapJoules = sum { $0.gap } + bandGap
        dualityGapRelative = energyTotalJoules > 0 ? dualityGapJoules / energyTotalJoules : 0
        kktResidual = max(
            reports.reduce(0) { max($0, $1.residual, min(1, abs($1.shadowPrice - price) / price)) },
            abs(bandwidthUsedHertz / band - 1))
        energyEqualBandsJoules = Self.equalBands(problem, served: served, threads: threads)
    }

    private static func equalBands(_ problem: SharedBand, served: [Int], threads: Int) -> Double? {
        let equal = problem.totalBandwidthHertz / Double(served.count)
        let energies = parallelFlatMap(served.count, chunk: 256, threads: threads) { places in
            let plans = EnergyBatch(served[places].lazy.map { problem.onBand($0, equal) }).solve()
            return (0..<plans.count).map { plans[$0]?.energyTotalJoules ?? .nan }
        }
        guard energies.allSatisfy(\.isFinite) else { return nil }
        return ReproducibleSum.of(energies)
    }
}

/// What the summary needs to know of one device.
private struct DeviceReport {
    let bandwidth: Double
    let energyCompute: Double
    let energyCommunication: Double
    let shadowPrice: Double
    let gap: Double
    let residual: Double

    init(_ device: DeviceEnergyProblem, price: Double) {
        let plan = device.planOnBand()
        let certificate = BandCertificate(device, plan: plan, price: price)
        bandwidth = device.radio.bandwidthHertz
        energyCompute = plan.energyComputeJoules
        energyCommunication = plan.energyCommunicationJoules
        shadowPrice = certificate.shadowPrice
        gap = certificate.gap
        residual = device.certificate(of: plan).kktResidual
    }
}
