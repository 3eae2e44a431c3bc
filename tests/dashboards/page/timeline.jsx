// The state timeline: merged states with their words, colored by Grafana's display processor. Grafana does
// not publish its own component.
import { dateTimeFormat } from '@grafana/data';

export function StateTimeline({ frames, width, height, view, marks, theme }) {
  const axis = 18;
  const nameWidth = Math.min(0.4 * width, 12 + 7 * Math.max(...frames.map(each => each.name.length)));
  const rowHeight = (height - axis) / frames.length;
  const scale = (width - nameWidth) / (view.to - view.from);
  const x = time => nameWidth + (time - view.from) * scale;
  const ticks = [0, 1, 2, 3, 4, 5].map(i => view.from + i * (view.to - view.from) / 6);
  const text = { position: 'absolute', overflow: 'hidden', whiteSpace: 'nowrap', textOverflow: 'ellipsis',
    fontSize: 12 };
  return (
    <div style={{ position: 'relative', width, height }}>
      {frames.map((frame, row) => (
        <div key={row}>
          <div style={{ ...text, top: row * rowHeight, width: nameWidth - 8, lineHeight: `${rowHeight}px`,
            textAlign: 'right' }}>{frame.name}</div>
          {statesOf(frame, view).map(state => (
            <div key={state.from} style={{ ...text, left: x(state.from), top: row * rowHeight + 0.08 * rowHeight,
              width: Math.max(1, x(state.to) - x(state.from)), height: 0.84 * rowHeight,
              lineHeight: `${0.84 * rowHeight}px`, textAlign: 'center', background: state.color,
              color: theme.colors.getContrastText(state.color) }}>
              {(state.to - state.from) * scale > 7 * state.text.length ? state.text : ''}
            </div>))}
        </div>))}
      {marks.map(({ time, color }) => (
        <div key={time + color} style={{ position: 'absolute', left: x(time), top: 0, bottom: axis,
          borderLeft: `1px dashed ${color}` }} />))}
      {ticks.map(time => (
        <div key={time} style={{ ...text, left: x(time), bottom: 0, color: theme.colors.text.secondary }}>
          {dateTimeFormat(time * 1000, { format: 'HH:mm:ss', timeZone: 'utc' })}
        </div>))}
    </div>);
}

// Merges consecutive samples with the same state; a missing sample ends a state.
function statesOf(frame, view) {
  const [times, values] = frame.fields;
  const states = [];
  values.values.forEach((value, i) => {
    const from = times.values[i] / 1000;
    const { text, color } = values.display(value);
    const last = states.at(-1);
    if (last?.text === text && from - last.to <= view.step) last.to = from + view.step;
    else states.push({ from, to: from + view.step, text, color });
  });
  states.forEach(state => { state.to = Math.min(state.to, view.to); });
  return states;
}
