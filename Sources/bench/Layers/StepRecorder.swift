import Kernels
import Model

/// Records training steps of a preset.
struct StepRecorder {
    let preset: UNetConfiguration.Preset
    let batch: Int
    let threads: Int

    /// What `steps` whole training steps did, after one that warms up.
    func record(steps: Int) throws -> RecordedSteps {
        let run = try UNetRun(UNetConfiguration(preset: preset), images: batch, context: ComputeContext(threads: threads))
        let benchmark = run.trainBenchmark()
        run.context.profile = Profile()
        let seconds = Stopwatch.seconds { for _ in 0..<steps { benchmark.run() } }
        return RecordedSteps(steps: steps, seconds: seconds, profile: run.context.profile ?? Profile())
    }
}

/// Operations of several equal steps.
struct RecordedSteps {
    let steps: Int
    /// Wall time of all steps.
    let seconds: Double
    let profile: Profile
}
