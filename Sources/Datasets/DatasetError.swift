/// Why a data set was refused: where, what, and the way out.
package struct DatasetError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The file or folder, or the name of a built-in set.
    package let source: String
    /// The line of a text file, from 1.
    package let line: Int?
    package let problem: String
    package let remedy: String

    package init(source: String, line: Int? = nil, problem: String, remedy: String) {
        (self.source, self.line, self.problem, self.remedy) = (source, line, problem, remedy)
    }

    package var description: String { "\(source)\(line.map { ":\($0)" } ?? ""): \(problem); \(remedy)" }
}
