/// What cannot be compared: the value, what is wrong with it, and the way out.
package struct EvaluationError: Error, Equatable, CustomStringConvertible {
    /// The file, folder or setting.
    package let source: String
    package let problem: String
    package let wayOut: String
    /// The setting that the way out ends with; nil where it names none.
    package let setting: String?

    package init(_ source: String, _ problem: String, wayOut: String, setting: String? = nil) {
        (self.source, self.problem, self.wayOut, self.setting) = (source, problem, wayOut, setting)
    }

    package var description: String { ["\(source) \(problem); \(wayOut)", setting].compactMap(\.self).joined(separator: " ") }

    /// LAPACK gave up, which it does for matrices that are not finite.
    static let notConverged = EvaluationError(
        "the covariance of the features", "has no eigenvalues that LAPACK finds", wayOut: "check that the features are finite")
}
