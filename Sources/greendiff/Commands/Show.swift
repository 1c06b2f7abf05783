import GreenDiffusion

/// Prints a command's result: its text for people, or one JSON document and nothing else.
func show(_ result: some Encodable & CustomStringConvertible, json: Bool) throws {
    print(json ? try jsonText(of: result) : result.description)
}
