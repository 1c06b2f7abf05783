extension EnergyPlan {
    /// The plan with enough time left for sending that a payload larger by the share `room` still fits at the highest power, as far as the
    /// highest frequency allows: for payloads that are known only after training. This plan where it leaves that much already.
    ///
    /// Energy is convex in the split, so the best plan that leaves the room lies on its bound.
    ///
    /// - Parameter problem: the problem that this plan solves.
    package func leaving(room: Double, for problem: DeviceEnergyProblem) -> EnergyPlan {
        let split = TimeSplit(problem)
        let needed = (1 + room) * split.piBounds.lowerBound
        guard 1 - theta < needed else { return self }
        let theta = max(split.thetaBounds.lowerBound, 1 - needed)
        guard theta < self.theta else { return self }
        return EnergyPlan(problem, theta: theta, pi: split.piBounds.clamp(1 - theta))
    }
}
