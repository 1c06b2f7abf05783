/// The version of library and program, as `--version`, banner and reports show it.
public let greenDiffusionVersion = "0.1.0"
