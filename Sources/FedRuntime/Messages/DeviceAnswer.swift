import Records

/// How a device's part in a round ends, as the device says it.
package struct DeviceAnswer: Sendable, Equatable {
    /// What it sends; nil where it sends nothing.
    package let frame: [UInt8]?
    /// nil where it did not train to the end.
    package let training: TrainingReport?
    /// Why it sends nothing.
    package let failure: Failure?

    /// Why a device sends nothing.
    package struct Failure: Sendable, Equatable {
        package let reason: String
        /// Whether nothing fits into the device's time or budget; else it dropped out.
        package let isInfeasible: Bool
        /// The smallest time budget with which it could have sent; nil where time is not what it lacked.
        package let timeNeededSeconds: Double?
    }

    static func sent(_ frame: [UInt8], _ training: TrainingReport) -> DeviceAnswer {
        DeviceAnswer(frame: frame, training: training, failure: nil)
    }

    static func infeasible(_ cause: Infeasibility, _ training: TrainingReport) -> DeviceAnswer {
        DeviceAnswer(
            frame: nil, training: training,
            failure: Failure(reason: cause.reason, isInfeasible: true, timeNeededSeconds: cause.timeNeededSeconds))
    }

    /// - Parameter training: where it trained.
    package static func dropped(_ reason: String, _ training: TrainingReport? = nil) -> DeviceAnswer {
        DeviceAnswer(
            frame: nil, training: training, failure: Failure(reason: reason, isInfeasible: false, timeNeededSeconds: nil))
    }
}

extension FederatedServer {
    /// Takes what a device of the open round answered.
    ///
    /// - Throws: why its frame is refused, or its word comes too late; the sum is unchanged.
    package func take(_ answer: DeviceAnswer, from device: Int) throws(Rejection) {
        if let frame = answer.frame, let training = answer.training {
            try receive(frame, from: device, training: training)
        } else {
            try close(
                device: device, as: answer.failure?.isInfeasible == true ? .infeasible : .dropped,
                reason: answer.failure?.reason ?? "it sent nothing", training: answer.training,
                timeNeededSeconds: answer.failure?.timeNeededSeconds)
        }
    }
}
