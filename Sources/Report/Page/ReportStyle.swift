/// The page's style sheet: light and dark, wide and narrow, colours that colour-blind readers tell apart (Okabe and Ito).
enum ReportStyle {
    static let sheet = """

        :root { --page: #f6f7f5; --card: #ffffff; --ink: #1d2421; --soft: #5d6863; --line: #dfe4e1; --accent: #0b7a55;
          --compute: #0072b2; --radio: #e08a00; --s0: #0b7a55; --s1: #c2488f; --s2: #56799b; --s3: #d55e00; --s4: #7a5cc0; --s5: #8a7a00;
          --failed: #c9cdca; --own: #e9f5ef; }
        @media screen and (prefers-color-scheme: dark) {
          :root { --page: #121614; --card: #1b211e; --ink: #e7ece9; --soft: #9da8a3; --line: #323b37; --accent: #4cc79a;
            --compute: #4aa8e0; --radio: #f0b040; --s0: #4cc79a; --s1: #e58cc0; --s2: #8fb4d6; --s3: #f08a4b; --s4: #b39df0; --s5: #d0c04a;
            --failed: #4a524e; --own: #1f3329; }
        }
        * { box-sizing: border-box; } [hidden] { display: none !important; }
        html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 48px; }
        h1 { font-size: 2rem; line-height: 1.2; margin: 0; letter-spacing: -0.01em; overflow-wrap: anywhere; }
        h2 { font-size: 1.25rem; margin: 40px 0 8px; } h3 { font-size: 1.05rem; margin: 24px 0 6px; }
        header { margin-bottom: 16px; } section + header { margin-top: 56px; padding-top: 32px; border-top: 2px solid var(--line); }
        .scroll + .charts { margin-top: 14px; }
        p { margin: 0 0 12px; color: var(--soft); max-width: 75ch; }
        a { color: var(--accent); }
        a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        .subtitle { font-size: 1.05rem; margin-top: 6px; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0 0; }
        .tiles div, .card, .scroll, pre, .samples figure, .films figure { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
        .tiles div { padding: 12px 16px; }
        dt { color: var(--soft); font-size: 0.85rem; }
        dd { margin: 0; font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.3; }
        dd small { display: block; font-size: 0.8rem; font-weight: 400; color: var(--soft); }
        .samples { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 14px; }
        .samples figure { margin: 0; padding: 10px; }
        .samples img { display: block; width: 100%; height: auto; border-radius: 4px; image-rendering: pixelated; }
        .timeline figure { max-width: 560px; }
        .samples.small { grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); }
        .samples figcaption, .films figcaption { padding: 8px 4px 0; color: var(--soft); font-size: 0.9rem; overflow-wrap: anywhere; }
        .samples b, .films b { color: var(--ink); font-weight: 600; }
        .films { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 500px), 1fr)); gap: 14px; } .films figure { margin: 0; padding: 10px; }
        .films img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 4px; }
        .slider { display: flex; align-items: center; gap: 14px; margin: 0 0 14px; padding: 8px 0; position: sticky; top: 0; z-index: 1;
          background: var(--page); }
        .slider span { min-width: 7.5em; font-variant-numeric: tabular-nums; }
        .slider input { flex: 1; max-width: 460px; min-width: 0; height: 28px; accent-color: var(--accent); }
        .slider input:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        .scroll { overflow-x: auto; }
        .tall { max-height: 460px; overflow-y: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: 9px 14px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
        tr:last-child > * { border-bottom: 0; }
        thead th { color: var(--soft); font-weight: 550; font-size: 0.85rem; }
        th:first-child, .fields td { text-align: left; }
        .data th:first-child { text-align: right; }
        .schemes th:first-child { position: sticky; left: 0; background: inherit; }
        .schemes th, .schemes td { padding: 9px 8px; } .schemes thead th { white-space: normal; vertical-align: bottom; }
        .schemes th.wide, .schemes td.wide { min-width: 150px; }
        .schemes tr { background: var(--card); } .schemes tr.own { background: var(--own); }
        .schemes em { font-style: normal; font-size: 0.75rem; color: var(--accent); border: 1px solid var(--accent); border-radius: 99px;
          padding: 1px 7px; margin-left: 6px; font-weight: 500; }
        th.wide, td.wide { min-width: 210px; text-align: left; }
        td small { color: var(--soft); }
        .split { display: flex; height: 11px; border-radius: 3px; overflow: hidden; }
        .split .compute, .key.compute { background: var(--compute); }
        .split .radio, .key.radio { background: var(--radio); }
        .data { font-size: 0.85rem; }
        .data th, .data td { padding: 5px 9px; }
        .data thead th { position: sticky; top: 0; background: var(--card); box-shadow: 0 1px 0 var(--line); }
        .data td:first-child { color: var(--soft); }
        tr:target { background: var(--own); outline: 2px solid var(--accent); outline-offset: -2px; }
        tr[id] { scroll-margin-top: 48px; }
        .fields { width: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; border-collapse: separate;
          border-spacing: 0; }
        .fields td { white-space: normal; }
        .fields th { color: var(--soft); font-weight: 500; }
        pre { padding: 14px 16px; overflow-x: auto; font-size: 0.85rem; line-height: 1.45; margin: 0; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr)); gap: 14px; }
        .charts.three { grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); }
        .three svg text { font-size: 13px; }
        .charts + .charts { margin-top: 14px; }
        .keys { margin: 0 0 12px; font-size: 0.95rem; } .keys .legend { font-size: inherit; color: var(--ink); }
        .below { margin: 8px 0 0; font-size: 0.9rem; }
        .card { margin: 0; padding: 14px 16px 10px; min-width: 0; }
        .card.wide { margin-top: 14px; overflow-x: auto; }
        .card.wide svg { min-width: 620px; }
        .card figcaption { display: flex; flex-wrap: wrap; gap: 4px 14px; justify-content: space-between; font-size: 0.95rem; margin-bottom: 6px; }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; color: var(--soft); font-size: 0.85rem; }
        .key { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 5px; vertical-align: -1px; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font-family: inherit; fill: var(--soft); }
        .tick { font-size: 11px; } .axis { font-size: 11px; }
        .grid { stroke: var(--line); stroke-width: 1; }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .whisker { stroke-width: 1.2; opacity: 0.7; } path.dashed { stroke-dasharray: 6 4; } path.dotted { stroke-dasharray: 2 3; }
        .key.dashed { height: 5px; border-radius: 0; vertical-align: 2px; } .key.dotted { border-radius: 50%; }
        rect.compute { fill: var(--compute); } rect.radio { fill: var(--radio); }
        .bar:hover, .cell:hover { opacity: 0.75; } .dot:hover { r: 5px; }
        .dot { stroke: transparent; stroke-width: 9; }
        .celltext { font-size: 11px; pointer-events: none; font-variant-numeric: tabular-nums; }
        \(seriesRules)
        \(heatRules)
        .cell.failed { fill: var(--failed); } .key.failed { background: var(--failed); }
        footer { margin-top: 40px; color: var(--soft); font-size: 0.85rem; }
        @media (max-width: 560px) { main { padding: 20px 12px 36px; } h1 { font-size: 1.6rem; } th, td { padding: 8px 9px; }
          .schemes { font-size: 0.85rem; } .schemes em { display: block; width: max-content; margin: 2px 0 0; }
          .samples { grid-template-columns: 1fr; } .samples.beside { grid-template-columns: 1fr 1fr; gap: 8px; }
          .beside figure { padding: 6px; } .charts svg .tick, .charts svg .axis { font-size: 14px; } dd { font-size: 1.25rem; } .tiles { grid-template-columns: 1fr 1fr; } }
        @media print {
          @page { margin: 14mm; }
          body { background: #fff; font-size: 10.5pt; } main { padding: 0; max-width: none; } .slider, .lines { display: none; }
          .key, .split span { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          .tall { max-height: none; } .scroll { overflow: visible; } table, .schemes, .data { font-size: 7pt; } pre { white-space: pre-wrap; }
          th, td { padding: 3px 4px; white-space: normal; } th.wide, td.wide { min-width: 130px; }
          .charts { grid-template-columns: 1fr 1fr; } .charts.three { grid-template-columns: 1fr 1fr 1fr; }
          .samples { grid-template-columns: repeat(3, 1fr); } .samples.small { grid-template-columns: repeat(4, 1fr); }
          .films { grid-template-columns: 1fr 1fr; } .card.wide svg { min-width: 0; }
          figure, tr, p, .tiles div { break-inside: avoid; } h2, h3, h2 + p, h3 + p { break-after: avoid; }
          section + header { break-before: page; margin: 0; padding: 0; border: 0; }
        }

        """

    private static let seriesRules = (0..<6).map {
        "path.series-\($0) { stroke: var(--s\($0)); } circle.series-\($0), rect.series-\($0) { fill: var(--s\($0)); } "
            + ".key.series-\($0) { background: var(--s\($0)); }"
    }.joined(separator: "\n")

    /// Light for few bits, dark for many (cividis-like, told apart in grey too), with readable digits on each.
    private static let heatRules = [
        (2, "#fbe9a0", "#222"), (3, "#ead97c", "#222"), (4, "#c3c878", "#222"), (5, "#97b37d", "#222"), (6, "#6a9a87", "#111"),
        (7, "#3f7a8c", "#fff"), (8, "#27567f", "#fff"), (32, "#23204f", "#fff"),
    ].map { bits, fill, ink in
        ".cell.bits-\(bits) { fill: \(fill); } .key.bits-\(bits) { background: \(fill); } svg .celltext.bits-\(bits) { fill: \(ink); }"
    }.joined(separator: "\n")
}
