import Kernels
import Model

/// Records training steps of a preset.
struct StepRecorder {
    let preset: UNetConfiguration.Preset
    let batch: Int
    let threads: Int
    var precision = Precision.float32

    /// The fastest of `steps` whole training steps after one that warms up: the one that others disturbed least.
    func record(steps: Int) throws -> RecordedStep {
        let context = ComputeContext(threads: threads, precision: precision)
        let run = try UNetRun(UNetConfiguration(preset: preset), images: batch, context: context)
        let benchmark = run.trainBenchmark()
        var fastest = RecordedStep(seconds: .infinity, profile: Profile())
        for _ in 0..<steps {
            run.context.profile = Profile()
            let seconds = withTeam(threads: threads) { Stopwatch.seconds(benchmark.run) }
            guard seconds < fastest.seconds, let profile = run.context.profile else { continue }
            fastest = RecordedStep(seconds: seconds, profile: profile)
        }
        return fastest
    }
}

/// The operations of one step.
struct RecordedStep {
    /// Wall time.
    let seconds: Double
    let profile: Profile
}
