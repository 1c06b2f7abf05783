/// diffusers' schedulers whose files are read: all add noise to images in the same way, by `betas` alone.
enum SchedulerKind: String, CaseIterable {
    case ddpm = "DDPMScheduler"
    case ddim = "DDIMScheduler"
    case ddpmParallel = "DDPMParallelScheduler"
    case ddimParallel = "DDIMParallelScheduler"
    case dpmSolverMultistep = "DPMSolverMultistepScheduler"
    case dpmSolverSinglestep = "DPMSolverSinglestepScheduler"
    case deisMultistep = "DEISMultistepScheduler"
    case uniPCMultistep = "UniPCMultistepScheduler"
    case saSolver = "SASolverScheduler"
    case eulerDiscrete = "EulerDiscreteScheduler"
    case eulerAncestralDiscrete = "EulerAncestralDiscreteScheduler"
    case heunDiscrete = "HeunDiscreteScheduler"
    case lmsDiscrete = "LMSDiscreteScheduler"
    case kdpm2Discrete = "KDPM2DiscreteScheduler"
    case kdpm2AncestralDiscrete = "KDPM2AncestralDiscreteScheduler"

    /// Whether it draws images in another way than this program can.
    var isSolver: Bool {
        switch self {
        case .ddpm, .ddim, .ddpmParallel, .ddimParallel: false
        default: true
        }
    }

    /// How solvers take a step; DDPM and DDIM have no such settings. `flow_shift` and `time_shift_type` belong to fields that must be off.
    static let solverFields: Set = [
        "solver_order", "solver_type", "solver_p", "algorithm_type", "lower_order_final", "euler_at_final", "final_sigmas_type",
        "lambda_min_clipped", "predict_x0", "disable_corrector", "predictor_order", "corrector_order", "interpolation_type",
        "flow_shift", "time_shift_type",
    ]

    /// Fields of diffusers that choose other noise levels to sample at, or mean another kind of model, where they are on.
    static let effectiveFields: Set = [
        "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas", "use_flow_sigmas",
        "use_dynamic_shifting", "shift_terminal", "sigma_min", "sigma_max", "sigma_data", "rho", "tau_func", "skip_prk_steps",
        "shift", "base_shift", "max_shift", "invert_sigmas", "stochastic_sampling", "original_inference_steps",
        "timestep_scaling", "snr_shift_scale",
    ]
}
