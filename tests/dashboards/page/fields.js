// Field configuration: Grafana's own code applies it after the properties are registered. A Grafana server
// registers them with editors; here only their names matter.
import { applyFieldOverrides, cacheFieldDisplayNames, FieldConfigOptionsRegistry, getValueFormats,
  standardEditorsRegistry, standardFieldConfigEditorRegistry, standardTransformers, standardTransformersRegistry,
  transformDataFrame } from '@grafana/data';
import { lastValueFrom } from 'rxjs';

const STANDARD = ['displayName', 'unit', 'min', 'max', 'decimals', 'thresholds', 'mappings', 'links',
  'noValue', 'color'];

// The defaults of a Grafana server's time series panel.
const TIME_SERIES = { axisPlacement: 'auto', gradientMode: 'none', lineInterpolation: 'linear',
  pointSize: 5, barAlignment: 0, barWidthFactor: 0.6, hideFrom: { viz: false, legend: false, tooltip: false },
  scaleDistribution: { type: 'linear' }, stacking: { mode: 'none', group: 'A' } };

const property = (id, path = id, isCustom = false) => ({ id, path, isCustom, name: id, description: '',
  editor: () => null, override: () => null, process: value => value, shouldApply: () => true, settings: {} });

standardFieldConfigEditorRegistry.setInit(() => STANDARD.map(id => property(id)));
standardEditorsRegistry.setInit(() => []);
standardTransformersRegistry.setInit(() => [standardTransformers.mergeTransformer,
  standardTransformers.organizeFieldsTransformer].map(each => ({ id: each.id, name: each.name,
  transformation: () => each })));

const UNITS = new Set(getValueFormats().flatMap(({ submenu }) => submenu.map(({ value }) => value)));

function refuseUnknownUnits({ defaults, overrides }) {
  const properties = overrides.flatMap(each => each.properties);
  const units = [defaults.unit, ...properties.filter(({ id }) => id === 'unit').map(({ value }) => value)];
  const unknown = units.find(unit => unit !== undefined && !UNITS.has(unit));
  if (unknown) throw new Error(`Grafana has no unit ${unknown}`);
}

export async function configured(panel, frames, theme) {
  const { defaults, overrides } = panel.fieldConfig;
  refuseUnknownUnits(panel.fieldConfig);
  const custom = panel.type === 'timeseries' ? { ...TIME_SERIES, ...defaults.custom } : defaults.custom ?? {};
  const overridden = overrides.flatMap(each => each.properties.map(({ id }) => id))
    .filter(id => id.startsWith('custom.')).map(id => id.slice('custom.'.length));
  const registry = new FieldConfigOptionsRegistry(() => [
    ...STANDARD.map(id => property(id)),
    ...[...new Set([...Object.keys(custom), ...overridden])].map(id => property(`custom.${id}`, id, true))]);
  const data = await lastValueFrom(transformDataFrame(panel.transformations, frames));
  const shown = applyFieldOverrides({ data, theme, timeZone: 'utc', fieldConfigRegistry: registry,
    replaceVariables: text => text, fieldConfig: { overrides, defaults: { ...defaults, custom,
      thresholds: { ...defaults.thresholds, steps: defaults.thresholds.steps.map(
        step => ({ ...step, value: step.value ?? -Infinity })) } } } });
  cacheFieldDisplayNames(shown);
  return shown;
}
