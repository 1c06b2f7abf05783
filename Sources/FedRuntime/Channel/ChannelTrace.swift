/// Recorded channels: each device's power gains over its mean, round by round, from the first again after the last.
package struct ChannelTrace: Sendable, Equatable {
    /// By device; none is empty.
    private let gains: [Int: [Double]]

    /// - Parameter gains: of rounds 1, 2, ... by device id; not empty, positive and finite (precondition: whoever reads a file checks it).
    package init(gains: [Int: [Double]]) {
        precondition(
            gains.values.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 > 0 && $0.isFinite } },
            "a trace needs a positive gain for every device and round")
        self.gains = gains
    }

    /// Whether the trace has gains of that device.
    package func covers(_ device: Int) -> Bool { gains[device] != nil }

    /// Power gain over the mean. The trace must cover the device, and `round` be at least 1 (precondition).
    package func gain(round: Int, device: Int) -> Double {
        precondition(round >= 1, "round \(round)")
        guard let list = gains[device] else { preconditionFailure("the trace does not cover device \(device)") }
        return list[(round - 1) % list.count]
    }
}
