import Foundation

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
    /// Writes text and a line end.
    func line(_ text: String = "") { write(text + "\n") }
}

/// The process's standard output or standard error.
struct StandardConsole: ConsoleWriter {
    private let descriptor: Int32
    let isTerminal: Bool

    static let output = StandardConsole(descriptor: STDOUT_FILENO)
    static let error = StandardConsole(descriptor: STDERR_FILENO)

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    var width: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    func write(_ text: String) {
        // A reader that has gone away must not end a training run: what cannot be shown is not shown.
        try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: Data(text.utf8))
    }
}
