import Kernels

extension Trainer {
    /// Everything beside the parameters that the next step depends on.
    package var state: TrainingState {
        var state = TrainingState(
            buffers: ["first_moment": firstMoment, "second_moment": secondMoment],
            counters: ["optimizer_steps": optimizerSteps])
        if let average {
            state.buffers["average"] = average.parameters
            state.counters["average_steps"] = average.steps
        }
        return state
    }

    /// Takes up `state`, as `state` gave it.
    ///
    /// - Parameter path: where it was read, for messages.
    /// - Throws: `CheckpointError.malformed` where a buffer or counter is missing; nothing is changed then.
    package func restore(_ state: TrainingState, path: String) throws(CheckpointError) {
        func missing(_ name: String) -> CheckpointError { .malformed(path: path, detail: "\(name) is missing") }
        guard let first = state.buffers["first_moment"] else { throw missing("first_moment") }
        guard let second = state.buffers["second_moment"] else { throw missing("second_moment") }
        guard let steps = state.counters["optimizer_steps"], ExponentialMovingAverage.possibleSteps.contains(steps)
        else { throw missing("optimizer_steps") }
        var restored: ExponentialMovingAverage?
        if let decay = settings.averageDecay {
            guard let average = state.buffers["average"] else { throw missing("average") }
            guard let averageSteps = state.counters["average_steps"],
                ExponentialMovingAverage.possibleSteps.contains(averageSteps)
            else { throw missing("average_steps") }
            restored = ExponentialMovingAverage(of: average, decay: decay, steps: averageSteps)
        }
        restore(firstMoment: first, secondMoment: second, optimizerSteps: steps, average: restored)
    }
}
