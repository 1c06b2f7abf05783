import Foundation
import GreenDiffusion
import Records
import Storage

/// Energy and time to a loss for other time budgets than the run's: loss per round does not depend on T, only energy and time do.
struct BudgetFrontier {
    struct Point {
        let timeBudgetSeconds: Double
        let cost: Replanning.Cost
    }

    /// From the smallest feasible time budget on.
    let points: [Point]
    /// What planning anew says of the run's own time budget, over what the run's records say; 1 but for the payload, which was only
    /// forecast when the run chose its frequencies.
    let agreement: Double
    /// Energy at half and at twice the run's own time budget, J; nil where somebody cannot keep it.
    let halfBudgetJoules: Double?
    let doubleBudgetJoules: Double?

    /// Four times the smallest feasible time budget, and twice the run's own, are in the range.
    private static let steps = 24

    /// - Parameter round: the last round that counts.
    /// - Throws: `FileError.invalid` where `devices.jsonl` does not belong to `config.yaml`.
    init(_ run: RecordedRun, through round: Int) throws {
        let records = try run.files.devices().filter { $0.round <= round }
        let configuration = run.configuration
        let count = try configuration.deviceCount()
        // Only a device's weight in the average depends on its number of images; it is in the records.
        let devices = try configuration.federatedDevices(samples: [Int](repeating: 1, count: count))
        let scheme = configuration.federationScheme
        guard
            let replanning = Replanning(
                records, devices: devices, scheme: scheme, localIterations: configuration.localIterations,
                batchSize: configuration.batchSize)
        else {
            throw FileError.invalid(
                path: run.files.devicesFile.path, reason: "its devices are not those of \(run.files.configurationPath)")
        }
        let own = run.rounds[0].timeBudgetSeconds
        let smallest = replanning.smallestTimeBudgetSeconds * (1 + 1e-9)
        let largest = max(2 * own, 4 * smallest)
        let ratio = pow(largest / smallest, 1 / Double(Self.steps))
        var budgets = (0...Self.steps).map { smallest * pow(ratio, Double($0)) }
        if own >= smallest { budgets.append(own) }
        points = budgets.sorted().compactMap { budget in
            replanning.cost(timeBudgetSeconds: budget).map { Point(timeBudgetSeconds: budget, cost: $0) }
        }
        halfBudgetJoules = replanning.cost(timeBudgetSeconds: own / 2)?.energyJoules
        doubleBudgetJoules = replanning.cost(timeBudgetSeconds: own * 2)?.energyJoules
        let recorded = run.totals.last { $0.round <= round }?.energyJoules ?? .nan
        agreement = (replanning.cost(timeBudgetSeconds: own)?.energyJoules ?? .nan) / recorded
    }
}
