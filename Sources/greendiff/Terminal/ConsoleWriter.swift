import Foundation
import Storage
import Synchronization

/// Where a command's running commentary goes: a terminal that lines can be redrawn on, or a pipe or file of plain lines.
protocol ConsoleWriter: Sendable {
    /// True where `\r` redraws the line.
    var isTerminal: Bool { get }
    /// Columns of the terminal; what is wider is cut.
    var width: Int { get }
    /// Writes text as it is, at once.
    func write(_ text: String)
}

extension ConsoleWriter {
    /// Writes printable text and a line end.
    func line(_ text: String = "") { write(text.printable + "\n") }

    /// Writes a line; on a terminal it is broken between words, and what follows starts below its ninth column, where texts of
    /// `labelledLine` start.
    func paragraph(_ text: String) { line(isTerminal ? text.wrapped(width: width, indent: 8) : text) }
}

extension String {
    /// The text in lines of at most `width` characters, broken at single or double blanks; all but the first are indented.
    func wrapped(width: Int, indent: Int) -> String {
        var lines: [String] = []
        var rest = Substring(self)
        while true {
            let margin = lines.isEmpty ? "" : String(repeating: " ", count: indent)
            let room = max(1, width - margin.count)
            guard rest.count > room, let blank = rest.prefix(room + 1).lastIndex(of: " "),
                lines.isEmpty ? rest[..<blank].count > indent : blank > rest.startIndex
            else {
                lines.append(margin + rest)
                return lines.joined(separator: "\n")
            }
            lines.append(margin + rest[..<blank].trimmingSuffix { $0 == " " })
            rest = rest[blank...].drop { $0 == " " }
        }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        guard let last = lastIndex(where: { !isTrimmed($0) }) else { return "" }
        return self[...last]
    }
}

/// The process's standard output or standard error.
///
/// What cannot be written does not end a command, which may have hours of work behind it: the first failure is kept, and ends the process
/// with an error when the command is done (`Greendiff.main`).
struct StandardConsole: ConsoleWriter {
    private let descriptor: Int32
    let isTerminal: Bool

    static let output = StandardConsole(descriptor: STDOUT_FILENO)
    static let error = StandardConsole(descriptor: STDERR_FILENO)

    /// `errno` of the first write to standard output that failed; 0 for none.
    private static let outputFailure = Atomic<Int32>(0)

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1 && ![nil, "", "dumb"].contains(ProcessInfo.processInfo.environment["TERM"])
    }

    var width: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    func write(_ text: String) {
        var text = text
        let failure = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) ? 0 : errno }
        if descriptor == STDOUT_FILENO, failure != 0 {
            _ = Self.outputFailure.compareExchange(expected: 0, desired: failure, ordering: .relaxed)
        }
    }

    /// - Throws: `FileError.unwritable` where some of the output was lost.
    static func requireOutputWritten() throws(FileError) {
        let failure = outputFailure.load(ordering: .relaxed)
        guard failure != 0 else { return }
        throw .unwritable(path: "standard output", reason: String(cString: strerror(failure)))
    }
}
