/// The network in a file of weights.
///
/// - Parameters:
///   - path: a safetensors file.
///   - threads: threads that it computes with; features do not depend on them.
/// - Throws: `EvaluationError`: this build reads no network.
package func openFeatureNetwork(_ path: String, threads: Int) throws -> any FeatureExtractor {
    throw EvaluationError(path, "cannot be used: this build reads no feature network", wayOut: "give features as .safetensors")
}
