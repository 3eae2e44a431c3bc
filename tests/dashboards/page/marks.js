// Annotations: their times, and a uPlot plugin that draws them as Grafana does, as dashed lines from top to
// bottom. Grafana does not publish its code for this.
import { ask } from './prometheus.js';

export async function marksOf(dashboard, view, theme) {
  const marks = await Promise.all(dashboard.annotations.list.filter(each => each.enable).map(async annotation => {
    const series = await ask({ expr: annotation.expr }, view);
    const color = theme.visualization.getColorByName(annotation.iconColor);
    return series.flatMap(({ values }) => timesOf(values, annotation, view)).map(time => ({ time, color }));
  }));
  return marks.flat().filter(({ time }) => time >= view.from && time <= view.to);
}

// The times in the values, or the times at which samples begin after a gap.
function timesOf(values, { useValueForTime }, view) {
  if (useValueForTime) return [...new Set(values.map(([, value]) => Number(value) / 1000))];
  return values.map(([time]) => time).filter((time, i, all) => time - (all[i - 1] ?? 0) > view.step);
}

export function drawMarks(config, marks) {
  config.addHook('draw', plot => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.setLineDash([4, 4]);
    for (const { time, color } of marks) {
      const x = plot.valToPos(time * 1000, 'x', true);
      ctx.strokeStyle = color;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  });
  return null;
}
