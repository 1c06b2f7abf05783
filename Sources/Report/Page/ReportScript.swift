/// What makes sliders move. The page is read as XML, too: the text has neither `<` nor `&`.
enum ReportScript {
    static let text = """

        for (const part of document.querySelectorAll(".timeline")) {
          const label = part.querySelector("label");
          if (!label) continue;
          const stops = part.dataset.stops.split(" ").map(Number);
          const slider = label.querySelector("input");
          const show = () => {
            const stop = stops[slider.value];
            label.querySelector("output").textContent = stop;
            slider.setAttribute("aria-valuetext", part.dataset.unit + " " + stop);
            for (const figure of part.querySelectorAll("figure")) {
              const frames = [...figure.querySelectorAll("img")];
              const shown = frames.filter((frame) => stop >= Number(frame.dataset.number)).pop();
              for (const frame of frames) frame.hidden = frame !== shown;
              figure.querySelector("span").textContent = shown ? shown.dataset.caption : "none yet";
            }
          };
          slider.addEventListener("input", show);
          label.hidden = false;
          show();
        }

        """
}
