/// Why a data set was refused: where, what, and the way out.
package struct DatasetError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The file or folder, or the name of a built-in set.
    package let source: String
    /// The line of a text file, from 1.
    package let line: Int?
    package let problem: String
    package let remedy: String
    /// Whether the data set can be used without what is wrong, if the setting `skip-unreadable` says so.
    package let canSkip: Bool

    package init(source: String, line: Int? = nil, problem: String, remedy: String, canSkip: Bool = false) {
        (self.source, self.line, self.problem, self.remedy, self.canSkip) = (source, line, problem, remedy, canSkip)
    }

    /// Where and what, without the way out.
    package var fault: String { "\(source)\(line.map { ":\($0)" } ?? ""): \(problem)" }

    package var description: String { "\(fault); \(remedy)" + (canSkip ? ", or set skip-unreadable to on" : "") }

    /// Most files that one message names.
    static let filesNamed = 20

    /// Images that cannot be used, all in one error.
    ///
    /// - Parameters:
    ///   - failures: at least one (precondition).
    ///   - total: how many images there are.
    ///   - canSkip: whether there are others.
    static func unusable(_ failures: [DatasetError], of total: Int, source: String, canSkip: Bool) -> DatasetError {
        precondition(!failures.isEmpty, "no failure to tell")
        guard failures.count > 1 else {
            let only = failures[0]
            return DatasetError(
                source: only.source, line: only.line, problem: only.problem, remedy: only.remedy, canSkip: canSkip)
        }
        let named = failures.prefix(filesNamed).map(\.fault).joined(separator: "; ")
        let rest = failures.count > filesNamed ? "; and \(failures.count - filesNamed) more" : ""
        return DatasetError(
            source: source, problem: "\(failures.count) of \(total) images cannot be used: \(named)\(rest)",
            remedy: "mend or remove them", canSkip: canSkip)
    }
}
