import Foundation
import Records
import Storage

/// Measures the rounds of a run by the file that an external meter writes meanwhile.
///
/// The file is read when a round ends, without waiting. A round that it does not reach over yet is measured later, at the latest when the run
/// ends.
package final class RunMeter: RoundEnergyMeter {
    /// Power of the machine without the run, which is subtracted.
    package let idleWatts: Double
    /// Where that is from.
    package let idleSource: String
    private let file: PowerLogFile
    private let startUnixSeconds: Double
    private let now: () -> Double
    private var log: PowerLog
    private var isClockChecked = false
    private var isBroken = false
    private var isSilent = false
    private var pending: [(round: Int, stretches: [ClosedRange<Double>])] = []
    private var measured: [Int: MeasuredEnergy] = [:]
    private var notices: [String] = []

    /// Before the run, what the idle power is the mean of at most.
    private static let longestIdleSeconds = 30.0
    /// See `longestIdleSeconds`; at least.
    private static let shortestIdleSeconds = 5.0
    /// How far a meter that works may be behind when a round ends.
    private static let longestDelaySeconds = 10.0

    /// Call it before the run does any work.
    ///
    /// - Parameters:
    ///   - idleWatts: power of the machine without the run; nil takes the mean of the file's last 30 s before now, at least 5 s.
    ///   - now: seconds since 1970.
    /// - Throws: for a file that is none of a meter, is of another time, or has no idle power where none is given.
    package init(
        _ file: PowerLogFile, idleWatts: Double? = nil, now: @escaping () -> Double = { Date().timeIntervalSince1970 }
    ) throws(FileError) {
        let start = now()
        let log = try file.read()
        (self.file, self.now, startUnixSeconds, self.log) = (file, now, start, log)
        isClockChecked = try Self.checkClock(of: log, startUnixSeconds: start, now: start)
        if let idleWatts {
            (self.idleWatts, idleSource) = (idleWatts, "given")
        } else {
            let idle = try Self.idle(log, before: start)
            self.idleWatts = idle.joules / idle.seconds
            idleSource = String(format: "mean of the %.0f s before the run, %d samples", idle.seconds, idle.samples)
        }
    }

    package func measure(round: Int, stretches: [ClosedRange<Double>]) throws(FileError) -> MeasuredEnergy? {
        guard let start = stretches.first?.lowerBound else { return nil }
        pending.append((round, stretches))
        readOn()
        if !isClockChecked {
            isClockChecked = try Self.checkClock(of: log, startUnixSeconds: startUnixSeconds, now: now())
        }
        settle()
        noteSilence()
        log.forget(before: pending.first?.stretches[0].lowerBound ?? start)
        return measured.removeValue(forKey: round)
    }

    package func measureRest() -> [Int: MeasuredEnergy] {
        if let last = pending.last?.stretches.last, !isBroken {
            do throws(FileError) { try file.wait(for: &log, toReach: last.upperBound) } catch { breakOff(error) }
            settle()
        }
        if let first = pending.first, let last = pending.last?.stretches.last {
            let gap = PowerLogGap.notReached(lastUnixSeconds: log.samples.last?.unixSeconds, end: last.upperBound)
            let rounds = pending.count == 1 ? "round \(first.round) is" : "\(pending.count) rounds from \(first.round) on are"
            notices.append("\(rounds) not measured: \(gap)")
        }
        pending = []
        defer { measured = [:] }
        return measured
    }

    package func takeNotices() -> [String] {
        defer { notices = [] }
        return notices
    }

    /// Takes in what the meter wrote since; what it cannot have written ends measuring, not the run.
    private func readOn() {
        guard !isBroken else { return }
        do throws(FileError) { try log.readOn() } catch { breakOff(error) }
    }

    private func breakOff(_ error: FileError) {
        isBroken = true
        notices.append("measuring ends: \(error)")
    }

    /// Measures the pending rounds that the log reaches over by now.
    private func settle() {
        pending.removeAll { round, stretches in
            do throws(PowerLogGap) {
                let draw = try log.draw(over: stretches)
                measured[round] = MeasuredEnergy(
                    joules: draw.joules - idleWatts * draw.seconds, idleWatts: idleWatts, samples: draw.samples)
                return true
            } catch {
                if case .notReached = error { return false }
                notices.append("round \(round) is not measured: \(error)")
                return true
            }
        }
    }

    /// Says once that the meter seems to have stopped.
    private func noteSilence() {
        let end = pending.first?.stretches.last?.upperBound ?? .infinity
        let wasSilent = isSilent
        isSilent = end < now() - Self.longestDelaySeconds
        guard isSilent, !wasSilent, !isBroken else { return }
        let gap = PowerLogGap.notReached(lastUnixSeconds: log.samples.last?.unixSeconds, end: end)
        notices.append("round \(pending[0].round) is not measured yet: \(gap)")
    }

    /// - Returns: false where the log has no sample yet.
    /// - Throws: where a file that is written during the run cannot have such times.
    private static func checkClock(of log: PowerLog, startUnixSeconds start: Double, now: Double) throws(FileError) -> Bool {
        guard let first = log.samples.first, let last = log.samples.last else { return false }
        guard first.unixSeconds <= now, last.unixSeconds >= start - longestIdleSeconds else {
            throw .invalid(
                path: log.path,
                reason:
                    "it covers \(log.span) since 1970, the run began at \(start) s and it is \(now) s now; let the meter write while the run "
                    + "trains, and where its clock is another, give the difference with --power-offset SECONDS")
        }
        return true
    }

    private static func idle(
        _ log: PowerLog, before start: Double
    ) throws(FileError) -> (joules: Double, seconds: Double, samples: Int) {
        let wayOut = "let the meter run before, while the machine does nothing, or give the idle power with --power-idle WATTS"
        let from = max(start - longestIdleSeconds, log.samples.first?.unixSeconds ?? .infinity)
        let to = min(start, log.samples.last?.unixSeconds ?? 0)
        guard to - from >= shortestIdleSeconds else {
            throw .invalid(
                path: log.path,
                reason:
                    "it covers \(log.span) since 1970, the run began at \(start) s: idle power needs \(shortestIdleSeconds) s of the "
                    + "\(longestIdleSeconds) s before; \(wayOut)")
        }
        do throws(PowerLogGap) { return try log.draw(over: [from...to]) } catch {
            throw .invalid(path: log.path, reason: "it has no idle power before the run: \(error); \(wayOut)")
        }
    }
}
