/// `report.html`: one file without external resources, for one run or several side by side.
package enum ReportPage {
    /// The whole page, UTF-8. Well-formed as XML too, so that any parser can check it.
    package static func html(for runs: [ReportInput]) -> String {
        let title = runs.count == 1 ? runs[0].title : "Comparison of \(runs.count) runs"
        var body = ""
        if runs.count > 1 { body += ComparisonSection(runs: runs).html() }
        for (index, run) in runs.enumerated() {
            body += RunSection(run: run, prefix: runs.count > 1 ? "run\(index + 1)-" : "").html()
        }
        let hasRounds = runs.contains { $0.steps.isEmpty }
        let script = body.contains("<label class=\"slider\"") ? "<script>\(ReportScript.text)</script>\n" : ""
        let footer = """
            <footer>Energy and time on the devices are modelled from measured FLOPs; see docs/equations.md. Hover over any mark for
            its story, click it for the line of devices.jsonl behind it.</footer>
            """
        return """
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title>\(HTMLText.escape(title)) · GreenDiffusion</title>
            <style>\(ReportStyle.sheet)</style>
            </head>
            <body>
            <main>
            \(body)\(hasRounds ? footer : "")
            </main>
            \(script)</body>
            </html>

            """
    }
}
