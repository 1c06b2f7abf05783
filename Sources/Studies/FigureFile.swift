import Storage

/// A file that a study is written to.
struct FigureFile {
    let name: String
    let contents: String
    /// What it shows, in a few words.
    let subject: String

    /// Writes all files into `folder`, which is made where it is missing.
    ///
    /// - Returns: one row a file: where it lies and what it shows.
    static func write(_ files: [FigureFile], to folder: String) throws(FileError) -> [[String]] {
        try Folder.create(folder)
        var rows: [[String]] = []
        for file in files {
            let path = "\(folder)/\(file.name)"
            try AtomicFile.write(file.contents, to: path)
            rows.append([path, file.subject])
        }
        return rows
    }
}
