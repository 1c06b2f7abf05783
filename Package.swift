// swift-tools-version: 6.2
import Foundation
import PackageDescription

// Where this machine keeps the OpenMP header and run time of an LLVM other than Swift's own clang: docs/adr/0002-unsafe-flags.md.
func newestFile(_ name: String, under pattern: (String) -> [String]) -> String? {
    let files = FileManager.default
    let roots = ((try? files.contentsOfDirectory(atPath: "/usr/lib")) ?? [])
        .filter { $0.hasPrefix("llvm-") }
        .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
        .map { "/usr/lib/\($0)" }
    return roots.flatMap(pattern).first { files.fileExists(atPath: "\($0)/\(name)") }
}

let openMPInclude = newestFile("omp.h") { root in
    let clang = "\(root)/lib/clang"
    return ((try? FileManager.default.contentsOfDirectory(atPath: clang)) ?? []).map { "\(clang)/\($0)/include" }
}
let openMPLibrary = newestFile("libomp.so") { ["\($0)/lib"] }

#if arch(x86_64)
let vectorFlags = ["-march=x86-64-v3"]
#else
let vectorFlags: [String] = []
#endif

let cKernelFlags =
    ["-O3", "-fno-math-errno", "-fopenmp", "-Wall", "-Wextra"] + vectorFlags
    + (openMPInclude.map { ["-idirafter", $0] } ?? [])
let openMPLinkFlags = (openMPLibrary.map { ["-L", $0] } ?? []) + ["-lomp"]

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]
/// Modules whose SIMD types must become AVX2 instructions. No SIMD type crosses a module boundary (its ABI depends on this flag).
let vectorized: [SwiftSetting] =
    strict + [
        .unsafeFlags(vectorFlags.flatMap { ["-Xcc", $0] }),
        .unsafeFlags(["-O"], .when(configuration: .debug)),
    ]

let package = Package(
    name: "GreenDiffusion",
    products: [
        .executable(name: "greendiff", targets: ["greendiff"]),
        .executable(name: "bench", targets: ["bench"]),
        .library(name: "GreenDiffusion", targets: ["GreenDiffusion"]),
        .library(name: "GreenDiffusionC", type: .dynamic, targets: ["GreenDiffusionC"]),
    ],
    dependencies: [
        // Exact versions: a build takes what was tested, not what is newest. NOTICE and scripts/list-components name them, too.
        // The flags of settings rely on how the argument parser finds them (docs/adr/0012-settings.md).
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .systemLibrary(
            name: "COpenBLAS", path: "Sources/COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CLibPNG", path: "Sources/CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CLibJPEG", path: "Sources/CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
        .systemLibrary(
            name: "CLibWebP", path: "Sources/CLibWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"])]),
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CPUSupport"),
        .target(
            name: "CKernels",
            cSettings: [.headerSearchPath("."), .unsafeFlags(cKernelFlags)],
            linkerSettings: [.unsafeFlags(openMPLinkFlags), .linkedLibrary("m")]),
        .target(name: "Kernels", dependencies: ["CKernels", "CPUSupport"], swiftSettings: vectorized),
        .target(name: "Codec", dependencies: ["Kernels"], swiftSettings: vectorized),
        .target(name: "Energy", swiftSettings: vectorized),
        .target(name: "Storage", swiftSettings: strict),
        .target(
            name: "CImageCodecs", dependencies: ["CLibJPEG", "CLibPNG", "CLibWebP"],
            linkerSettings: ["jpeg", "png", "webp", "webpdemux"].map { .linkedLibrary($0) }),
        .target(name: "ImageFiles", dependencies: ["CImageCodecs", "CLibPNG", "Storage"], swiftSettings: strict),
        .target(name: "Datasets", dependencies: ["ImageFiles", "Kernels", "Records", "Storage"], swiftSettings: strict),
        .target(name: "Model", dependencies: ["Kernels", "Storage"], swiftSettings: vectorized),
        .target(name: "Records", swiftSettings: strict),
        .target(name: "FedRuntime", dependencies: ["Codec", "Energy", "Kernels", "Records"], swiftSettings: strict),
        .target(name: "Report", dependencies: ["Records"], swiftSettings: strict),
        .target(
            name: "DevicePlanning", dependencies: ["Energy", "FedRuntime", "Report", "Storage"], swiftSettings: strict),
        .target(
            name: "ImageQuality",
            dependencies: ["COpenBLAS", "Datasets", "ImageFiles", "Kernels", "Model", "Records", "Storage"],
            swiftSettings: strict),
        .target(
            name: "GreenDiffusion",
            dependencies: [
                "CPUSupport", "Codec", "Datasets", "DevicePlanning", "Energy", "FedRuntime", "ImageFiles", "ImageQuality",
                "Kernels", "Model", "Records", "Report", "Storage",
                .product(name: "Logging", package: "swift-log"), "Yams",
            ],
            resources: [.copy("Resources")], swiftSettings: strict),
        .target(
            name: "Calibration", dependencies: ["DevicePlanning", "Kernels", "Model", "Records", "Report", "Storage"],
            swiftSettings: strict),
        .target(
            name: "Evaluation",
            dependencies: ["CZlib", "GreenDiffusion", "ImageFiles", "ImageQuality", "Kernels", "Report", "Storage"],
            swiftSettings: strict),
        .target(
            name: "Inspection",
            dependencies: ["Codec", "GreenDiffusion", "ImageFiles", "Kernels", "Model", "Records", "Report", "Storage"],
            swiftSettings: strict),
        .target(
            name: "Studies",
            dependencies: [
                "Codec", "Energy", "FedRuntime", "GreenDiffusion", "Kernels", "Model", "Records", "Report", "Storage",
            ],
            swiftSettings: strict),
        .target(name: "CGreenDiffusion"),
        .target(
            name: "GreenDiffusionC",
            dependencies: [
                "CGreenDiffusion", "CPUSupport", "Codec", "Datasets", "DevicePlanning", "Energy", "Evaluation", "FedRuntime",
                "GreenDiffusion", "ImageFiles", "ImageQuality", "Inspection", "Kernels", "Model", "Records", "Storage",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "greendiff",
            dependencies: [
                "CPUSupport", "Calibration", "Codec", "Datasets", "DevicePlanning", "Energy", "Evaluation", "GreenDiffusion",
                "ImageFiles", "ImageQuality", "Inspection", "Kernels", "Model", "Records", "Report", "Storage", "Studies",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict + [.unsafeFlags(["-enable-testing"])]),
        .executableTarget(
            name: "bench",
            dependencies: [
                "CKernels", "COpenBLAS", "CPUSupport", "Codec", "Energy", "Kernels", "Model",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            // Tests run in release and see inside this program; nothing in it but what it calls must be fast.
            swiftSettings: strict + [.unsafeFlags(["-enable-testing"])]),
        .target(name: "TestSupport", dependencies: ["Codec"], path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "KernelsTests", dependencies: ["Kernels", "CKernels", "TestSupport"],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "CodecTests", dependencies: ["Codec", "Kernels", "TestSupport"], exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(name: "EnergyTests", dependencies: ["Energy"], exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "ImageFiles", "Kernels", "Records", "TestSupport"],
            exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "ModelTests", dependencies: ["Kernels", "Model", "Storage", "TestSupport"], exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "FedRuntimeTests", dependencies: ["Codec", "Energy", "FedRuntime", "Kernels", "Records", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "BenchTests", dependencies: ["bench", "Kernels", "Model"], swiftSettings: strict),
        .testTarget(name: "ReportTests", dependencies: ["Records", "Report"], swiftSettings: strict),
        .target(
            name: "RunTestSupport", dependencies: ["GreenDiffusion", "TestSupport"], path: "Tests/RunTestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "GreenDiffusionCTests",
            dependencies: [
                "CGreenDiffusion", "GreenDiffusion", "GreenDiffusionC", "Inspection", "Kernels", "Model", "RunTestSupport",
                "Storage", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(name: "StorageTests", dependencies: ["Storage", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "DevicePlanningTests",
            dependencies: [
                "DevicePlanning", "Energy", "FedRuntime", "GreenDiffusion", "Records", "RunTestSupport", "Storage", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CalibrationTests",
            dependencies: [
                "Calibration", "DevicePlanning", "GreenDiffusion", "Kernels", "Records", "Storage", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EvaluationTests",
            dependencies: [
                "Datasets", "Evaluation", "GreenDiffusion", "ImageFiles", "ImageQuality", "Kernels", "Model", "Records",
                "RunTestSupport", "TestSupport",
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "StudiesTests",
            dependencies: ["FedRuntime", "GreenDiffusion", "Records", "RunTestSupport", "Storage", "Studies", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "GreendiffTests", dependencies: ["GreenDiffusion", "greendiff"], swiftSettings: strict),
        .testTarget(
            name: "GreenDiffusionTests",
            dependencies: [
                "Codec", "Datasets", "DevicePlanning", "FedRuntime", "GreenDiffusion", "ImageFiles", "Inspection", "Kernels",
                "Model", "Records", "RunTestSupport", "Storage", "TestSupport",
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
    ]
)

// libFuzzer brings the main function of these: scripts/fuzz-frames builds them and what they are linked from, nothing else does.
if Context.environment["GREENDIFF_FUZZ"] != nil {
    let fuzzed: KeyValuePairs<String, [Target.Dependency]> = [
        "FuzzFrameDecoder": ["Codec", "Kernels"], "FuzzFrameRoundTrip": ["Codec", "Kernels"],
        "FuzzDeviceFile": ["DevicePlanning"], "FuzzConfiguration": ["GreenDiffusion"], "FuzzSafetensors": ["Model", "Storage"],
        "FuzzImageFile": ["ImageFiles"], "FuzzNumPyFile": ["CZlib", "Evaluation", "ImageFiles", "ImageQuality"],
        "FuzzRunFolder": ["GreenDiffusion", "Inspection", "Studies"],
    ]
    package.products = []
    package.targets.removeAll { $0.type == .test || $0.type == .executable || $0.path?.hasPrefix("Tests/") == true }
    package.targets += fuzzed.map { name, dependencies in
        .executableTarget(name: name, dependencies: dependencies, path: "Tests/Fuzz/\(name)", swiftSettings: strict)
    }
}
