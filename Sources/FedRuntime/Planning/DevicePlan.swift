import Codec
import Energy
import Records

/// Bits, frequency and power that the server chooses for a device before it trains.
public struct DevicePlan: Sendable, Equatable {
    package let scheme: Scheme
    /// Bits per parameter; 32 for exact values.
    public let bits: Int
    /// The error that the device's update may have, or its budget.
    package let demand: DeviceDemand
    /// Work, channel of this round, planned payload and time budget.
    public let problem: DeviceEnergyProblem
    /// Split of the time, frequency, power, and what they cost.
    public let energy: EnergyPlan
    /// Why it is not the plan that the device's demand and the run's time budget ask for; nil where it is.
    package internal(set) var outage: Outage?

    /// The plan for a frame whose size is known only after training, with the planned frequency.
    ///
    /// With the optimal split, sending gets all the time that training left; with the even one its half.
    func resolvingEnergy(frameBytes: Int) throws(Infeasibility) -> EnergyPlan {
        let payloadBits = 8 * Double(frameBytes)
        let outcome: EnergyOutcome
        do throws(EnergyInputError) {
            outcome =
                scheme.splitsOptimally
                ? try energy.resolvingPower(for: problem, payloadBits: payloadBits)
                : scheme.solve(try problem.with(payloadBits: payloadBits))
        } catch { throw Infeasibility(reason: "\(error)") }
        switch outcome {
        case .feasible(let plan): return plan
        case .infeasible(let infeasibility):
            throw Infeasibility("planned \(Int(problem.payloadBits / 8)) bytes, really \(frameBytes)", infeasibility)
        }
    }
}

/// Why a device cannot take part in a round, in one line with the way out.
package struct Infeasibility: Error, Sendable, Equatable {
    package let reason: String
    /// The smallest time budget that would do; nil where time is not what lacks.
    package let timeNeededSeconds: Double?

    init(reason: String, timeNeededSeconds: Double? = nil) {
        (self.reason, self.timeNeededSeconds) = (reason, timeNeededSeconds)
    }

    /// What the solver says of a device, or of one width.
    init(_ subject: String, _ infeasibility: EnergyInfeasibility) {
        self.init(
            reason: "\(subject): \(infeasibility)", timeNeededSeconds: infeasibility.smallestTimeBudgetSeconds)
    }
}

/// A plan that is not the wanted one, and why.
package struct Outage: Sendable, Equatable {
    package let action: DeviceRecord.OutageAction
    /// What the wanted plan broke, and what is planned instead.
    package let reason: String
}
