import Model

extension ImageDrawing {
    /// How noise becomes an image.
    public enum Method: String, Sendable, CaseIterable {
        /// Ancestral sampling [Ho20, algorithm 2].
        case ddpm
        /// Deterministic implicit sampling [Song21].
        case ddim
        /// DPM-Solver++(2M) [Lu22], deterministic, good with 10 to 20 steps.
        case dpmSolver = "dpm++"
        /// UniPC [Zhao23], deterministic, good with 10 to 20 steps.
        case uniPC = "unipc"

        /// Sampling steps where none are named.
        func standardSteps(_ schedule: NoiseSchedule) -> Int {
            switch self {
            case .ddpm: schedule.count
            case .ddim: min(50, schedule.count)
            case .dpmSolver, .uniPC: min(20, schedule.count - 1)
            }
        }

        /// Whether it can be told which noise levels to visit.
        var isSolver: Bool { self == .dpmSolver || self == .uniPC }
    }
}
