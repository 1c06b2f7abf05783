import Foundation

/// The control groups that limit this process: its own and all above them.
package enum ControlGroups {
    /// A group's folder of files.
    package struct Group {
        package let folder: String
        /// Whether it is of version 2, where all controllers share a folder.
        package let isUnified: Bool

        /// The text of one of its files without spaces at its ends; nil where there is none.
        package func text(_ name: String) -> String? {
            (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Groups of a controller.
    ///
    /// - Parameters:
    ///   - controller: `cpu`, `memory`, ...
    ///   - root: where control groups are mounted.
    ///   - membership: file of lines `number:controllers:group`, version 2 as `0::group`.
    package static func groups(
        of controller: String, root: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup"
    ) -> [Group] {
        let lines = ((try? String(contentsOfFile: membership, encoding: .utf8)) ?? "").split(separator: "\n")
        return lines.flatMap { line -> [Group] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let controllers = fields[1].split(separator: ",")
            guard controllers.isEmpty || controllers.contains(where: { $0 == controller }) else { return [] }
            let mount = controllers.isEmpty ? root : "\(root)/\(fields[1])"
            let path = fields[2].split(separator: "/")
            return (0...path.count).reversed().map { depth in
                let folder = ([mount] + path.prefix(depth).map(String.init)).joined(separator: "/")
                return Group(folder: folder, isUnified: controllers.isEmpty)
            }
        }
    }
}
