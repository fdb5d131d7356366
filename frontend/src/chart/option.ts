export type ChartKind = "bar" | "hbar" | "stacked" | "line" | "pie";

/** One shape for the picture and its table; null is a suppressed value and leaves a gap. */
export interface ChartData {
  kind: ChartKind;
  category_label: string;
  unit?: string;
  series: string[];
  rows: [string, ...(number | string | null)[]][];
}

// Distinguishable without colour vision: they differ in lightness, darkest first.
const COLOURS = ["#1d4ed8", "#93b4f5", "#0f766e", "#d9a441", "#6b7280", "#b91c1c"];
const TEXT = { fontFamily: "PingFang SC, Microsoft YaHei, Noto Sans SC, sans-serif", color: "#374151", fontSize: 13 };

function numberOrGap(value: number | string | null | undefined): number | null {
  if (value === null || value === undefined || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function pie(data: ChartData): Record<string, unknown> {
  const slices = data.rows.map(([name, value]) => ({ name, value: numberOrGap(value) ?? 0 }));
  return {
    series: [{ type: "pie", radius: ["45%", "72%"], data: slices, label: { ...TEXT, formatter: "{b} {c}" }, itemStyle: { borderColor: "#fff", borderWidth: 2 } }],
  };
}

/** Values along one axis, categories along the other. */
function axes(data: ChartData, width: number): Record<string, unknown> {
  const horizontal = data.kind === "hbar";
  const categories = data.rows.map((row) => row[0]);
  const category = {
    type: "category", data: categories, inverse: horizontal, axisTick: { show: false }, axisLine: { lineStyle: { color: "#9ca3af" } },
    axisLabel: { ...TEXT, interval: horizontal ? 0 : "auto", width: horizontal ? Math.min(160, width / 3) : undefined, overflow: "truncate" },
  };
  const value = { type: "value", name: data.unit, nameTextStyle: TEXT, axisLabel: TEXT, splitLine: { lineStyle: { color: "#e5e7eb" } }, minInterval: 1 };
  return {
    grid: { left: 8, right: 24, top: data.series.length > 1 ? 40 : 28, bottom: 4, containLabel: true },
    xAxis: horizontal ? value : category,
    yAxis: horizontal ? category : value,
    series: data.series.map((name, index) => ({
      name,
      type: data.kind === "line" ? "line" : "bar",
      stack: data.kind === "stacked" ? "all" : undefined,
      barMaxWidth: 34,
      symbolSize: 7,
      label: { show: data.kind !== "stacked" && data.rows.length * data.series.length <= 24, position: horizontal ? "right" : "top", ...TEXT },
      data: data.rows.map((row) => numberOrGap(row[index + 1])),
    })),
  };
}

/** The library's option for one figure; `width` in CSS pixels decides what fits. */
export function chartOption(data: ChartData, width: number): Record<string, unknown> {
  return {
    color: COLOURS,
    textStyle: TEXT,
    animation: false,
    legend: data.series.length > 1 ? { top: 0, left: 0, textStyle: TEXT, itemWidth: 14, itemHeight: 10 } : { show: false },
    // Rich text is drawn on the canvas: an HTML tooltip would need inline styles, which our content policy refuses.
    tooltip: { trigger: data.kind === "pie" ? "item" : "axis", renderMode: "richText", textStyle: TEXT },
    ...(data.kind === "pie" ? pie(data) : axes(data, width)),
  };
}
