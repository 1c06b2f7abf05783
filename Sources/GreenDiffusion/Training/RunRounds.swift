import FedRuntime
import Foundation
import ImageFiles
import Kernels
import Model
import Records
import Report

/// The rounds of a run that are still to be done, one after another: `begin`, `take` what devices answer, `end`. Devices may train in this
/// process or anywhere else.
package final class RunRounds {
    package let run: FederatedRun
    let meter: ProgressMeter
    private let log: TensorBoardLog
    private let evaluator: HeldOutLoss?
    private let isInterrupted: () -> Bool
    private var hasLearned: Bool
    private var emptyRounds = 0
    /// By device, the round of its last accepted frame, which error feedback goes on from; of devices elsewhere.
    private var acceptedRounds: [Int: Int] = [:]
    private var start = 0.0
    /// Of the open round: planning so far.
    private var coordinationSeconds = 0.0
    /// What it took to get here, until the first round has it.
    private var initialisationSeconds: Double?
    private let energyMeter: (any RoundEnergyMeter)?
    /// When the devices of the open round trained in this process, in seconds since 1970.
    private var trainingStretches: [ClosedRange<Double>] = []
    /// What other schemes would have cost; nil where the run does not compare, and for devices elsewhere, which have the updates.
    private var comparison: SchemeComparison?

    /// Rounds without an update in a row that end a run which has learned nothing before: what is wrong then seldom mends itself.
    private static let firstEmptyRoundLimit = 3
    /// The same for a run that has learned: its devices may have met a bad channel.
    private static let laterEmptyRoundLimit = 5

    /// - Parameters:
    ///   - energyMeter: measures what this machine draws; nil where nothing does.
    ///   - isInterrupted: asked while distances are measured; true leaves them out.
    ///   - observer: sees every training step in this process and every finished round.
    /// - Throws: `FileError` for records that are none.
    package init(
        of run: FederatedRun, measuredBy energyMeter: (any RoundEnergyMeter)? = nil,
        isInterrupted: @escaping () -> Bool = { false }, observer: @escaping (RunProgress) -> Void
    ) throws {
        (self.run, self.energyMeter, self.isInterrupted) = (run, energyMeter, isInterrupted)
        let rounds = try run.files.rounds()
        log = try TensorBoardLog(run.files, upTo: run.completedRounds, records: rounds, events: RoundEvents.records)
        meter = ProgressMeter(completedRounds: run.completedRounds, last: rounds.last, observer: observer)
        let components = run.components
        evaluator = components.images.heldOut.map {
            HeldOutLoss(
                $0, isConditional: components.classes != nil, schedule: components.schedule, seed: components.configuration.seed)
        }
        hasLearned = rounds.contains { $0.modelUpdated }
        if !isLocal, run.configuration.errorFeedback > 0 { note(try run.files.devicesFile.read(DeviceRecord.self)) }
        let round = run.completedRounds
        if !run.files.sampleNumbers().contains(round), isDue(configuration.sampleEvery, round) { try drawSamples() }
        initialisationSeconds = Self.now - run.openedAt
    }

    private static var now: Double { ProcessInfo.processInfo.systemUptime }

    private var configuration: RunConfiguration { run.configuration }
    /// Whether the devices train in this process.
    private var isLocal: Bool { run.components.site == .everything }

    /// Whether rounds are left.
    package var areLeft: Bool { run.completedRounds < configuration.rounds }

    /// What devices start from: of the open round as they receive it.
    package var global: Tensor { run.server.broadcast }

    /// Opens the next round for devices elsewhere.
    package func beginMessages() throws -> [AssignmentMessage] {
        try begin().map { AssignmentMessage($0, acceptedRound: acceptedRounds[$0.device.id]) }
    }

    /// Opens the next round.
    package func begin() throws -> [Assignment] {
        start = Self.now
        trainingStretches = []
        let assignments = try run.server.begin()
        coordinationSeconds = Self.now - start
        meter.beginRound(images: assignments.count * configuration.localIterations * configuration.batchSize)
        comparison = configuration.compareSchemes && isLocal ? SchemeComparison(of: run.server) : nil
        return assignments
    }

    /// Takes a device's answer from elsewhere.
    ///
    /// - Throws: why it is refused; nothing has changed.
    package func take(_ answer: DeviceAnswer, from device: Int) throws(Rejection) {
        try run.server.take(answer, from: device)
    }

    /// Ends the part of a device elsewhere: it is lost, or too late.
    ///
    /// - Throws: why it has no part that could end.
    package func close(device: Int, isLate: Bool, reason: String) throws(Rejection) {
        try run.server.close(device: device, as: isLate ? .late : .dropped, reason: reason)
    }

    /// Notes when a device trained in this process, in seconds since 1970.
    func noteTraining(_ stretch: ClosedRange<Double>) { trainingStretches.append(stretch) }

    /// Has the assignment's device train in this process.
    func train(_ assignment: Assignment, on devices: inout LocalDevices<DiffusionTrainer>) throws {
        do {
            try devices.answer(assignment, to: run.server) { comparison?.add($0, sent: $1) }
        } catch let error as DivergenceError {
            try run.server.take(.dropped("\(error)"), from: assignment.device.id)
        }
    }

    /// Ends the round: averages, evaluates, saves, draws.
    ///
    /// - Throws: `FederatedRunError.diverged` or `.nothingLearned` for a run that gets nowhere, with the round saved; errors of writing.
    @discardableResult
    package func end() throws -> RoundRecord {
        let answered = Self.now
        var finished = try run.server.finish()
        run.average.update(run.server.global, steps: configuration.localIterations, context: run.components.model.context)
        let round = finished.record.round
        let averaged = Self.now
        if isDue(configuration.evaluateEvery, round) || (round == 1 && configuration.evaluateEvery > 0) {
            try run.withAverage { model in
                finished.record.lossHeldOut = evaluator?.evaluate(model)
                finished.record.distances = try run.components.distances?.measure(model) { share in
                    meter.evaluate(share)
                    return !isInterrupted()
                }
            }
        }
        finished.record.measured = try energyMeter?.measure(round: round, stretches: trainingStretches)
        note(&finished.record, answered: answered, averaged: averaged)
        try run.append(finished.devices, to: run.files.devicesFile)
        if !isLocal { note(finished.devices) }
        try run.append(comparison?.records(round: round) ?? [], to: run.files.schemesFile)
        try run.append([finished.record], to: run.files.roundsFile)
        try run.saveCheckpoint()
        try log.append(finished.record, events: RoundEvents.records)
        if isDue(configuration.sampleEvery, round) {
            try drawSamples()
            try run.writeReport()
        }
        hasLearned = hasLearned || finished.record.modelUpdated
        emptyRounds = finished.record.modelUpdated ? 0 : emptyRounds + 1
        meter.finishRound(
            finished.record, empty: EmptyRound(finished.devices), notices: energyMeter?.takeNotices() ?? [])
        try stopWithoutProgress(finished)
        return finished.record
    }

    /// Sets the times of a round that ends now.
    private func note(_ record: inout RoundRecord, answered: Double, averaged: Double) {
        let evaluated = Self.now
        record.wallSeconds = evaluated - start
        record.evaluationSeconds = evaluated - averaged
        record.coordinationSeconds = isLocal ? coordinationSeconds + averaged - answered : averaged - start
        (record.initialisationSeconds, initialisationSeconds) = (initialisationSeconds, nil)
    }

    /// Writes what the run came to.
    ///
    /// - Throws: `FederatedRunError.nothingLearned` for a run that never did; errors of writing.
    package func finish() throws {
        try writeResults()
        guard !hasLearned else { return }
        let round = run.completedRounds
        let last = try run.files.devicesFile.read(DeviceRecord.self).filter { $0.round == round }
        if let cause = EmptyRound(last) { throw FederatedRunError.nothingLearned(round: round, cause, path: run.path) }
    }

    /// Remembers whose frames were accepted.
    private func note(_ devices: [DeviceRecord]) {
        for device in devices where device.status == .ok { acceptedRounds[device.device] = device.round }
    }

    /// Every `interval` rounds and in the last; never for 0.
    private func isDue(_ interval: Int, _ round: Int) -> Bool {
        interval > 0 && (round % interval == 0 || round == configuration.rounds)
    }

    /// Draws the sample grid of the last round with the averaged weights.
    private func drawSamples() throws {
        let components = run.components
        let grid = try SampleGrid(
            schedule: components.schedule, classes: components.classes?.names.count, seed: configuration.seed)
        let image = run.withAverage { grid.draw($0) }
        try ImageFile.write(image, to: run.files.samplePath(round: run.completedRounds))
        try log.append(image, number: run.completedRounds)
    }

    /// Stops a run without progress: every device's training diverged, or no device gave an update for several rounds.
    private func stopWithoutProgress(_ finished: FinishedRound) throws {
        guard let cause = EmptyRound(finished.devices) else { return }
        let round = finished.record.round
        // Inside one process a frame is refused or missing only where training diverged.
        let dropped = finished.devices.first { $0.status == .dropped || $0.status == .rejected }
        if isLocal, let dropped {
            throw FederatedRunError.diverged(
                round: round, reason: "device \(dropped.label): \(dropped.reason ?? "")", path: run.path)
        }
        guard emptyRounds >= (hasLearned ? Self.laterEmptyRoundLimit : Self.firstEmptyRoundLimit) else { return }
        try writeResults()
        throw FederatedRunError.nothingLearned(round: round, cause, path: run.path)
    }

    /// Writes what the rounds so far came to, with what the meter has come to know of them.
    func writeResults() throws {
        if let late = energyMeter?.measureRest(), !late.isEmpty {
            try run.files.roundsFile.rewrite(RoundRecord.self) { record in
                guard let measured = late[record.round] else { return false }
                record.measured = measured
                return true
            }
        }
        try run.writeResults()
    }
}

extension FederatedRun {
    /// Lends the model with the averaged weights; it has the global ones afterwards, as between rounds.
    fileprivate func withAverage<Result>(_ body: (UNet) throws -> Result) rethrows -> Result {
        components.model.parameters.copy(from: average.parameters)
        defer { components.model.parameters.copy(from: server.global) }
        return try body(components.model)
    }
}
