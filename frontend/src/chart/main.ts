import { BarChart, LineChart, PieChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { chartOption, type ChartData } from "./option.ts";

use([BarChart, LineChart, PieChart, GridComponent, TooltipComponent, LegendComponent, CanvasRenderer]);

/** Draws one figure from its JSON; the canvas follows the width of the page. */
window.choukaoChart = (element) => {
  const source = document.getElementById(element.dataset.chart ?? "");
  if (!source?.textContent) return;
  const data = JSON.parse(source.textContent) as ChartData;
  const chart = init(element, null, { renderer: "canvas" });
  chart.setOption(chartOption(data, element.clientWidth));
  window.addEventListener("resize", () => {
    chart.resize();
    chart.setOption(chartOption(data, element.clientWidth), true);
  });
};
