"""A parser of the part of Prometheus' text format that cal_exporter writes."""

import re

_SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$')
_LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')
_ESCAPES = {r'\\': '\\', r'\"': '"', r'\n': '\n'}


class Exposition:
    """The samples of one page."""

    def __init__(self, text):
        self._samples = []
        for line in text.splitlines():
            if not line or line.startswith('#'):
                continue
            found = _SAMPLE.match(line)
            if found is None:
                raise ValueError(f'not a sample: {line!r}')
            labels = {name: re.sub(r'\\.', lambda escape: _ESCAPES[escape[0]], value)
                      for name, value in _LABEL.findall(found[2] or '')}
            self._samples.append((found[1], labels, float(found[3])))

    def samples(self, family, **labels):
        """(labels, value) of the samples in the family that have these labels."""
        return [(found, value) for name, found, value in self._samples
                if name == family and labels.items() <= found.items()]

    def value(self, family, **labels):
        """The sample's value, or None; several samples are an error in the test."""
        found = self.samples(family, **labels)
        if len(found) > 1:
            raise ValueError(f'{len(found)} samples of {family} with {labels}')
        return found[0][1] if found else None

    def verdict(self, probe, network='ebs'):
        """The verdict of a probe with its reason, such as ('clear', 'member_nested')."""
        verdicts = [labels['verdict'] for labels, value
                    in self.samples('cal_probe_verdict', probe=probe, network=network) if value]
        reasons = [labels['reason'] for labels, value
                   in self.samples('cal_probe_reason_info', probe=probe, network=network) if value]
        if len(verdicts) != 1 or len(reasons) != 1:
            raise ValueError(f'{probe}: verdicts {verdicts}, reasons {reasons}')
        return verdicts[0], reasons[0]
