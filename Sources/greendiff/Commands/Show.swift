import GreenDiffusion

/// Prints a command's result: its text for people, or one JSON document and nothing else.
func show(_ result: some Encodable & CustomStringConvertible, json: Bool) throws {
    if json {
        StandardConsole.output.write(try jsonText(of: result) + "\n")
    } else {
        StandardConsole.output.line(result.description)
    }
}
