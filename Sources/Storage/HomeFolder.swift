import Foundation

/// What to say of a path that names nothing and begins with `~`, which no shell has replaced.
package func homeHint(_ path: String) -> String { path.hasPrefix("~") ? " (write $HOME for a ~ in quotes)" : "" }

/// The path with a leading `~` or `~/` replaced by `$HOME`: shells do so only at the start of a word, not in `gtsrb:~/signs`.
package func expandingHome(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"], !home.isEmpty else {
        return path
    }
    return home + path.dropFirst()
}
