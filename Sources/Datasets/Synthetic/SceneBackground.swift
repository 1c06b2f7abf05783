import Glibc
import Kernels

/// What stands behind a sign.
enum SceneBackground {
    private enum Kind: CaseIterable { case sky, landscape, foliage, buildings, distance }

    static func paint(_ canvas: inout Canvas, style: SignStyle, _ random: inout CounterGenerator) {
        switch random.pick(Kind.allCases) {
        case .sky: paintSky(&canvas, &random)
        case .landscape: paintLandscape(&canvas, &random)
        case .foliage: paintFoliage(&canvas, &random)
        case .buildings: paintBuildings(&canvas, &random)
        case .distance: paintDistance(&canvas, &random)
        }
        if style == .night { darken(&canvas, &random) }
    }

    /// A clear or cloudy sky, paler towards the horizon.
    private static func paintSky(_ canvas: inout Canvas, _ random: inout CounterGenerator) {
        let top = random.tint(random.pick([color(0x4F8FD6), color(0x7FB2E5), color(0x9FB9CC)]), by: 0.06)
        let horizon = random.tint(color(0xDCE8F0), by: 0.04)
        let cloud = Color(repeating: random.float(0.86...0.99))
        let amount = random.float(0...0.9)
        let noise = ValueNoise(cells: 3, &random)
        canvas.transform { p, _ in
            mix(mix(top, horizon, p.y * 0.8), cloud, amount * smoothStep(0.45, 0.85, noise[p]))
        }
    }

    /// Sky, a ridge of trees or hills, and a field or a road in front.
    private static func paintLandscape(_ canvas: inout Canvas, _ random: inout CounterGenerator) {
        paintSky(&canvas, &random)
        let horizon = random.float(0.5...0.85)
        let ridge = ValueNoise(cells: random.pick([2, 4, 7]), &random)
        let height = random.float(0.05...0.3)
        let trees = random.tint(random.pick([color(0x3D6B35), color(0x57743F), color(0x6B7B66), color(0x8A6B3A)]), by: 0.05)
        let ground = random.tint(random.pick([color(0x7C9A50), color(0x8C8A84), color(0xB7A26B)]), by: 0.05)
        canvas.transform { p, sky in
            if p.y > horizon { return ground * (0.85 + 0.3 * (p.y - horizon)) }
            let crest = horizon - height * (0.25 + ridge[Point(p.x, 0.5)])
            return mix(sky, trees * (0.8 + 0.4 * ridge[p]), smoothStep(crest - 0.025, crest + 0.025, p.y))
        }
    }

    /// Leaves out of focus.
    private static func paintFoliage(_ canvas: inout Canvas, _ random: inout CounterGenerator) {
        let shade = random.tint(color(0x1F3A1C), by: 0.05)
        let leaf = random.tint(random.pick([color(0x6E9A3F), color(0x84A84D), color(0xB08A3A)]), by: 0.06)
        let sky = color(0xDDE9EE)
        let (coarse, fine) = (ValueNoise(cells: 4, &random), ValueNoise(cells: 9, &random))
        let gaps = random.float(0...0.5)
        canvas.transform { p, _ in
            let value = 0.62 * coarse[p] + 0.38 * fine[p]
            return mix(mix(shade, leaf, smoothStep(0.2, 0.75, value)), sky, gaps * smoothStep(0.66, 0.8, value))
        }
    }

    /// One or two house fronts with rows of windows, before the sky.
    private static func paintBuildings(_ canvas: inout Canvas, _ random: inout CounterGenerator) {
        paintSky(&canvas, &random)
        let fronts = [color(0xB9A48B), color(0x9C8F86), color(0xC9B79A), color(0x9A5F4A), color(0x8795A1), color(0xD6CDBE)]
        let corner = random.float(0.25...0.75)
        for part in 0..<2 {
            let front = random.tint(random.pick(fronts), by: 0.04) * random.float(0.75...1)
            let window = mix(color(0x2F3A46), color(0xA9C4D8), random.float(0...0.6))
            let roof = random.float(-0.1...0.55)
            let (columnWidth, storeyHeight) = (random.float(0.14...0.24), random.float(0.18...0.3))
            let xs: ClosedRange<Float> = part == 0 ? 0...corner : corner...1
            canvas.transform { p, behind in
                guard xs.contains(p.x), p.y > roof else { return behind }
                let u = ((p.x - xs.lowerBound) / columnWidth).truncatingRemainder(dividingBy: 1)
                let v = ((p.y - roof) / storeyHeight).truncatingRemainder(dividingBy: 1)
                let isWindow = (0.28...0.76).contains(u) && (0.25...0.75).contains(v) && p.y - roof > 0.06
                return isWindow ? window : front
            }
        }
        canvas.blur(sigma: random.float(0.3...0.8) * Float(canvas.shortSide) / 32)
    }

    /// Large soft patches of two muted colours, far out of focus.
    private static func paintDistance(_ canvas: inout Canvas, _ random: inout CounterGenerator) {
        let muted = [color(0x8FA3AD), color(0xA7A08F), color(0x6F7F6A), color(0xBFC7C9), color(0x5E6A74), color(0xC2AE96)]
        let (first, second) = (random.tint(random.pick(muted), by: 0.06), random.tint(random.pick(muted), by: 0.06))
        let noise = ValueNoise(cells: 2, &random)
        canvas.transform { p, _ in mix(first, second, smoothStep(0.2, 0.8, noise[p])) }
    }

    /// Turns a day scene into night and puts a few lamps out of focus into it.
    private static func darken(_ canvas: inout Canvas, _ random: inout CounterGenerator) {
        let ambient = random.tint(color(0x0B1226), by: 0.02)
        let share = random.float(0.06...0.16)
        canvas.transform { _, day in ambient + day * share }
        for _ in 0..<random.nextIndex(below: 5) {
            let lamp = random.tint(random.pick([color(0xFFC870), color(0xFFE9C0), color(0xFF5A40), color(0x9CC8FF)]), by: 0.04)
            let center = Point(random.float(0...1), random.float(0...1))
            let radius = random.float(0.03...0.11)
            let strength = random.float(0.35...0.9)
            canvas.transform { p, dark in
                let d = length(p - center) / radius
                return dark + lamp * (strength * (smoothStep(1.15, 0.85, d) * 0.75 + 0.25 * expf(-d)))
            }
        }
    }
}
