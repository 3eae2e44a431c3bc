"""The time range of a dashboard, the variables of the data source, and the step of each query."""

import time

_UNITS = {'m': 60, 'h': 3600, 'd': 86400}
_SCREEN = 1880  # pixels of 24 columns on a screen that is 1920 wide
# Grafana rounds a step: below each limit it is the second number, in seconds.
_ROUNDED = ((90, 60), (210, 120), (450, 300), (750, 600), (1050, 900), (1500, 1200), (2700, 1800),
            (5400, 3600), (9000, 7200), (16200, 10800), (32400, 21600), (86400, 43200))


class LastMinute:
    """For a Prometheus that was started just now and scrapes every second."""

    seconds, scrape_interval = 60, 2

    def __init__(self, _):
        pass

    @staticmethod
    def end():
        return int(time.time())

    def step(self, _):
        return self.scrape_interval


class AsGrafana:
    """The default time range of a dashboard until `end`, for a Prometheus that scrapes every minute, and the
    data source with `timeInterval: 1m`."""

    scrape_interval = 60

    def __init__(self, dashboard, end):
        self.seconds = _seconds(dashboard['time']['from'].removeprefix('now-'))
        self._end = end

    def end(self):
        return self._end

    def step(self, panel):
        """A panel has a point for each pixel, unless it has a limit; an annotation one each minute, unless it
        names its step."""
        if 'gridPos' not in panel:
            return _seconds(panel.get('step', '1m'))
        points = panel.get('maxDataPoints', panel['gridPos']['w'] * _SCREEN // 24)
        wanted = max(self.seconds / points, self.scrape_interval)
        return next(step for limit, step in _ROUNDED if wanted < limit)


def _seconds(text):
    return int(text[:-1]) * _UNITS[text[-1]]
