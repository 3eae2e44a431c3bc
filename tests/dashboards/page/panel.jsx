// One panel with its frame, drawn by Grafana's own components except for the state timeline.
import { getDisplayValueAlignmentFactors, getFieldDisplayValues, VizOrientation } from '@grafana/data';
import { BarGauge, BigValue, PanelChrome, TimeSeries } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { useEffect, useState } from 'react';
import { configured } from './fields.js';
import { drawMarks } from './marks.js';
import { framesOf } from './prometheus.js';
import { StateTimeline } from './timeline.jsx';

const BAR_GAP = 6;

export function Panel({ panel, view, marks, theme, width, height }) {
  const [frames, setFrames] = useState(null);
  const [error, setError] = useState('');
  useEffect(() => {
    framesOf(panel, view).then(raw => configured(panel, raw, theme)).then(setFrames)
      .catch(each => setError(String(each)));
  }, []);
  const state = error ? 'failed' : frames ? 'drawn' : 'waiting';
  return (
    <PanelChrome title={panel.title} description={panel.description} width={width} height={height}>
      {(innerWidth, innerHeight) => (
        <div data-panel={panel.title} data-state={state} style={{ width: innerWidth, height: innerHeight }}>
          {error || (frames && <Content {...{ panel, frames, view, marks, theme }} width={innerWidth}
            height={innerHeight} />)}
        </div>)}
    </PanelChrome>);
}

function Content({ panel, frames, view, marks, theme, width, height }) {
  const { options } = panel;
  if (frames.every(frame => frame.length === 0)) {
    const nothing = panel.fieldConfig.defaults.noValue ?? 'No data';
    return panel.type === 'stat'
      ? <BigValue value={{ text: nothing, numeric: NaN, color: theme.colors.text.secondary }} width={width}
          height={height} theme={theme} colorMode="value" graphMode="none" justifyMode="center" />
      : <div style={{ textAlign: 'center', lineHeight: `${height}px` }}>{nothing}</div>;
  }
  switch (panel.type) {
    case 'timeseries':
      return <TimeSeries frames={frames} width={width} height={height} timeRange={view.range} timeZone="utc"
        legend={options.legend} options={options}>{config => drawMarks(config, marks)}</TimeSeries>;
    case 'state-timeline':
      return <StateTimeline {...{ frames, width, height, view, marks, theme }} />;
    case 'table':
      return <TableNG data={frames[0]} width={width} height={height} timeRange={view.range}
        sortBy={options.sortBy} cellHeight={options.cellHeight} />;
    case 'stat':
      return <div style={{ display: 'flex' }}>
        {displayed(frames, options, theme).map((each, i, all) => (
          <BigValue key={i} value={each.display} width={width / all.length} height={height} theme={theme}
            colorMode={options.colorMode} graphMode={options.graphMode} justifyMode={options.justifyMode}
            textMode={options.textMode} />))}
      </div>;
    case 'bargauge':
      return displayed(frames, options, theme).map((each, i, all) => (
        <div key={i} style={{ marginBottom: BAR_GAP }}>
          <BarGauge value={each.display} field={each.field} width={width} theme={theme} text={options.text}
            alignmentFactors={getDisplayValueAlignmentFactors(all)} namePlacement={options.namePlacement}
            display={each.view.getFieldDisplayProcessor(each.colIndex)} itemSpacing={8} lcdCellWidth={12}
            height={Math.min(options.maxVizHeight, height / all.length) - BAR_GAP}
            orientation={VizOrientation.Horizontal} displayMode={options.displayMode}
            valueDisplayMode={options.valueMode} showUnfilled={options.showUnfilled} />
        </div>));
    default:
      throw new Error(`the page cannot draw ${panel.type}`);
  }
}

function displayed(frames, options, theme) {
  return getFieldDisplayValues({ data: frames, theme, timeZone: 'utc', reduceOptions: options.reduceOptions,
    fieldConfig: { defaults: {}, overrides: [] }, replaceVariables: text => text });
}
