import Foundation
import Records

/// Why a round changed nothing: how most of its devices ended, and the way out.
public struct EmptyRound: Sendable, Equatable {
    /// How a device ended that gave no update.
    enum Ending: String, CaseIterable {
        case noPlan = "have no plan that fits"
        case couldNotSend = "could not send in time"
        case late = "were late"
        case dropped = "dropped out"
        case refused = "were refused"

        init?(_ record: DeviceRecord) {
            switch record.status {
            case .ok: return nil
            case .infeasible: self = record.bitsPlanned == nil ? .noPlan : .couldNotSend
            case .late: self = .late
            case .dropped: self = .dropped
            case .rejected: self = .refused
            }
        }
    }

    /// What happened: how many devices of how many, and what the first of them said.
    public let problem: String
    /// A time budget that would have been enough for these devices; nil where time is not what they lacked.
    public let timeBudgetSeconds: Double?

    /// - Returns: nil for a round that some device gave an update in.
    init?(_ devices: [DeviceRecord]) {
        let endings = devices.compactMap { record in Ending(record).map { (ending: $0, record: record) } }
        guard endings.count == devices.count else { return nil }
        let groups = Ending.allCases.map { ending in endings.filter { $0.ending == ending }.map(\.record) }
        guard let most = groups.map(\.count).max(), let place = groups.firstIndex(where: { $0.count == most }),
            let first = groups[place].first
        else {
            (problem, timeBudgetSeconds) = ("no device was selected", nil)
            return
        }
        let needed = groups[place].map(\.timeNeededSeconds)
        let longest = needed.contains(nil) ? nil : needed.compactMap { $0 }.max()
        timeBudgetSeconds = longest.map { $0 * Self.margin }
        // The first device's own way out is for that device alone.
        let ownReason = first.reason ?? "no reason given"
        let reason = longest == nil ? ownReason : ownReason.split(separator: ";").first.map(String.init) ?? ownReason
        problem = "\(most) of \(devices.count) devices \(Ending.allCases[place].rawValue) (device \(first.device): \(reason))"
    }

    /// The least time fits to the last bit; the next round's channels are others.
    private static let margin = 1.1

    /// What to do about it.
    public var wayOut: String {
        timeBudgetText.map { "give a time-budget of \($0) s" } ?? "change what the reason names"
    }

    /// Three digits are enough for advice.
    public var timeBudgetText: String? { timeBudgetSeconds.map { String(format: "%.3g", $0) } }
}
