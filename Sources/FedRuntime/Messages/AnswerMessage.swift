/// A ``DeviceAnswer`` as it travels to the server, the frame beside it. The server believes none of it unchecked.
package struct AnswerMessage: Codable, Sendable, Equatable {
    let version: Int
    /// `sent`, `infeasible` or `dropped`.
    let outcome: Outcome
    let reason: String?
    let timeNeededSeconds: Double?
    let training: Training?

    enum Outcome: String, Codable { case sent, infeasible, dropped }

    /// Letters of a reason that records keep.
    private static let longestReason = 500

    /// A ``TrainingReport``.
    struct Training: Codable, Sendable, Equatable {
        let loss: Double
        let samplesTrained: Int
        let flopsExecuted: Int
        let flopsNominal: Int
        let flopsBFloat16: Int?
        let feedbackRound: Int?

        enum CodingKeys: String, CodingKey {
            case loss
            case samplesTrained = "samples_trained"
            case flopsExecuted = "flops_executed"
            case flopsNominal = "flops_nominal"
            case flopsBFloat16 = "flops_bfloat16"
            case feedbackRound = "feedback_round"
        }
    }

    enum CodingKeys: String, CodingKey {
        case version, outcome, reason, training
        case timeNeededSeconds = "time_needed_s"
    }

    package init(_ answer: DeviceAnswer) {
        version = AssignmentMessage.version
        outcome = answer.frame != nil ? .sent : answer.failure?.isInfeasible == true ? .infeasible : .dropped
        (reason, timeNeededSeconds) = (answer.failure?.reason, answer.failure?.timeNeededSeconds)
        training = answer.training.map {
            Training(
                loss: $0.loss, samplesTrained: $0.samplesTrained, flopsExecuted: $0.executedFLOPs, flopsNominal: $0.nominalFLOPs,
                flopsBFloat16: $0.bfloat16FLOPs > 0 ? $0.bfloat16FLOPs : nil, feedbackRound: $0.feedbackRound)
        }
    }

    /// What the device meant; what it says of its training is checked with its frame.
    ///
    /// - Throws: an outcome that does not go with the frame, or another version.
    package func answer(frame: [UInt8]?) throws(MessageError) -> DeviceAnswer {
        guard version == AssignmentMessage.version else {
            throw MessageError(
                "version \(version) is not \(AssignmentMessage.version); use one version of the program on all sides")
        }
        let report = training.map { training in
            var report = TrainingReport(
                loss: training.loss, samplesTrained: training.samplesTrained, executedFLOPs: training.flopsExecuted,
                nominalFLOPs: training.flopsNominal)
            report.bfloat16FLOPs = training.flopsBFloat16 ?? 0
            report.feedbackRound = training.feedbackRound
            return report
        }
        if let flaw = report?.flaw { throw MessageError(flaw) }
        if let timeNeededSeconds, !(timeNeededSeconds >= 0 && timeNeededSeconds.isFinite) {
            throw MessageError("time_needed_s \(timeNeededSeconds) is no time")
        }
        let reason = String((reason ?? "").prefix(Self.longestReason))
        switch (outcome, frame, report) {
        case (.sent, let frame?, let report?): return .sent(frame, report)
        case (.sent, _, _): throw MessageError("outcome sent comes without a frame, or without training")
        case (_, .some, _): throw MessageError("outcome \(outcome.rawValue) comes with a frame")
        case (.infeasible, nil, let report?):
            return .infeasible(Infeasibility(reason: reason, timeNeededSeconds: timeNeededSeconds), report)
        case (.infeasible, nil, nil): throw MessageError("outcome infeasible comes without training")
        case (.dropped, nil, let report): return .dropped(reason, report)
        }
    }
}
