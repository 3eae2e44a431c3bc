// Sends a panel's queries to Prometheus, and converts the results to Grafana's data frames as Grafana's own
// data source does.
import { FieldType, toDataFrame } from '@grafana/data';

export async function framesOf(panel, view) {
  const answers = await Promise.all(panel.targets.map(target => ask(target, view)));
  return answers.flatMap((series, i) => {
    const target = panel.targets[i];
    return target.format === 'table'
      ? [tableOf(series, target.refId, panel.targets.length > 1 ? `Value #${target.refId}` : 'Value')]
      : series.map(each => seriesOf(each, target));
  });
}

// Replaces variables in a query; view.variables contains the selected values.
function interpolate(text, view) {
  const values = { job: '.+', instance: '.+', site: '.*', network: '.+', ...view.variables,
    __range: `${view.to - view.from}s`,
    __rate_interval: `${Math.max(4 * view.scrapeInterval, view.step + view.scrapeInterval)}s` };
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced, bare) => values[braced ?? bare] ?? all);
}

// The values of hidden variables that queries use as a regular expression. One may use those before it.
export async function hiddenVariables(dashboard, view) {
  const values = {};
  for (const { name, hide, multi, query, regex } of dashboard.templating.list) {
    if (hide !== 2 || !multi) continue;
    const expr = /^query_result\((.+)\)$/s.exec(query.query)[1];
    const series = await ask({ expr, instant: true },
                             { ...view, variables: { ...view.variables, ...values } });
    const label = /(\w+)="/.exec(regex)[1];
    values[name] = series.map(({ metric }) => metric[label]).join('|');
  }
  return values;
}

export async function ask(target, view) {
  const expr = interpolate(target.expr, view);
  const parameters = target.instant
    ? { query: expr, time: view.to }
    : { query: expr, start: view.from, end: view.to, step: view.step };
  const path = target.instant ? 'query' : 'query_range';
  const answer = await fetch(`${view.prometheus}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const { status, error, data } = await answer.json();
  if (status !== 'success') throw new Error(`${expr}: ${error}`);
  return data.result;
}

function seriesOf({ metric, values, value }, target) {
  const points = values ?? [value];
  const name = target.legendFormat
    ? target.legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => metric[label] ?? '')
    : JSON.stringify(metric);
  return toDataFrame({
    refId: target.refId, name,
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: points.map(([time]) => time * 1000) },
      { name: 'Value', type: FieldType.number, labels: metric, config: { displayNameFromDS: name },
        values: points.map(([, number]) => Number(number)) }],
  });
}

function tableOf(series, refId, valueName) {
  const labels = [...new Set(series.flatMap(each => Object.keys(each.metric)))];
  return toDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: series.map(each => each.value[0] * 1000) },
      ...labels.map(label => ({ name: label, type: FieldType.string,
        values: series.map(each => each.metric[label] ?? '') })),
      { name: valueName, type: FieldType.number, values: series.map(each => Number(each.value[1])) }],
  });
}
