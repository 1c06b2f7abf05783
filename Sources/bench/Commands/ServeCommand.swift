import ArgumentParser
import Foundation

/// `bench serve`: works for a program that times several processes in turn.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Read requests from standard input, a line of JSON each, and answer each with one.",
        discussion: """
            scripts/bench-pytorch starts this beside a PyTorch process and times both in turn. Between requests the process sleeps.

              {"request": "prepare", "slot": "a", "case": "conv3x3/fwd/n8ci128co128hw32", "threads": 2, "verify": true}
              {"request": "run", "slot": "a", "calls": 10}
              {"request": "release", "slot": "a"}
              {"request": "memory"}
              {"request": "speed", "threads": 2}
            """)

    func run() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let session = ServeSession()
        while let line = readLine() {
            let answer = session.answer(line)
            print(String(decoding: try encoder.encode(answer), as: UTF8.self))
            fflush(nil)
        }
    }
}
