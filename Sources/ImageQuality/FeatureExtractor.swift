import Kernels

/// A network that turns images into the numbers whose distribution is compared.
package protocol FeatureExtractor {
    /// What the network calls itself, such as `efficientnet-lite0`.
    var name: String { get }
    /// XXH3-128 of its weights, hexadecimal: distances of two networks do not compare.
    var hash: String { get }
    /// How images are brought to the size that it takes, such as `bilinear 112`.
    var resizeRule: String { get }
    /// Numbers that it makes of an image.
    var featureCount: Int { get }

    /// - Parameter images: `(N, H, W, 3)`, values 0 to 1.
    /// - Returns: `(N, featureCount)`.
    func features(of images: Tensor) -> Tensor
}
