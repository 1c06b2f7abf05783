import ImageFiles
import Model

extension UNetConfiguration {
    /// Of the images that the model sees.
    var imageSize: ImageSize { ImageSize(width: sampleSize[1], height: sampleSize[0]) }
}
