/// One phase of a run, as energy studies of federated learning part them: what it took the devices, and what it took the server.
public struct PhaseCost: Codable, Sendable, Equatable {
    /// The phases, in the order of a run.
    public enum Phase: String, Codable, Sendable, CaseIterable {
        /// Opening data and model, measuring a step, drawing the first grid.
        case initialisation
        /// Local training.
        case training
        /// Losses and distances on the server.
        case evaluation
        /// Waiting for the end of a round; planning and averaging.
        case idleAndCoordination = "idle-and-coordination"
        /// Receiving the global model, sending updates.
        case communication
    }

    /// Which one.
    public let phase: Phase
    /// Modelled energy of all devices; 0 where only the server works.
    public let energyDevicesJoules: Double
    /// Time that this machine took; nil where the devices do the work.
    public let wallSeconds: Double?
    /// That time at the stated power of this machine; nil where none is stated.
    public let energyServerJoules: Double?
    /// Of both energies; nil where the run states no grid intensity.
    public let co2Grams: Double?

    enum CodingKeys: String, CodingKey {
        case phase
        case energyDevicesJoules = "energy_devices_j"
        case wallSeconds = "wall_s"
        case energyServerJoules = "energy_server_j"
        case co2Grams = "co2_g"
    }
}

extension [PhaseCost] {
    /// The phases of the rounds; none of records of earlier versions.
    ///
    /// - Parameters:
    ///   - rounds: all of the run.
    ///   - serverPower: of this machine while it works for the run, W.
    ///   - gridIntensity: grams of CO2 a kilowatt-hour.
    init?(_ rounds: [RoundRecord], serverPower: Double?, gridIntensity: Double?) {
        guard rounds.contains(where: { $0.coordinationSeconds != nil }) else { return nil }
        func sum(_ field: (RoundRecord) -> Double?) -> Double { rounds.reduce(0) { $0 + (field($1) ?? 0) } }
        self = PhaseCost.Phase.allCases.map { phase in
            let (joules, seconds): (Double, Double?) =
                switch phase {
                case .initialisation: (0, sum(\.initialisationSeconds))
                case .training: (sum(\.energyComputeJoules), nil)
                case .evaluation: (0, sum(\.evaluationSeconds))
                case .idleAndCoordination: (sum(\.energyIdleJoules), sum(\.coordinationSeconds))
                case .communication: (sum(\.energyCommunicationJoules) + sum(\.energyDownloadJoules), nil)
                }
            let server = serverPower.flatMap { watts in seconds.map { watts * $0 } }
            return PhaseCost(
                phase: phase, energyDevicesJoules: joules, wallSeconds: seconds, energyServerJoules: server,
                co2Grams: gridIntensity.map { $0 * (joules + (server ?? 0)) / 3.6e6 })
        }
    }
}
