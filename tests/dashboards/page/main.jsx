// Draws one dashboard. The URL selects the dashboard, the data and the time range:
// ?dashboard=FILE&prometheus=URL&from=UNIX&to=UNIX&step=SECONDS&scrapeInterval=SECONDS&theme=dark&network=NAME
import { createTheme, dateTime, ThemeContext } from '@grafana/data';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { marksOf } from './marks.js';
import { Panel } from './panel.jsx';
import { hiddenVariables } from './prometheus.js';

const COLUMNS = 24, ROW = 30, GAP = 8, ROW_OF_GRAFANA = ROW + GAP;

function viewOf(address) {
  const number = name => Number(address.get(name));
  const from = number('from'), to = number('to');
  return { prometheus: address.get('prometheus'), from, to, step: number('step'),
    scrapeInterval: number('scrapeInterval'),
    variables: address.has('network') ? { network: address.get('network') } : {},
    range: { from: dateTime(from * 1000), to: dateTime(to * 1000), raw: { from: 'now-1h', to: 'now' } } };
}

function Dashboard({ dashboard, view, marks, theme }) {
  const column = (document.documentElement.clientWidth - GAP) / COLUMNS;
  const rows = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const title = [dashboard.title, view.variables.network].filter(Boolean).join(' / ');
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div style={{ background: theme.colors.background.canvas, color: theme.colors.text.primary,
        fontFamily: theme.typography.fontFamily, padding: `${GAP}px 0` }}>
        <h4 style={{ margin: `0 ${GAP}px ${GAP}px` }}>{title}</h4>
        <div style={{ position: 'relative', height: rows * ROW_OF_GRAFANA }}>
          {dashboard.panels.map(panel => {
            const { x, y, w, h } = panel.gridPos;
            const place = { position: 'absolute', left: GAP + x * column, top: y * ROW_OF_GRAFANA };
            return <div key={panel.id} style={place}>
              {panel.type === 'row'
                ? <h6 style={{ margin: '8px 0' }}>{panel.collapsed ? '▸ ' : ''}{panel.title}</h6>
                : <Panel {...{ panel, view, marks, theme }} width={w * column - GAP}
                    height={h * ROW_OF_GRAFANA - GAP} />}
            </div>;
          })}
        </div>
      </div>
      <PortalContainer />
    </ThemeContext.Provider>);
}

const address = new URLSearchParams(location.search);
const view = viewOf(address);
const theme = createTheme({ colors: { mode: address.get('theme') } });
const dashboard = await (await fetch(address.get('dashboard'))).json();
Object.assign(view.variables, await hiddenVariables(dashboard, view));
const marks = await marksOf(dashboard, view, theme);
createRoot(document.getElementById('root')).render(<Dashboard {...{ dashboard, view, marks, theme }} />);
