import ArgumentParser

/// `bench list`: the problem strings that `bench run` runs without a filter.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the problem string of every case.",
        discussion: """
            Other sizes can be run by writing them: `bench run conv3x3/fwd/n16ci64co64hw32`.

            EXAMPLE:
              bench list
            """)

    func run() { print(Registry.cases.joined(separator: "\n")) }
}
