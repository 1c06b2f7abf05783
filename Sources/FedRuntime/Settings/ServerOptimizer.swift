/// How the server moves the global weights `w` by the round's average change `d = average - w`, its pseudo-gradient.
package enum ServerOptimizer: Sendable, Equatable {
    /// `w + d`: the average itself. Keeps nothing between rounds. [McMahan et al. 2017]
    case fedAvg
    /// `m = momentum*m + d`, `w += learningRate*m`. [Hsu et al. 2019, FedAvgM]
    case fedAvgM(learningRate: Double, momentum: Double)
    /// `m = beta1*m + (1 - beta1)*d`, `v = beta2*v + (1 - beta2)*d^2`, `w += learningRate*m/(sqrt(v) + tau)`, without bias correction;
    /// `beta2`, `tau` and the first `v` are constants. [Reddi et al. 2021, Algorithm 2, FedAdam]
    case fedAdam(learningRate: Double, beta1: Double)

    /// Decay of FedAdam's second moment.
    package static let beta2 = 0.99
    /// FedAdam's `tau`, in units of a weight's change; the second moment starts at `tau^2`.
    package static let tau = 1e-3

    /// Buffers of the model's size that it keeps between rounds.
    package var momentCount: Int {
        switch self {
        case .fedAvg: 0
        case .fedAvgM: 1
        case .fedAdam: 2
        }
    }

    func validate() throws(FederationError) {
        switch self {
        case .fedAvg: return
        case .fedAvgM(let learningRate, let decay), .fedAdam(let learningRate, let decay):
            guard learningRate > 0, learningRate.isFinite else {
                throw .aggregation(field: "server learning rate", value: learningRate, limit: "above 0 and finite")
            }
            guard decay >= 0, decay < 1 else {
                throw .aggregation(field: "server momentum", value: decay, limit: "from 0 to below 1")
            }
        }
    }
}
