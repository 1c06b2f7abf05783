import Foundation

/// The path with a leading `~` or `~/` replaced by `$HOME`: shells do so only at the start of a word, not in `gtsrb:~/signs`.
package func expandingHome(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"], !home.isEmpty else {
        return path
    }
    return home + path.dropFirst()
}
