import Energy
import FedRuntime
import Records

/// The rounds of a run planned anew for another time budget: the same devices, channels and updates, and so the same losses, at other
/// energies and times.
struct Replanning: Sendable {
    /// What the rounds cost together.
    struct Cost: Sendable, Equatable {
        var energyJoules = 0.0
        /// Sum of the rounds' times, each that of its slowest device.
        var seconds = 0.0
    }

    private let scheme: Scheme
    /// Of every round the problems of the devices that sent a frame, at the payload that they sent.
    private let rounds: [[DeviceEnergyProblem]]
    /// What the other devices spent; it stays as it was.
    private let otherJoules: Double

    /// - Parameters:
    ///   - records: lines of `devices.jsonl` of whole rounds.
    ///   - devices: those of the run.
    /// - Returns: nil where a record is of no such device, or lacks what a sent frame's has.
    init?(
        _ records: [DeviceRecord], devices: [FederatedDevice], scheme: Scheme, localIterations: Int, batchSize: Int
    ) {
        let known = Dictionary(devices.map { ($0.id, $0) }) { first, _ in first }
        var rounds: [Int: [DeviceEnergyProblem]] = [:]
        var other = 0.0
        for record in records {
            guard record.status == .ok else {
                other += record.energyTotalJoules ?? 0
                continue
            }
            guard let device = known[record.device], let cycles = record.cyclesPerSample, let bytes = record.payloadBytes,
                let problem = try? device.energyProblem(
                    localIterations: localIterations, samplesPerIteration: batchSize, cyclesPerSample: cycles,
                    fading: record.fading ?? 1, payloadBits: 8 * Double(bytes), timeBudgetSeconds: 1)
            else { return nil }
            rounds[record.round, default: []].append(problem)
        }
        (self.scheme, otherJoules) = (scheme, other)
        self.rounds = rounds.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The smallest time budget at which everybody who sent can send again.
    var smallestTimeBudgetSeconds: Double {
        rounds.joined().map { scheme.smallestTimeBudgetSeconds($0) }.max() ?? 0
    }

    /// What the rounds cost with this time budget; nil where somebody who sent cannot keep it.
    func cost(timeBudgetSeconds: Double) -> Cost? {
        var cost = Cost(energyJoules: otherJoules)
        for problems in rounds {
            var slowest = 0.0
            for problem in problems {
                guard let problem = try? problem.with(timeBudgetSeconds: timeBudgetSeconds), let plan = scheme.solve(problem).plan
                else { return nil }
                cost.energyJoules += plan.energyTotalJoules
                slowest = max(slowest, plan.timeTotalSeconds)
            }
            cost.seconds += slowest
        }
        return cost
    }
}
