import Glibc
import ImageFiles
import Kernels

/// Draws one sign before a background: a pure function of the generator's position, the class and the style.
enum SignRenderer {
    static func render(_ design: SignDesign, style: SignStyle, size: ImageSize, _ random: inout CounterGenerator) -> RGBImage {
        var canvas = Canvas(size)
        SceneBackground.paint(&canvas, style: style, &random)
        let pose = Pose(canvas, &random)
        if random.chance(0.6) { paintPole(&canvas, pose, style, &random) }
        paintPlate(&canvas, design, pose, style, &random)
        finish(&canvas, style, &random)
        return canvas.image()
    }

    /// Where the camera sees the plate: image position to plate coordinates (plate radius 1).
    private struct Pose {
        let center: Point
        /// Lengths across and down in units of the shorter side.
        let extent: Point
        let inverseRadius: Float
        let tilt: Point
        let rowX: Point
        let rowY: Point
        /// One pixel in plate units.
        let pixel: Float

        init(_ canvas: Canvas, _ random: inout CounterGenerator) {
            let radius = random.float(0.33...0.46)
            let slack = 0.5 - radius
            center = Point(0.5, 0.5) + Point(random.float(-0.6...0.6), random.float(-0.6...0.6)) * slack
            inverseRadius = 1 / radius
            extent = Point(Float(canvas.size.width), Float(canvas.size.height)) / Float(canvas.shortSide)
            pixel = inverseRadius / Float(canvas.shortSide)
            tilt = Point(random.float(-0.09...0.09), random.float(-0.06...0.06))
            let angle = Float(random.nextNormal()) * 0.07
            let squeeze = random.float(0.88...1)
            rowX = Point(cosf(angle), sinf(angle)) / squeeze
            rowY = Point(-sinf(angle), cosf(angle))
        }

        func plate(_ p: Point) -> Point {
            let q = (p - center) * extent * inverseRadius
            return Point((q * rowX).sum(), (q * rowY).sum()) / (1 + (q * tilt).sum())
        }

        /// How much of a pixel lies inside an edge at signed distance `d`.
        func coverage(_ d: Float) -> Float { clampUnit(0.5 - d / pixel) }
    }

    private static func paintPole(
        _ canvas: inout Canvas, _ pose: Pose, _ style: SignStyle, _ random: inout CounterGenerator
    ) {
        let steel = style.palette[SignDesign.Paint.grey.rawValue] * random.float(0.7...1.15) * (style == .night ? 0.45 : 1)
        let radius = random.float(0.06...0.1)
        canvas.transform { p, behind in
            let q = pose.plate(p)
            guard q.y > 0, abs(q.x) < radius + pose.pixel else { return behind }
            return mix(behind, steel * (1 - 0.35 * q.x / radius), pose.coverage(abs(q.x) - radius))
        }
    }

    private static func paintPlate(
        _ canvas: inout Canvas, _ design: SignDesign, _ pose: Pose, _ style: SignStyle, _ random: inout CounterGenerator
    ) {
        let fading = random.float(0...0.12)
        let palette = style.palette.map { random.tint(mix($0, Color(repeating: 0.62), fading), by: 0.025) }
        let light = random.float(style.light)
        let direction = Point(random.float(-0.12...0.12), random.float(-0.16...0.04))
        let dirt = ValueNoise(cells: 4, &random)
        let dirtiness = random.float(0...0.1)
        let shadow = random.float(0.1...0.4)
        let glow: Float = style == .night ? random.float(0.05...0.16) : 0
        canvas.transform { p, behind in
            let q = pose.plate(p)
            let d = design.outline.distance(at: q)
            var result = behind * (1 - shadow * smoothStep(0.16, -0.02, d)) + glow * expf(-max(0, d) * 4)
            let inside = pose.coverage(d)
            guard inside > 0 else { return result }
            var face = Color()
            for layer in design.layers {
                let paint = palette[layer.paint.rawValue]
                switch layer.region {
                case .inset(let margin): face = mix(face, paint, margin == 0 ? 1 : pose.coverage(d + margin))
                case .drawing(let field, let margin):
                    face = mix(face, paint, min(pose.coverage(field.distance(at: q)), pose.coverage(d + margin)))
                }
            }
            face *= (light + (q * direction).sum()) * (1 - dirtiness * dirt[p])
            result = mix(result, face, inside)
            return result
        }
    }

    /// Weather and camera: fog, rain streaks, blur, exposure, noise.
    private static func finish(_ canvas: inout Canvas, _ style: SignStyle, _ random: inout CounterGenerator) {
        if style == .rain { paintWeather(&canvas, style, &random) }
        canvas.blur(sigma: random.float(style.blur) * Float(canvas.shortSide) / 32)
        let exposure = random.float(0.92...1.06)
        let balance = random.tint(Color(repeating: exposure), by: 0.025)
        for index in canvas.colors.indices { canvas.colors[index] *= balance }
        canvas.addNoise(sigma: random.float(style.noise), &random)
    }

    private static func paintWeather(_ canvas: inout Canvas, _ style: SignStyle, _ random: inout CounterGenerator) {
        let fog = random.tint(color(0xA9B2BA), by: 0.03)
        let share = random.float(style.fog)
        let grey = random.float(0.35...0.7)
        canvas.transform { _, clear in
            let luminance = (clear * Color(0.3, 0.59, 0.11)).sum()
            return mix(mix(clear, Color(repeating: luminance), grey), fog, share)
        }
        let slant = random.float(-0.25...0.25)
        for _ in 0..<random.nextIndex(below: 9) {
            let start = Point(random.float(0...1), random.float(-0.2...0.9))
            let (fall, strength) = (random.float(0.15...0.4), random.float(0.1...0.3))
            canvas.transform { p, behind in
                let along = (p.y - start.y) / fall
                guard along > 0, along < 1, abs(p.x - start.x - slant * along * fall) < 0.018 else { return behind }
                return mix(behind, Color(repeating: 0.95), strength)
            }
        }
    }
}
