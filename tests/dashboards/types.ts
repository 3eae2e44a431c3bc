// Grafana's types, adapted to the JSON of a dashboard.
import type { Dashboard, DataQuery } from '@grafana/schema';
import type { Options as BarGauge } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { FieldConfig as StateTimelineFields, Options as StateTimeline } from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type { FieldConfig as TableFields, Options as Table } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { FieldConfig as TimeSeriesFields, Options as TimeSeries } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// JSON contains the values of enums, not their names.
type Json<T> = T extends string ? `${T}`
  : T extends number | boolean | null | undefined ? T
  : T extends readonly (infer U)[] ? Json<U>[]
  : T extends object ? { [K in keyof T]: Json<T[K]> }
  : T;

export type DashboardJson = Json<Dashboard>;

// Properties that the Prometheus data source adds to a query and to an annotation; Grafana does not publish
// these types.
export type TargetJson = Json<DataQuery> & {
  expr: string;
  legendFormat: string;
  format: 'time_series' | 'table' | 'heatmap';
  instant: boolean;
  range: boolean;
  editorMode: 'code' | 'builder';
};
export type MarkJson = { expr: string; titleFormat: string; useValueForTime: boolean; step: string };

// The parts that depend on the panel's type: its options, and its custom field settings.
type Of<Options, Custom = never> = { options: Json<Partial<Options>>; custom?: Json<Partial<Custom>> };
export type PanelJson = {
  bargauge: Of<BarGauge>;
  stat: Of<Stat>;
  'state-timeline': Of<StateTimeline, StateTimelineFields>;
  table: Of<Table, TableFields>;
  timeseries: Of<TimeSeries, TimeSeriesFields>;
};
