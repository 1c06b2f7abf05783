import Storage

/// A table of images and where its file names start from.
struct GTSRBTable: Equatable {
    let path: String
    let imageFolder: String
    /// The class that all rows must have, from the folder's name; nil where rows may have any.
    let classID: Int?
}

/// The layouts in which GTSRB is found, each recognised by what it holds.
///
///     000NN/GT-000NN.csv beside the images      the official training archive, and torchvision's
///     GT-final_test.csv                         the test images' table, beside them or beside torchvision's GTSRB folder
///     Train.csv, Test.csv with a column Path    Kaggle's
enum GTSRBLayout {
    /// Folders below the given one in which a layout is looked for: as deep as torchvision puts it.
    private static let depthLimit = 4
    /// Folders that are looked into at most.
    private static let folderLimit = 2000

    /// The tables of the one copy in `directory` or below, or above it where that is the folder of Kaggle's training images.
    static func tables(in directory: String, _ subset: DatasetSubset) throws(DatasetError) -> [GTSRBTable] {
        var folders = [directory]
        var visited = 0
        for depth in 0...depthLimit where !folders.isEmpty {
            var found: [(folder: String, tables: [GTSRBTable])] = []
            var below: [String] = []
            for folder in folders {
                visited += 1
                guard visited <= folderLimit else { break }
                let names = depth == 0 ? try FileSystem.entries(of: folder) : (try? FileSystem.entries(of: folder)) ?? []
                let tables = Self.tables(of: folder, names, subset)
                if !tables.isEmpty { found.append((folder, tables)) }
                below += names.filter { Int($0) == nil }.map { "\(folder)/\($0)" }.filter(Folder.exists)
            }
            if found.count > 1 {
                throw DatasetError(
                    source: directory, problem: "holds more than one copy, \(found[0].folder) and \(found[1].folder)",
                    remedy: "name the folder of one of them")
            }
            if let tables = found.first?.tables { return tables }
            folders = below
        }
        return try tablesAbove(directory, subset)
    }

    private static func tablesAbove(_ directory: String, _ subset: DatasetSubset) throws(DatasetError) -> [GTSRBTable] {
        let parent = Folder.parent(of: directory)
        let name = directory.split(separator: "/").last?.lowercased()
        if name == subset.rawValue, let tables = (try? FileSystem.entries(of: parent)).map({ tables(of: parent, $0, subset) }),
            !tables.isEmpty
        {
            return tables
        }
        throw DatasetError(
            source: directory,
            problem: subset == .train
                ? "no class folders 00000...00042 with their GT-000NN.csv, and no Train.csv, here or below"
                : "no GT-final_test.csv and no Test.csv here or below",
            remedy:
                "name the folder of the official archive, torchvision's or Kaggle's (scripts/download-gtsrb fetches the first)")
    }

    private static func tables(of folder: String, _ names: [String], _ subset: DatasetSubset) -> [GTSRBTable] {
        if let name = names.first(where: { $0.lowercased() == "\(subset.rawValue).csv" }) {
            return [GTSRBTable(path: "\(folder)/\(name)", imageFolder: folder, classID: nil)]
        }
        switch subset {
        case .test:
            guard names.contains("GT-final_test.csv") else { return [] }
            let apart = "\(folder)/GTSRB/Final_Test/Images"
            return [
                GTSRBTable(
                    path: "\(folder)/GT-final_test.csv", imageFolder: Folder.exists(apart) ? apart : folder, classID: nil)
            ]
        case .train:
            let tables = names.filter { $0.utf8.count == 5 }.compactMap { name in
                Int(name).map {
                    GTSRBTable(path: "\(folder)/\(name)/GT-\(name).csv", imageFolder: "\(folder)/\(name)", classID: $0)
                }
            }
            return tables.contains { FileSystem.entry(at: $0.path) == .file } ? tables : []
        }
    }
}
