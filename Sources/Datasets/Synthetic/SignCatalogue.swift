/// The classes of synthetic sign, in label order.
enum SignCatalogue {
    static let designs: [SignDesign] = speedLimits + prohibitions + warnings + priorities + mandatory + information

    private static func ring(_ name: String, _ face: [SignDesign.Layer], field: SignDesign.Paint = .white) -> SignDesign {
        SignDesign(
            name: name, outline: Outlines.disc, layers: [.inset(0, .white), .inset(0.05, .red), .inset(0.25, field)] + face)
    }

    private static func warning(_ name: String, _ face: SignDesign.Layer...) -> SignDesign {
        SignDesign(
            name: name, outline: Outlines.triangle,
            layers: [.inset(0, .white), .inset(0.04, .red), .inset(0.22, .white)] + face)
    }

    private static func warning(_ name: String, _ shape: Shape, scale: Float = 0.44) -> SignDesign {
        warning(name, .drawing(shape, .black, scale: scale, at: Point(0, 0.26), margin: 0.22))
    }

    private static func command(_ name: String, _ shape: Shape, scale: Float = 0.68) -> SignDesign {
        SignDesign(
            name: name, outline: Outlines.disc,
            layers: [.inset(0, .white), .inset(0.06, .blue), .drawing(shape, .white, scale: scale)])
    }

    private static func square(_ name: String, _ face: SignDesign.Layer...) -> SignDesign {
        SignDesign(name: name, outline: Outlines.square, layers: [.inset(0, .white), .inset(0.07, .blue)] + face)
    }

    private static let speedLimits = [20, 30, 50, 60, 70, 80, 100, 120].map { limit in
        let text = Glyphs.text("\(limit)", height: limit < 100 ? 0.84 : 0.74, narrowing: limit < 100 ? 0.94 : 0.7)
        return ring("limit \(limit)", [.drawing(text, .black, scale: 1)])
    }

    private static let prohibitions = [
        ring(
            "no overtaking",
            [
                .drawing(Pictograms.car, .red, scale: 0.34, at: Point(-0.33, 0)),
                .drawing(Pictograms.car, .black, scale: 0.34, at: Point(0.35, 0)),
            ]),
        ring("no vehicles", []),
        ring("no trucks", [.drawing(Pictograms.truck, .black, scale: 0.56)]),
        ring("no bicycles", [.drawing(Pictograms.bicycle, .black, scale: 0.58)]),
        ring(
            "no right turn",
            [
                .drawing(Pictograms.arrowTurnRight, .black, scale: 0.5),
                .drawing(Pictograms.slash.mirrored, .red, scale: 0.75, margin: 0.2),
            ]),
        ring(
            "no left turn",
            [
                .drawing(Pictograms.arrowTurnRight.mirrored, .black, scale: 0.5),
                .drawing(Pictograms.slash, .red, scale: 0.75, margin: 0.2),
            ]),
        ring("no parking", [.drawing(Pictograms.slash.mirrored, .red, scale: 0.85, margin: 0.2)], field: .blue),
        ring("no stopping", [.drawing(Pictograms.cross, .red, scale: 0.85, margin: 0.2)], field: .blue),
        SignDesign(
            name: "no entry", outline: Outlines.disc,
            layers: [.inset(0, .white), .inset(0.05, .red), .drawing(Pictograms.bar, .white, scale: 1)]),
        SignDesign(
            name: "end of limits", outline: Outlines.disc,
            layers: [.inset(0, .black), .inset(0.05, .white), .drawing(Pictograms.endStripes, .black, scale: 0.72)]),
    ]

    private static let warnings = [
        warning("danger", Pictograms.exclamation, scale: 0.52),
        warning("curve right", Pictograms.curveRight),
        warning("curve left", Pictograms.curveRight.mirrored),
        warning("double bend", Pictograms.doubleBend, scale: 0.46),
        warning("junction", Pictograms.junctionPriority, scale: 0.48),
        warning("narrow road", Pictograms.narrowing),
        warning("bumps", Pictograms.bumps, scale: 0.5),
        warning("ice", Pictograms.snowflake, scale: 0.42),
        warning("pedestrians", Pictograms.pedestrian, scale: 0.48),
        warning("children", Pictograms.children, scale: 0.48),
        warning("bicycles", Pictograms.bicycle, scale: 0.46),
        warning("roadworks", Pictograms.workman, scale: 0.46),
        warning(
            "traffic lights",
            .drawing(Pictograms.lamp, .red, scale: 0.62, at: Point(0, -0.12)),
            .drawing(Pictograms.lamp, .yellow, scale: 0.62, at: Point(0, 0.24)),
            .drawing(Pictograms.lamp, .green, scale: 0.62, at: Point(0, 0.6))),
    ]

    private static let priorities = [
        SignDesign(
            name: "yield", outline: Outlines.yield, layers: [.inset(0, .white), .inset(0.04, .red), .inset(0.28, .white)]),
        SignDesign(
            name: "stop", outline: Outlines.octagon,
            layers: [
                .inset(0, .white), .inset(0.07, .red),
                .drawing(Glyphs.text("STOP", height: 0.66, narrowing: 0.92), .white, scale: 1),
            ]),
        SignDesign(
            name: "priority road", outline: Outlines.diamond,
            layers: [.inset(0, .black), .inset(0.04, .white), .inset(0.3, .yellow)]),
        SignDesign(
            name: "end of priority", outline: Outlines.diamond,
            layers: [
                .inset(0, .black), .inset(0.04, .white), .inset(0.3, .yellow),
                .drawing(Pictograms.endStripes, .black, scale: 0.62),
            ]),
    ]

    private static let mandatory = [
        command("ahead", Pictograms.arrowAhead),
        command("right", Pictograms.arrowRight),
        command("left", Pictograms.arrowRight.mirrored),
        command("turn right", Pictograms.arrowTurnRight),
        command("turn left", Pictograms.arrowTurnRight.mirrored),
        command("ahead or right", Pictograms.arrowAheadOrRight),
        command("ahead or left", Pictograms.arrowAheadOrRight.mirrored),
        command("keep right", Pictograms.arrowDiagonal),
        command("keep left", Pictograms.arrowDiagonal.mirrored),
        command("roundabout", Pictograms.roundabout, scale: 0.72),
        command("cycle path", Pictograms.bicycle),
        command("footpath", Pictograms.pedestrian),
    ]

    private static let information = [
        square("parking", .drawing(Glyphs.text("P", height: 1.3), .white, scale: 1)),
        square("hospital", .drawing(Glyphs.text("H", height: 1.2), .white, scale: 1)),
        square("information", .drawing(Glyphs.text("i", height: 1.3), .white, scale: 1)),
        square("one way", .drawing(Pictograms.arrowAhead, .white, scale: 0.7)),
        square(
            "crossing", .drawing(.polygon((0, -0.95), (0.95, 0.75), (-0.95, 0.75)), .white, scale: 0.72),
            .drawing(Pictograms.pedestrian, .black, scale: 0.42, at: Point(0, 0.14))),
        square("living street", .drawing(Pictograms.house, .white, scale: 0.75)),
    ]
}
